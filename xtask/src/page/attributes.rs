//! Attribute tables against the bodies of the contract: names, types, what is required,
//! values and forms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Reading;
use super::tables::{Column, Row, Table};
use super::words::{self, Form};
use crate::clauses::Subject;
use crate::facts::{Attribute, Facts, Key, kind, known};

/// Names that are less alike than this are not taken for a renaming.
const ALIKE: f64 = 0.45;

/// One row of an attribute table, read.
#[derive(Clone, Debug)]
struct Said {
    line: usize,
    /// The names on the way to it, as the contract would join them.
    path: String,
    kind: Option<String>,
    /// What the cell says; nothing, where there is none.
    required: Option<Result<bool, String>>,
    description: String,
}

/// The operation whose request the attribute tables describe: the one with most names.
pub(super) fn described(facts: &Facts, tables: &[Table]) -> Option<String> {
    let scores = facts.operations.keys().map(|id| {
        let tables = tables.iter().filter(|table| table.is_of_attributes());
        let names: usize = tables.map(|table| score(facts, id, "request", table)).sum();
        (names, id)
    });
    let (names, id) = scores.max_by_key(|(names, _)| *names)?;
    (names > 0).then(|| id.clone())
}

/// How many names of a table a body has.
fn score(facts: &Facts, operation: &str, of: &str, table: &Table) -> usize {
    let paths: Vec<&str> = facts.body(operation, of).map(|(path, _)| path).collect();
    let rows = table.rows.iter();
    rows.filter(|row| resolve(&name(table, row).0, &paths).is_some())
        .count()
}

/// The name that a row gives, and whether a mark beside it says that it is required.
fn name(table: &Table, row: &Row) -> (String, bool) {
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

pub(super) fn compare(reading: &mut Reading<'_>) {
    let mut bodies: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    let tables: Vec<Table> = reading
        .tables
        .iter()
        .filter(|table| table.is_of_attributes())
        .cloned()
        .collect();
    for table in tables {
        let operation = &reading.facts.operations[&reading.operation];
        let success = |status: &&String| status.starts_with('2');
        let answers = operation.answers.iter().filter(success).map(String::as_str);
        let candidates: Vec<&str> = std::iter::once("request").chain(answers).collect();
        let best = candidates
            .iter()
            .map(|of| (score(&reading.facts, &reading.operation, of, &table), *of))
            // The first of equals.
            .rev()
            .max_by_key(|(names, _)| *names);
        match best {
            Some((1.., of)) => {
                let paths: Vec<&str> = reading
                    .facts
                    .body(&reading.operation, of)
                    .map(|(path, _)| path)
                    .collect();
                let said = said(&table, &paths);
                bodies.entry(of.to_owned()).or_default().extend(said);
            }
            _ => stray(reading, &table),
        }
    }
    let operation = reading.facts.operations[&reading.operation].clone();
    let expected = ["request".to_owned()].into_iter();
    let expected = expected.chain(
        operation
            .answers
            .iter()
            .filter(|status| status.starts_with('2'))
            .cloned(),
    );
    for of in expected {
        match bodies.get(&of) {
            Some(said) => body(reading, &of, said),
            None if operation.media.contains_key(&of) => {
                let says = format!("no table describes the attributes of the {of} any more");
                let place = reading
                    .facts
                    .attributes
                    .get(&reading.key(&of, ""))
                    .map_or(operation.place.clone(), |body| body.place.clone());
                reading.tell(
                    [],
                    says,
                    place,
                    "see what the page has in its place".to_owned(),
                    None,
                );
            }
            None => {}
        }
    }
}

/// A table of attributes that no body has.
fn stray(reading: &mut Reading<'_>, table: &Table) {
    let names: Vec<String> = table.rows.iter().map(|row| name(table, row).0).collect();
    let place = reading.facts.operations[&reading.operation].place.clone();
    reading.tell(
        [table.line],
        format!(
            "a table of attributes that no body of the contract has: {}",
            names.join(", ")
        ),
        place,
        "describe the body that it is about".to_owned(),
        None,
    );
}

fn said(table: &Table, paths: &[&str]) -> Vec<Said> {
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

/// One body: first what is there, then what of it is said.
fn body(reading: &mut Reading<'_>, of: &str, said: &[Said]) {
    let stated: BTreeMap<String, Attribute> = reading
        .facts
        .body(&reading.operation, of)
        .filter(|(path, _)| !path.is_empty() && !path.ends_with("[]"))
        .map(|(path, attribute)| (path.to_owned(), attribute.clone()))
        .collect();
    let renamed = renamings(said, &stated);
    // What the contract calls what the page names.
    let mut paths: BTreeMap<String, &Said> = BTreeMap::new();
    for said in said {
        let mut path = said.path.clone();
        for (from, to) in &renamed {
            if path == *to {
                path = from.clone();
            } else if let Some(rest) = path.strip_prefix(&format!("{to}.")) {
                path = format!("{from}.{rest}");
            }
        }
        if paths.contains_key(&path) {
            continue;
        }
        paths.insert(path, said);
    }
    for (from, to) in &renamed {
        let Some(said) = said.iter().find(|said| said.path == *to) else {
            continue;
        };
        let key = reading.key(of, from);
        reading.told.insert(key.clone());
        reading.told.insert(reading.key(of, to));
        let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
        reading.tell(
            [said.line],
            format!("{from} seems to be called {to} now (a guess by likeness)"),
            stated[from].stated.clone(),
            format!("rename the property, in `required` and in the example too, from `{}` to `{}`; the same in the clause", last(from), last(to)),
            Some(&Subject::Attribute(key)),
        );
    }
    for (path, attribute) in &stated {
        let holder = path.rsplit_once('.').map_or("", |(holder, _)| holder);
        if paths.contains_key(path) || (stated.contains_key(holder) && !paths.contains_key(holder))
        {
            continue;
        }
        let key = reading.key(of, path);
        reading.told.insert(key.clone());
        // The row of what held it, or the table's first.
        let near = paths.get(holder).copied().or(said.first());
        reading.tell(
            near.map(|said| said.line),
            format!("{path} is in no table of the {} any more", whose(of)),
            attribute.stated.clone(),
            "remove the property, from `required` and from the example too, with its clause"
                .to_owned(),
            Some(&Subject::Attribute(key)),
        );
    }
    for (path, said) in &paths {
        match stated.get(path) {
            Some(attribute) => row(reading, of, path, said, attribute),
            None => added(reading, of, path, said, &paths, &stated),
        }
    }
}

pub(super) fn whose(of: &str) -> String {
    match of {
        "request" => "request".to_owned(),
        status => format!("answer {status}"),
    }
}

/// What the page no longer names, with what it names instead, where that is likely: in
/// the same object, and alike. Objects first, so that what they hold moves with them.
fn renamings(said: &[Said], stated: &BTreeMap<String, Attribute>) -> Vec<(String, String)> {
    let mut renamed: Vec<(String, String)> = Vec::new();
    let names: BTreeSet<&str> = said.iter().map(|said| said.path.as_str()).collect();
    let split = |path: &str| -> (String, String) {
        path.rsplit_once('.')
            .map_or((String::new(), path.to_owned()), |(a, b)| {
                (a.to_owned(), b.to_owned())
            })
    };
    let mut missing: Vec<&String> = stated
        .keys()
        .filter(|path| !names.contains(path.as_str()))
        .collect();
    missing.sort_by_key(|path| path.matches('.').count());
    for path in missing {
        let (holder, old) = split(path);
        let moved = renamed.iter().fold(holder, |holder, (from, to)| {
            match holder.strip_prefix(from.as_str()) {
                Some(rest) if rest.is_empty() || rest.starts_with('.') => format!("{to}{rest}"),
                _ => holder,
            }
        });
        if names.contains(format!("{moved}.{old}").trim_start_matches('.')) {
            continue;
        }
        let within: BTreeSet<&str> = stated
            .keys()
            .filter_map(|inner| inner.strip_prefix(&format!("{path}.")))
            .collect();
        let candidates = said.iter().filter(|said| {
            !stated.contains_key(&said.path)
                && split(&said.path).0 == moved
                && !renamed.iter().any(|(_, to)| *to == said.path)
        });
        let likely = candidates
            .map(|candidate| {
                // An object is known by what it holds.
                let holds =
                    |inner: &&&str| names.contains(format!("{}.{inner}", candidate.path).as_str());
                let kept = within.iter().filter(holds).count() as f64 / within.len().max(1) as f64;
                (
                    words::likeness(&old, &split(&candidate.path).1).max(kept),
                    candidate,
                )
            })
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        if let Some((likeness, candidate)) = likely
            && likeness >= ALIKE
        {
            renamed.push((path.clone(), candidate.path.clone()));
        }
    }
    renamed
}

fn added(
    reading: &mut Reading<'_>,
    of: &str,
    path: &str,
    said: &Said,
    paths: &BTreeMap<String, &Said>,
    stated: &BTreeMap<String, Attribute>,
) {
    let (holder, last) = path.rsplit_once('.').unwrap_or(("", path));
    reading.told.insert(reading.key(of, path));
    if paths.contains_key(holder) && !stated.contains_key(holder) {
        // What holds it is new too, and told with it.
        return;
    }
    let inside: Vec<&str> = paths
        .keys()
        .filter_map(|inner| inner.strip_prefix(&format!("{path}.")))
        .collect();
    let required = matches!(said.required, Some(Ok(true)));
    let kind = said
        .kind
        .as_deref()
        .and_then(words::json_type)
        .unwrap_or("string");
    let place = stated.get(holder).map_or_else(
        || {
            reading
                .facts
                .attributes
                .get(&reading.key(of, ""))
                .map_or(String::new(), |body| body.place.clone())
        },
        |holder| holder.place.clone(),
    );
    let with = if inside.is_empty() {
        String::new()
    } else {
        format!(" with {}", inside.join(", "))
    };
    let need = if required {
        format!(", `{last}` to `required`")
    } else {
        String::new()
    };
    let clause = format!(
        "{{ kind = \"attribute\", operation = \"{}\", of = \"{of}\", path = \"{path}\", type = \"{kind}\", required = {required} }}",
        reading.operation
    );
    reading.tell(
        [said.line],
        format!("{path} is new: {kind}{with}, {}", if required { "required" } else { "optional" }),
        place,
        format!("add `{last}: {{ type: {kind} }}` to `properties`{need}, and a clause that expects {clause}"),
        None,
    );
}

/// What one row says of an attribute that the contract has.
fn row(reading: &mut Reading<'_>, of: &str, path: &str, said: &Said, attribute: &Attribute) {
    let key = reading.key(of, path);
    let subject = Subject::Attribute(key.clone());
    let mut told: Vec<(String, String)> = Vec::new();
    let stated = kind(&attribute.schema).unwrap_or("any type");
    if let Some(word) = said.kind.as_deref() {
        match words::json_type(word) {
            Some(kind) if kind == stated => {}
            Some(kind) => told.push((
                format!("{path} is of type {kind}, the contract says {stated}"),
                format!("set its `type` to `{kind}`"),
            )),
            None => told.push((
                format!(
                    "{path} is of the type `{}`, which nobody can read",
                    word.trim()
                ),
                "see what the page means".to_owned(),
            )),
        }
    }
    match &said.required {
        Some(Ok(required)) if *required != attribute.required && of == "request" => {
            let (is, was, edit) = if *required {
                ("required", "optional", "add it to `required`")
            } else {
                ("optional", "required", "remove it from `required`")
            };
            told.push((
                format!("{path} is now {is}, the contract says {was}"),
                edit.to_owned(),
            ));
        }
        Some(Err(cell)) => told.push((
            format!("whether {path} is required is said as `{cell}`, which nobody can read"),
            "see what the page means".to_owned(),
        )),
        _ => {}
    }
    told.extend(form(path, said, &attribute.schema));
    let listed = values(path, said, &key, &attribute.schema, reading);
    told.extend(listed);
    for (says, edit) in told {
        reading.told.insert(key.clone());
        let edit = format!("{edit}; the same in the clause");
        reading.tell(
            [said.line],
            says,
            attribute.place.clone(),
            edit,
            Some(&subject),
        );
    }
}

fn form(path: &str, said: &Said, schema: &Value) -> Vec<(String, String)> {
    let mut told = Vec::new();
    if kind(schema) == Some("string") {
        let rule = |name: &str| schema.get(name).and_then(Value::as_str);
        let (form, edit) = match words::form(&said.description) {
            Some(Form::Format(format)) if rule("format") != Some(format) => {
                (format.to_owned(), format!("set its `format` to `{format}`"))
            }
            Some(Form::Pattern(pattern)) if rule("pattern") != Some(pattern) => (
                format!("text like {pattern}"),
                format!("set its `pattern` to `{pattern}`"),
            ),
            Some(Form::Date(order)) => (
                format!("date as {order}"),
                "say it as a `pattern`".to_owned(),
            ),
            _ => (String::new(), String::new()),
        };
        if !form.is_empty() {
            let stated = rule("format").or(rule("pattern")).unwrap_or("any text");
            told.push((
                format!("{path} is a {form}, the contract says {stated}"),
                edit,
            ));
        }
    }
    if let Some((rule, length)) = words::length(&said.description)
        && schema.get(rule).and_then(Value::as_u64) != Some(length)
    {
        told.push((
            format!("{path} has the {rule} {length}, which the contract does not say"),
            format!("set its `{rule}` to {length}"),
        ));
    }
    told
}

/// The values that a row lists, both ways.
fn values(
    path: &str,
    said: &Said,
    key: &Key,
    schema: &Value,
    reading: &Reading<'_>,
) -> Vec<(String, String)> {
    let (known, open) = known(schema).unwrap_or_default();
    let known: Vec<&str> = known.iter().filter_map(|value| value.as_str()).collect();
    let listed = words::values(&said.description, &known);
    if listed.is_empty() {
        // A sentence that lists nothing says nothing.
        return Vec::new();
    }
    let settled: Vec<&str> = reading
        .clauses
        .settled(key)
        .map(|(value, _)| value)
        .collect();
    let new: Vec<&str> = listed
        .iter()
        .filter(|value| !known.contains(value))
        .copied()
        .collect();
    let gone: Vec<&str> = known
        .iter()
        .filter(|value| !listed.contains(value) && !settled.contains(value))
        .copied()
        .collect();
    told_values(path, &new, &gone, &known, open)
}

/// New values and missing ones, as sentences with the edit that follows; a pair that is
/// alike is a renaming.
pub(super) fn told_values(
    path: &str,
    new: &[&str],
    gone: &[&str],
    known: &[&str],
    open: bool,
) -> Vec<(String, String)> {
    let mut told = Vec::new();
    // One that came where one went is taken for the same, alike or not.
    let least = if new.len() == 1 && gone.len() == 1 {
        0.0
    } else {
        ALIKE
    };
    let mut gone = gone.to_vec();
    for value in new {
        let likely = gone
            .iter()
            .copied()
            .map(|old| (words::likeness(old, value), old));
        let likely = likely
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .filter(|(likeness, _)| *likeness >= least);
        match likely {
            Some((_, old)) => {
                gone.retain(|other| *other != old);
                told.push((
                    format!(
                        "{path} has the value {value}, perhaps for {old} (a guess by likeness)"
                    ),
                    format!("replace `{old}` by `{value}` in its `enum`, or keep both"),
                ));
            }
            None if known.is_empty() => told.push((
                format!("{path} lists the value {value}, the contract lists none"),
                "make it an `enum`, or an open one".to_owned(),
            )),
            None => told.push((
                format!("{path} has the new value {value}"),
                format!("add `{value}` to its `enum`"),
            )),
        }
    }
    for value in gone {
        let kind = if open { "open " } else { "" };
        told.push((
            format!("{path} no longer lists {value}"),
            format!("remove `{value}` from its {kind}`enum`, unless it still comes"),
        ));
    }
    told
}
