//! The report for programs, with the JSON Schema that describes it.

use bvnk_contract::Weight;
use serde::Serialize;

use super::format::{VERDICTS, visible, weight};
use crate::results::{Report, Verdict};
use crate::text::escaped_json;

/// The version of the document. Removing a member or changing its meaning raises it.
const VERSION: u32 = 2;

/// The file of the schema, relative to the document.
pub(super) const SCHEMA: &str = "report.schema.json";

/// The text of the schema. A test compares it with what the types derive.
pub(super) const SCHEMA_TEXT: &str = include_str!("../../templates/report.schema.json");

/// What a run of the conformance suite found.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schemas", schemars(title = "Conformance report"))]
struct Document<'a> {
    /// The schema of this document.
    #[serde(rename = "$schema")]
    schema: &'static str,
    /// The version of the schema. Members may be added without raising it.
    #[cfg_attr(feature = "schemas", schemars(extend("const" = VERSION)))]
    version: u32,
    /// Whether the run passed: the command ends with 0.
    passed: bool,
    /// How many clauses there are, by weight and verdict.
    totals: Vec<Total>,
    #[serde(flatten)]
    report: &'a Report,
}

/// How many clauses of a weight have a verdict.
#[derive(Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
struct Total {
    /// The weight.
    #[cfg_attr(feature = "schemas", schemars(extend("enum" = ["must", "should"])))]
    weight: &'static str,
    /// The verdict.
    verdict: Verdict,
    /// How many.
    clauses: usize,
}

/// Returns the text of `report.json`.
pub(super) fn render(report: &Report) -> serde_json::Result<String> {
    let weights = [Weight::Must, Weight::Should].into_iter();
    let cells = weights.flat_map(|of| VERDICTS.map(|verdict| (of, verdict)));
    let totals = cells.map(|(of, verdict)| Total {
        weight: weight(of),
        verdict,
        clauses: report.clauses_with(of, verdict),
    });
    pretty(&Document {
        schema: SCHEMA,
        version: VERSION,
        passed: report.passed(),
        totals: totals.collect(),
        report,
    })
}

/// Returns the text of `report.schema.json`, as the types of the report describe it.
///
/// # Errors
///
/// What cannot be written as JSON.
#[cfg(feature = "schemas")]
pub fn derived_schema() -> serde_json::Result<String> {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let generator = settings.into_generator();
    pretty(&generator.into_root_schema_for::<Document<'_>>())
}

/// Outside of ASCII, and in `##[`, JSON has escapes for what must not be shown raw, so that
/// the values stay what they are.
fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    let json = serde_json::to_string_pretty(value)?.replace("##[", "#\\u0023[") + "\n";
    Ok(escaped_json(&json, |letter| {
        let mut bytes = [0; 4];
        let text: &str = letter.encode_utf8(&mut bytes);
        letter == '\n' || visible(text) == text
    }))
}
