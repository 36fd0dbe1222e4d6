//! Drafts of what people write: the changelog's entry, and clauses. They state what the
//! contract states; only a reader of the documentation can confirm it.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{Basis, Expectation, Statement, draft_clause};

use crate::diff::{Diff, Impact};

/// The entry, in the form of Keep a Changelog.
pub(super) fn changelog(diff: &Diff) -> String {
    let mut sections: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for change in &diff.changes {
        let says = &change.says;
        let section = match change.impact {
            Impact::Documentation => continue,
            _ if says.contains(" is gone") => "Removed",
            _ if says.contains(" is new") => "Added",
            _ => "Changed",
        };
        let breaking = match change.impact {
            Impact::Breaking => "**Breaking:** ",
            _ => "",
        };
        let rust = change.rust.as_ref();
        let rust = rust.map_or(String::new(), |rust| format!("; in Rust, {rust}"));
        let entry = format!("- {breaking}{says}{rust}.");
        sections.entry(section).or_default().push(entry);
    }
    if sections.is_empty() {
        return "(only texts and examples changed: no entry)".to_owned();
    }
    let sections = sections.into_iter();
    let sections =
        sections.map(|(section, entries)| format!("### {section}\n\n{}\n", entries.join("\n")));
    sections.collect::<Vec<_>>().join("\n")
}

/// A clause without words about what no clause covers.
pub(super) fn clause(id: &str, fact: &Expectation) -> String {
    draft_clause(id, "", Basis::Documented, fact)
}

/// The shortest id that neither a clause nor another statement would have.
pub(super) fn id(fact: &Expectation, all: &[Statement], taken: &BTreeSet<String>) -> String {
    let [short, longer, longest] = ids(fact);
    let is_free = |id: &String| {
        let mut others = all.iter().filter(|other| other.expectation != *fact);
        !taken.contains(id) && others.all(|other| !ids(&other.expectation).contains(id))
    };
    [short, longer].into_iter().find(is_free).unwrap_or(longest)
}

/// By what the fact is about; with its operation too; with its body too.
fn ids(fact: &Expectation) -> [String; 3] {
    let operation = kebab_case(fact.operation().unwrap_or_default());
    let (group, of, rest) = match fact {
        Expectation::Attribute(rules) => {
            let group = match rules.of.as_str() {
                of @ ("request" | "path" | "query" | "header") => of,
                _ => "answer",
            };
            (group, rules.of.as_str(), kebab_case(&rules.path))
        }
        Expectation::Answer { status, .. } => ("answer", status.as_str(), status.clone()),
        Expectation::Media { of, .. } => ("media", of.as_str(), of.clone()),
        Expectation::Terminal { of, path, .. } => ("terminal", of.as_str(), kebab_case(path)),
        Expectation::Link { of, target, .. } => ("link", of.as_str(), kebab_case(target)),
        Expectation::Server { rank, .. } => ("server", "", rank.to_string()),
        Expectation::Security { .. } => ("auth", "", operation.clone()),
        Expectation::IdempotencyKey { .. } => ("idempotency-key", "", operation.clone()),
        _ => ("operation", "", operation.clone()),
    };
    [
        format!("{group}.{rest}"),
        format!("{group}.{operation}.{rest}"),
        format!("{group}.{operation}.{of}.{rest}"),
    ]
}

fn kebab_case(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        match c {
            '_' => text.push('-'),
            '[' => text.push_str(".items"),
            '{' => text.push_str(".values"),
            '<' => text.push('.'),
            ']' | '}' | '>' => {}
            c if c.is_uppercase() => {
                if !text.is_empty() && !text.ends_with(['-', '.']) {
                    text.push('-');
                }
                text.extend(c.to_lowercase());
            }
            c => text.push(c),
        }
    }
    text
}
