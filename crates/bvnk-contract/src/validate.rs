//! Holds values against schemas. No message contains the value.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

use serde_json::{Map, Number, Value};

use crate::format::has_format;
use crate::read::child;
use crate::{Additional, Contract, Object, Rules, Schema, Shape};

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
    /// text. What one member of an `allOf` says of further properties is about those that no member
    /// has.
    pub fn violations(&self, schema: &Schema, value: &Value) -> Vec<Violation> {
        let mut judgement = Judgement {
            contract: self,
            place: String::new(),
            violations: Vec::new(),
        };
        judgement.value(schema, value);
        judgement.violations
    }
}

/// What was found so far. Each method judges the value at the place by a part of its schema.
struct Judgement<'a> {
    contract: &'a Contract,
    /// A JSON pointer.
    place: String,
    violations: Vec<Violation>,
}

impl Judgement<'_> {
    fn add(&mut self, rule: &str, message: impl Into<String>) {
        let place = self.place.as_str();
        self.violations.push(Violation::new(place, rule, message));
    }

    /// Judges a part of the value.
    fn within(&mut self, name: &str, judge: impl FnOnce(&mut Self)) {
        let length = self.place.len();
        self.place = child(&self.place, name);
        judge(self);
        self.place.truncate(length);
    }

    fn value(&mut self, schema: &Schema, value: &Value) {
        if value.is_null() && self.contract.is_nullable(schema) {
            return;
        }
        let schema = self.contract.resolve(schema);
        let rules = &schema.rules;
        match (&schema.shape, value) {
            (Shape::Any | Shape::Reference(_), _) | (Shape::Boolean, Value::Bool(_)) => {}
            (Shape::String, Value::String(text)) => self.text(rules, text),
            (Shape::Number, Value::Number(number)) => self.number(rules, number),
            (Shape::Integer, Value::Number(number)) if is_whole(number) => {
                self.number(rules, number);
            }
            (Shape::Array(items), Value::Array(values)) => {
                let names = ["minItems", "maxItems", "items"];
                self.count(names, rules.min_items, rules.max_items, values.len());
                let mut seen = HashSet::new();
                let mut texts = values.iter().map(|value| canonical(value).to_string());
                if rules.unique_items && !texts.all(|text| seen.insert(text)) {
                    self.add("uniqueItems", "must have different items");
                }
                for (index, value) in values.iter().enumerate() {
                    self.within(&index.to_string(), |own| own.value(items, value));
                }
            }
            (Shape::Object(object), Value::Object(members)) => {
                let names = ["minProperties", "maxProperties", "properties"];
                self.count(names, rules.min_items, rules.max_items, members.len());
                self.object(object, members);
            }
            (Shape::OneOf(variants), _) => self.one_of(variants, value),
            (shape, _) => self.add("type", format!("must be of the type {}", shape.name())),
        }
    }

    fn object(&mut self, object: &Object, members: &Map<String, Value>) {
        for (name, property) in &object.properties {
            self.within(name, |own| match members.get(name) {
                Some(value) => own.value(&property.schema, value),
                None if property.required => own.add("required", "is required"),
                None => {}
            });
        }
        let others = members.iter();
        let others = others.filter(|(name, _)| !object.properties.contains_key(*name));
        for (name, value) in others {
            self.within(name, |own| match &object.additional {
                Additional::Unspecified | Additional::Any => {}
                Additional::None => own.add("additionalProperties", "is not allowed"),
                Additional::Of(values) => own.value(values, value),
            });
        }
    }

    fn one_of(&mut self, variants: &[Schema], value: &Value) {
        let before = self.violations.len();
        let mut judged: Vec<Vec<Violation>> = Vec::new();
        for variant in variants {
            self.value(variant, value);
            judged.push(self.violations.split_off(before));
        }
        let fitting = judged.iter().filter(|violations| violations.is_empty());
        match (fitting.count(), judged.as_mut_slice()) {
            (1, _) => {}
            (_, [only]) => self.violations.append(only),
            _ => self.add("oneOf", "must be one of the alternatives"),
        }
    }

    fn text(&mut self, rules: &Rules, text: &str) {
        let names = ["minLength", "maxLength", "characters"];
        let count = text.chars().count();
        self.count(names, rules.min_length, rules.max_length, count);
        if let Some(pattern) = rules.pattern.as_ref().filter(|it| !it.matches(text)) {
            self.add("pattern", format!("must match {pattern}"));
        }
        if let Some(format) = rules.checked_format().filter(|it| !has_format(it, text)) {
            self.add("format", format!("must have the format {format}"));
        }
        let is_listed = || rules.listed().iter().any(|value| value == text);
        if rules.open == Some(false) && !is_listed() {
            self.add("enum", "must be a listed value");
        }
    }

    /// `names` are those of the least and of the greatest number, and of what is counted.
    fn count(&mut self, names: [&str; 3], least: Option<u64>, most: Option<u64>, count: usize) {
        let ([min, max, parts], count) = (names, count as u64);
        if let Some(least) = least.filter(|least| count < *least) {
            self.add(min, format!("must have at least {least} {parts}"));
        }
        if let Some(most) = most.filter(|most| count > *most) {
            self.add(max, format!("must have at most {most} {parts}"));
        }
    }

    fn number(&mut self, rules: &Rules, number: &Number) {
        let least = (&rules.minimum, rules.exclusive_minimum, Ordering::Less);
        let most = (&rules.maximum, rules.exclusive_maximum, Ordering::Greater);
        let names = [
            [
                ("minimum", "at least"),
                ("exclusiveMinimum", "greater than"),
            ],
            [("maximum", "at most"), ("exclusiveMaximum", "less than")],
        ];
        for ((bound, is_excluded, outside), names) in [least, most].into_iter().zip(names) {
            let Some(bound) = bound else { continue };
            let order = compare(number, bound);
            if order == Some(outside) || is_excluded && order == Some(Ordering::Equal) {
                let (rule, words) = names[usize::from(is_excluded)];
                self.add(rule, format!("must be {words} {bound}"));
            }
        }
        if let Some(step) = rules
            .multiple_of
            .as_ref()
            .filter(|it| !is_multiple(number, it))
        {
            self.add("multipleOf", format!("must be a multiple of {step}"));
        }
    }
}

fn is_whole(number: &Number) -> bool {
    number.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Two integers are compared exactly: a binary fraction has no room for the largest of them.
fn compare(one: &Number, other: &Number) -> Option<Ordering> {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => Some(one.cmp(&other)),
        _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
    }
}

/// Decimal fractions are rounded to binary ones: 0.3 is a multiple of 0.1 all the same.
fn is_multiple(number: &Number, step: &Number) -> bool {
    if let (Some(number), Some(step)) = (number.as_i128(), step.as_i128()) {
        return step != 0 && number % step == 0;
    }
    let steps = number.as_f64().zip(step.as_f64());
    let steps = steps.map_or(f64::NAN, |(number, step)| number / step);
    (steps - steps.round()).abs() <= 4.0 * f64::EPSILON * steps.abs()
}

/// The value with its whole numbers as integers: `1` and `1.0` mean the same.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) if is_whole(number) && !number.is_u64() => {
            let whole = number.as_f64().map(|number| number as i64);
            number.as_i64().or(whole).into()
        }
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, value)| (name.clone(), canonical(value)))
                .collect()
        }
        other => other.clone(),
    }
}
