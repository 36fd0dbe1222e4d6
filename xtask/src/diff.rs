//! What changed between two contracts, for whom, and what follows from it.
//!
//! One idea decides what breaks: a request that was legal must stay legal, and an answer
//! must be one that could have come before. The client's tolerance is part of it: members
//! and statuses that nobody listed survive, and an open enum takes any value.
//!
//! ```text
//! attributes, document   what the API's words can say, compared by meaning
//! rest                   what these do not explain: `drift`'s verdicts, then raw JSON
//! ```
//!
//! `drift` compares neither servers nor security, leaves every edit of a string and every
//! change of `required` unhandled, and stops at one way to a shared schema; so it is the
//! second opinion, not the first. What it finds beyond ours is told in its words, and an
//! unhandled change of a request counts as breaking.

mod attributes;
mod document;
mod names;
mod rest;
mod schema;
mod show;
mod source;
mod version;

use std::collections::BTreeSet;

use serde_json::Value;

use crate::clauses::{Clauses, Subject};
use crate::facts::Facts;

pub(crate) use names::bare;
pub use source::contracts;
pub(crate) use source::read;
pub use version::Step;

/// Whom a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Whoever sends requests.
    Requests,
    /// Whoever reads answers.
    Answers,
    /// Everybody: servers, security, operations.
    Api,
}

/// What a change does to those whom it concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// What worked before may not work any more.
    Breaking,
    /// What worked before works.
    Compatible,
    /// Only texts and examples differ.
    Words,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it does.
    pub verdict: Verdict,
    /// Whom it concerns.
    pub side: Side,
    /// The change, in the API's words.
    pub says: String,
    /// Why it has that verdict.
    pub why: String,
    /// What changes in the client's Rust, where that alone would break its callers.
    pub rust: Option<String>,
    /// The bodies that it is seen in, as `create_customer request`.
    pub seen: BTreeSet<String>,
    /// JSON pointers into the old or the new contract.
    pub places: BTreeSet<String>,
    /// The ids of the clauses that it touches.
    pub clauses: BTreeSet<String>,
    /// What clauses would be about it.
    pub(crate) subjects: BTreeSet<Subject>,
}

impl Finding {
    pub(crate) fn new(
        verdict: Verdict,
        side: Side,
        says: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self {
            verdict,
            side,
            says: says.into(),
            why: why.into(),
            rust: None,
            seen: BTreeSet::new(),
            places: BTreeSet::new(),
            clauses: BTreeSet::new(),
            subjects: BTreeSet::new(),
        }
    }

    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.places.insert(place.into());
        self
    }

    pub(crate) fn seen_in(mut self, body: impl Into<String>) -> Self {
        self.seen.insert(body.into());
        self
    }

    pub(crate) fn about(mut self, subject: Subject) -> Self {
        self.subjects.insert(subject);
        self
    }

    pub(crate) fn in_rust(mut self, rust: Option<String>) -> Self {
        self.rust = rust;
        self
    }
}

/// All changes from one contract to another.
#[derive(Clone, Debug)]
pub struct Diff {
    /// Breaking ones first.
    pub findings: Vec<Finding>,
    /// What the two are called.
    pub names: (String, String),
    /// The versions that the two contracts give themselves.
    pub versions: (String, String),
}

impl Diff {
    /// Compares two contracts, with the clauses that belong to the new one.
    pub(crate) fn of(old: &Value, new: &Value, clauses: &Clauses) -> Self {
        let aligned = names::aligned(old, new);
        let (before, mut after) = (Facts::of(old), Facts::of(&aligned));
        // Only what the parts of a path are called comes from the new contract itself.
        for (id, operation) in Facts::of(new).operations {
            if let Some(aligned) = after.operations.get_mut(&id) {
                aligned.path = operation.path;
            }
        }
        let mut findings = names::renames(old, new);
        findings.extend(document::compare(&before, &after));
        findings.extend(attributes::compare(&before, &after));
        let rest = rest::unexplained(old, new, &aligned, &findings);
        findings.extend(rest);
        let mut findings = merged(findings);
        for finding in &mut findings {
            let touched = finding.subjects.iter();
            finding.clauses = touched
                .flat_map(|subject| clauses.about(subject))
                .map(|clause| clause.id.clone())
                .collect();
        }
        Self {
            findings,
            names: ("old".to_owned(), "new".to_owned()),
            versions: (before.version, after.version),
        }
    }

    /// Whether anything breaks.
    pub fn is_breaking(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.verdict == Verdict::Breaking)
    }

    /// The step that the contract's version must take.
    pub fn step(&self) -> Step {
        self.step_of(self.is_breaking())
    }

    /// The step that the crates' version must take: what changes in the client's Rust
    /// counts too.
    pub fn crates_step(&self) -> Step {
        self.step_of(self.is_breaking() || self.findings.iter().any(|f| f.rust.is_some()))
    }

    fn step_of(&self, breaking: bool) -> Step {
        let compatible = |finding: &Finding| finding.verdict == Verdict::Compatible;
        Step::after(
            &self.versions.0,
            breaking,
            self.findings.iter().any(compatible),
            !self.findings.is_empty(),
        )
    }

    /// Whether the new contract's version says enough of the change.
    pub fn is_version_raised(&self) -> bool {
        version::is_raised(&self.versions.0, &self.versions.1, self.step())
    }
}

/// One change of a shared schema is one finding, however many bodies it is seen in.
fn merged(findings: Vec<Finding>) -> Vec<Finding> {
    let mut merged: Vec<Finding> = Vec::new();
    for finding in findings {
        let same = merged.iter_mut().find(|other| {
            other.says == finding.says
                && other.side == finding.side
                && other.verdict == finding.verdict
        });
        match same {
            Some(other) => {
                other.seen.extend(finding.seen);
                other.places.extend(finding.places);
                other.subjects.extend(finding.subjects);
                other.rust = other.rust.take().or(finding.rust);
            }
            None => merged.push(finding),
        }
    }
    merged.sort_by_key(|finding| (finding.verdict, finding.side));
    merged
}
