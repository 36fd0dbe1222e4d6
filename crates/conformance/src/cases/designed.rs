//! Cases that are designed rather than drawn: the least and the most that may be sent,
//! each optional member left out alone, every listed value, empty lists and
//! nulls, and the edges of texts, dates, times and numbers.

use bvnk_contract::{Contract, Operation, Schema, Shape};
use serde_json::{Value, json};

use super::places::{Place, places, put, without};
use super::{Case, Generator, Optional, example, parameters};
use crate::specification::{Specification, is_free_text};

/// Texts that have been trouble elsewhere: scripts, marks, joiners, quotes.
const TEXTS: [(&str, &str); 8] = [
    ("Latin letters with marks", "Łukasz Ñúñez-Šmíd"),
    ("a combining mark", "Ame\u{301}lie"),
    ("Chinese", "李小龙"),
    ("Arabic, right to left", "محمد عبد الله"),
    ("Devanagari", "क्षितिज"),
    ("an emoji of several code points", "👩\u{200d}🚀"),
    ("quotes, backslash and markup", "O'Neil \"the\" <b>\\ & Co"),
    ("one letter", "x"),
];

/// The edges of the calendar and the clock.
const EDGES: [(&str, &str, &str); 6] = [
    ("date", "a leap day", "2000-02-29"),
    ("date", "the last day of a year", "1999-12-31"),
    ("date", "the day before the epoch", "1969-12-31"),
    (
        "date-time",
        "the last second of a leap day",
        "2024-02-29T23:59:59Z",
    ),
    ("date-time", "midnight", "2025-01-01T00:00:00Z"),
    (
        "date-time",
        "a fraction of a second",
        "2025-06-30T12:00:00.001Z",
    ),
];

/// A value that no list has.
pub(super) const UNLISTED: &str = "SOMETHING_ELSE";

/// All designed cases of an operation, in a fixed order.
///
/// # Errors
///
/// What in the contract cannot be generated.
pub(crate) fn designed(
    specification: &Specification,
    operation: &Operation,
) -> Result<Vec<Case>, String> {
    let contract = specification.contract();
    let mut cases: Vec<Case> = parameters::designed(contract, operation)?;
    if operation.body.is_none() {
        return Ok(cases);
    }
    let everything = parameters::every_parameter(contract, operation)?;
    let mut bodies = Vec::new();
    if let Some(example) = example(contract, &operation.id) {
        bodies.push(("the contract's example".to_owned(), example.clone()));
    }
    for (variant, body) in bodies_with_everything(specification, operation)?
        .into_iter()
        .enumerate()
    {
        designed_from(contract, operation, &body, variant, &mut bodies);
    }
    if !operation.body_required {
        cases.push(Case {
            label: "no body".to_owned(),
            parameters: everything.clone(),
            body: None,
            shown: true,
        });
    } else {
        // Parameters alone are no request.
        for case in &mut cases {
            case.body = bodies.first().map(|(_, body)| body.clone());
        }
    }
    let validator = specification.validator(&operation.id, "request");
    for (label, body) in bodies {
        // Rules of the whole, such as a least number of properties, may forbid a body.
        let valid = validator.is_none_or(|validator| validator.is_valid(&body));
        let new = cases.iter().all(|case| case.body.as_ref() != Some(&body));
        if valid && (new || label.starts_with("the contract")) {
            cases.push(Case {
                label,
                parameters: everything.clone(),
                body: Some(body),
                shown: true,
            });
        }
    }
    Ok(cases)
}

/// Bodies with everything that may be sent, as readable as the contract's example: one for
/// each number of an alternative, so that every alternative is in one of them.
pub(crate) fn bodies_with_everything(
    specification: &Specification,
    operation: &Operation,
) -> Result<Vec<Value>, String> {
    let contract = specification.contract();
    let Some(body) = &operation.body else {
        return Ok(Vec::new());
    };
    let validator = specification.validator(&operation.id, "request");
    let mut bodies = Vec::new();
    for variant in 0..alternatives(contract, &body.schema) {
        let mut generator = Generator::new(contract, &body.schema, Optional::All(variant), 0)?;
        let drawn = generator.valid(validator)?;
        let readable = laid_over(contract, &body.schema, drawn.clone(), body.example.as_ref());
        let valid = validator.is_none_or(|validator| validator.is_valid(&readable));
        bodies.push(if valid { readable } else { drawn });
    }
    Ok(bodies)
}

/// The greatest number of alternatives at any place.
fn alternatives(contract: &Contract, schema: &Schema) -> usize {
    let attributes = contract.attributes(schema);
    let schemas = attributes.iter().map(|attribute| attribute.schema);
    let counts = schemas
        .chain([contract.resolve(schema)])
        .map(|schema| match &schema.shape {
            Shape::OneOf(variants) => variants.len(),
            _ => 1,
        });
    counts.max().unwrap_or(1)
}

/// A drawn value with the members that an example has: what people read should be readable.
fn laid_over(contract: &Contract, schema: &Schema, drawn: Value, example: Option<&Value>) -> Value {
    let resolved = contract.resolve(schema);
    match (&resolved.shape, drawn, example) {
        (Shape::Object(rules), Value::Object(members), Some(Value::Object(example))) => {
            let members = members.into_iter().map(|(name, value)| {
                let value = match rules.properties.get(&name) {
                    Some(property) => {
                        laid_over(contract, &property.schema, value, example.get(&name))
                    }
                    None => value,
                };
                (name, value)
            });
            members.collect()
        }
        // An empty list or a null of the example would hide what the drawn value has.
        (Shape::Array(_) | Shape::OneOf(_), drawn, _) => drawn,
        (_, drawn, Some(example)) if !example.is_null() => match drawn {
            Value::Object(_) => drawn,
            _ => example.clone(),
        },
        (_, drawn, _) => drawn,
    }
}

fn designed_from(
    contract: &Contract,
    operation: &Operation,
    all: &Value,
    variant: usize,
    bodies: &mut Vec<(String, Value)>,
) {
    let Some(body) = &operation.body else { return };
    let places = places(contract, &body.schema, all, variant);
    let removable: Vec<&str> = places
        .iter()
        .filter(|place| place.removable)
        .map(|place| place.pointer.as_str())
        .collect();
    bodies.push(("everything that may be sent".to_owned(), all.clone()));
    let least = without(all, removable.iter().copied());
    bodies.push(("nothing but what must be sent".to_owned(), least));
    for pointer in &removable {
        let body = without(all, [*pointer]);
        bodies.push((format!("everything but {pointer}"), body));
    }
    let mut everywhere = |label: String, value: &dyn Fn(&Place<'_>) -> Option<Value>| {
        let mut body = all.clone();
        for place in &places {
            if let Some(value) = value(place) {
                put(&mut body, &place.pointer, Some(value));
            }
        }
        if body != *all {
            bodies.push((label, body));
        }
    };
    for (label, text) in TEXTS {
        everywhere(format!("every free text is {label}"), &|place| {
            free(place, text)
        });
    }
    for (format, label, text) in EDGES {
        everywhere(format!("every {format} is {label}"), &|place| {
            formatted(place, format, text)
        });
    }
    everywhere(
        "every bounded value is as small as it may be".to_owned(),
        &|place| bound(place, true),
    );
    everywhere(
        "every bounded value is as great as it may be".to_owned(),
        &|place| bound(place, false),
    );
    everywhere("every list is empty".to_owned(), &empty);
    for place in &places {
        let mut one = |label: String, value: Value| {
            let mut body = all.clone();
            put(&mut body, &place.pointer, Some(value));
            bodies.push((label, body));
        };
        if place.nullable {
            one(format!("{} is null", place.pointer), Value::Null);
        }
        if let Shape::String(rules) = &place.schema.shape {
            let unlisted = (rules.open && !rules.values.is_empty()).then_some(UNLISTED);
            for value in rules.values.iter().map(String::as_str).chain(unlisted) {
                one(format!("{} is {value}", place.pointer), json!(value));
            }
        }
        if place.schema.shape == Shape::Boolean {
            one(format!("{} is true", place.pointer), json!(true));
            one(format!("{} is false", place.pointer), json!(false));
        }
    }
}

fn free(place: &Place<'_>, text: &str) -> Option<Value> {
    let Shape::String(rules) = &place.schema.shape else {
        return None;
    };
    let length = text.chars().count() as u64;
    let long_enough = length >= rules.min_length.unwrap_or(0);
    (is_free_text(&place.schema.shape) && long_enough).then(|| text.into())
}

fn formatted(place: &Place<'_>, format: &str, text: &str) -> Option<Value> {
    match &place.schema.shape {
        Shape::String(rules) => (rules.format.as_deref() == Some(format)).then(|| text.into()),
        _ => None,
    }
}

/// The least or the greatest value that a bound allows.
fn bound(place: &Place<'_>, least: bool) -> Option<Value> {
    match &place.schema.shape {
        Shape::String(rules) => {
            let bare = rules.format.is_none() && rules.pattern.is_none() && rules.values.is_empty();
            let length = if least {
                rules.min_length
            } else {
                rules.max_length
            };
            let length = usize::try_from(length.filter(|_| bare)?).ok()?;
            Some("x".repeat(length).into())
        }
        Shape::Integer(rules) | Shape::Number(rules) => {
            let (bound, exclusive) = match least {
                true => (&rules.minimum, rules.exclusive_minimum),
                false => (&rules.maximum, rules.exclusive_maximum),
            };
            let plain = !exclusive && rules.multiple_of.is_none();
            bound.clone().filter(|_| plain).map(Value::Number)
        }
        _ => None,
    }
}

fn empty(place: &Place<'_>) -> Option<Value> {
    match &place.schema.shape {
        Shape::Array(rules) => (rules.min_items.unwrap_or(0) == 0).then(|| json!([])),
        _ => None,
    }
}
