//! `cargo xtask diff`: what changed between two contracts, for whom, and what follows.
//!
//! One rule decides what breaks: a change that makes a legal request illegal, or that lets
//! a response come that could not come before. The client's tolerance is part of the rule:
//! unknown members and error statuses are kept, and an open enum takes any value.
//!
//! ```text
//! source     the two contracts: files or git revisions
//! names      what is not on the wire: the old names for the comparison, and the changes of names
//! change     whom a change concerns, what it is called and what it does to callers
//! classify   the differences of the two lists of statements, classified
//! effects    what a changed rule does: wider or narrower
//! version    the version step that follows           show   text, JSON and Markdown
//! ```
//!
//! Both contracts are read as lists of statements first, one for each rule. A comparison of the
//! two YAML files would report a moved schema as a change and would miss what a reference brings.
//!
//! The clauses are those of the new contract. They do not influence what is a change; each change
//! names the clauses that must be reviewed with it.

mod change;
mod classify;
mod effects;
mod names;
mod show;
mod source;
mod version;

use bvnk_contract::{AttributeRules, Clauses, Contract, Statement};

pub use change::{Change, Impact, Side};
pub(crate) use classify::changes;
pub(crate) use names::without_names;
pub use source::diff;
pub(crate) use source::{git, read_clauses, read_contract, read_file};
pub use version::Step;

/// All changes from one contract to another.
#[derive(Clone, Debug)]
pub struct Diff {
    /// Breaking ones first.
    pub changes: Vec<Change>,
    /// The names of the two contracts.
    ///
    /// The old one first, such as `git:v0.1.0` and `openapi/customers.yaml`.
    pub names: (String, String),
    /// The versions that the two contracts state.
    ///
    /// From `info.version`, the old one first, such as `0.1.0`.
    pub versions: (String, String),
}

impl Diff {
    /// Compares two contracts, with the clauses that belong to the new one.
    ///
    /// Operations and path parameters that only changed their names are aligned first, or else
    /// each of their statements would be one that is gone and one that is new.
    pub fn new(before: &Contract, after: &Contract, clauses: &Clauses) -> Self {
        let pairs = names::pairs(before, after);
        let new = names::aligned(&pairs, after);
        let mut changes = classify::changes(&before.statements(), &new);
        changes.extend(names::changes(&pairs, before, after));
        if changes.is_empty() && have_other_texts(before, after) {
            let (says, why) = ("texts or examples changed", "nothing on the wire changes");
            let impact = Impact::Documentation;
            changes.push(Change::new(impact, Side::Api, says, why, None));
        }
        let mut changes = merge(changes);
        for change in &mut changes {
            let about = change.facts.iter();
            change.clauses = about
                .flat_map(|fact| clauses.all_about(fact))
                .map(|clause| clause.id.clone())
                .collect();
        }
        Self {
            changes,
            names: ("old".to_owned(), "new".to_owned()),
            versions: (before.version.to_owned(), after.version.to_owned()),
        }
    }

    /// What the change with the greatest impact does; `None` if there is no change.
    ///
    /// The least of the impacts, since [`Impact`] is ordered with the greatest first.
    fn worst(&self) -> Option<Impact> {
        self.changes.iter().map(|change| change.impact).min()
    }

    /// Whether anything breaks.
    pub fn is_breaking(&self) -> bool {
        self.worst() == Some(Impact::Breaking)
    }

    /// The step that the contract's version must take.
    ///
    /// It follows from the impact and from the old version, by Cargo's rules.
    pub fn step(&self) -> Step {
        Step::after(&self.versions.0, self.worst())
    }

    /// The step that the crates' version must take: what changes in the client's Rust
    /// counts too.
    ///
    /// A renamed operation, for example, is no change on the wire, but a method of the
    /// client has another name.
    pub fn crates_step(&self) -> Step {
        let mut rust = self.changes.iter().filter_map(|change| change.rust);
        let worst = rust.next().map(|_| Impact::Breaking).or(self.worst());
        Step::after(env!("CARGO_PKG_VERSION"), worst)
    }

    /// Whether the new contract's version takes at least the step that the changes need.
    ///
    /// A higher step than necessary is allowed.
    pub fn is_version_raised(&self) -> bool {
        self.step().is_taken_by(&self.versions.1)
    }

    /// Whether nothing breaks, or the new contract's version states it.
    pub fn is_stated(&self) -> bool {
        !self.is_breaking() || self.is_version_raised()
    }
}

/// Whether two contracts that state the same differ in more than their versions.
///
/// Descriptions and examples have no statements, so that they are found here.
fn have_other_texts(before: &Contract, after: &Contract) -> bool {
    let mut document = after.document.clone();
    document["info"]["version"] = before.version.clone().into();
    document != before.document
}

/// The attributes of one body, or of one place of parameters.
///
/// `of` is `request`, a status such as `202`, or `header`, `path` or `query`.
pub(crate) fn attributes_of<'a>(
    statements: &'a [Statement],
    operation: &str,
    of: &str,
) -> impl Iterator<Item = &'a AttributeRules> {
    let rules = statements.iter();
    let rules = rules.filter_map(|statement| statement.expectation.attribute());
    rules.filter(move |rules| rules.operation == operation && rules.of == of)
}

/// A change of a shared schema is one change, in however many bodies it is.
///
/// Two changes are one if they have the same text, side and impact. The order of the result, which
/// is what users see, is by impact and then by side.
fn merge(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::new();
    for mut change in changes {
        // A name of the contract may have one; each change is one line.
        change.says = change.says.replace('\n', "\\n");
        let same = merged.iter_mut().find(|other| {
            (&other.says, other.side, other.impact) == (&change.says, change.side, change.impact)
        });
        match same {
            Some(other) => {
                other.seen_in.extend(change.seen_in);
                other.places.extend(change.places);
                other.facts.extend(change.facts);
                other.rust = other.rust.or(change.rust);
            }
            None => merged.push(change),
        }
    }
    merged.sort_by_key(|change| (change.impact, change.side));
    merged
}
