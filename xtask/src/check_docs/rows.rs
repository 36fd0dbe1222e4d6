//! The rows of attribute tables: complete paths, also where a table leaves out what holds an
//! attribute, and what each row states.
//!
//! A page may write `address.city`, `> city` below `> address`, or only `city`. All three become
//! the path `address.city`, which is what the contract's statements use.

use bvnk_contract::AttributeRules;

use super::page::{Column, Row, Table};
use super::words::{self, Form};
use crate::similar::{join, split};

/// One row of an attribute table.
///
/// What is `None` or empty is not stated, and the contract's rule stays.
#[derive(Clone, Debug, Default)]
pub(super) struct AttributeRow {
    /// The line of the page.
    pub(super) line: usize,
    /// The path, as the contract writes it.
    ///
    /// Such as `addresses[].city`. A path that the contract does not have is kept as the page has
    /// it.
    pub(super) path: String,
    /// The JSON type.
    ///
    /// One of OpenAPI's names, such as `string` where the page has `text` or `varchar`.
    pub(super) kind: Option<&'static str>,
    /// Whether it must be there; `None` if the row does not state it.
    pub(super) required: Option<bool>,
    /// The text about it, which may state a form, a length and values.
    ///
    /// Without the marks of Markdown.
    pub(super) description: String,
    /// The cells that cannot be read.
    ///
    /// They are reported and otherwise ignored: nothing is guessed from them.
    pub(super) unreadable: Vec<String>,
}

impl AttributeRow {
    /// The attribute as the contract states it, with what the row states in place of it.
    ///
    /// `settled` are values that a clause added to those of the page.
    ///
    /// What the row does not state is taken from the contract, so that only statements of the page
    /// can differ. Whether an attribute is required counts in requests alone: in responses, pages
    /// use the same column for what may be sent.
    pub(super) fn apply(&self, contract: &AttributeRules, settled: &[String]) -> AttributeRules {
        let mut rules = contract.clone();
        // An alternative of several objects is an object.
        let is_same = |kind| kind == rules.r#type || (kind, &*rules.r#type) == ("object", "one-of");
        if let Some(kind) = self.kind.filter(|kind| !is_same(kind)) {
            rules = rules.without_rules();
            rules.r#type = kind.to_owned();
        }
        let stated = self.required.filter(|_| contract.of == "request");
        rules.required = stated.unwrap_or(contract.required);
        if rules.r#type == "string" {
            match words::form(&self.description) {
                Some(Form::Format(format)) => rules.format = Some(format.to_owned()),
                Some(Form::Pattern(pattern)) if rules.pattern.as_deref() != Some(pattern) => {
                    rules.format = None;
                    rules.pattern = Some(pattern.to_owned());
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

/// States that an attribute has the listed values, and keeps those that are `settled`. No
/// values state nothing.
///
/// The order of the contract is kept and new values come last, so that a page with another order
/// is no difference.
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

/// How many names are among the paths.
///
/// The score chooses the body that names describe; one that fits two paths does not count.
pub(super) fn score(names: &[String], paths: &[&str]) -> usize {
    let is_known = |name: &&String| resolve(name, paths).is_some();
    names.iter().filter(is_known).count()
}

/// The names of the rows of a table.
pub(super) fn names(table: &Table) -> Vec<String> {
    table.rows.iter().map(|row| name(row).0).collect()
}

/// The name of a row, and whether a mark after it says that it is required.
///
/// The mark may be `*`, as in `email*`, or a word, as in `email required`. Brackets of lists are
/// removed, as [`exact`] removes them from the contract's paths.
fn name(row: &Row) -> (String, bool) {
    let cell = row.cell(Column::Name).unwrap_or_default();
    let cell = cell.trim_start_matches(|c: char| !is_name(c));
    let mut words = cell.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_marked = first.ends_with('*') || words.any(|word| words::required(word) == Some(true));
    let name = first.trim_end_matches(['*', ':', ',']);
    (name.replace("[]", "").replace("[*]", ""), is_marked)
}

/// Whether a character may begin a name; all before it are arrows, bullets and marks.
fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// How many arrows or bullets are before a name.
///
/// `> > city` has the depth 2, and indentation by spaces alone has none: spaces are lost in HTML.
fn depth(row: &Row) -> usize {
    let cell = row.cell(Column::Name).unwrap_or_default();
    let marks = cell.chars().take_while(|c| !is_name(*c));
    marks.filter(|c| !c.is_whitespace()).count()
}

/// The path with exactly this name, or the only one that ends with it.
///
/// `None` if two attributes end with the name, since `city` could be either of them.
fn resolve<'a>(name: &str, paths: &[&'a str]) -> Option<&'a str> {
    let end = format!(".{name}");
    let mut ends = paths.iter().filter(|path| path.ends_with(&end)).copied();
    let only = ends.next().filter(|_| ends.next().is_none());
    exact(name, paths).or(only.filter(|_| !name.is_empty()))
}

/// The path with exactly this name. Pages leave out that a list is one.
fn exact<'a>(name: &str, paths: &[&'a str]) -> Option<&'a str> {
    let mut paths = paths.iter().copied();
    paths.find(|path| path.replace("[]", "") == name)
}

/// Reads the rows of a table about a body with these paths.
///
/// Which of the three spellings a table uses is decided once for the table: mixing them row by row
/// would turn a new attribute `city` into one of another object.
pub(super) fn read(table: &Table, paths: &[&str]) -> Vec<AttributeRow> {
    // The names of a table are complete, or they leave out what holds an attribute.
    let names = names(table);
    let complete = names.iter().filter(|name| paths.contains(&name.as_str()));
    let is_complete = complete.count() * 2 >= names.len();
    let is_indented = table.rows.iter().any(|row| depth(row) > 0);
    // Names with arrows before them belong to the last one that has fewer.
    let mut parents: Vec<String> = Vec::new();
    let mut parent = String::new();
    let mut found = Vec::new();
    for row in &table.rows {
        let (name, is_marked) = name(row);
        if name.is_empty() {
            continue;
        }
        let name = if is_complete {
            name
        } else {
            parents.truncate(depth(row));
            parents.push(name);
            parents.join(".")
        };
        let is_short = !is_complete && !is_indented;
        let known = if is_short { resolve } else { exact };
        let path = match known(&name, paths) {
            Some(path) => path.to_owned(),
            // A path that the contract does not have is complete all the same.
            None if is_short && !name.contains('.') => join(&parent, &name),
            None => name,
        };
        parent = split(&path).0.to_owned();
        // A type column may say whether the attribute is required, too.
        let kind = row.cell(Column::Type).unwrap_or_default().to_lowercase();
        let bare = words::regex("required|optional").replace_all(&kind, "");
        let after_type = match words::is("required|mandatory", &kind) {
            true => Some(!words::is("not ", &kind)),
            false => words::is("optional", &kind).then_some(false),
        };
        let flag = row.cell(Column::Required);
        let required = match flag {
            Some(cell) => words::required(cell),
            None => after_type.or(is_marked.then_some(true)),
        };
        let kind = words::json_type(&bare);
        let unreadable = [
            row.cell(Column::Type).filter(|_| kind.is_none()),
            flag.filter(|_| required.is_none()),
        ];
        found.push(AttributeRow {
            line: row.line,
            path,
            kind,
            required,
            description: row.cell(Column::Description).unwrap_or_default().to_owned(),
            unreadable: unreadable
                .into_iter()
                .flatten()
                .map(str::to_owned)
                .collect(),
        });
        // `address.city` states that there is an address, also where no row is about it.
        let mut holder = parent.as_str();
        while !holder.is_empty() && found.iter().all(|row| row.path != holder) {
            found.push(AttributeRow {
                line: row.line,
                path: holder.to_owned(),
                ..AttributeRow::default()
            });
            holder = split(holder).0;
        }
    }
    found
}
