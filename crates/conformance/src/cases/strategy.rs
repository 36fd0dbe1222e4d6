//! Generates values of a schema: whatever it allows, in forms that shrink to something
//! readable.

use std::collections::BTreeSet;
use std::fmt;

use bvnk_contract::{
    Additional, ArrayRules, Contract, NumberRules, ObjectRules, Schema, Shape, StringRules,
    Validator,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Union, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::strings;

/// How many of the optional parts a generated value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optional {
    /// Any of them.
    Some,
    /// All of them: every property, an item in every list, no nulls; of alternatives the
    /// one with this number (modulo how many there are).
    All(usize),
}

/// How often a component may contain itself.
const DEPTH: usize = 2;
/// How often a value is generated anew when it is not valid.
const TRIES: usize = 100;

/// Generates values of one schema, the same ones for the same seed.
pub struct Generator {
    strategy: BoxedStrategy<Value>,
    runner: TestRunner,
}

impl Generator {
    /// Prepares a generator.
    ///
    /// # Errors
    ///
    /// The place of what cannot be generated.
    pub fn new(
        contract: &Contract,
        schema: &Schema,
        optional: Optional,
        seed: u64,
    ) -> Result<Self, String> {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let mut strategies = Strategies {
            contract,
            optional,
            open: Vec::new(),
        };
        let strategy = strategies.of(schema)?.ok_or_else(|| {
            format!(
                "{}: every value contains itself without an end",
                schema.location
            )
        })?;
        Ok(Self {
            strategy,
            runner: TestRunner::new_with_rng(Config::default(), rng),
        })
    }

    /// Generates one more value.
    ///
    /// # Errors
    ///
    /// Why no value can be found.
    pub fn generate(&mut self) -> Result<Value, String> {
        match self.strategy.new_tree(&mut self.runner) {
            Ok(tree) => Ok(tree.current()),
            Err(reason) => Err(format!("cannot generate a value: {reason}")),
        }
    }

    /// Generates one more value that a validator accepts: rules such as "exactly one of
    /// these" depend on more than one place.
    pub(crate) fn valid(&mut self, validator: Option<&Validator>) -> Result<Value, String> {
        let mut violation = String::new();
        for _ in 0..TRIES {
            let value = self.generate()?;
            let violations = validator.map_or(Vec::new(), |v| v.violations(&value));
            match violations.first() {
                None => return Ok(value),
                Some(first) => violation = first.to_string(),
            }
        }
        Err(format!("cannot generate a valid value: {violation}"))
    }
}

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

/// Builds strategies. `None` stands for a schema whose values would never end.
struct Strategies<'a> {
    contract: &'a Contract,
    optional: Optional,
    /// The components on the way here.
    open: Vec<&'a str>,
}

type Built = Result<Option<BoxedStrategy<Value>>, String>;

impl<'a> Strategies<'a> {
    fn of(&mut self, schema: &'a Schema) -> Built {
        let strategy = self.not_null(schema)?;
        if !schema.nullable || self.optional != Optional::Some {
            return Ok(strategy);
        }
        let null = Just(Value::Null).boxed();
        Ok(Some(match strategy {
            Some(strategy) => Union::new_weighted(vec![(5, strategy), (1, null)]).boxed(),
            None => null,
        }))
    }

    fn not_null(&mut self, schema: &'a Schema) -> Built {
        let strategy = match &schema.shape {
            Shape::Reference(name) => {
                let here = self.open.iter().filter(|open| *open == name).count();
                let target = self.contract.schemas().get(name);
                let Some(target) = target.filter(|_| here < DEPTH) else {
                    return Ok(None);
                };
                self.open.push(name);
                let built = self.of(target);
                self.open.pop();
                return built;
            }
            Shape::Object(rules) => return self.object(rules),
            Shape::Array(rules) => return self.array(rules),
            Shape::OneOf(variants) => return self.one_of(variants),
            Shape::Any => select(vec![json!(true), json!("text"), json!({ "a": [1] })]).boxed(),
            Shape::Boolean => any::<bool>().prop_map(Value::from).boxed(),
            Shape::Integer(rules) => integer(rules)?,
            Shape::Number(rules) => number(rules)?,
            Shape::String(rules) => string(rules).map_err(|error| {
                let location = &schema.location;
                format!("{location}: {error}")
            })?,
        };
        Ok(Some(strategy))
    }

    fn one_of(&mut self, variants: &'a [Schema]) -> Built {
        let mut built = Vec::new();
        for variant in variants {
            built.extend(self.of(variant)?);
        }
        Ok(match self.optional {
            _ if built.is_empty() => None,
            Optional::All(number) => Some(built.swap_remove(number % built.len())),
            Optional::Some => Some(Union::new(built).boxed()),
        })
    }

    fn array(&mut self, rules: &'a ArrayRules) -> Built {
        let least = size(rules.min_items);
        let most = rules.max_items.map_or(least + 3, |most| size(Some(most)));
        let least = match self.optional {
            Optional::All(_) => least.max(1).min(most),
            Optional::Some => least,
        };
        let Some(items) = self.of(&rules.items)? else {
            return Ok((rules.min_items.unwrap_or(0) == 0).then(|| Just(json!([])).boxed()));
        };
        let lists = vec(items, least..=most);
        if !rules.unique_items {
            return Ok(Some(lists.prop_map(Value::from).boxed()));
        }
        let unique = lists.prop_map(|mut items| {
            let mut seen = BTreeSet::new();
            items.retain(|item| seen.insert(item.to_string()));
            items
        });
        let enough =
            unique.prop_filter("too few different items", move |items| items.len() >= least);
        Ok(Some(enough.prop_map(Value::from).boxed()))
    }

    fn object(&mut self, rules: &'a ObjectRules) -> Built {
        let all = self.optional != Optional::Some || rules.min_properties.is_some();
        let mut members = Vec::new();
        for (name, property) in &rules.properties {
            let built = self.of(&property.schema)?;
            let Some(value) = built else {
                match property.required {
                    true => return Ok(None),
                    false => continue,
                }
            };
            let present = match all || property.required {
                true => Just(true).boxed(),
                false => proptest::bool::weighted(0.6).boxed(),
            };
            let name = name.clone();
            members.push(
                (present, value)
                    .prop_map(move |(present, value)| present.then(|| (name.clone(), value)))
                    .boxed(),
            );
        }
        let named = members.prop_map(|members| members.into_iter().flatten().collect::<Vec<_>>());
        let values = match &rules.additional {
            Additional::Of(values) => self.of(values)?,
            _ => None,
        };
        let Some(values) = values else {
            return Ok(Some(named.prop_map(object).boxed()));
        };
        let least = match self.optional {
            Optional::All(_) => size(rules.min_properties).max(1),
            Optional::Some => size(rules.min_properties),
        };
        let most = rules
            .max_properties
            .map_or(least + 2, |most| size(Some(most)));
        let entries = vec(
            (strings::matching("[a-z]{1,8}")?, values),
            least..=most.max(least),
        );
        let both = (named, entries).prop_map(|(named, mut entries)| {
            entries.extend(named);
            object(entries)
        });
        Ok(Some(both.boxed()))
    }
}

fn object(members: Vec<(String, Value)>) -> Value {
    Value::Object(members.into_iter().collect::<Map<_, _>>())
}

fn size(number: Option<u64>) -> usize {
    number.map_or(0, |number| usize::try_from(number).unwrap_or(usize::MAX))
}

/// The values that numbers take where the contract sets no bound.
const RANGE: i64 = 1_000_000;

fn integer(rules: &NumberRules) -> Result<BoxedStrategy<Value>, String> {
    let step = match &rules.multiple_of {
        None => 1,
        Some(step) => step
            .as_i64()
            .filter(|step| *step > 0)
            .ok_or("the step is no integer")?,
    };
    let (least, most) = bounds(rules, 1.0);
    let (least, most) = (
        (least / step as f64).ceil() as i64,
        (most / step as f64).floor() as i64,
    );
    if least > most {
        return Err("no integer is within the bounds".to_owned());
    }
    Ok((least..=most)
        .prop_map(move |value| Value::from(value * step))
        .boxed())
}

/// Numbers in quarters, which every reader of JSON reads exactly, or in multiples.
fn number(rules: &NumberRules) -> Result<BoxedStrategy<Value>, String> {
    let step = rules
        .multiple_of
        .as_ref()
        .and_then(serde_json::Number::as_f64);
    let step = step.filter(|step| *step > 0.0).unwrap_or(0.25);
    let (least, most) = bounds(rules, step);
    let (least, most) = ((least / step).ceil() as i64, (most / step).floor() as i64);
    if least > most {
        return Err("no number is within the bounds".to_owned());
    }
    // Divided where that is exact: 3 * 0.01 is not 0.03.
    let inverse = (1.0 / step).round();
    let exact = (inverse * step - 1.0).abs() < f64::EPSILON;
    let value = move |steps: i64| match exact {
        true => Value::from(steps as f64 / inverse),
        false => Value::from(steps as f64 * step),
    };
    Ok((least..=most).prop_map(value).boxed())
}

fn bounds(rules: &NumberRules, step: f64) -> (f64, f64) {
    let bound = |number: &Option<serde_json::Number>| number.as_ref().and_then(|n| n.as_f64());
    let shift = |exclusive: bool| if exclusive { step } else { 0.0 };
    let least = bound(&rules.minimum).map(|least| least + shift(rules.exclusive_minimum));
    let most = bound(&rules.maximum).map(|most| most - shift(rules.exclusive_maximum));
    match (least, most) {
        (Some(least), Some(most)) => (least, most),
        (Some(least), None) => (least, least + RANGE as f64),
        (None, Some(most)) => (most - RANGE as f64, most),
        (None, None) => (-RANGE as f64, RANGE as f64),
    }
}

fn string(rules: &StringRules) -> Result<BoxedStrategy<Value>, String> {
    let texts = strings::strategy(rules)?;
    if rules.values.is_empty() {
        return Ok(texts.prop_map(Value::from).boxed());
    }
    let listed = select(rules.values.clone());
    Ok(match rules.open {
        false => listed.prop_map(Value::from).boxed(),
        true => prop_oneof![4 => listed, 1 => texts]
            .prop_map(Value::from)
            .boxed(),
    })
}
