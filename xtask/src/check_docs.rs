//! `cargo xtask check-docs`: compares a saved page of the documentation with the contract.
//!
//! ```text
//! lines     text, Markdown or HTML, as numbered lines
//! tables    attributes, response codes, values
//! words     what the words in them mean
//! ---- what the page states, as expectations with their lines ----
//! rows, attributes     bodies           endpoints   operations and servers
//! samples              JSON objects     headers     also the media type and authentication
//! values               response codes, lists and sentences
//! ---- compared with the contract's statements by the engine of `diff` ----
//! compare   the comparison, and guesses at what was renamed
//! report    the differences, with the edit and the clause that would follow
//! ```
//!
//! What a page does not mention is not a difference, except in what it lists completely:
//! the attributes of a body, the operations, the servers, the headers, the response codes.
//! Nothing is written.

mod attributes;
mod compare;
mod endpoints;
mod headers;
mod lines;
mod report;
mod rows;
mod samples;
mod tables;
mod values;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use bvnk_contract::{
    AttributeRules, Body, Clauses, Contract, Diagnostic, Diagnostics, Expectation, Operation,
    Statement,
};

use crate::diff::{attribute, attribute_fact, clauses_about, read_clauses, read_contract};
use crate::similar::split;
use lines::Line;
pub use report::{DocsReport, Drift};
use samples::Sample;
use tables::Table;

/// A page and what it is compared with.
struct Page<'a> {
    contract: &'a Contract,
    clauses: &'a Clauses,
    statements: Vec<Statement>,
    /// The operation whose request the page describes.
    operation: &'a Operation,
    lines: Vec<Line>,
    tables: Vec<Table>,
    samples: Vec<Sample>,
    drifts: Vec<Drift>,
    /// The attributes whose differences are reported, so that a sample does not repeat them.
    reported: BTreeSet<String>,
}

/// One fact that the page states, with its line.
type Stated = (usize, Expectation);

/// Compares a saved page with the contract and the clauses of the workspace at `root`.
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
    let drifts = check_page(&contract, &clauses, &name, &String::from_utf8_lossy(&bytes))?;
    Ok(DocsReport { page: name, drifts })
}

/// Compares the text of a page with a contract and clauses. `name` is its name in errors.
///
/// # Errors
///
/// When the page is none that describes a request of the contract.
pub fn check_page(
    contract: &Contract,
    clauses: &Clauses,
    name: &str,
    text: &str,
) -> Result<Vec<Drift>, Diagnostics> {
    let lines = lines::read(text);
    let tables = tables::read(&lines);
    let statements = contract.statements();
    let Some(operation) = attributes::described(contract, &statements, &tables) else {
        return Err(unreadable(name, &lines, &tables).into());
    };
    let mut page = Page {
        contract,
        clauses,
        statements,
        operation,
        samples: samples::read(&lines),
        lines,
        tables,
        drifts: Vec::new(),
        reported: BTreeSet::new(),
    };
    page.compare_attributes();
    page.compare_samples();
    page.compare_endpoints();
    page.compare_headers();
    page.compare_codes();
    page.compare_lists();
    let mut drifts = page.drifts;
    drifts.sort();
    drifts.dedup();
    Ok(drifts)
}

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

impl Page<'_> {
    /// The contract's statement about the same subject.
    fn statement(&self, fact: &Expectation) -> Option<&Statement> {
        let subject = fact.subject();
        let mut statements = self.statements.iter();
        statements.find(|statement| statement.expectation.subject() == subject)
    }

    /// The attributes of a body of the described operation, as [`of_body`] has them.
    fn attributes(&self, of: &str) -> Vec<&AttributeRules> {
        of_body(&self.statements, &self.operation.id, of).collect()
    }

    /// The rules of an attribute as the contract states them; a new one is an optional text.
    fn rules(&self, of: &str, path: &str) -> AttributeRules {
        let mut known = of_body(&self.statements, &self.operation.id, of);
        let known = known.find(|rules| rules.path == path).cloned();
        known.unwrap_or_else(|| AttributeRules {
            operation: self.operation.id.clone(),
            of: of.to_owned(),
            path: path.to_owned(),
            r#type: "string".to_owned(),
            ..AttributeRules::default()
        })
    }

    /// Reports that an attribute or a server of the contract seems to have another name.
    fn report_rename(&mut self, lines: Vec<usize>, old: &Expectation, new: Expectation) {
        self.reported.extend(old.subject());
        self.reported.extend(new.subject());
        let (was, is) = (report::name(old), report::name(&new));
        let says = format!("{was} seems to be called {is} now (a guess)");
        self.report(lines, says, Some(old), Some(new));
    }

    /// Reports a difference: what the contract has, and what the page has in its place.
    fn report(
        &mut self,
        lines: Vec<usize>,
        says: String,
        old: Option<&Expectation>,
        new: Option<Expectation>,
    ) {
        let Some(about) = old.or(new.as_ref()) else {
            return;
        };
        self.drifts.push(Drift {
            lines,
            says,
            place: self.place(about),
            edit: report::edit(old, new.as_ref()),
            clauses: clauses_about(self.clauses, about),
            expect: new.map(|fact| fact.to_string()),
        });
    }

    /// Reports a difference that is not about one fact of the contract, but about a body, or
    /// about none if `of` is empty.
    fn remark(&mut self, line: Option<usize>, says: String, of: &str, edit: &str) {
        self.drifts.push(Drift {
            lines: line.into_iter().collect(),
            says,
            place: self.body_place(of),
            edit: edit.to_owned(),
            ..Drift::default()
        });
    }

    /// Where the contract has a fact, or would have it.
    fn place(&self, fact: &Expectation) -> String {
        if let Some(statement) = self.statement(fact) {
            return statement.location.clone();
        }
        match fact {
            Expectation::Server { .. } => "/servers".to_owned(),
            Expectation::Attribute(rules) => {
                let parent = self.rules(&rules.of, split(&rules.path).0);
                let parent = self.statement(&attribute_fact(parent));
                parent.map_or_else(
                    || self.body_place(&rules.of),
                    |parent| parent.location.clone(),
                )
            }
            _ => self.operation.location.clone(),
        }
    }

    /// Where the contract describes a body.
    fn body_place(&self, of: &str) -> String {
        let body = self.body(of);
        let place = body.map(|body| &self.contract.resolve(&body.schema).location);
        place.unwrap_or(&self.operation.location).clone()
    }

    fn body(&self, of: &str) -> Option<&Body> {
        if of == "request" {
            return self.operation.body.as_ref();
        }
        let mut responses = self.operation.responses.iter();
        let response = responses.find(|response| response.status.to_string() == of)?;
        response.body.as_ref()
    }

    /// `request` and the statuses, successes first, that have a body.
    fn bodies(&self, errors: bool) -> Vec<String> {
        let others = self.operation.responses.iter();
        let others = others.filter(|response| errors && !response.status.is_success());
        let responses = self.operation.successes().chain(others);
        let mut bodies = vec!["request".to_owned()];
        bodies.extend(responses.map(|response| response.status.to_string()));
        bodies.retain(|of| self.body(of).is_some());
        bodies
    }
}

/// The attributes of a body, without the body itself and the items of lists, which pages do
/// not list.
fn of_body<'a>(
    statements: &'a [Statement],
    operation: &str,
    of: &str,
) -> impl Iterator<Item = &'a AttributeRules> {
    let rules = statements
        .iter()
        .filter_map(|statement| attribute(&statement.expectation));
    rules.filter(move |rules| {
        rules.operation == operation && rules.of == of && is_listed(&rules.path)
    })
}

/// Whether a path is one that pages list.
fn is_listed(path: &str) -> bool {
    !path.is_empty() && !path.ends_with("[]") && !path.ends_with("{}")
}

/// What a body is called in messages.
fn body_name(of: &str) -> String {
    match of {
        "request" => "request".to_owned(),
        status => format!("response {status}"),
    }
}
