//! Holds values against schemas. No message contains the value.

use std::cmp::Ordering;
use std::fmt;

use serde_json::{Map, Number, Value};

use crate::read::child;
use crate::{Additional, Contract, Object, Rules, Schema, Shape, format};

/// One place of a value and the rule that it breaks. It never contains the value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The place in a body, as a JSON pointer (that of the missing property where one is
    /// missing); in a parameter, its name and the pointer.
    pub place: String,
    /// The keyword of the broken rule, such as `required` or `pattern`.
    pub rule: String,
    /// What the rule demands, such as `must have at least 1 characters`.
    pub message: String,
}

impl Violation {
    /// Creates a violation, also of a rule that no schema states.
    pub fn new(place: impl Into<String>, rule: &str, message: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            rule: rule.to_owned(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match self.place.as_str() {
            "" => "the body",
            place => place,
        };
        write!(f, "{place} {}", self.message)
    }
}

impl Contract {
    /// Returns whether a schema allows a value.
    pub fn allows(&self, schema: &Schema, value: &Value) -> bool {
        self.violations(schema, value).is_empty()
    }

    /// Returns everything that is wrong with a value; empty if the schema allows it.
    ///
    /// A missing property and an unknown one are violations of their own, at their own places. A
    /// value that fits none of several alternatives is one violation, at its own place: which of
    /// them is meant is not known. Formats that are not [checked](Rules::checked_format) allow every
    /// text.
    pub fn violations(&self, schema: &Schema, value: &Value) -> Vec<Violation> {
        let mut judged = Judged {
            contract: self,
            violations: Vec::new(),
        };
        judged.value(schema, value, "");
        judged.violations
    }
}

/// What was found so far. Each method judges one value by one part of its schema.
struct Judged<'a> {
    contract: &'a Contract,
    violations: Vec<Violation>,
}

impl Judged<'_> {
    fn add(&mut self, place: &str, rule: &str, message: impl Into<String>) {
        self.violations.push(Violation::new(place, rule, message));
    }

    fn value(&mut self, schema: &Schema, value: &Value, place: &str) {
        if value.is_null() && self.contract.is_nullable(schema) {
            return;
        }
        let schema = self.contract.resolve(schema);
        let rules = &schema.rules;
        match (&schema.shape, value) {
            (Shape::Any | Shape::Reference(_), _) | (Shape::Boolean, Value::Bool(_)) => {}
            (Shape::String, Value::String(text)) => self.text(rules, text, place),
            (Shape::Number, Value::Number(number)) => self.number(rules, number, place),
            (Shape::Integer, Value::Number(number)) if is_whole(number) => {
                self.number(rules, number, place);
            }
            (Shape::Array(items), Value::Array(values)) => {
                let names = ["minItems", "maxItems", "items"];
                self.count(names, rules.min_items, rules.max_items, values.len(), place);
                let is_repeated =
                    |end: usize| values[..end].iter().any(|it| same(it, &values[end]));
                if rules.unique_items && (1..values.len()).any(is_repeated) {
                    self.add(place, "uniqueItems", "must have different items");
                }
                for (index, value) in values.iter().enumerate() {
                    self.value(items, value, &child(place, &index.to_string()));
                }
            }
            (Shape::Object(object), Value::Object(members)) => {
                let names = ["minProperties", "maxProperties", "properties"];
                let count = members.len();
                self.count(names, rules.min_items, rules.max_items, count, place);
                self.object(object, members, place);
            }
            (Shape::OneOf(variants), _) => self.one_of(variants, value, place),
            (shape, _) => {
                let message = format!("must be of the type {}", shape.name());
                self.add(place, "type", message);
            }
        }
    }

    fn object(&mut self, object: &Object, members: &Map<String, Value>, place: &str) {
        for (name, property) in &object.properties {
            let place = child(place, name);
            match members.get(name) {
                Some(value) => self.value(&property.schema, value, &place),
                None if property.required => self.add(&place, "required", "is required"),
                None => {}
            }
        }
        let others = members.iter();
        let others = others.filter(|(name, _)| !object.properties.contains_key(*name));
        for (name, value) in others {
            let place = child(place, name);
            match &object.additional {
                Additional::Unspecified | Additional::Any => {}
                Additional::None => self.add(&place, "additionalProperties", "is not allowed"),
                Additional::Of(values) => self.value(values, value, &place),
            }
        }
    }

    fn one_of(&mut self, variants: &[Schema], value: &Value, place: &str) {
        let mut judged: Vec<Vec<Violation>> = Vec::new();
        for variant in variants {
            let own = std::mem::take(&mut self.violations);
            self.value(variant, value, place);
            judged.push(std::mem::replace(&mut self.violations, own));
        }
        let fitting = judged.iter().filter(|violations| violations.is_empty());
        match (fitting.count(), judged.as_mut_slice()) {
            (1, _) => {}
            (_, [only]) => self.violations.append(only),
            _ => self.add(place, "oneOf", "must be one of the alternatives"),
        }
    }

    fn text(&mut self, rules: &Rules, text: &str, place: &str) {
        let names = ["minLength", "maxLength", "characters"];
        let count = text.chars().count();
        self.count(names, rules.min_length, rules.max_length, count, place);
        if let Some(pattern) = rules.pattern.as_ref().filter(|it| !it.matches(text)) {
            self.add(place, "pattern", format!("must match {pattern}"));
        }
        if let Some(format) = rules.checked_format().filter(|it| !format::is(it, text)) {
            self.add(place, "format", format!("must have the format {format}"));
        }
        let is_listed = || rules.listed().iter().any(|value| value == text);
        if rules.open == Some(false) && !is_listed() {
            self.add(place, "enum", "must be a listed value");
        }
    }

    /// `names` are those of the least and of the greatest number, and of what is counted.
    fn count(
        &mut self,
        [min, max, parts]: [&str; 3],
        least: Option<u64>,
        most: Option<u64>,
        count: usize,
        place: &str,
    ) {
        let count = count as u64;
        if let Some(least) = least.filter(|least| count < *least) {
            self.add(place, min, format!("must have at least {least} {parts}"));
        }
        if let Some(most) = most.filter(|most| count > *most) {
            self.add(place, max, format!("must have at most {most} {parts}"));
        }
    }

    fn number(&mut self, rules: &Rules, number: &Number, place: &str) {
        if let Some(least) = &rules.minimum {
            match compare(number, least) {
                Some(Ordering::Less) if !rules.exclusive_minimum => {
                    self.add(place, "minimum", format!("must be at least {least}"));
                }
                Some(Ordering::Less | Ordering::Equal) if rules.exclusive_minimum => {
                    let message = format!("must be greater than {least}");
                    self.add(place, "exclusiveMinimum", message);
                }
                _ => {}
            }
        }
        if let Some(most) = &rules.maximum {
            match compare(number, most) {
                Some(Ordering::Greater) if !rules.exclusive_maximum => {
                    self.add(place, "maximum", format!("must be at most {most}"));
                }
                Some(Ordering::Greater | Ordering::Equal) if rules.exclusive_maximum => {
                    self.add(
                        place,
                        "exclusiveMaximum",
                        format!("must be less than {most}"),
                    );
                }
                _ => {}
            }
        }
        if let Some(step) = rules
            .multiple_of
            .as_ref()
            .filter(|it| !is_multiple(number, it))
        {
            self.add(place, "multipleOf", format!("must be a multiple of {step}"));
        }
    }
}

fn is_whole(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Integers are compared exactly: a binary fraction has no room for the largest of them.
fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// The quotient of fractions may differ from a whole number by a billionth part: 0.3 is a multiple
/// of 0.1, but not as binary fractions.
fn is_multiple(number: &Number, step: &Number) -> bool {
    if let (Some(number), Some(step)) = (number.as_i128(), step.as_i128()) {
        return step != 0 && number % step == 0;
    }
    let steps = number
        .as_f64()
        .zip(step.as_f64())
        .map(|(number, step)| number / step);
    steps.is_some_and(|steps| (steps - steps.round()).abs() <= 1e-9 * steps.abs().max(1.0))
}

/// Whether two values mean the same: `1` and `1.0` do.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => compare(one, other) == Some(Ordering::Equal),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let mut members = one.iter();
            let alike = |name: &str, value| other.get(name).is_some_and(|it| same(value, it));
            one.len() == other.len() && members.all(|(name, value)| alike(name, value))
        }
        _ => one == other,
    }
}
