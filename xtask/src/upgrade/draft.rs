//! Drafts of what people write: the changelog's entry, and clauses. They state what the
//! contract states; only a reader of the documentation can confirm it.
//!
//! Drafts are texts in the format of their file, so that they can be copied.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{Expectation, Statement, Status};
use heck::ToKebabCase;

use crate::diff::{Diff, Impact};

/// The entry, in the form of Keep a Changelog.
///
/// Changes of texts and examples have no entry.
pub(super) fn changelog(diff: &Diff) -> String {
    let mut sections: BTreeMap<&str, String> = BTreeMap::new();
    let changes = diff.changes.iter();
    for change in changes.filter(|it| it.impact != Impact::Documentation) {
        let says = &change.says;
        let section = match says.contains(" is gone") {
            true => "Removed",
            false if says.contains(" is new") => "Added",
            false => "Changed",
        };
        let breaking = match change.impact {
            Impact::Breaking => "**Breaking:** ",
            _ => "",
        };
        let rust = change.rust.map(|rust| format!("; in Rust, {rust}"));
        let rust = rust.unwrap_or_default();
        let entries = sections.entry(section);
        let entries = entries.or_insert_with(|| format!("### {section}\n\n"));
        *entries += &format!("- {breaking}{says}{rust}.\n");
    }
    if sections.is_empty() {
        return "(only texts and examples changed: no entry)".to_owned();
    }
    sections.into_values().collect::<Vec<_>>().join("\n")
}

/// The shortest id that neither a clause nor another statement would have; with a number where
/// names differ in case only, or in what is no letter.
pub(super) fn id(fact: &Expectation, all: &[Statement], taken: &BTreeSet<String>) -> String {
    let others = all.iter().filter(|other| other.expectation != *fact);
    let others: BTreeSet<String> = others.flat_map(|it| ids(&it.expectation)).collect();
    let [short, longer, longest] = ids(fact);
    let own = [short, longer]
        .into_iter()
        .filter(|id| !others.contains(id));
    let numbered = (2..).map(|number| format!("{longest}-{number}"));
    let mut all = own.chain([longest.clone()]).chain(numbered);
    all.find(|id| !taken.contains(id)).unwrap_or(longest)
}

/// By what the fact is about; with its operation too; with its body too.
///
/// For example `request.email`, `request.create-customer.email` and
/// `request.create-customer.request.email`.
fn ids(fact: &Expectation) -> [String; 3] {
    let operation = kebab_case(fact.operation().unwrap_or_default());
    let of = fact.of().unwrap_or_default();
    let (group, rest) = match fact {
        Expectation::Attribute(rules) => match Status::parse(of) {
            Some(_) => ("answer", kebab_case(&rules.path)),
            None => (of, kebab_case(&rules.path)),
        },
        Expectation::Answer { .. } => ("answer", of.to_owned()),
        Expectation::Media { .. } => ("media", of.to_owned()),
        Expectation::Terminal { path, .. } => ("terminal", kebab_case(path)),
        Expectation::Link { target, .. } => ("link", kebab_case(target)),
        Expectation::Server { rank, .. } => ("server", rank.to_string()),
        Expectation::Security { .. } => ("auth", operation.clone()),
        Expectation::IdempotencyKey { .. } => ("idempotency-key", operation.clone()),
        _ => ("operation", operation.clone()),
    };
    // The path of a value as a whole is empty.
    let rest = if rest.is_empty() { "body" } else { &rest };
    [
        format!("{group}.{rest}"),
        format!("{group}.{operation}.{rest}"),
        format!("{group}.{operation}.{of}.{rest}"),
    ]
}

/// A path in kebab case, segment by segment.
///
/// `addresses[].postCode` becomes `addresses.items.post-code`.
fn kebab_case(path: &str) -> String {
    let path = path.replace("[]", ".items").replace("{}", ".values");
    let path = path.replace('<', ".").replace('>', "");
    let segments = path.split('.').filter(|segment| !segment.is_empty());
    let segments: Vec<String> = segments.map(ToKebabCase::to_kebab_case).collect();
    segments.join(".")
}
