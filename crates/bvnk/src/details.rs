//! What an error body says, in whichever of the vendor's shapes it comes.
//!
//! Everything here is the server's text and may hold personal data: it is there to be
//! asked for by name, and no `Debug` shows it. It must not decide anything: what kind of
//! error it is follows from the status alone.

use serde_json::{Map, Value};

/// What a body says of one field.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The field, in the server's words.
    pub field: String,
    /// What is wrong with it, in the server's words.
    pub message: String,
}

/// Hides both: a server may quote what it was sent.
impl std::fmt::Debug for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FieldError").finish_non_exhaustive()
    }
}

/// What was found in a body; nothing, if it is no JSON or says nothing.
#[derive(Clone, Default)]
pub(crate) struct Details {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) trace_id: Option<String>,
    pub(crate) fields: Vec<FieldError>,
}

const CODES: &[&str] = &["code", "errorCode", "error_code", "error"];
const MESSAGES: &[&str] = &[
    "message",
    "errorMessage",
    "error_description",
    "detail",
    "title",
];
const FIELDS: &[&str] = &["parameter", "field", "path", "pointer", "property"];
const LISTS: &[&str] = &[
    "errorList",
    "errors",
    "details",
    "fieldErrors",
    "violations",
];
const TRACES: &[&str] = &[
    "traceId",
    "trace_id",
    "requestId",
    "request_id",
    "correlationId",
    "correlation_id",
];

impl Details {
    pub(crate) fn of(body: &[u8]) -> Self {
        let mut details = Self::default();
        match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => details.object(&members),
            Ok(Value::Array(items)) => details.list(&items),
            Ok(Value::String(text)) => details.message = Some(text),
            _ => {}
        }
        details
    }

    fn object(&mut self, members: &Map<String, Value>) {
        set(&mut self.code, members, CODES);
        set(&mut self.message, members, MESSAGES);
        set(&mut self.trace_id, members, TRACES);
        // `{"error": {…}}` wraps it all once more.
        if let Some(Value::Object(inner)) = members.get("error") {
            self.object(inner);
        }
        for name in LISTS {
            match members.get(*name) {
                Some(Value::Array(items)) => self.list(items),
                Some(Value::Object(fields)) => self.by_field(fields),
                _ => {}
            }
        }
    }

    /// `[{"code": …, "parameter": …, "message": …}]`; the first that has no field speaks
    /// for the whole where nothing else does.
    fn list(&mut self, items: &[Value]) {
        for item in items {
            let Value::Object(members) = item else {
                if let Value::String(message) = item {
                    self.message.get_or_insert_with(|| message.clone());
                }
                continue;
            };
            let message = first(members, MESSAGES);
            match first(members, FIELDS) {
                Some(field) => self.fields.push(FieldError {
                    field,
                    message: message.unwrap_or_default(),
                }),
                None => set(&mut self.message, members, MESSAGES),
            }
            set(&mut self.code, members, CODES);
            set(&mut self.trace_id, members, TRACES);
        }
    }

    /// `{"individual.email": ["…", "…"]}`, or the same one level further in.
    fn by_field(&mut self, fields: &Map<String, Value>) {
        for (field, messages) in fields {
            let messages: Vec<&str> = match messages {
                Value::String(message) => vec![message],
                Value::Array(messages) if messages.iter().all(Value::is_string) => {
                    messages.iter().filter_map(Value::as_str).collect()
                }
                Value::Array(items) => {
                    self.list(items);
                    continue;
                }
                Value::Object(inner) => {
                    self.by_field(inner);
                    continue;
                }
                _ => continue,
            };
            self.fields
                .extend(messages.into_iter().map(|message| FieldError {
                    field: field.clone(),
                    message: message.to_owned(),
                }));
        }
    }
}

/// The customer's reference in the body of a success that cannot be decoded: at its top,
/// or further in if there is only one, as in an envelope. Of two that differ, nobody knows
/// which is the customer's.
pub(crate) fn reference(body: &[u8]) -> Option<String> {
    fn find(value: &Value, depth: usize, found: &mut Vec<String>) {
        let Some(members) = value.as_object() else {
            return;
        };
        match first(members, &["reference"]).filter(|reference| !reference.is_empty()) {
            Some(reference) => found.push(reference),
            None if depth > 0 => members
                .values()
                .for_each(|value| find(value, depth - 1, found)),
            None => {}
        }
    }
    let mut found = Vec::new();
    find(&serde_json::from_slice(body).ok()?, 2, &mut found);
    found.dedup();
    found.pop().filter(|_| found.is_empty())
}

fn set(slot: &mut Option<String>, members: &Map<String, Value>, names: &[&str]) {
    if slot.is_none() {
        *slot = first(members, names);
    }
}

/// The first of these members that is a text or a number, as a text.
fn first(members: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| match members.get(*name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_that_the_vendor_has_shown_is_read() {
        let fields = &[("individual.email", "bad")][..];
        for (body, code, message, trace, found) in [
            (
                r#"{"code":"c","status":"BAD_REQUEST","message":"m","details":null}"#,
                Some("c"),
                Some("m"),
                None,
                &[][..],
            ),
            (
                r#"{"code":"c","message":"m","details":{"errors":{"individual.email":["bad"]}}}"#,
                Some("c"),
                Some("m"),
                None,
                fields,
            ),
            (
                r#"{"code":7,"message":"m","details":{"individual.email":"bad"},"traceId":"t"}"#,
                Some("7"),
                Some("m"),
                Some("t"),
                fields,
            ),
            (
                r#"{"errorList":[{"code":"c","parameter":"individual.email","message":"bad"}],"requestId":"t"}"#,
                Some("c"),
                None,
                Some("t"),
                fields,
            ),
            (
                r#"[{"code":"c","message":"m","trace_id":"t"}]"#,
                Some("c"),
                Some("m"),
                Some("t"),
                &[],
            ),
            (
                r#"{"error":{"code":"c","message":"m"}}"#,
                Some("c"),
                Some("m"),
                None,
                &[],
            ),
            (
                r#"{"error":"c","error_description":"m"}"#,
                Some("c"),
                Some("m"),
                None,
                &[],
            ),
            // Objects where texts are usual, and other things beside texts.
            (
                r#"{"details":{"any":[{"field":"individual.email","message":"bad"}]}}"#,
                None,
                None,
                None,
                fields,
            ),
            (
                r#"{"details":{"individual.email":["m",7]}}"#,
                None,
                Some("m"),
                None,
                &[],
            ),
            (r#""m""#, None, Some("m"), None, &[]),
            ("7", None, None, None, &[]),
            ("<html>", None, None, None, &[]),
            ("", None, None, None, &[]),
        ] {
            let details = Details::of(body.as_bytes());
            assert_eq!(details.code.as_deref(), code, "{body}");
            assert_eq!(details.message.as_deref(), message, "{body}");
            assert_eq!(details.trace_id.as_deref(), trace, "{body}");
            let read: Vec<_> = details
                .fields
                .iter()
                .map(|error| (error.field.as_str(), error.message.as_str()))
                .collect();
            assert_eq!(read, found, "{body}");
        }
    }

    #[test]
    fn a_reference_is_found_where_there_is_one() {
        for (body, found) in [
            (r#"{"reference":"r"}"#, Some("r")),
            (r#"{"reference":7,"status":null}"#, Some("7")),
            (r#"{"data":{"reference":"r"}}"#, Some("r")),
            (r#"{"data":{"customer":{"reference":"r"}}}"#, Some("r")),
            // Further in, it may be anything's.
            (
                r#"{"data":{"customer":{"agreement":{"reference":"r"}}}}"#,
                None,
            ),
            (r#"{"reference":""}"#, None),
            (r#"{"id":"r"}"#, None),
            ("[]", None),
            ("{", None),
        ] {
            assert_eq!(reference(body.as_bytes()).as_deref(), found, "{body}");
        }
    }
}
