//! `cargo xtask check-docs`: compares a saved page of the documentation with the contract.
//!
//! ```text
//! page, html  text, Markdown or HTML, as numbered lines and tables
//! words       what the words of a page mean
//! ---- what the page states, as expectations with their lines ----
//! tables      bodies    requests  endpoints, servers, headers, response codes
//! samples     JSON objects    values    lists and sentences
//! ---- compared with the contract's statements ----
//! report      the differences by the engine of `diff`, with the clause that would follow
//! ```
//!
//! What a page does not mention is not a difference, except in what it lists completely:
//! the attributes of a body, the operations, the servers, the headers, the response codes.
//! Nothing is written.
//!
//! The command is a review aid: it finds what changed in prose that no tool can parse exactly, so
//! it may guess. Its messages mark each guess as one. Only a person decides whether the contract
//! or a clause follows the page, so that the clause in a report is text to copy.
//!
//! The order of the comparisons matters. Tables are read first, because they are the most precise;
//! samples and sentences then leave out what a table has already shown.

mod html;
mod page;
mod report;
mod requests;
mod samples;
mod tables;
mod values;
pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bvnk_contract::{
    AttributeRules, Clauses, Contract, Diagnostic, Diagnostics, Expectation, Operation, Statement,
    Status,
};

use crate::diff::{attributes_of, read_clauses, read_contract};
use page::{Line, Table};
pub use report::{DocsReport, Drift};

/// A page, what it is compared with, and what was found so far.
struct Page<'a> {
    contract: &'a Contract,
    clauses: &'a Clauses,
    /// All statements of the contract, of every operation; a page may name several of them.
    statements: &'a [Statement],
    /// The operation whose request the page describes.
    operation: &'a Operation,
    /// The page's lines of text, without blank ones if it was saved as HTML.
    lines: &'a [Line],
    /// The lines, each with a line break after it.
    ///
    /// Patterns that span lines, as a curl command does, search this text. The number of line
    /// breaks before a match is an index into `lines`.
    text: &'a str,
    /// All tables, also those that are not about attributes, such as one of response codes.
    tables: &'a [Table],
    /// The differences in the order in which they are found; they are sorted at the end.
    drifts: Vec<Drift>,
    /// The subjects whose differences are reported.
    ///
    /// A subject is the text that [`subject`](Expectation::subject) returns. It keeps a sample
    /// from repeating what a table has shown.
    reported: BTreeSet<String>,
}

/// Compares a saved page with the contract and the clauses of the workspace at `root`.
///
/// The page is read as UTF-8, and bytes that are not are replaced: a page that was saved in
/// another encoding still has its names and types in ASCII.
///
/// # Errors
///
/// When a file cannot be read, or the page is none that describes a request of the contract.
pub fn check_docs(root: &Path, page: &Path) -> Result<DocsReport, Diagnostics> {
    let contract = read_contract(root)?;
    let clauses = read_clauses(root)?;
    let name = page.display().to_string();
    let bytes = std::fs::read(page).map_err(|error| {
        Diagnostic::new(&name, "", format!("cannot be read: {error}"))
            .help("name a file with the saved page")
    })?;
    check_page(&contract, &clauses, &name, &String::from_utf8_lossy(&bytes))
}

/// Compares the text of a page with a contract and clauses. `name` is its name in the report and in
/// errors.
///
/// The differences are sorted by their lines and without repetition. Those without a line, which
/// are about something that the page lacks, come first.
///
/// This reads no files and does not need a workspace, so that tests can pass any contract.
///
/// # Errors
///
/// When the page is none that describes a request of the contract.
pub fn check_page(
    contract: &Contract,
    clauses: &Clauses,
    name: &str,
    text: &str,
) -> Result<DocsReport, Diagnostics> {
    let lines = page::lines(text);
    let tables = page::tables(&lines);
    let statements = contract.statements();
    let Some(operation) = tables::described(contract, &statements, &tables) else {
        return Err(unreadable(name, &lines, &tables).into());
    };
    let text = lines.iter().map(|line| format!("{}\n", line.text));
    let text: String = text.collect();
    let mut page = Page {
        contract,
        clauses,
        statements: &statements,
        operation,
        lines: &lines,
        text: &text,
        tables: &tables,
        drifts: Vec::new(),
        reported: BTreeSet::new(),
    };
    page.compare_tables();
    page.compare_calls();
    page.compare_headers();
    page.compare_codes();
    page.compare_samples();
    page.compare_lists();
    let (page, mut drifts) = (name.to_owned(), page.drifts);
    drifts.sort();
    drifts.dedup();
    Ok(DocsReport { page, drifts })
}

/// Why a page cannot be read: what was looked for and what was found, so that a reader sees
/// whether another file or another format helps.
///
/// An error is better than an empty report here: a page of which nothing can be read has no
/// differences.
fn unreadable(name: &str, lines: &[Line], tables: &[Table]) -> Diagnostic {
    let attributes = tables.iter().filter(|table| table.has_attributes()).count();
    let message = format!(
        "cannot be read as the page that the contract was written from\n\
         Looked for a table whose first row has a column for names (Attribute, Field, \
         Parameter, Name) and one for types or for what is required (Type, Required), with \
         names that a request of the contract has.\n\
         Found {} lines, {} tables, {attributes} of them of attributes, none with such names.",
        lines.len(),
        tables.len(),
    );
    Diagnostic::new(name, "", message).help(
        "save the complete page as text with `a | b | c` tables, as Markdown or as HTML; save a \
         page that is built by scripts after they ran",
    )
}

impl<'a> Page<'a> {
    /// The attributes of a body of the described operation, as [`of_body`] has them.
    ///
    /// `of` is `request`, `header` or a status such as `202`.
    fn attributes(&self, of: &str) -> Vec<&'a AttributeRules> {
        of_body(self.statements, &self.operation.id, of)
    }

    /// The rules of an attribute as the contract states them; a new one is an optional text.
    ///
    /// An optional text is the type that a page means when it states none, as it does for headers.
    fn rules(&self, of: &str, path: &str) -> AttributeRules {
        let mut known = self.attributes(of).into_iter();
        let known = known.find(|rules| rules.path == path);
        known.cloned().unwrap_or_else(|| AttributeRules {
            operation: self.operation.id.clone(),
            of: of.to_owned(),
            path: path.to_owned(),
            r#type: "string".to_owned(),
            ..AttributeRules::default()
        })
    }

    /// `request` and the statuses, successes first, that have a body.
    fn bodies(&self) -> Vec<&'a str> {
        let facts = self.statements.iter().map(|it| &it.expectation);
        let own = facts.filter(|fact| fact.operation() == Some(&*self.operation.id));
        let media = own.filter(|fact| matches!(fact, Expectation::Media { .. }));
        let mut bodies: Vec<&str> = media.filter_map(Expectation::of).collect();
        bodies.sort_by_key(|of| is_error(of));
        bodies
    }

    /// The tables or samples of each body: it is the one that has most of their names.
    ///
    /// Those that fit no body, and bodies without one, are reported; both often mean that the page
    /// was saved incompletely. Few pages describe the bodies of errors.
    fn assigned<T>(
        &mut self,
        found: impl IntoIterator<Item = (usize, Vec<String>, T)>,
        [kind, lacking]: [&str; 2],
    ) -> BTreeMap<&'a str, Vec<T>> {
        let mut assigned: BTreeMap<&str, Vec<T>> = BTreeMap::new();
        for (line, names, it) in found {
            let score = |of: &&str| tables::score(&names, &self.attributes(of));
            match best(self.bodies(), score) {
                Some(of) => assigned.entry(of).or_default().push(it),
                None => {
                    let names = names.join(", ");
                    let says = format!("a {kind} that no body of the contract has: {names}");
                    self.remark(Some(line), says, "");
                }
            }
        }
        for of in self.bodies() {
            if !is_error(of) && !assigned.contains_key(of) {
                self.remark(None, format!("{lacking} {}", body_name(of)), of);
            }
        }
        assigned
    }

    /// The line of the file in which a place of the text is.
    fn line_at(&self, place: usize) -> usize {
        let index = self.text[..place].matches('\n').count();
        let line = self.lines.get(index).or(self.lines.last());
        line.map_or(1, |line| line.number)
    }
}

/// The candidate with the highest score, the first of equals; `None` if all have 0.
fn best<T>(all: impl IntoIterator<Item = T>, score: impl Fn(&T) -> usize) -> Option<T> {
    let scored = all.into_iter().map(|it| (score(&it), it));
    let best = scored.reduce(|best, it| if it.0 > best.0 { it } else { best });
    best.filter(|(score, _)| *score > 0).map(|(_, it)| it)
}

/// The attributes of a body, without the body itself and the items of lists, which pages do
/// not list.
///
/// Parameters count as a body here, whose `of` is `header`, `path` or `query`.
fn of_body<'a>(statements: &'a [Statement], operation: &str, of: &str) -> Vec<&'a AttributeRules> {
    let all = attributes_of(statements, operation, of);
    all.filter(|rules| is_listed(&rules.path)).collect()
}

/// Whether a path is one that pages list.
///
/// For example, `addresses` is listed; `addresses[]`, its item, and `metadata{}`, the value of a
/// map, have rules of their own in the contract but no row on a page.
fn is_listed(path: &str) -> bool {
    !path.is_empty() && !path.ends_with("[]") && !path.ends_with("{}")
}

/// Whether a body is that of a response that is no success.
fn is_error(of: &str) -> bool {
    Status::parse(of).is_some_and(|status| !status.is_success())
}

/// What a body is called in messages.
fn body_name(of: &str) -> String {
    match of {
        "request" => "request".to_owned(),
        status => format!("response {status}"),
    }
}
