//! The rows of attribute tables: complete paths, also where a table leaves out what holds an
//! attribute, and what each row states.

use bvnk_contract::AttributeRules;

use super::tables::{Column, Row, Table};
use super::words::{self, Form};

/// One row of an attribute table.
#[derive(Clone, Debug)]
pub(super) struct AttributeRow {
    pub(super) line: usize,
    /// The path, as the contract writes it.
    pub(super) path: String,
    /// The JSON type.
    kind: Option<&'static str>,
    required: Option<bool>,
    description: String,
    /// The cells that cannot be read.
    pub(super) unreadable: Vec<String>,
}

impl AttributeRow {
    /// The attribute as the contract states it, with what the row states in place of it.
    /// `settled` are values that a clause added to those of the page.
    pub(super) fn apply(&self, contract: &AttributeRules, settled: &[String]) -> AttributeRules {
        let mut rules = contract.clone();
        match self.kind {
            // An alternative of several objects is an object.
            Some("object") if rules.r#type == "one-of" => {}
            Some(kind) if kind != rules.r#type => {
                rules = rules.without_rules();
                rules.r#type = kind.to_owned();
            }
            _ => {}
        }
        rules.required = match self.required {
            Some(required) if contract.of == "request" => required,
            _ => contract.required,
        };
        if rules.r#type == "string" {
            match words::form(&self.description) {
                Some(Form::Format(format)) => rules.format = Some(format.to_owned()),
                Some(Form::Pattern(pattern)) if rules.pattern.as_ref() != Some(&pattern) => {
                    rules.format = None;
                    rules.pattern = Some(pattern);
                }
                _ => {}
            }
            let (least, most) = words::length(&self.description);
            rules.min_length = least.or(rules.min_length);
            rules.max_length = most.or(rules.max_length);
            let known = contract.known.clone().unwrap_or_default();
            let listed = words::values(&self.description, &known);
            list_values(&mut rules, &listed, settled);
        }
        rules
    }
}

/// States that an attribute has the listed values. No values state nothing.
pub(super) fn list_values(rules: &mut AttributeRules, listed: &[&str], settled: &[String]) {
    if listed.is_empty() {
        return;
    }
    let known = rules.known.take().unwrap_or_default();
    rules.open = rules.open.or(Some(false));
    let is_kept = |value: &&String| listed.contains(&value.as_str()) || settled.contains(value);
    let kept = known.iter().filter(is_kept).cloned();
    let new = listed.iter().map(|value| (*value).to_owned());
    let new = new.filter(|value| !known.contains(value));
    rules.known = Some(kept.chain(new).collect());
}

/// How many names of a table are among the paths.
pub(super) fn score(table: &Table, paths: &[&str]) -> usize {
    let rows = table.rows.iter();
    rows.filter(|row| resolve(&name(table, row).0, paths).is_some())
        .count()
}

/// The name of a row, and whether a mark after it says that it is required.
pub(super) fn name(table: &Table, row: &Row) -> (String, bool) {
    let cell = table.cell(row, Column::Name).unwrap_or_default();
    let cell = cell.trim_start_matches(|c: char| !is_name(c));
    let mut words = cell.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_marked = first.ends_with('*') || words.any(|word| words::required(word) == Some(true));
    let name = first.trim_end_matches(['*', ':', ',']);
    (name.replace("[]", "").replace("[*]", ""), is_marked)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// How many arrows or bullets are before a name.
fn depth(table: &Table, row: &Row) -> usize {
    let cell = table.cell(row, Column::Name).unwrap_or_default();
    let marks = cell.chars().take_while(|c| !is_name(*c));
    marks.filter(|c| !c.is_whitespace()).count()
}

/// The path with exactly this name.
fn exact<'a>(name: &str, paths: &[&'a str]) -> Option<&'a str> {
    paths
        .iter()
        .find(|path| path.replace("[]", "") == name)
        .copied()
}

/// The path with this name, or the only one that ends with it.
fn resolve<'a>(name: &str, paths: &[&'a str]) -> Option<&'a str> {
    if name.is_empty() {
        return None;
    }
    exact(name, paths).or_else(|| {
        let mut ends = paths.iter().filter(|path| {
            let parent = path.strip_suffix(name);
            parent.is_some_and(|parent| parent.ends_with('.'))
        });
        let found = ends.next()?;
        ends.next().is_none().then_some(*found)
    })
}

/// Reads the rows of a table about a body with these paths.
pub(super) fn read(table: &Table, paths: &[&str]) -> Vec<AttributeRow> {
    // The names of a table are complete, or they leave out what holds an attribute.
    let complete = table
        .rows
        .iter()
        .filter(|row| paths.contains(&&*name(table, row).0));
    let is_complete = complete.count() * 2 >= table.rows.len();
    let is_indented = table.rows.iter().any(|row| depth(table, row) > 0);
    // Names with arrows before them belong to the last one that has fewer.
    let mut parents: Vec<String> = Vec::new();
    let mut parent = String::new();
    let mut found = Vec::new();
    for row in &table.rows {
        let (name, is_marked) = name(table, row);
        if name.is_empty() {
            continue;
        }
        let path = if is_complete {
            exact(&name, paths).map_or(name, str::to_owned)
        } else if is_indented {
            parents.truncate(depth(table, row));
            parents.push(name);
            let path = parents.join(".");
            exact(&path, paths).map_or(path, str::to_owned)
        } else {
            match resolve(&name, paths) {
                Some(path) => path.to_owned(),
                None if parent.is_empty() => name,
                None => format!("{parent}.{name}"),
            }
        };
        parent = crate::similar::split(&path).0.to_owned();
        let kind = table.cell(row, Column::Type).map(str::to_lowercase);
        let kind = kind.as_deref();
        let bare = kind.map(|kind| kind.replace("required", "").replace("optional", ""));
        let description = table.cell(row, Column::Description).unwrap_or_default();
        let (kind, required) = (
            bare.map(|kind| words::json_type(&kind).ok_or(kind)),
            required(table, row, kind, is_marked),
        );
        let cells = kind.iter().filter_map(|kind| kind.as_ref().err());
        let cells = cells.chain(
            required
                .iter()
                .filter_map(|required| required.as_ref().err()),
        );
        found.push(AttributeRow {
            line: row.line,
            path,
            unreadable: cells.map(|cell| cell.trim().to_owned()).collect(),
            kind: kind.and_then(Result::ok),
            required: required.and_then(Result::ok),
            description: description.to_owned(),
        });
    }
    found
}

/// Whether an attribute is required, by a column, after its type, or after its name; or the
/// cell that cannot be read.
fn required(
    table: &Table,
    row: &Row,
    kind: Option<&str>,
    is_marked: bool,
) -> Option<Result<bool, String>> {
    let cell = |column, is_required: bool| {
        let cell = table.cell(row, column)?;
        let read = words::required(cell).map(|yes| yes == is_required);
        Some(read.ok_or(cell.to_owned()))
    };
    let after_type = kind.and_then(|kind| {
        let has = |word| kind.contains(word);
        let required = has("required") || has("mandatory");
        (required || has("optional")).then(|| Ok(required && !has("not ")))
    });
    cell(Column::Required, true)
        .or_else(|| cell(Column::Optional, false))
        .or(after_type)
        .or(is_marked.then_some(Ok(true)))
}
