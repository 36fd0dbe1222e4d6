//! Drafts of what people write: the changelog's entry, and clauses. They say what was
//! read in the contract; what the page says of it, only a reader knows.

use std::collections::BTreeMap;

use super::section;
use crate::clauses::Subject;
use crate::diff::{Diff, Verdict};
use crate::facts::{Facts, Key, kind, known};

/// The entry, in the form of Keep a Changelog.
pub(super) fn changelog(diff: &Diff) -> String {
    let mut sections: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for finding in &diff.findings {
        let section = section(finding.verdict, &finding.says, finding.side);
        if section.is_empty() {
            continue;
        }
        let breaking = if finding.verdict == Verdict::Breaking {
            "**Breaking:** "
        } else {
            ""
        };
        let rust = finding.rust.as_ref();
        let rust = rust.map_or(String::new(), |rust| format!("; in Rust, {rust}"));
        let entry = format!("- {breaking}{}{rust}.", finding.says);
        sections.entry(section).or_default().push(entry);
    }
    if sections.is_empty() {
        return "(only texts and examples changed: no entry)".to_owned();
    }
    let sections = sections
        .into_iter()
        .map(|(section, entries)| format!("### {section}\n\n{}\n", entries.join("\n")));
    sections.collect::<Vec<_>>().join("\n")
}

/// A clause about what no clause is about.
pub(super) fn clause(subject: &Subject, facts: &Facts) -> Option<String> {
    let (id, expect) = match subject {
        // The whole body is settled by a clause of its media.
        Subject::Attribute(key) if key.path.is_empty() || key.path.ends_with("[]") => return None,
        Subject::Attribute(key) => (id(key, facts), attribute(key, facts)?),
        Subject::Answer(operation, status) => (
            answer(operation, status, facts),
            format!("kind = \"answer\", operation = \"{operation}\", status = \"{status}\""),
        ),
        Subject::Operation(id) => {
            let operation = facts.operations.get(id)?;
            (
                format!("operation.{id}"),
                format!(
                    "kind = \"operation\", operation = \"{id}\", method = \"{}\", path = \"{}\"",
                    operation.method, operation.path
                ),
            )
        }
        Subject::Security(id) => {
            let scheme = facts.operations.get(id)?.security.join(", ");
            (
                format!("auth.{id}"),
                format!("kind = \"security\", operation = \"{id}\", scheme = \"{scheme}\""),
            )
        }
        Subject::Server(url) => {
            let rank = facts.servers.iter().position(|(other, _)| other == url)? + 1;
            (
                format!("server.{rank}"),
                format!("kind = \"server\", url = \"{url}\", rank = {rank}"),
            )
        }
    };
    Some(format!(
        "[[clause]]\nid = \"{id}\"\nsays = \"\"\nbasis = \"documented\"\nexpect = {{ {expect} }}"
    ))
}

/// The shortest name that no other attribute of the contract would get too.
fn id(key: &Key, facts: &Facts) -> String {
    let [short, longer, longest] = names(key);
    let taken = |name: &String| {
        let mut others = facts.attributes.keys().filter(|other| *other != key);
        others.any(|other| names(other).contains(name))
    };
    [short, longer]
        .into_iter()
        .find(|name| !taken(name))
        .unwrap_or(longest)
}

/// By what it is a part of; by its operation too; by all that tells it from others.
fn names(key: &Key) -> [String; 3] {
    let of = if key.is_sent() { &key.of } else { "answer" };
    let (operation, path) = (in_kebab_case(&key.operation), in_kebab_case(&key.path));
    [
        format!("{of}.{path}"),
        format!("{of}.{operation}.{path}"),
        format!("{of}.{operation}.{}.{path}", key.of),
    ]
}

fn answer(operation: &str, status: &str, facts: &Facts) -> String {
    let answers = facts.operations.values().flat_map(|it| &it.answers);
    match answers.filter(|other| *other == status).count() {
        0 | 1 => format!("answer.{status}"),
        _ => format!("answer.{}.{status}", in_kebab_case(operation)),
    }
}

fn in_kebab_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '_' => text.push('-'),
            c if c.is_uppercase() => {
                text.push('-');
                text.extend(c.to_lowercase());
            }
            c => text.push(c),
        }
    }
    text
}

fn attribute(key: &Key, facts: &Facts) -> Option<String> {
    let Key {
        operation,
        of,
        path,
    } = key;
    let attribute = facts.attributes.get(key)?;
    let schema = &attribute.schema;
    let mut expect = format!(
        "kind = \"attribute\", operation = \"{operation}\", of = \"{of}\", path = \"{path}\", type = \"{}\", required = {}",
        kind(schema).unwrap_or("any"),
        attribute.required
    );
    for (rule, name) in [
        ("format", "format"),
        ("pattern", "pattern"),
        ("minLength", "min_length"),
        ("maxLength", "max_length"),
    ] {
        if let Some(value) = schema.get(rule) {
            expect.push_str(&format!(", {name} = {value}"));
        }
    }
    if let Some((values, open)) = known(schema) {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        expect.push_str(&format!(", known = [{}], open = {open}", values.join(", ")));
    }
    Some(expect)
}
