//! What a run found: a row for each check, a line for each clause.
//!
//! It holds facts only; how they look in a terminal, a file or a browser is written in its
//! submodules, and none of them may know how a check judges.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::clauses::Basis;

mod files;
mod html;
mod json;
mod junit;
mod markdown;
mod text;
mod words;

/// What a run found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What was judged, and how to do it again.
    pub run: Run,
    /// One row for each check, in the order of the checks.
    pub rows: Vec<Row>,
    /// One line for each clause, in the order of `clauses.toml`.
    pub clauses: Vec<ClauseLine>,
}

/// What was judged.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Run {
    /// The name and version of the client.
    pub client: String,
    /// The contract's version.
    pub contract: String,
    /// `simulator`, or the origin of the server that was judged.
    pub target: String,
    /// Whether failures of inferred clauses count on a foreign server.
    pub strict: bool,
    /// How many generated individuals there were, and from which seed; none where a
    /// person was given.
    pub generated: Option<Generated>,
    /// How many requests were sent.
    pub requests: usize,
    /// How long it took.
    pub seconds: f64,
}

/// How the individuals of a run were made.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Generated {
    /// How many, besides the documentation's own and the designed ones.
    pub cases: u32,
    /// The same seed makes the same individuals.
    pub seed: u64,
}

/// What one check found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Row {
    /// The check's id.
    pub check: &'static str,
    /// What it holds against what.
    pub about: &'static str,
    /// The verdict.
    pub verdict: Verdict,
    /// Why nothing was judged, where it is skipped.
    pub skipped: Option<String>,
    /// How many cases it judged: individuals, or calls of its own.
    pub cases: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How often each clause was judged.
    pub judged: BTreeMap<String, u64>,
    /// How long it took, without the onboardings that all checks share.
    pub seconds: f64,
    /// The failures: one for each clause and place, the smallest example first.
    pub failures: Vec<Failure>,
}

/// What a check has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All of its cases hold.
    Passed,
    /// Some do not.
    Failed,
    /// Some do not, but they are about inferred clauses only, on a server that is not ours.
    Warned,
    /// Nothing could be judged.
    Skipped,
}

/// One thing that does not hold.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Failure {
    /// The clause that is broken.
    pub clause: String,
    /// What was tried.
    pub what: String,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub came: String,
    /// The smallest individual that shows it, if one does and may be shown.
    pub example: Option<Example>,
    /// The command that repeats it.
    pub repeat: String,
}

/// An individual that shows a failure, beside one that is as near to it as possible.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Example {
    /// How the individual came to be.
    pub label: String,
    /// The request body that fails.
    pub body: Value,
    /// The documentation's own, towards which it was made smaller.
    pub near: Value,
}

/// What became of one clause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClauseLine {
    /// The clause's id.
    pub id: String,
    /// The fact.
    pub says: String,
    /// Where it comes from.
    #[schemars(with = "String", extend("enum" = ["documented", "inferred"]))]
    pub basis: Basis,
    /// How many cases judged it, by check.
    pub judged: BTreeMap<&'static str, u64>,
    /// The checks that found it broken.
    pub broken: Vec<&'static str>,
}

impl ClauseLine {
    /// Whether it was judged, and holds.
    pub fn proven(&self) -> bool {
        self.broken.is_empty() && self.judged.values().any(|cases| *cases > 0)
    }
}

impl Report {
    /// How many checks have a verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows
            .iter()
            .filter(|row| row.verdict == verdict)
            .count()
    }

    /// How many clauses were judged and hold.
    pub fn clauses_proven(&self) -> usize {
        self.clauses.iter().filter(|line| line.proven()).count()
    }

    /// Whether the server was the simulator, which can show everything.
    pub fn is_complete(&self) -> bool {
        self.run.target == SIMULATOR
    }

    /// Whether nothing failed; and, at the simulator, whether everything was judged: what
    /// was not judged is not proven.
    pub fn proven(&self) -> bool {
        let whole = !self.is_complete()
            || (self.count(Verdict::Skipped) == 0
                && (self.run.generated.is_none() || self.clauses_proven() == self.clauses.len()));
        whole && self.count(Verdict::Failed) == 0
    }
}

/// The target's name when it is our own.
pub(crate) const SIMULATOR: &str = "simulator";

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Warned => "warned",
            Self::Skipped => "skipped",
        })
    }
}

impl Example {
    /// The places where the individual differs from the documentation's own, as lines of a
    /// diff: `-` for what the documentation has, `+` for what fails.
    pub fn diff(&self) -> Vec<String> {
        let mut lines = Vec::new();
        differences("", Some(&self.near), Some(&self.body), &mut lines);
        if lines.is_empty() {
            lines.push("the documentation's own example".to_owned());
        }
        lines
    }
}

fn differences(place: &str, near: Option<&Value>, body: Option<&Value>, lines: &mut Vec<String>) {
    if near == body {
        return;
    }
    if let (Some(Value::Object(near)), Some(Value::Object(body))) = (near, body) {
        let more = body.keys().filter(|name| !near.contains_key(*name));
        for name in near.keys().chain(more) {
            let place = format!("{place}/{name}");
            differences(&place, near.get(name), body.get(name), lines);
        }
        return;
    }
    lines.extend(near.map(|value| format!("- {place}: {value}")));
    lines.extend(body.map(|value| format!("+ {place}: {value}")));
}
