//! Generates a value of a schema: always the same one for the same number.

use bvnk_contract::{Additional, Contract, Object, Rules, Schema, Shape};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Map, Value, json};

/// Generates values of a contract's schemas, with all properties.
pub(super) struct Generator<'c> {
    contract: &'c Contract,
    /// Whether the contract's examples are taken where it has them.
    examples: bool,
    /// The components on the way to the current schema.
    open: Vec<&'c str>,
}

impl<'c> Generator<'c> {
    pub(super) fn new(contract: &'c Contract, examples: bool) -> Self {
        Self {
            contract,
            examples,
            open: Vec::new(),
        }
    }

    /// A value of the schema; another `number` gives another value where there is one.
    pub(super) fn value(&mut self, schema: &'c Schema, number: u64) -> Value {
        if self.examples
            && let Some(example) = &schema.example
        {
            return example.clone();
        }
        let rules = &schema.rules;
        match &schema.shape {
            Shape::Any => json!({}),
            Shape::Boolean => number.is_multiple_of(2).into(),
            Shape::String => text(rules, number).into(),
            Shape::Integer | Shape::Number => self::number(rules, number),
            Shape::Array(items) => {
                if self.is_recursive(items) && rules.min_items.unwrap_or(0) == 0 {
                    return json!([]);
                }
                let most = rules.max_items.unwrap_or(u64::MAX);
                let count = rules.min_items.unwrap_or(1).max(1).min(most);
                let items = (0..count).map(|index| self.value(items, number + index));
                items.collect()
            }
            Shape::Object(object) => self.object(object, rules, number),
            Shape::OneOf(variants) => {
                let variant = pick(variants, number);
                variant.map_or(Value::Null, |variant| self.value(variant, number))
            }
            Shape::Reference(name) => {
                if self.is_recursive(schema) && self.contract.is_nullable(schema) {
                    return Value::Null;
                }
                // A schema that requires itself has no value.
                let depth = self.open.iter().filter(|open| **open == name).count();
                let target = self.contract.schemas.get(name).filter(|_| depth < 2);
                self.open.push(name);
                let value = target.map_or(Value::Null, |target| self.value(target, number));
                self.open.pop();
                value
            }
        }
    }

    /// An object with all properties, as far as their greatest number allows; a map has one
    /// entry, or as many as it must have.
    fn object(&mut self, object: &'c Object, rules: &Rules, number: u64) -> Value {
        let most = rules.max_items.unwrap_or(u64::MAX);
        let required = object.properties.values().filter(|it| it.required);
        let mut spare = most.saturating_sub(required.count() as u64);
        let mut members = Map::new();
        for (name, property) in &object.properties {
            if !property.required {
                if spare == 0 || self.is_recursive(&property.schema) {
                    continue;
                }
                spare -= 1;
            }
            members.insert(name.clone(), self.value(&property.schema, number));
        }
        let is_map = matches!(object.additional, Additional::Of(_));
        let least = rules.min_items.unwrap_or(0);
        let wanted = least.max(u64::from(is_map)).min(most);
        for index in members.len() as u64..wanted {
            let value = match &object.additional {
                Additional::Of(schema) if self.is_recursive(schema) => break,
                Additional::Of(schema) => self.value(schema, number + index),
                Additional::None => break,
                Additional::Any | Additional::Unspecified => json!("text"),
            };
            members.insert(format!("key{}", index + 1), value);
        }
        Value::Object(members)
    }

    /// Whether the schema, or the one that its items have, is among those that are open.
    fn is_recursive(&self, schema: &Schema) -> bool {
        match &schema.shape {
            Shape::Reference(name) => self.open.contains(&name.as_str()),
            Shape::Array(items) => self.is_recursive(items),
            _ => false,
        }
    }
}

/// A number that fits the rules: the first step from the lower bound, or `number` steps on
/// if that is below the upper bound.
fn number(rules: &Rules, number: u64) -> Value {
    let bound = |bound: &Option<serde_json::Number>| bound.as_ref().and_then(|it| it.as_f64());
    let step = bound(&rules.multiple_of).unwrap_or(1.0);
    let (least, most) = (bound(&rules.minimum), bound(&rules.maximum));
    let below = |value: f64| {
        most.is_none_or(|most| value < most || (value == most && !rules.exclusive_maximum))
    };
    let mut first = least.map_or(0.0, |least| (least / step).ceil() * step);
    if rules.exclusive_minimum && Some(first) == least {
        first += step;
    }
    if least.is_none() && !below(first) {
        first = most.map_or(0.0, |most| ((most - step) / step).floor() * step);
    }
    let further = first + number as f64 * step;
    let value = if below(further) { further } else { first };
    match value.fract() == 0.0 && value.abs() < 9e15 {
        true => (value as i64).into(),
        false => value.into(),
    }
}

/// One of several; none of none.
fn pick<T>(all: &[T], number: u64) -> Option<&T> {
    let index = number.checked_rem(all.len() as u64)?;
    all.get(usize::try_from(index).ok()?)
}

/// A text that fits the rules: a listed value, one that matches the pattern, or one of the
/// format, cut or filled up with `x` to the lengths.
fn text(rules: &Rules, number: u64) -> String {
    if let Some(value) = pick(rules.listed(), number) {
        return value.clone();
    }
    let pattern = rules.pattern.as_deref();
    if let Some(text) = pattern.and_then(|it| from_pattern(it, number)) {
        return text;
    }
    let day = number % 28 + 1;
    let text = match rules.format.as_deref() {
        Some("date") => format!("2025-01-{day:02}"),
        Some("date-time") => format!("2025-01-{day:02}T10:00:00Z"),
        Some("time") => format!("10:00:{day:02}Z"),
        Some("duration") => format!("P{day}D"),
        Some("uuid") => format!("00000000-0000-4000-8000-{number:012}"),
        Some("email" | "idn-email") => format!("person{number}@example.com"),
        Some("hostname" | "idn-hostname") => format!("host{number}.example.com"),
        Some("ipv4") => format!("192.0.2.{day}"),
        Some("ipv6") => format!("2001:db8::{day}"),
        Some("uri" | "url" | "iri" | "uri-reference" | "iri-reference") => {
            format!("https://example.com/{number}")
        }
        Some("byte") => "dGV4dA==".to_owned(),
        _ => format!("text{number}"),
    };
    let least = usize::try_from(rules.min_length.unwrap_or(0)).unwrap_or(0);
    let most = usize::try_from(rules.max_length.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    // The end differs from number to number.
    let start = text.chars().count().saturating_sub(most);
    let mut text: String = text.chars().skip(start).collect();
    text.extend(std::iter::repeat_n('x', least.saturating_sub(text.len())));
    text
}

/// A text that matches a pattern; none where the pattern is beyond this generator.
fn from_pattern(pattern: &str, number: u64) -> Option<String> {
    let hir = regex_syntax::Parser::new().parse(pattern).ok()?;
    let (mut text, mut number) = (String::new(), number);
    write(&hir, &mut number, &mut text)?;
    Some(text)
}

/// Appends a text that a part of a pattern matches. Classes use up `number` digit by digit, so
/// that other numbers give other texts.
fn write(hir: &Hir, number: &mut u64, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let ranges = class.ranges();
            let ascii = ranges.iter().find(|range| range.start().is_ascii_graphic());
            let range = ascii.or(ranges.first())?;
            let count = (u64::from(range.end()) - u64::from(range.start()) + 1).min(26);
            let offset = u32::try_from(*number % count).ok()?;
            *number /= count;
            text.push(char::from_u32(u32::from(range.start()) + offset)?);
        }
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Repetition(repetition) => {
            let most = repetition.max.unwrap_or(u32::MAX);
            for _ in 0..repetition.min.max(1).min(most) {
                write(&repetition.sub, number, text)?;
            }
        }
        HirKind::Capture(capture) => write(&capture.sub, number, text)?,
        HirKind::Concat(parts) => parts
            .iter()
            .try_for_each(|part| write(part, number, text))?,
        HirKind::Alternation(parts) => write(parts.first()?, number, text)?,
    }
    Some(())
}
