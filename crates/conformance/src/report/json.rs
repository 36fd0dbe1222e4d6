//! The report for programs, and the schema that says what it holds.
//!
//! Programs outside this workspace read it: a change that takes something away or gives it
//! another meaning raises [`VERSION`].

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use super::words::Outcome;
use super::{ClauseLine, Report, Row, Run, Verdict};

/// The version of the document.
const VERSION: u32 = 1;

/// Where the schema lies, seen from the document.
pub(super) const SCHEMA: &str = "report.schema.json";

/// What a run of the conformance suite found.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "Conformance report")]
struct Document<'a> {
    /// The schema of this document.
    #[serde(rename = "$schema")]
    schema: &'static str,
    /// Its version. It is raised when something is taken away or gets another meaning;
    /// members may be added without.
    #[schemars(extend("const" = VERSION))]
    version: u32,
    /// What the whole run comes to.
    outcome: Outcome,
    /// What was judged.
    run: &'a Run,
    /// How many checks and clauses there are, by what became of them.
    counts: Counts,
    /// What each check found.
    checks: &'a [Row],
    /// What became of each clause.
    clauses: Vec<Line<'a>>,
}

/// How many there are.
#[derive(Serialize, JsonSchema)]
struct Counts {
    /// Checks all of whose cases hold.
    passed: usize,
    /// Checks that failed.
    failed: usize,
    /// Checks that would have failed, had they not been about inferred clauses only.
    warned: usize,
    /// Checks that could judge nothing.
    skipped: usize,
    /// All clauses.
    clauses: usize,
    /// Clauses that were judged and hold.
    clauses_proven: usize,
}

/// A clause, and whether it was judged and holds.
#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    #[serde(flatten)]
    line: &'a ClauseLine,
    /// Whether it was judged and holds.
    proven: bool,
}

/// The text of `report.json`.
pub(super) fn render(report: &Report) -> serde_json::Result<String> {
    let count = |verdict| report.count(verdict);
    let line = |line| Line {
        line,
        proven: line.proven(),
    };
    pretty(&Document {
        schema: SCHEMA,
        version: VERSION,
        outcome: Outcome::of(report),
        run: &report.run,
        counts: Counts {
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            warned: count(Verdict::Warned),
            skipped: count(Verdict::Skipped),
            clauses: report.clauses.len(),
            clauses_proven: report.clauses_proven(),
        },
        checks: &report.rows,
        clauses: report.clauses.iter().map(line).collect(),
    })
}

/// The text of `report.schema.json`.
pub(super) fn schema() -> serde_json::Result<String> {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    pretty(&generator.into_root_schema_for::<Document<'_>>())
}

fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}
