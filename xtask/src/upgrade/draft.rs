//! Drafts of what people write: the changelog's entry, and clauses. They state what the
//! contract states; only a reader of the documentation can confirm it.
//!
//! Drafts are written in the format of their file, so that they can be copied.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{Expectation, Status};
use heck::ToKebabCase;

use crate::diff::{Change, Diff, Impact};

/// The changes of an entry in the form of Keep a Changelog, by the names of its sections.
///
/// Changes of texts and examples have no entry.
pub(super) fn changelog(diff: &Diff) -> BTreeMap<&str, Vec<&Change>> {
    let mut sections: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    let changes = diff.changes.iter();
    for change in changes.filter(|it| it.impact != Impact::Documentation) {
        let section = match change.says.contains(" is gone") {
            true => "Removed",
            false if change.says.contains(" is new") => "Added",
            false => "Changed",
        };
        sections.entry(section).or_default().push(change);
    }
    sections
}

/// An id that no clause has: what the fact is about, such as `request.email` or `answer.reference`.
///
/// It names the operation where nothing else is left or where the id is taken, and has a number
/// where names differ only in case or in what is no letter.
pub(super) fn id(fact: &Expectation, taken: &BTreeSet<String>) -> String {
    let subject = fact.subject().unwrap_or_default();
    let about = subject
        .splitn(3, ' ')
        .filter(|it| Some(*it) != fact.operation());
    let about = about.map(|it| Status::parse(it).map_or(it, |_| "answer"));
    let about: Vec<&str> = about.collect();
    let long = kebab_case(&subject);
    let short = Some(kebab_case(&about.join(" "))).filter(|_| about.len() > 1);
    let numbered = (2..).map(|number| format!("{long}-{number}"));
    let mut all = short.into_iter().chain([long.clone()]).chain(numbered);
    all.find(|id| !taken.contains(id)).unwrap_or(long)
}

/// A subject in kebab case, segment by segment.
///
/// `request addresses[].postCode` becomes `request.addresses.items.post-code`.
fn kebab_case(subject: &str) -> String {
    let path = subject.replace("[]", ".items").replace("{}", ".values");
    let segments = path
        .split([' ', '.', '<'])
        .filter(|segment| !segment.is_empty());
    let segments: Vec<String> = segments.map(ToKebabCase::to_kebab_case).collect();
    segments.join(".")
}
