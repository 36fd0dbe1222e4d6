//! The page's samples against the schemas of the bodies that they show.
//!
//! What was told of an attribute is not told again of the sample.

use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::Reading;
use super::attributes::whose;
use super::samples::Sample;
use super::values::told_values;
use crate::clauses::Subject;
use crate::contract::examples::{as_json_schema, compile};
use crate::facts::{Attribute, Key, known};

pub(super) fn compare(reading: &mut Reading<'_>) {
    let operation = reading.facts.operations[&reading.operation].clone();
    let success = |status: &&String| status.starts_with('2');
    let bodies: Vec<String> = std::iter::once("request".to_owned())
        .chain(operation.answers.iter().filter(success).cloned())
        .chain(
            operation
                .answers
                .iter()
                .filter(|status| !success(status))
                .cloned(),
        )
        .filter(|of| operation.media.contains_key(of))
        .collect();
    let mut shown = Vec::new();
    for sample in reading.samples.clone() {
        match owner(reading, &bodies, &sample) {
            Some(of) => {
                judge(reading, &of, &sample);
                shown.push(of);
            }
            None => stray(reading, &sample),
        }
    }
    for of in bodies
        .iter()
        .filter(|of| *of == "request" || of.starts_with('2'))
    {
        if !shown.contains(of) {
            let place = reading.facts.attributes.get(&reading.key(of, ""));
            let place = place.map_or(operation.place.clone(), |body| body.place.clone());
            let says = format!("no sample shows the {} any more", whose(of));
            let edit =
                "see what the page shows in its place; the contract keeps its example".to_owned();
            reading.tell([], says, place, edit, None);
        }
    }
}

/// The body that a sample shows: the one that has most of its names.
fn owner(reading: &Reading<'_>, bodies: &[String], sample: &Sample) -> Option<String> {
    let score = |of: &str| {
        let names: Vec<&str> = reading
            .facts
            .body(&reading.operation, of)
            .filter_map(|(path, _)| path.rsplit('.').next())
            .collect();
        sample
            .names
            .iter()
            .filter(|name| names.contains(&name.as_str()))
            .count()
    };
    let scores = bodies.iter().map(|of| {
        (
            score(of) + usize::from(sample.is_sent && of == "request"),
            of,
        )
    });
    // The first of equals.
    let (names, of) = scores.rev().max_by_key(|(names, _)| *names)?;
    (names > 0).then(|| of.clone())
}

fn stray(reading: &mut Reading<'_>, sample: &Sample) {
    let place = reading.facts.operations[&reading.operation].place.clone();
    reading.tell(
        [sample.line],
        format!(
            "a sample that no body of the contract is like: {}",
            sample.names.join(", ")
        ),
        place,
        "describe the body that it shows".to_owned(),
        None,
    );
}

fn judge(reading: &mut Reading<'_>, of: &str, sample: &Sample) {
    let body = reading.key(of, "");
    let Some(attribute) = reading.facts.attributes.get(&body).cloned() else {
        return;
    };
    let value = match &sample.value {
        Ok(value) => value.clone(),
        Err((line, reason)) => {
            let says = format!("the sample of the {} is no JSON: {reason}", whose(of));
            let edit = "none: the page is broken there; tell its authors".to_owned();
            reading.tell([*line], says, attribute.place, edit, None);
            return;
        }
    };
    let mut found = Vec::new();
    let document = as_json_schema(reading.contract);
    if let Ok(validator) = compile(&document, &attribute.place) {
        for error in validator.iter_errors(&value) {
            let mut path = error
                .instance_path()
                .as_str()
                .trim_start_matches('/')
                .replace('/', ".");
            if let ValidationErrorKind::Required { property } = error.kind() {
                let name = property.as_str().unwrap_or_default();
                path = format!("{path}.{name}").trim_start_matches('.').to_owned();
            }
            // Samples are the vendor's own, but no report shows what a person may have.
            let reason = error.masked().to_string();
            found.push((
                path.clone(),
                format!(
                    "the sample of the {} is not valid at {path}: {reason}",
                    whose(of)
                ),
            ));
        }
    }
    unlisted(reading, of, &value, "", &mut found);
    for (path, says) in found {
        let key = reading.key(of, &path);
        if reading.told.contains(&key) || reading.told.iter().any(|told| told.holds(&key)) {
            continue;
        }
        reading.told.insert(key.clone());
        let place = place(reading, &key);
        let edit =
            "change the schema as the sample has it, or none: one of the two is wrong on the page"
                .to_owned();
        reading.tell(
            [line(reading, sample, &path)],
            says,
            place,
            edit,
            Some(&Subject::Attribute(key)),
        );
    }
    for (key, attribute) in reading.facts.attributes.clone() {
        if key.operation == reading.operation && key.of == of {
            one_value(reading, &key, &attribute, sample, &value);
        }
    }
}

/// Where an attribute is stated, or what would hold it.
fn place(reading: &Reading<'_>, key: &Key) -> String {
    let attributes = &reading.facts.attributes;
    let stated = attributes
        .get(key)
        .or_else(|| attributes.get(&key.parent()));
    stated.map_or(String::new(), |attribute| attribute.place.clone())
}

/// Members that the contract does not list.
fn unlisted(
    reading: &Reading<'_>,
    of: &str,
    value: &Value,
    path: &str,
    found: &mut Vec<(String, String)>,
) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let inner = format!("{path}.{name}").trim_start_matches('.').to_owned();
        if reading
            .facts
            .attributes
            .contains_key(&reading.key(of, &inner))
        {
            unlisted(reading, of, member, &inner, found);
        } else {
            let says = format!(
                "the sample of the {} has {inner}, which the contract does not list",
                whose(of)
            );
            found.push((inner, says));
        }
    }
}

/// The values of open enums are listed on a page, and one of its samples may have another;
/// what a clause settled so is no news, but it is that the sample no longer has it.
fn one_value(
    reading: &mut Reading<'_>,
    key: &Key,
    attribute: &Attribute,
    sample: &Sample,
    value: &Value,
) {
    let Some((known, open)) = known(&attribute.schema) else {
        return;
    };
    let known: Vec<&str> = known.iter().filter_map(|value| value.as_str()).collect();
    let pointer = format!("/{}", key.path.replace('.', "/"));
    let Some(shown) = value.pointer(&pointer).and_then(Value::as_str) else {
        return;
    };
    let at = line(reading, sample, &key.path);
    let subject = Subject::Attribute(key.clone());
    if open && !known.contains(&shown) {
        for (says, edit) in told_values(&key.path, &[shown], &[], &known, true) {
            let says = format!("in the sample, {says}");
            reading.tell([at], says, attribute.place.clone(), edit, Some(&subject));
        }
    }
    let settled: Vec<(String, String)> = reading
        .clauses
        .settled(key)
        .map(|(value, id)| (value.to_owned(), id.to_owned()))
        .filter(|(value, _)| value != shown && known.contains(&value.as_str()))
        .collect();
    for (value, id) in settled {
        let listed = reading.lines.iter().any(|line| line.text.contains(&value));
        if !listed {
            let says = format!(
                "{value} is nowhere on the page any more, for which the clause {id} settled {}",
                key.path
            );
            let edit =
                format!("remove `{value}` from its `enum`, unless it still comes, and the clause");
            reading.tell([at], says, attribute.place.clone(), edit, Some(&subject));
        }
    }
}

/// The line of a sample that has a member.
fn line(reading: &Reading<'_>, sample: &Sample, path: &str) -> usize {
    let mut at = sample.line;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let quoted = format!("\"{name}\"");
        let found = reading
            .lines
            .iter()
            .find(|line| line.number >= at && line.text.contains(&quoted));
        at = found.map_or(at, |line| line.number);
    }
    at
}
