//! Individuals that are designed rather than drawn: the least and the most that may be sent,
//! every pair of optional members present and absent, every listed value, and the edges of
//! what texts, dates and times may be.

use serde_json::{Map, Value, json};

use super::pairs::pairs;
use super::{Generator, Optional};
use crate::contract::{Contract, resolve};

/// An individual, and how it came to be.
#[derive(Clone, Debug)]
pub struct Case {
    /// What is special about it.
    pub label: String,
    /// The request body.
    pub body: Value,
    /// Whether it may be shown: it is nobody's.
    pub shown: bool,
}

/// Texts that have been somebody's trouble: scripts, marks, joiners, quotes.
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
const DATES: [(&str, &str); 3] = [
    ("a leap day", "2000-02-29"),
    ("the last day of a year", "1999-12-31"),
    ("the day before the epoch", "1969-12-31"),
];
const TIMES: [(&str, &str); 3] = [
    ("the last second of a leap day", "2024-02-29T23:59:59Z"),
    ("midnight", "2025-01-01T00:00:00Z"),
    ("a fraction of a second", "2025-06-30T12:00:00.001Z"),
];

/// All designed individuals, in a fixed order.
///
/// # Errors
///
/// When the contract has no request body, or nothing can be generated for a member.
pub fn designed(contract: &Contract) -> Result<Vec<Case>, String> {
    let body = contract
        .body("create_customer", "request")
        .ok_or("the contract has no request body")?;
    let root = body.schema();
    let mut cases = Vec::new();
    let mut add = |label: String, body: Value| {
        cases.push(Case {
            label,
            body,
            shown: true,
        });
    };
    let example = contract.example("create_customer");
    if let Some(example) = example {
        add(
            "the documentation's own example".to_owned(),
            example.clone(),
        );
    }
    let most = most(contract)?;
    let optional: Vec<String> = places(root, root, "")
        .into_iter()
        .filter(|place| !place.required)
        .map(|place| place.pointer)
        .collect();
    add("everything that may be sent".to_owned(), most.clone());
    add(
        "nothing but what must be sent".to_owned(),
        without(&most, &optional, |_| true),
    );
    let inside: Vec<Vec<usize>> = optional
        .iter()
        .map(|inner| {
            let outer = |place: &String| inner.starts_with(&format!("{place}/"));
            (0..optional.len())
                .filter(|index| outer(&optional[*index]))
                .collect()
        })
        .collect();
    for (number, row) in pairs(&inside).iter().enumerate() {
        let body = without(&most, &optional, |index| !row[index]);
        add(format!("pairs of optional members, {}", number + 1), body);
    }
    let leaves = leaves(root, root, "");
    for (label, text) in TEXTS {
        let body = with(&most, &leaves, |leaf| leaf.text(text));
        add(format!("every free text is {label}"), body);
    }
    for (label, date) in DATES {
        let body = with(&most, &leaves, |leaf| leaf.formatted("date", date));
        add(format!("every date is {label}"), body);
    }
    for (label, time) in TIMES {
        let body = with(&most, &leaves, |leaf| leaf.formatted("date-time", time));
        add(format!("every time is {label}"), body);
    }
    for (label, bound) in [("short", "minLength"), ("long", "maxLength")] {
        let body = with(&most, &leaves, |leaf| leaf.bounded(bound));
        if body != most {
            add(
                format!("every bounded text is as {label} as it may be"),
                body,
            );
        }
    }
    for leaf in &leaves {
        for value in leaf.listed() {
            let mut body = most.clone();
            if let Some(place) = body.pointer_mut(&leaf.pointer) {
                *place = value.clone();
            }
            add(format!("{} is {value}", leaf.pointer), body);
        }
    }
    Ok(cases)
}

/// A drawn value with the members that an example has: what people read should be readable.
fn laid_over(root: &Value, schema: &Value, drawn: Value, example: Option<&Value>) -> Value {
    let schema = resolve(root, schema);
    match (drawn, example) {
        (Value::Object(members), Some(Value::Object(example))) => {
            let members = members.into_iter().map(|(name, value)| {
                let schema = schema.pointer(&format!("/properties/{name}"));
                let schema = schema.unwrap_or(&Value::Null);
                let value = laid_over(root, schema, value, example.get(&name));
                (name, value)
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        (drawn, example) => example.cloned().unwrap_or(drawn),
    }
}

/// A body with everything that may be sent, as readable as the documentation's own.
pub(super) fn most(contract: &Contract) -> Result<Value, String> {
    let body = contract
        .body("create_customer", "request")
        .ok_or("the contract has no request body")?;
    let root = body.schema();
    let drawn = Generator::new(root, Optional::All, 0)?.generate()?;
    let example = contract.example("create_customer");
    Ok(laid_over(root, root, drawn, example))
}

/// A member of an object.
pub(super) struct Place<'a> {
    pub(super) pointer: String,
    pub(super) schema: &'a Value,
    pub(super) required: bool,
}

/// The places of all members, outer ones first.
pub(super) fn places<'a>(root: &'a Value, schema: &'a Value, place: &str) -> Vec<Place<'a>> {
    let schema = resolve(root, schema);
    let required = schema.get("required").and_then(Value::as_array);
    let mut places = Vec::new();
    for (name, property) in properties(schema) {
        let pointer = format!("{place}/{name}");
        let inner = self::places(root, property, &pointer);
        places.push(Place {
            pointer,
            schema: property,
            required: required.is_some_and(|names| names.iter().any(|other| other == name)),
        });
        places.extend(inner);
    }
    places
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten()
}

fn without(body: &Value, places: &[String], left_out: impl Fn(usize) -> bool) -> Value {
    let mut body = body.clone();
    for (_, place) in places
        .iter()
        .enumerate()
        .filter(|(index, _)| left_out(*index))
    {
        if let Some((parent, name)) = place.rsplit_once('/')
            && let Some(Value::Object(members)) = body.pointer_mut(parent)
        {
            members.remove(name);
        }
    }
    body
}

fn with(body: &Value, leaves: &[Leaf<'_>], value: impl Fn(&Leaf<'_>) -> Option<Value>) -> Value {
    let mut body = body.clone();
    for leaf in leaves {
        if let (Some(value), Some(place)) = (value(leaf), body.pointer_mut(&leaf.pointer)) {
            *place = value;
        }
    }
    body
}

/// A member that is no object.
pub(super) struct Leaf<'a> {
    pub(super) pointer: String,
    pub(super) schema: &'a Value,
}

pub(super) fn leaves<'a>(root: &'a Value, schema: &'a Value, place: &str) -> Vec<Leaf<'a>> {
    let schema = resolve(root, schema);
    let mut leaves = Vec::new();
    for (name, property) in properties(schema) {
        let (pointer, schema) = (format!("{place}/{name}"), resolve(root, property));
        let inner = self::leaves(root, schema, &pointer);
        if inner.is_empty() {
            leaves.push(Leaf { pointer, schema });
        }
        leaves.extend(inner);
    }
    leaves
}

impl Leaf<'_> {
    fn has(&self, name: &str) -> bool {
        self.schema.get(name).is_some()
    }

    /// A text, where any text may be.
    fn text(&self, text: &str) -> Option<Value> {
        let bound = ["enum", "format", "pattern", "maxLength", "anyOf", "oneOf"];
        let free = self.schema["type"] == "string" && !bound.iter().any(|name| self.has(name));
        let short = self.schema["minLength"].as_u64().unwrap_or(0) as usize;
        (free && text.chars().count() >= short).then(|| text.into())
    }

    fn formatted(&self, format: &str, text: &str) -> Option<Value> {
        (self.schema["format"] == format).then(|| text.into())
    }

    /// A text of the very length that a bound allows.
    fn bounded(&self, bound: &str) -> Option<Value> {
        let length = usize::try_from(self.schema.get(bound)?.as_u64()?).ok()?;
        let free = !self.has("format") && !self.has("pattern") && !self.has("enum");
        free.then(|| "x".repeat(length).into())
    }

    /// The listed values, and one that nobody listed where the list is open.
    fn listed(&self) -> Vec<Value> {
        let branches = self.schema["anyOf"].as_array();
        let open =
            branches.is_some_and(|branches| branches.iter().any(|b| b.get("enum").is_none()));
        let lists = branches.into_iter().flatten().chain([self.schema]);
        let mut values: Vec<Value> = lists
            .filter_map(|schema| schema.get("enum")?.as_array())
            .flatten()
            .cloned()
            .collect();
        if open {
            values.push(json!("SOMETHING_ELSE"));
        }
        values
    }
}
