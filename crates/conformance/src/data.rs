//! Values generated from a schema: whatever it allows, in forms that shrink to something
//! readable. No field of the API is named here, so that a field that the contract gains is
//! generated without an edit.

mod designed;
mod negatives;
mod pairs;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value};

use crate::contract::resolve;

pub use designed::{Case, designed};
pub use negatives::{Negative, negatives};

/// How many of the optional properties a generated object has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optional {
    /// Any of them.
    Some,
    /// All of them.
    All,
}

/// Generates values of one schema, the same ones for the same seed.
pub struct Generator {
    strategy: BoxedStrategy<Value>,
    runner: TestRunner,
}

impl Generator {
    /// Generates values of `schema`, which refers to itself for its references.
    ///
    /// # Errors
    ///
    /// The place of whatever in the schema cannot be generated.
    pub fn new(schema: &Value, optional: Optional, seed: u64) -> Result<Self, String> {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        Ok(Self {
            strategy: strategy(schema, schema, optional)?,
            runner: TestRunner::new_with_rng(Config::default(), rng),
        })
    }

    /// One more value.
    ///
    /// # Errors
    ///
    /// When the strategy cannot find a value, and why.
    pub fn generate(&mut self) -> Result<Value, String> {
        match self.strategy.new_tree(&mut self.runner) {
            Ok(tree) => Ok(tree.current()),
            Err(reason) => Err(format!("cannot generate a value: {reason}")),
        }
    }
}

impl std::fmt::Debug for Generator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

/// A strategy for the values of a schema; `root` is where its references lead.
///
/// # Errors
///
/// What in the schema cannot be generated.
pub fn strategy(
    root: &Value,
    schema: &Value,
    optional: Optional,
) -> Result<BoxedStrategy<Value>, String> {
    let schema = resolve(root, schema);
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Ok(select(values.clone()).boxed());
    }
    if let Some(branches) = ["anyOf", "oneOf"]
        .iter()
        .find_map(|name| schema.get(name)?.as_array())
    {
        // The known values of an open enum come first and most often.
        let weighted: Result<Vec<_>, String> = branches
            .iter()
            .enumerate()
            .map(|(index, branch)| {
                Ok((
                    if index == 0 { 4 } else { 1 },
                    strategy(root, branch, optional)?,
                ))
            })
            .collect();
        return Ok(proptest::strategy::Union::new_weighted(weighted?).boxed());
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("object") => object(root, schema, optional),
        Some("array") => {
            let items = schema.get("items").unwrap_or(&Value::Null);
            let least = size(schema, "minItems").unwrap_or(0);
            let most = size(schema, "maxItems").unwrap_or(least + 3);
            Ok(vec(strategy(root, items, optional)?, least..=most)
                .prop_map(Value::from)
                .boxed())
        }
        Some("boolean") => Ok(any::<bool>().prop_map(Value::from).boxed()),
        Some("integer") => {
            let (least, most) = bounds(schema);
            Ok((least as i64..=most as i64).prop_map(Value::from).boxed())
        }
        Some("number") => {
            let (least, most) = bounds(schema);
            // In quarters, which every reader of JSON reads exactly.
            let quarters = (least * 4.0).ceil() as i64..=(most * 4.0).floor() as i64;
            let quarters = quarters.prop_map(|quarters| Value::from(quarters as f64 / 4.0));
            Ok(quarters.boxed())
        }
        Some("string") => Ok(string(schema)?.prop_map(Value::from).boxed()),
        None => Ok(any::<bool>().prop_map(Value::from).boxed()),
        Some(other) => Err(format!("no data can be generated for the type `{other}`")),
    }
}

fn object(
    root: &Value,
    schema: &Value,
    optional: Optional,
) -> Result<BoxedStrategy<Value>, String> {
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut members = Vec::new();
    for (name, property) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let value =
            strategy(root, property, optional).map_err(|error| format!("{name}: {error}"))?;
        let always = optional == Optional::All || required.contains(&name.as_str());
        let present = if always {
            Just(true).boxed()
        } else {
            proptest::bool::weighted(0.6).boxed()
        };
        let name = name.clone();
        members.push(
            (present, value)
                .prop_map(move |(present, value)| present.then(|| (name.clone(), value))),
        );
    }
    Ok(members
        .prop_map(|members| Value::Object(members.into_iter().flatten().collect::<Map<_, _>>()))
        .boxed())
}

fn string(schema: &Value) -> Result<BoxedStrategy<String>, String> {
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str) {
        // proptest generates whole matches and knows no anchors.
        let bare = pattern.trim_start_matches('^').trim_end_matches('$');
        return proptest::string::string_regex(bare)
            .map(Strategy::boxed)
            .map_err(|error| format!("the pattern {pattern} cannot be generated: {error}"));
    }
    let format = schema.get("format").and_then(Value::as_str);
    Ok(match format {
        Some("date") => date().boxed(),
        Some("date-time") => (
            date(),
            0..24u8,
            0..60u8,
            0..60u8,
            prop_oneof![Just(0), 1..1000u16],
        )
            .prop_map(|(date, hour, minute, second, millis)| {
                // As chrono writes it: no fraction when it is zero.
                let fraction = if millis == 0 {
                    String::new()
                } else {
                    format!(".{millis:03}")
                };
                format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
            })
            .boxed(),
        Some("email") => {
            regex("[a-z][a-z0-9]{0,8}([.+][a-z0-9]{1,6})?@[a-z]{1,9}[.](com|example)")?
        }
        Some("uuid") => {
            regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")?
        }
        Some(other) => return Err(format!("no data can be generated for the format `{other}`")),
        None => {
            let least = size(schema, "minLength").unwrap_or(0);
            let most = size(schema, "maxLength").unwrap_or(least + 24);
            prop_oneof![
                3 => regex(&format!("[A-Za-z0-9' -]{{{least},{most}}}"))?,
                // Anything printable: names are written in every script.
                1 => regex(&format!("\\PC{{{least},{most}}}"))?,
            ]
            .boxed()
        }
    })
}

fn regex(pattern: &str) -> Result<BoxedStrategy<String>, String> {
    proptest::string::string_regex(pattern)
        .map(Strategy::boxed)
        .map_err(|error| error.to_string())
}

fn date() -> impl Strategy<Value = String> {
    let ordinary = (1900..=2099u16, 1..=12u8, 1..=28u8)
        .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let edges = select(vec![
        "2000-02-29",
        "2024-02-29",
        "1999-12-31",
        "1970-01-01",
        "2001-01-31",
    ]);
    prop_oneof![4 => ordinary, 1 => edges.prop_map(str::to_owned)]
}

fn size(schema: &Value, name: &str) -> Option<usize> {
    schema
        .get(name)?
        .as_u64()
        .and_then(|size| usize::try_from(size).ok())
}

fn bounds(schema: &Value) -> (f64, f64) {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let least = bound("minimum").unwrap_or(-1e6);
    (least, bound("maximum").unwrap_or(least + 2e6))
}
