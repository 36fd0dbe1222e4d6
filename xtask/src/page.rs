//! A saved page of the documentation, held against contract and clauses.
//!
//! ```text
//! lines     text, Markdown or HTML, as numbered lines
//! tables    attribute tables, response codes, values     samples   JSON objects
//! words     what the words in them mean
//! ---- and what is compared of them ----
//! attributes   their rows, with renames (guesses) and values
//! judged       the samples, against the schemas
//! endpoints    with servers          headers          statuses     with response codes
//! ```
//!
//! It says what the page says otherwise than the contract, never the reverse: what a page
//! leaves out of its sentences is no news. Nothing is written.

mod attributes;
mod endpoints;
mod headers;
mod judged;
mod lines;
mod renames;
mod rows;
mod samples;
mod statuses;
mod tables;
mod values;
mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

use serde_json::Value;

use crate::clauses::{Clauses, Subject};
use crate::facts::{Facts, Key};
use crate::problem::{Problem, Problems};
use crate::{CONTRACT, contract};
use lines::Line;
use samples::Sample;
use tables::Table;

/// One thing that the page says otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift {
    /// The lines of the page; none, where something is missing from all of it.
    pub lines: Vec<usize>,
    /// What the page says, and what the contract does.
    pub says: String,
    /// A place in the contract.
    pub place: String,
    /// The edit of the contract that would follow, if the page is right.
    pub edit: String,
    /// The ids of the clauses that would change.
    pub clauses: Vec<String>,
}

/// Everything that a page says otherwise.
#[derive(Clone, Debug)]
pub struct PageReport {
    page: String,
    /// In the order of the page.
    pub drifts: Vec<Drift>,
}

impl fmt::Display for PageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for drift in &self.drifts {
            let numbers: Vec<String> = drift.lines.iter().map(usize::to_string).collect();
            let line = match numbers.len() {
                0 => "the whole page".to_owned(),
                1 => format!("line {}", numbers[0]),
                _ => format!("lines {}", numbers.join(", ")),
            };
            writeln!(f, "{}, {line}: {}", self.page, drift.says)?;
            writeln!(f, "  contract: {CONTRACT}, at {}", drift.place)?;
            if !drift.clauses.is_empty() {
                writeln!(f, "  clauses:  {}", drift.clauses.join(", "))?;
            }
            writeln!(f, "  edit:     {}\n", drift.edit)?;
        }
        match self.drifts.len() {
            // The page says what the contract says: nothing to tell.
            0 => Ok(()),
            1 => writeln!(f, "1 difference"),
            count => writeln!(f, "{count} differences"),
        }
    }
}

/// What a page was found to have, and what it is held against.
struct Reading<'a> {
    contract: &'a Value,
    facts: Facts,
    clauses: &'a Clauses,
    lines: Vec<Line>,
    tables: Vec<Table>,
    samples: Vec<Sample>,
    /// The operation whose request the page describes.
    operation: String,
    drifts: Vec<Drift>,
    /// What was told of attributes, so that a sample does not tell it again.
    told: BTreeSet<Key>,
}

impl Reading<'_> {
    fn tell(
        &mut self,
        lines: impl IntoIterator<Item = usize>,
        says: String,
        place: impl Into<String>,
        edit: String,
        subject: Option<&Subject>,
    ) {
        let clauses = subject.map(|subject| self.clauses.about(subject));
        let clauses = clauses.into_iter().flatten();
        self.drifts.push(Drift {
            lines: lines
                .into_iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            says,
            place: place.into(),
            edit,
            clauses: clauses.map(|clause| clause.id.clone()).collect(),
        });
    }

    fn key(&self, of: &str, path: &str) -> Key {
        Key {
            operation: self.operation.clone(),
            of: of.to_owned(),
            path: path.to_owned(),
        }
    }
}

/// Holds a saved page against the contract and the clauses of the workspace at `root`.
///
/// # Errors
///
/// When the page cannot be read as one that describes the contract's requests.
pub fn compare_page(root: &Path, page: &Path) -> Result<PageReport, Problems> {
    let contract = contract::read(root)?;
    contract::references_lead_somewhere(&contract)?;
    let clauses = Clauses::read(root)?;
    let name = page.display().to_string();
    let bytes = std::fs::read(page).map_err(|error| {
        let reason = format!("cannot be read: {error}");
        Problem::new(&name, "", reason, "name a file with the saved page")
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let drifts = compare(&contract, &clauses, &name, &text)?;
    Ok(PageReport { page: name, drifts })
}

fn compare(
    contract: &Value,
    clauses: &Clauses,
    name: &str,
    text: &str,
) -> Result<Vec<Drift>, Problems> {
    let lines = lines::read(text);
    let tables = tables::find(&lines);
    let samples = samples::find(&lines);
    let facts = Facts::of(contract);
    let Some(operation) = attributes::described(&facts, &tables) else {
        return Err(unreadable(name, &lines, &tables).into());
    };
    let mut reading = Reading {
        contract,
        facts,
        clauses,
        lines,
        tables,
        samples,
        operation,
        drifts: Vec::new(),
        told: BTreeSet::new(),
    };
    attributes::compare(&mut reading);
    judged::compare(&mut reading);
    endpoints::compare(&mut reading);
    headers::compare(&mut reading);
    statuses::codes(&mut reading);
    statuses::statuses(&mut reading);
    let mut drifts = reading.drifts;
    drifts.sort();
    drifts.dedup();
    Ok(drifts)
}

fn unreadable(name: &str, lines: &[Line], tables: &[Table]) -> Problem {
    let attributes = tables
        .iter()
        .filter(|table| table.is_of_attributes())
        .count();
    Problem::new(
        name,
        "",
        format!(
            "cannot be read as the page that the contract was written from.\n\
             Looked for a table whose first row has a column for names (Attribute, Field, \
             Parameter, Name) and one for types or for what is required (Type, Required), with \
             names that a request of the contract has.\n\
             Found {} lines, {} tables, {attributes} of them of attributes, none with such names.",
            lines.len(),
            tables.len(),
        ),
        "save the page's whole content as text with `a | b | c` tables, as Markdown or as HTML; \
         a page that is built by scripts must be saved after they ran",
    )
}
