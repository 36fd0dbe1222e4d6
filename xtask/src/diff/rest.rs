//! What the comparison by meaning does not explain: first `drift`'s verdicts, then what
//! differs as JSON and was told by nobody. Nothing changes unseen.

use drift::{ChangeClass, ChangeComparison, ChangeInfo, ChangePath};
use serde_json::Value;

use super::{Finding, Side, Verdict};
use crate::contract::child;
use crate::generate::quietly;

/// `aligned` is the new contract with the old names of parts of the path.
pub(super) fn unexplained(
    old: &Value,
    new: &Value,
    aligned: &Value,
    findings: &[Finding],
) -> Vec<Finding> {
    let mut rest = second_opinion(old, aligned, findings);
    let told = |place: &str, rest: &[Finding]| {
        findings.iter().chain(rest).any(|finding| {
            let mut places = finding.places.iter();
            places.any(|known| within(place, known) || within(known, place))
        })
    };
    let mut words = Finding::new(Verdict::Words, Side::Api, "", "");
    let mut differing = Vec::new();
    differences(old, new, "", &mut differing);
    for place in differing {
        if place == "/info/version" {
            continue;
        }
        if let Some(schema) = place.strip_suffix("/x-public") {
            let public = new.pointer(&place) == Some(&Value::Bool(true));
            let says = if public {
                "may now be printed"
            } else {
                "is now hidden"
            };
            let says = format!("the value of {schema} {says} in logs and errors");
            let why = "it is not on the wire; look whether it is personal";
            rest.push(Finding::new(Verdict::Compatible, Side::Api, says, why).at(place));
        } else if is_words(&place) {
            words = words.at(place);
        } else if !told(&place, &rest) {
            rest.push(raw(place));
        }
    }
    if !words.places.is_empty() {
        let count = words.places.len();
        words.says = format!(
            "{count} text{} or example{} changed",
            if count == 1 { "" } else { "s" },
            if count == 1 { "" } else { "s" }
        );
        words.why = "nothing on the wire changes".to_owned();
        rest.push(words);
    }
    rest
}

/// A difference that nobody has a rule for.
fn raw(place: String) -> Finding {
    let says = format!("{place} differs");
    let finding = if place.contains("/requestBody") || place.contains("/parameters") {
        let why = "no rule compares it, and requests may be refused";
        Finding::new(Verdict::Breaking, Side::Requests, says, why)
    } else {
        let why = "no rule compares it: look at it";
        Finding::new(Verdict::Compatible, Side::Api, says, why)
    };
    finding.at(place)
}

/// What `drift` sees and we have not told.
fn second_opinion(old: &Value, aligned: &Value, findings: &[Finding]) -> Vec<Finding> {
    let compared = quietly(|| drift::compare(old, aligned));
    let changes = match compared {
        Ok(Ok(changes)) => changes,
        Ok(Err(error)) => return vec![silent(&error.to_string())],
        Err(panic) => return vec![silent(&panic)],
    };
    let mut rest = Vec::new();
    for change in &changes {
        for path in &change.paths {
            for info in &change.changes {
                if info.class != ChangeClass::Trivial && !is_told(path, info, findings) {
                    rest.push(opinion(path, info));
                }
            }
        }
    }
    rest
}

fn silent(reason: &str) -> Finding {
    let says = format!("drift could not compare the two: {reason}");
    let why = "what only drift would see is not told: compare the files by eye";
    Finding::new(Verdict::Compatible, Side::Api, says, why)
}

fn is_told(path: &ChangePath, info: &ChangeInfo, findings: &[Finding]) -> bool {
    let places = [
        place(path.old.base_and_subpath().0, &info.old_subpath),
        place(path.new.base_and_subpath().0, &info.new_subpath),
    ];
    // These are told of the object, by us of the property; all else of an operation, by us
    // of its part.
    let of_parts = matches!(
        info.message.as_str(),
        "object properties changed" | "object required properties changed"
    ) || path.new.component_base().is_none();
    findings.iter().any(|finding| {
        finding.places.iter().any(|known| {
            places.iter().any(|place| {
                place == known || (of_parts && (within(known, place) || within(place, known)))
            })
        })
    })
}

fn opinion(path: &ChangePath, info: &ChangeInfo) -> Finding {
    let (side, whom) = match path.comparison {
        ChangeComparison::Input => (Side::Requests, "in requests"),
        ChangeComparison::Output => (Side::Answers, "in answers"),
        ChangeComparison::Structural => (Side::Api, "in the API"),
    };
    let (verdict, why) = match (info.class, side) {
        (ChangeClass::BackwardIncompatible | ChangeClass::Incompatible, _) => {
            (Verdict::Breaking, "drift calls it incompatible")
        }
        (ChangeClass::Unhandled, Side::Requests) => (
            Verdict::Breaking,
            "neither we nor drift have a rule for it, and requests may be refused",
        ),
        (ChangeClass::Unhandled, _) => (
            Verdict::Compatible,
            "neither we nor drift have a rule for it: look at it",
        ),
        _ => (Verdict::Compatible, "drift calls it compatible"),
    };
    let place = place(path.new.base_and_subpath().0, &info.new_subpath);
    let says = format!("{place} {whom}: {}", info.message);
    let endpoint = path.new.endpoint_base().unwrap_or("#/paths");
    Finding::new(verdict, side, says, why)
        .seen_in(endpoint.trim_start_matches('#'))
        .at(place)
}

/// A JSON pointer of `drift`'s, as one into the document.
fn place(base: &str, sub: &str) -> String {
    let base = base.trim_start_matches('#');
    let sub = sub.replace("request_body", "requestBody");
    if sub.is_empty() {
        base.to_owned()
    } else {
        format!("{base}/{sub}")
    }
}

/// Whether a pointer is another one or leads into it.
fn within(inner: &str, outer: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a place holds texts for people, or an example.
fn is_words(place: &str) -> bool {
    let parts: Vec<&str> = place.split('/').collect();
    let names = |word: &str| {
        // Under `properties` it would be an attribute of that name.
        parts.iter().enumerate().any(|(index, part)| {
            *part == word
                && index
                    .checked_sub(1)
                    .is_none_or(|above| parts[above] != "properties")
        })
    };
    [
        "description",
        "summary",
        "title",
        "example",
        "examples",
        "tags",
        "externalDocs",
    ]
    .into_iter()
    .any(names)
        || parts.iter().any(|part| part.starts_with("x-"))
}

/// The pointers of all leaves in which two values differ.
fn differences(old: &Value, new: &Value, place: &str, found: &mut Vec<String>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(old), Value::Object(new)) => {
            let names = old
                .keys()
                .chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                let (before, after) = (&old.get(name), &new.get(name));
                let place = child(place, name);
                match (before, after) {
                    (Some(before), Some(after)) => differences(before, after, &place, found),
                    // Of `required`, whoever is named by it was told.
                    _ => found.push(place.trim_end_matches("/required").to_owned()),
                }
            }
        }
        _ => found.push(place.trim_end_matches("/required").to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What `drift` says where we say nothing: what it has no rule for breaks requests, and
    /// is to be looked at in answers.
    #[test]
    fn the_second_opinion_speaks_where_the_first_is_silent() {
        let contract = |required: Value, kind: &str| {
            let body = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
            let mut answer = body("Answer");
            answer["description"] = "".into();
            json!({
                "openapi": "3.0.3",
                "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"post": {"operationId": "a", "requestBody": body("Sent"), "responses": {"200": answer}}}},
                "components": {"schemas": {
                    "Sent": {"type": "object", "required": required, "properties": {"x": {"type": "string"}}},
                    "Answer": {"type": "object", "required": required, "properties": {"x": {"type": kind}}},
                }},
            })
        };
        let (old, new) = (
            contract(json!([]), "string"),
            contract(json!(["x"]), "boolean"),
        );
        let told: Vec<_> = second_opinion(&old, &new, &[])
            .into_iter()
            .map(|finding| (finding.verdict, finding.side, finding.says))
            .collect();
        let says = |place: &str, rest: &str| format!("/components/schemas/{place}: {rest}");
        let required = "object required properties changed";
        for wanted in [
            (
                Verdict::Breaking,
                Side::Requests,
                says("Sent in requests", required),
            ),
            (
                Verdict::Compatible,
                Side::Answers,
                says("Answer in answers", required),
            ),
            (
                Verdict::Breaking,
                Side::Answers,
                says("Answer/properties/x in answers", "schema types changed"),
            ),
        ] {
            assert!(told.contains(&wanted), "{wanted:?} in {told:?}");
        }
        // What the first opinion has told is not told again.
        let first = Finding::new(Verdict::Breaking, Side::Requests, "x", "")
            .at("/components/schemas/Sent/properties/x")
            .at("/components/schemas/Answer/properties/x");
        assert!(second_opinion(&old, &new, &[first]).is_empty());
    }
}
