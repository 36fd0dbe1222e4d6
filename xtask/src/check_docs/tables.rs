//! The attribute tables of a page: which body each describes, complete paths, also where a table
//! leaves out what holds an attribute, what is renamed, and what the rows state. Headers are
//! read as rows that have nothing but a name.
//!
//! A page may write `address.city`, `> city` below `> address`, or only `city`. All three become
//! the path `address.city`, which is what the contract's statements use.
//!
//! Renames are found before the comparison, or else each would be reported as one attribute that
//! is gone and one that is new.

use bvnk_contract::{AttributeRules, Clause, Contract, Expectation, Operation, Statement};

use super::page::{Column, Row, Table};
use super::report::Stated;
use super::{Page, best, of_body, words};
use crate::similar::{join, moved, renames, split};

/// The operation whose request the tables describe: the one with most of their names.
///
/// `None` if no table has a single name of a request. Names of responses do not count: the bodies
/// of several operations share most of them.
pub(super) fn described<'a>(
    contract: &'a Contract,
    statements: &[Statement],
    tables: &[Table],
) -> Option<&'a Operation> {
    let tables = tables.iter().filter(|table| table.has_attributes());
    let names: Vec<String> = tables.flat_map(names).collect();
    best(&contract.operations, |operation| {
        score(&names, &of_body(statements, &operation.id, "request"))
    })
}

impl Page<'_> {
    /// Compares what the attribute tables state.
    ///
    /// Two tables about one body are read as one, as a page may split a long body.
    pub(super) fn compare_tables(&mut self) {
        let tables = self.tables.iter().filter(|table| table.has_attributes());
        let tables = tables.map(|table| (table.line, names(table), table));
        let words = [
            "table of attributes",
            "no table describes the attributes of the",
        ];
        for (of, tables) in self.assigned(tables, words) {
            let known = self.attributes(of);
            let rows: Vec<Row> = tables.iter().flat_map(|it| read(it, &known)).collect();
            self.compare_rows(of, &rows);
        }
    }

    /// Compares what rows with complete paths state of a body or of the headers, with the
    /// contract's names in place of new ones, which are reported as such.
    ///
    /// Cells that cannot be read are reported too, and the contract's rule is kept for them: an
    /// unknown word in a type column must not become another type.
    pub(super) fn compare_rows(&mut self, of: &str, rows: &[Row]) {
        let found = rows.iter().map(|row| self.applied(of, row.name(), row));
        let found: Vec<AttributeRules> = found.collect();
        let mut renames = renames(&self.attributes(of), &found.iter().collect::<Vec<_>>());
        for (from, to) in &renames {
            let lines = rows.iter().filter(|row| row.name() == to);
            let lines = lines.map(|row| row.line).collect();
            let old = self.rules(of, from);
            let mut new = old.clone();
            new.path.clone_from(to);
            self.report_rename(lines, [from, to], [old.into(), new.into()]);
        }
        for row in rows {
            let [kind, need] = [Column::Type, Column::Required].map(|column| row.cell(column));
            let kind = kind.filter(|cell| words::json_type(cell).is_none());
            let need = need.filter(|cell| words::required(cell).is_none());
            for cell in kind.into_iter().chain(need) {
                let says = format!("the cell `{cell}` of {} cannot be read", row.name());
                self.remark(Some(row.line), says, of);
            }
        }
        renames.reverse();
        let back = renames.into_iter().map(|(from, to)| (to, from));
        let back: Vec<(String, String)> = back.collect();
        let stated = rows.iter().map(|row| {
            let rules = self.applied(of, &moved(row.name(), &back), row);
            (row.line, rules.into())
        });
        let stated: Vec<Stated> = stated.collect();
        let list = format!("{} {of} ", self.operation.id);
        self.compare("", Some(&list), &stated);
    }

    /// The attribute at `path` as the contract states it, with what a row states in place of it.
    ///
    /// What the row does not state is taken from the contract, so that only statements of the page
    /// can differ. Whether an attribute is required counts in requests alone: in responses, pages
    /// use the same column for what may be sent.
    ///
    /// A clause may have added values that only a sample shows. They are kept as if the row listed
    /// them, unless the page no longer shows them anywhere.
    fn applied(&self, of: &str, path: &str, row: &Row) -> AttributeRules {
        let contract = self.rules(of, path);
        let mut rules = contract.clone();
        let kind = row.cell(Column::Type).and_then(words::json_type);
        // An alternative of several objects is an object.
        let is_same = |kind| kind == rules.r#type || (kind, &*rules.r#type) == ("object", "one-of");
        if let Some(kind) = kind.filter(|kind| !is_same(kind)) {
            rules = rules.without_rules();
            rules.r#type = kind.to_owned();
        }
        let required = row.cell(Column::Required).filter(|_| of == "request");
        let required = required.and_then(words::required);
        rules.required = required.unwrap_or(contract.required);
        let text = row.cell(Column::Description).unwrap_or_default();
        if rules.r#type != "string" {
            return rules;
        }
        match words::form(text) {
            Some(format) if !format.starts_with('^') => rules.format = Some(format.to_owned()),
            Some(pattern) if rules.pattern.as_deref() != Some(pattern) => {
                rules.format = None;
                rules.pattern = pattern.to_owned().try_into().ok();
            }
            _ => {}
        }
        let (least, most) = words::length(text);
        rules.min_length = least.or(rules.min_length);
        rules.max_length = most.or(rules.max_length);
        let is_sampled = self.text.contains(&format!("\"{}\":", split(path).1));
        let mut settled = self.settled(&contract);
        // A page that shows the attribute without the value no longer settles it.
        settled.retain(|value| !is_sampled || self.text.contains(value));
        list_values(
            &mut rules,
            &words::values(text, contract.listed()),
            &settled,
        );
        rules
    }

    /// The values of an attribute that clauses settled from a sample.
    ///
    /// These are the values of clauses whose expectation is a `sample`, in the order of
    /// `clauses.toml`.
    pub(super) fn settled(&self, rules: &AttributeRules) -> Vec<String> {
        let value = |clause: &Clause| match &clause.expect {
            Expectation::Sample { value, .. } => value.as_str().map(str::to_owned),
            _ => None,
        };
        let about = self.clauses.all_about(&rules.clone().into());
        about.into_iter().filter_map(value).collect()
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

/// How many names are among the attributes of a body.
///
/// The score chooses the body that names describe; one that fits two paths does not count.
pub(super) fn score(names: &[String], known: &[&AttributeRules]) -> usize {
    let is_known = |name: &&String| resolve(name, known).is_some();
    names.iter().filter(is_known).count()
}

/// The names of the rows of a table.
fn names(table: &Table) -> Vec<String> {
    table.rows.iter().map(|row| name(row).1).collect()
}

/// How many arrows or bullets are before the name of a row, the name, and whether a mark after it
/// says that it is required.
///
/// `> > city` has the depth 2, and indentation by spaces alone has none: spaces are lost in HTML.
/// The mark may be `*`, as in `email*`, or a word, as in `email required`. Brackets of lists are
/// removed, as [`exact`] removes them from the contract's paths.
fn name(row: &Row) -> (usize, String, bool) {
    let cell = row.name();
    let begin = cell.find(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
    let (marks, cell) = cell.split_at(begin.unwrap_or(cell.len()));
    let depth = marks.chars().filter(|c| !c.is_whitespace()).count();
    let mut words = cell.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_marked = first.ends_with('*') || words.any(|word| words::required(word) == Some(true));
    let name = first.trim_end_matches(['*', ':', ',']);
    // Each part of a name is an attribute; no page has names of this length.
    let name = if name.len() > 500 { "" } else { name };
    let name = name.replace("[]", "").replace("[*]", "");
    (depth, name, is_marked)
}

/// The path with exactly this name, or the only one that ends with it.
///
/// `None` if two attributes end with the name, since `city` could be either of them.
fn resolve<'a>(name: &str, known: &[&'a AttributeRules]) -> Option<&'a str> {
    let end = format!(".{name}");
    let mut ends = known.iter().filter(|rules| rules.path.ends_with(&end));
    let only = ends.next().filter(|_| ends.next().is_none());
    let only = only.filter(|_| !name.is_empty());
    exact(name, known).or(only.map(|rules| &*rules.path))
}

/// The path with exactly this name. Pages leave out that a list is one.
fn exact<'a>(name: &str, known: &[&'a AttributeRules]) -> Option<&'a str> {
    let mut paths = known.iter().map(|rules| &*rules.path);
    paths.find(|path| path.replace("[]", "") == name)
}

/// The rows of a table about a body with these attributes: each with its complete path as name,
/// and with what the table says of it elsewhere, after the type or the name, as if it had a cell
/// for what is required.
///
/// Which of the three spellings a table uses is decided once for the table: mixing them row by row
/// would turn a new attribute `city` into one of another object.
fn read(table: &Table, known: &[&AttributeRules]) -> Vec<Row> {
    // The names of a table are complete, or they leave out what holds an attribute.
    let names: Vec<_> = table.rows.iter().map(name).collect();
    let is_known = |name: &str| known.iter().any(|rules| rules.path == name);
    let complete = names.iter().filter(|(_, name, _)| is_known(name));
    let is_complete = complete.count() * 2 >= names.len();
    let is_short = !is_complete && names.iter().all(|(depth, ..)| *depth == 0);
    // Names with arrows before them belong to the last one that has fewer.
    let mut parents: Vec<String> = Vec::new();
    let mut parent = String::new();
    let mut found: Vec<Row> = Vec::new();
    for (row, (depth, mut name, is_marked)) in table.rows.iter().zip(names) {
        if name.is_empty() {
            continue;
        }
        if !is_complete {
            parents.truncate(depth);
            parents.push(name);
            name = parents.join(".");
        }
        let path = if is_short { resolve } else { exact }(&name, known);
        let path = match path {
            Some(path) => path.to_owned(),
            // A path that the contract does not have is complete all the same.
            None if is_short && !name.contains('.') => join(&parent, &name),
            None => name,
        };
        parent = split(&path).0.to_owned();
        let mut row = row.clone();
        row.cells.insert(Column::Name, path);
        let kind = row.cell(Column::Type).unwrap_or_default();
        let need = words::regex("(?i)(not )?(required|mandatory)|optional").find(kind);
        let need = need.map(|need| need.as_str());
        if let Some(need) = need.or(is_marked.then_some("required")) {
            let need = need.to_owned();
            row.cells.entry(Column::Required).or_insert(need);
        }
        let line = row.line;
        found.push(row);
        // `address.city` states that there is an address, also where no row is about it.
        let mut holder = parent.as_str();
        while !holder.is_empty() && found.iter().all(|row| row.name() != holder) {
            found.push(Row::new(line, holder));
            holder = split(holder).0;
        }
    }
    found
}
