//! What a run found, as plain values: the checks, the clauses, the failures.
//!
//! The types hold facts only, which pass from the checks to the report. How they appear in a
//! terminal, a file or a browser is written in `report`; the stage that finds them knows no format.

use std::collections::BTreeMap;
use std::fmt;

use bvnk_contract::{Basis, Weight};
use serde::Serialize;
use serde_json::Value;

use crate::exchange::ExchangeLine;
use crate::specification::Place;

/// What a run found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Report {
    /// What was tested, and how to repeat it.
    pub run: RunInfo,
    /// One row for each check, in the order of the table of checks.
    pub checks: Vec<CheckRow>,
    /// One row for each clause, in the order of the clauses' file.
    pub clauses: Vec<ClauseRow>,
    /// Every failure once, those that fail the run first.
    pub failures: Vec<Failure>,
    /// One row for each known deviation that the run was given.
    pub allowances: Vec<AllowanceRow>,
}

/// What was tested, when, and with which options.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct RunInfo {
    /// When the run began: RFC 3339, UTC, whole seconds.
    pub date: String,
    /// The commit of the repository in which the run was started.
    pub commit: Option<String>,
    /// The name and version of the client.
    pub client: String,
    /// The title of the contract.
    pub contract: String,
    /// The version of the contract.
    pub contract_version: String,
    /// `simulator`, or the origin of the server.
    pub target: String,
    /// Whether the target is the simulator, which can show everything: there, each clause
    /// must be proven and each failure counts.
    pub complete: bool,
    /// The seed of the generated bodies; `None` if a body was given.
    pub seed: Option<u64>,
    /// How many bodies were generated for each operation, besides the designed ones;
    /// `None` if a body was given.
    pub cases: Option<u32>,
    /// Whether failures of `should` clauses fail the run.
    pub strict: bool,
    /// Why the run ended early, if it did: then it has not passed.
    pub stopped: Option<String>,
    /// The command that repeats the run. What must not be shown is a placeholder.
    pub command: String,
    /// How many requests were sent.
    pub requests: u64,
    /// How many of them met a failure that may pass: no response, 429, 502, 503 or 504. They
    /// were sent again, up to four times.
    pub transient: u64,
    /// How long the run took.
    pub seconds: f64,
}

/// The result of a check or of a clause. Of what does not hold, the worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was observed and holds.
    Proven,
    /// It does not hold, and that fails the run.
    Failed,
    /// It does not hold, but weighs too little to fail the run.
    Warned,
    /// It does not hold, which is a known deviation.
    Allowed,
    /// Nothing happened that could show it, such as a status that never appeared.
    NotObserved,
    /// It was not tried; the row has the reason.
    Skipped,
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct CheckRow {
    /// The check's id.
    pub id: String,
    /// What it compares.
    pub about: String,
    /// The worst verdict of its findings.
    pub verdict: Verdict,
    /// Why it was skipped or observed nothing.
    pub reason: Option<String>,
    /// How many cases it judged: calls, bodies or exchanges.
    pub cases: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How long it took.
    pub seconds: f64,
}

/// What became of one clause.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ClauseRow {
    /// The clause's id.
    pub id: String,
    /// The fact.
    pub says: String,
    /// How much it weighs when a server deviates.
    #[cfg_attr(feature = "schemas", schemars(with = "String", extend("enum" = ["must", "should"])))]
    pub weight: Weight,
    /// Whether the page states it.
    #[cfg_attr(feature = "schemas", schemars(with = "String", extend("enum" = ["documented", "inferred"])))]
    pub basis: Basis,
    /// The file and the line of the clause.
    pub place: Place,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it was skipped or not observed.
    pub reason: Option<String>,
    /// How many cases judged it, by check.
    pub checks: BTreeMap<String, u64>,
}

/// One thing that does not hold. Equal failures are one, with their number.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Failure {
    /// The check that found it.
    pub check: String,
    /// The clause that does not hold.
    pub clause: String,
    /// The fact that the clause states.
    pub says: String,
    /// Whether it fails the run, is a warning, or is allowed.
    pub verdict: Verdict,
    /// What was tried.
    pub what: String,
    /// What the clause expects.
    pub expected: String,
    /// What happened, with text of a server as it was.
    pub actual: String,
    /// Where the clause stands.
    pub place: Place,
    /// The exchange that shows it, if one does and may be shown.
    pub exchange: Option<ExchangeLine>,
    /// The smallest body that shows it, if one does and may be shown.
    pub case: Option<FailingCase>,
    /// How many cases failed alike.
    pub repeats: u64,
}

/// A body that shows a failure, next to one that is as near to it as possible.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct FailingCase {
    /// How the body was made.
    pub label: String,
    /// The request body.
    pub body: Value,
    /// The contract's example, towards which the body was shrunk.
    pub base: Value,
}

/// What became of a known deviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct AllowanceRow {
    /// The clause.
    pub clause: String,
    /// The last day on which the deviation is allowed, as `YYYY-MM-DD`.
    pub until: Option<String>,
    /// What became of it.
    pub state: AllowanceState,
}

/// What became of a known deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AllowanceState {
    /// The server deviates, and may.
    Deviates,
    /// The server no longer deviates: remove the entry.
    Holds,
    /// Nothing happened that could show whether it deviates.
    NotObserved,
    /// The day has passed, so that the deviation counts again.
    Expired,
}

impl Report {
    /// Whether the run passes: it came to its end, nothing failed that is not allowed, and at the
    /// simulator every clause is proven.
    pub fn passed(&self) -> bool {
        let complete = !self.run.complete
            || self.run.cases.is_none()
            || self
                .clauses
                .iter()
                .all(|row| row.verdict == Verdict::Proven);
        complete
            && self.run.stopped.is_none()
            && self
                .failures
                .iter()
                .all(|row| row.verdict != Verdict::Failed)
    }

    /// How many clauses of a weight have a verdict.
    pub fn clauses_with(&self, weight: Weight, verdict: Verdict) -> usize {
        let rows = self.clauses.iter();
        rows.filter(|row| row.weight == weight && row.verdict == verdict)
            .count()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Proven => "proven",
            Self::Failed => "failed",
            Self::Warned => "warned",
            Self::Allowed => "allowed",
            Self::NotObserved => "not observed",
            Self::Skipped => "skipped",
        })
    }
}

impl FailingCase {
    /// The places where the body differs from the base, as lines of a diff: `-` for what the
    /// base has, `+` for what the failing body has.
    ///
    /// # Examples
    ///
    /// Of a body with another city: `- /city: "London"`, then `+ /city: "Zürich"`.
    pub fn diff(&self) -> Vec<String> {
        let mut lines = Vec::new();
        differences("", Some(&self.base), Some(&self.body), &mut lines);
        if lines.is_empty() {
            lines.push("the contract's example".to_owned());
        }
        lines
    }
}

fn differences(place: &str, base: Option<&Value>, body: Option<&Value>, lines: &mut Vec<String>) {
    if base == body {
        return;
    }
    if let (Some(Value::Object(base)), Some(Value::Object(body))) = (base, body) {
        let more = body.keys().filter(|name| !base.contains_key(*name));
        for name in base.keys().chain(more) {
            let place = format!("{place}/{name}");
            differences(&place, base.get(name), body.get(name), lines);
        }
        return;
    }
    lines.extend(base.map(|value| format!("- {place}: {value}")));
    lines.extend(body.map(|value| format!("+ {place}: {value}")));
}
