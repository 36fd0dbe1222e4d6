//! Attribute tables against the bodies of the contract: names, types, what is required,
//! values and forms.

use std::collections::BTreeMap;

use super::Reading;
use super::renames::renamings;
use super::rows::{Said, name, said, score};
use super::tables::Table;
use super::values::{form, values};
use super::words;
use crate::clauses::Subject;
use crate::facts::{Attribute, Facts, kind};

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
            format!("{from} seems to be called {to} now (a guess)"),
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
