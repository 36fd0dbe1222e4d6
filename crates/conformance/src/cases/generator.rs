//! Generates values of a schema: whatever it allows, the same ones for the same seed.
//!
//! The random numbers come from proptest, whose generator is stable: a seed that a report shows
//! makes the same bodies on every machine. A component that contains itself is drawn a few levels
//! deep; where it must contain itself again, the value would never end, and an optional part is
//! left out instead.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bvnk_contract::{
    Additional, Contract, Location, Object, Operation, Parameter, Rules, Schema, Shape,
};
use proptest::prelude::Rng;
use proptest::string::RegexGeneratorStrategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};

use super::text;
use crate::specification::caller_parameters;

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
///
/// Twice shows what a server does with an object within an object of its type.
const DEPTH: usize = 2;
/// How often a value is generated anew when it is not valid.
///
/// A schema that fails so often has rules that contradict each other, or that are hard to draw.
const TRIES: usize = 100;
/// The values that numbers take where the contract sets no bound.
const RANGE: f64 = 1e6;

/// Generates values of a contract's schemas.
pub struct Generator<'a> {
    /// Has the components that schemas refer to.
    contract: &'a Contract,
    /// How many of the optional parts are drawn.
    ///
    /// [`Optional::Some`] in generated cases, [`Optional::All`] in designed ones.
    optional: Optional,
    /// The source of all random numbers.
    pub(super) runner: TestRunner,
    /// Patterns that were compiled before.
    pub(super) patterns: HashMap<String, RegexGeneratorStrategy<String>>,
    /// The components on the way to the value.
    ///
    /// From the outermost one; the same component may be there several times.
    open: Vec<&'a str>,
}

impl<'a> Generator<'a> {
    /// Prepares a generator.
    pub fn new(contract: &'a Contract, optional: Optional, seed: u64) -> Self {
        // The first numbers of a generator with few bits set are alike: both halves have many.
        let spread = u128::from(seed ^ 0x9e37_79b9_7f4a_7c15) * 0xd1b5_4a32_d192_ed03;
        let rng = TestRng::from_seed(RngAlgorithm::XorShift, &spread.to_le_bytes());
        Self {
            contract,
            optional,
            runner: TestRunner::new_with_rng(Config::default(), rng),
            patterns: HashMap::new(),
            open: Vec::new(),
        }
    }

    /// Generates one more value that a schema allows. Rules such as "exactly one of these" depend
    /// on more than one place, so that some draws are in vain.
    ///
    /// # Errors
    ///
    /// Why no value can be found, and where.
    pub fn value(&mut self, schema: &'a Schema) -> Result<Value, String> {
        let endless = || {
            let location = &schema.location;
            format!("{location} contains itself without an end\nhelp: make a part of it optional")
        };
        let mut violation = String::new();
        for _ in 0..TRIES {
            let value = self.draw(schema)?.ok_or_else(endless)?;
            let violations = self.contract.violations(schema, &value);
            match violations.first() {
                None => return Ok(value),
                Some(first) => violation = first.to_string(),
            }
        }
        Err(format!("cannot generate a valid value: {violation}"))
    }

    /// Generates the parameters that a caller sets. With [`Optional::All`] every one is set, to its
    /// example if it has one.
    ///
    /// # Errors
    ///
    /// A parameter that has no value which can be sent.
    pub fn parameters(
        &mut self,
        operation: &'a Operation,
    ) -> Result<BTreeMap<String, Value>, String> {
        let all = self.optional != Optional::Some;
        let mut values = BTreeMap::new();
        for parameter in caller_parameters(operation) {
            let value = match &parameter.example {
                Some(example) if all => example.clone(),
                _ if all || parameter.required || self.below(2) == 0 => self.sendable(parameter)?,
                _ => continue,
            };
            values.insert(parameter.name.clone(), value);
        }
        Ok(values)
    }

    /// Draws until the value can stand in the parameter's place.
    fn sendable(&mut self, parameter: &'a Parameter) -> Result<Value, String> {
        for _ in 0..TRIES {
            let value = self.value(&parameter.schema)?;
            let texts = text(&value);
            let fits = |text: &String| match parameter.location {
                // A segment must not be empty or lead elsewhere.
                Location::Path => !text.is_empty() && text != "." && text != "..",
                Location::Query => true,
                Location::Header => {
                    let visible = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
                    text.bytes().all(visible) && text.trim() == text && !text.is_empty()
                }
            };
            // A comma is what joins the items of such a list.
            let whole = parameter.explode || !value.is_array();
            let separable = whole || !texts.iter().any(|text| text.contains(','));
            // An empty list leaves the parameter out.
            let there = !texts.is_empty() || !parameter.required;
            if !value.is_null() && texts.iter().all(fits) && separable && there {
                return Ok(value);
            }
        }
        let name = &parameter.name;
        Err(format!(
            "the parameter {name} has no value that can be sent\nhelp: give it an example"
        ))
    }

    /// A number below another one, which is not 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.runner.rng().next_u64() % end
    }

    /// A length within bounds, at most a few more than the least.
    ///
    /// A list or map without an upper bound stays short: what is broken for three items shows, and the
    /// body can still be read.
    fn length(&mut self, least: u64, most: Option<u64>, more: u64) -> usize {
        let most = most.unwrap_or(least + more).clamp(least, least + 20);
        usize::try_from(least + self.below(most - least + 1)).unwrap_or_default()
    }

    /// One value; `None` where it would never end.
    ///
    /// A null is drawn once in six times, where it is allowed.
    ///
    /// # Errors
    ///
    /// The place in the contract whose values cannot be generated, and why.
    fn draw(&mut self, schema: &'a Schema) -> Result<Option<Value>, String> {
        if schema.nullable && self.optional == Optional::Some && self.below(6) == 0 {
            return Ok(Some(Value::Null));
        }
        let place = |error| format!("{}: {error}", schema.location);
        let rules = &schema.rules;
        Ok(Some(match &schema.shape {
            Shape::Reference(name) => {
                let here = self.open.iter().filter(|open| *open == name).count();
                let target = self.contract.schemas.get(name);
                let Some(target) = target.filter(|_| here < DEPTH) else {
                    return Ok(None);
                };
                self.open.push(name);
                let drawn = self.draw(target);
                self.open.pop();
                return drawn;
            }
            Shape::Object(object) => return self.object(object, rules),
            Shape::Array(items) => return self.array(items, rules),
            Shape::OneOf(variants) => return self.one_of(variants),
            Shape::Any => json!({ "a": [self.below(9)] }),
            Shape::Boolean => json!(self.below(2) == 0),
            Shape::Integer => self.number(rules, true).map_err(place)?,
            Shape::Number => self.number(rules, false).map_err(place)?,
            Shape::String => self.text(rules).map_err(place)?.into(),
        }))
    }

    /// A value of one alternative: of the next one where a value of the first would never end.
    fn one_of(&mut self, variants: &'a [Schema]) -> Result<Option<Value>, String> {
        let first = match self.optional {
            Optional::All(number) => number,
            Optional::Some => usize::try_from(self.below(1 << 16)).unwrap_or_default(),
        };
        for number in 0..variants.len() {
            let variant = &variants[(first + number) % variants.len()];
            if let Some(value) = self.draw(variant)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// A list. Of unique items there may be fewer than drawn, where their schema has not enough
    /// values.
    fn array(&mut self, items_of: &'a Schema, rules: &Rules) -> Result<Option<Value>, String> {
        let least = rules.min_items.unwrap_or(0);
        let some = u64::from(self.optional != Optional::Some && rules.max_items != Some(0));
        let length = self.length(least.max(some), rules.max_items, 3);
        let (mut items, mut seen) = (Vec::new(), BTreeSet::new());
        for _ in 0..TRIES {
            if items.len() == length {
                break;
            }
            let Some(item) = self.draw(items_of)? else {
                return Ok((least == 0).then(|| json!([])));
            };
            if seen.insert(item.to_string()) || !rules.unique_items {
                items.push(item);
            }
        }
        Ok(Some(items.into()))
    }

    /// An object. Its optional properties are drawn with a probability of 6 in 10; all of them
    /// where a least number of properties is set.
    fn object(&mut self, object: &'a Object, rules: &Rules) -> Result<Option<Value>, String> {
        let all = self.optional != Optional::Some;
        let mut members = Map::new();
        for (name, property) in &object.properties {
            let keep = all || property.required || rules.min_items.is_some();
            if !keep && self.below(10) >= 6 {
                continue;
            }
            match self.draw(&property.schema)? {
                Some(value) => drop(members.insert(name.clone(), value)),
                None if property.required => return Ok(None),
                None => {}
            }
        }
        if let Additional::Of(values) = &object.additional {
            let least = rules.min_items.unwrap_or(0).max(u64::from(all));
            let length = members.len() + self.length(least, rules.max_items, 2);
            while members.len() < length {
                let Some(value) = self.draw(values)? else {
                    break;
                };
                members.insert(self.matching("[a-z]{2,8}")?, value);
            }
        }
        Ok(Some(members.into()))
    }

    /// Numbers in quarters, which every reader of JSON reads exactly, or in multiples.
    fn number(&mut self, rules: &Rules, integer: bool) -> Result<Value, String> {
        let number = |number: &Option<serde_json::Number>| number.as_ref()?.as_f64();
        let step = number(&rules.multiple_of).filter(|step| *step > 0.0);
        let step = step.unwrap_or(if integer { 1.0 } else { 0.25 });
        let shift = |exclusive: bool| if exclusive { step } else { 0.0 };
        let least = number(&rules.minimum).map(|least| least + shift(rules.exclusive_minimum));
        let most = number(&rules.maximum).map(|most| most - shift(rules.exclusive_maximum));
        let (least, most) = match (least, most) {
            (Some(least), most) => (least, most.unwrap_or(least + RANGE)),
            (None, Some(most)) => (most - RANGE, most),
            (None, None) => (-RANGE, RANGE),
        };
        let (least, most) = ((least / step).ceil() as i64, (most / step).floor() as i64);
        if least > most {
            return Err("no number is within the bounds\nhelp: correct them".to_owned());
        }
        let steps = self.below(least.abs_diff(most).saturating_add(1));
        let steps = least.wrapping_add_unsigned(steps);
        // Divided where that is exact: 3 * 0.01 is not 0.03.
        let inverse = (1.0 / step).round();
        Ok(match (inverse * step - 1.0).abs() < f64::EPSILON {
            _ if integer => json!(steps.saturating_mul(step as i64)),
            true => json!(steps as f64 / inverse),
            false => json!(steps as f64 * step),
        })
    }
}
