//! The rows of attribute tables, read: whole names, also where a table leaves out what is
//! around them, and what each row says of its attribute.

use super::tables::{Column, Row, Table};
use super::words;
use crate::facts::{Attribute, Facts, kind};

/// One row of an attribute table, read.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) line: usize,
    /// The names on the way to it, as the contract would join them.
    pub(super) path: String,
    pub(super) kind: Option<String>,
    /// What the cell says; nothing, where there is none.
    pub(super) required: Option<Result<bool, String>>,
    pub(super) description: String,
}

impl Said {
    /// Whether the row gives the type that the contract does, and demands as much.
    pub(super) fn is_of(&self, attribute: &Attribute) -> bool {
        let given = self.kind.as_deref().and_then(words::json_type);
        let demanded =
            !matches!(self.required, Some(Ok(required)) if required != attribute.required);
        demanded && given.is_none_or(|given| Some(given) == kind(&attribute.schema))
    }
}

/// How many names of a table a body has.
pub(super) fn score(facts: &Facts, operation: &str, of: &str, table: &Table) -> usize {
    let paths: Vec<&str> = facts.body(operation, of).map(|(path, _)| path).collect();
    let rows = table.rows.iter();
    rows.filter(|row| resolve(&name(table, row).0, &paths).is_some())
        .count()
}

/// The name that a row gives, and whether a mark beside it says that it is required.
pub(super) fn name(table: &Table, row: &Row) -> (String, bool) {
    let cell = table.cell(row, Column::Name).unwrap_or_default();
    let cell = cell.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '_' && c != '$');
    let mut words = cell.split_whitespace();
    let first = words.next().unwrap_or_default();
    let marked = first.ends_with('*') || words.any(|word| words::required(word) == Some(true));
    let bare = first.trim_end_matches(['*', ':', ',']).replace("[]", "");
    (bare.replace("[*]", ""), marked)
}

/// How many arrows or bullets stand before a name.
fn depth(table: &Table, row: &Row) -> usize {
    let cell = table.cell(row, Column::Name).unwrap_or_default();
    let before = cell
        .chars()
        .take_while(|c| !c.is_alphanumeric() && *c != '_' && *c != '$');
    before.filter(|c| !c.is_whitespace()).count()
}

/// The contract's name for what a table names, also where it leaves out what is around it.
fn resolve<'a>(name: &str, paths: &[&'a str]) -> Option<&'a str> {
    if name.is_empty() {
        return None;
    }
    let exact = paths.iter().find(|path| path.replace("[]", "") == name);
    exact.copied().or_else(|| {
        let mut ends = paths.iter().filter(|path| {
            path.strip_suffix(name)
                .is_some_and(|rest| rest.ends_with('.'))
        });
        let found = ends.next()?;
        ends.next().is_none().then_some(*found)
    })
}

pub(super) fn said(table: &Table, paths: &[&str]) -> Vec<Said> {
    // Names are whole, or they leave out what is around them; a table does one of the two.
    let whole = table
        .rows
        .iter()
        .filter(|row| paths.contains(&name(table, row).0.as_str()))
        .count();
    let is_whole = whole * 2 >= table.rows.len();
    let mut holder = String::new();
    // Names with arrows before them lie within the last one that has fewer.
    let mut above: Vec<String> = Vec::new();
    let is_indented = table.rows.iter().any(|row| depth(table, row) > 0);
    let mut found = Vec::new();
    for row in &table.rows {
        let (name, marked) = name(table, row);
        if name.is_empty() {
            continue;
        }
        let path = if is_whole {
            paths
                .iter()
                .find(|path| path.replace("[]", "") == name)
                .map_or(name.clone(), |path| (*path).to_owned())
        } else if is_indented {
            above.truncate(depth(table, row));
            above.push(name.clone());
            let path = above.join(".");
            let known = paths.iter().find(|known| known.replace("[]", "") == path);
            known.map_or(path, |known| (*known).to_owned())
        } else {
            match resolve(&name, paths) {
                Some(path) => path.to_owned(),
                None if holder.is_empty() => name.clone(),
                None => format!("{holder}.{name}"),
            }
        };
        if !is_whole {
            holder = path
                .rsplit_once('.')
                .map_or(String::new(), |(holder, _)| holder.to_owned());
        }
        let kind = table.cell(row, Column::Type).map(str::to_owned);
        let cell = table
            .cell(row, Column::Required)
            .map(|cell| words::required(cell).ok_or(cell.to_owned()));
        let optional = table
            .cell(row, Column::Optional)
            .map(|cell| words::required(cell).map(|is| !is).ok_or(cell.to_owned()));
        // Some tables say it beside the type or the name.
        let beside = kind.as_ref().and_then(|kind| {
            let kind = kind.to_lowercase();
            ["required", "mandatory"]
                .iter()
                .any(|word| kind.contains(word))
                .then_some(Ok(!kind.contains("not ")))
                .or_else(|| kind.contains("optional").then_some(Ok(false)))
        });
        let required = cell.or(optional).or(beside).or(marked.then_some(Ok(true)));
        let kind = kind.map(|kind| {
            kind.to_lowercase()
                .replace("required", "")
                .replace("optional", "")
        });
        let description = table
            .cell(row, Column::Description)
            .unwrap_or_default()
            .to_owned();
        found.push(Said {
            line: row.line,
            path,
            kind,
            required,
            description,
        });
    }
    found
}
