//! Reads error bodies, in each of the shapes that the vendor has shown.
//!
//! Everything here is text of the server and may hold personal data: callers ask for it by
//! name, and no `Debug` shows it. How much is kept is limited, see [`bounded_json`].

use std::fmt;
use std::sync::Arc;

use bvnk_gen::tracking;
use serde_json::{Map, Value};

use crate::bounded_json;

/// An error of one field, as the API reported it.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldError {
    field: Arc<str>,
    message: String,
}

impl FieldError {
    /// Returns the field, in the server's words.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns what is wrong with it, in the server's words. It may quote personal data.
    pub fn message(&self) -> &str {
        &self.message
    }
}

/// Hides both: a server may quote what it was sent.
impl fmt::Debug for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldError").finish_non_exhaustive()
    }
}

/// What was found in a body; nothing, if it is not JSON.
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

/// Further members that the vendor's errors have.
const OTHERS: &[&str] = &["status", "timestamp", "path", "type"];

impl Details {
    pub(crate) fn read(body: &[u8]) -> Self {
        let mut details = Self::default();
        match bounded_json::read(body) {
            Some(Value::Object(members)) => details.object(&members),
            Some(Value::Array(items)) => details.list(&items),
            Some(Value::String(text)) => details.message = Some(text),
            _ => {}
        }
        details
    }

    fn object(&mut self, members: &Map<String, Value>) {
        set(&mut self.code, members, CODES);
        set(&mut self.message, members, MESSAGES);
        set(&mut self.trace_id, members, TRACES);
        // `{"error": {…}}` wraps everything once more.
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

    /// `[{"code": …, "parameter": …, "message": …}]`. The message of the first item without
    /// a field is that of the whole, if there is no other.
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
                    field: field.into(),
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
        for (name, value) in fields {
            let messages = match value {
                Value::String(_) => std::slice::from_ref(value),
                Value::Array(items) if items.iter().all(Value::is_string) => items,
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
            // One name for all messages: a body could repeat a long one for each.
            let field: Arc<str> = name.as_str().into();
            let messages = messages.iter().filter_map(Value::as_str);
            self.fields.extend(messages.map(|message| FieldError {
                field: Arc::clone(&field),
                message: message.to_owned(),
            }));
        }
    }
}

/// Returns the customer's reference in the body of a success that cannot be decoded: at its
/// top, or further in if there is only one, as in an envelope. Two that differ are none, as
/// either could be that of something else.
pub(crate) fn reference(body: &[u8]) -> Option<String> {
    fn find(value: &Value, depth: usize, found: &mut Vec<String>) {
        let Some(members) = value.as_object() else {
            return;
        };
        match first(members, &[tracking::REFERENCE]).filter(|reference| !reference.is_empty()) {
            Some(reference) => found.push(reference),
            None if depth > 0 => members
                .values()
                .for_each(|value| find(value, depth - 1, found)),
            None => {}
        }
    }
    let mut found = Vec::new();
    find(&bounded_json::read_objects(body)?, 2, &mut found);
    found.dedup();
    found.pop().filter(|_| found.is_empty())
}

/// Whether a body is an error in one of the shapes that the vendor has shown: an object with
/// a code and a message, an `errorList`, or a list of error objects. Other servers' errors
/// have other members, or numbers as codes.
pub(crate) fn is_vendor_error(body: &[u8]) -> bool {
    let has_code = |value: &Value| {
        let code = CODES[..3]
            .iter()
            .find_map(|name| value.get(*name)?.as_str());
        code.is_some_and(|code| !code.is_empty())
            && MESSAGES[..2].iter().any(|name| value.get(*name).is_some())
    };
    let all_have_code = |items: &[Value]| !items.is_empty() && items.iter().all(has_code);
    match bounded_json::read(body) {
        Some(Value::Array(items)) => all_have_code(&items),
        Some(value @ Value::Object(_)) => {
            let known = |name: &String| {
                [CODES, MESSAGES, LISTS, TRACES, OTHERS]
                    .iter()
                    .any(|names| names.contains(&name.as_str()))
            };
            let list = value.get(LISTS[0]).and_then(Value::as_array);
            value
                .as_object()
                .is_some_and(|members| members.keys().all(known))
                && (has_code(&value) || list.is_some_and(|items| all_have_code(items)))
        }
        _ => false,
    }
}

fn set(slot: &mut Option<String>, members: &Map<String, Value>, names: &[&str]) {
    if slot.is_none() {
        *slot = first(members, names);
    }
}

/// Returns the first of these members that is a string or a number, as a string.
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
            let details = Details::read(body.as_bytes());
            assert_eq!(details.code.as_deref(), code, "{body}");
            assert_eq!(details.message.as_deref(), message, "{body}");
            assert_eq!(details.trace_id.as_deref(), trace, "{body}");
            let read: Vec<_> = details
                .fields
                .iter()
                .map(|error| (error.field(), error.message()))
                .collect();
            assert_eq!(read, found, "{body}");
        }
    }

    /// A long name, and as many messages as a body can hold: the cause of a gigabyte once.
    #[test]
    fn memory_does_not_follow_the_body() {
        for length in [16, 128, 1024] {
            let half = length * 1024 / 2;
            let name = "x".repeat(half);
            let messages = vec!["\"\""; half / 3].join(",");
            let body = format!(r#"{{"code":"c","errors":{{"{name}":[{messages}]}}}}"#);
            let details = Details::read(body.as_bytes());
            assert_eq!(details.code.as_deref(), Some("c"));
            assert!(!details.fields.is_empty() && details.fields.len() <= 1_000);
            let first = &details.fields[0].field;
            assert!(first.len() <= 1024);
            assert!(
                details
                    .fields
                    .iter()
                    .all(|error| Arc::ptr_eq(&error.field, first))
            );
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

    #[test]
    fn the_vendor_s_errors_are_told_from_those_of_other_servers() {
        for (body, expected) in [
            (
                r#"{"code":"not_found","status":"NOT_FOUND","message":"m","details":null}"#,
                true,
            ),
            (
                r#"{"code":"ACCOUNTS-1000","message":"m","traceId":"t"}"#,
                true,
            ),
            (
                r#"{"errorList":[{"code":"c","parameter":"reference","message":"m"}]}"#,
                true,
            ),
            (r#"[{"code":"c","message":"m"}]"#, true),
            // Go, Express, Nest, FastAPI, Spring, JAX-RS, gRPC, API Gateway, WordPress, CouchDB.
            ("404 page not found\n", false),
            (
                r#"{"message":"Cannot GET /platform/v1/customers/0"}"#,
                false,
            ),
            (
                r#"{"statusCode":404,"message":"Cannot GET /x","error":"Not Found"}"#,
                false,
            ),
            (r#"{"detail":"Not Found"}"#, false),
            (
                r#"{"timestamp":"2026-01-01T00:00:00Z","status":404,"error":"Not Found","path":"/x"}"#,
                false,
            ),
            (r#"{"code":404,"message":"HTTP 404 Not Found"}"#, false),
            (r#"{"code":5,"message":"Not Found","details":[]}"#, false),
            (r#"{"message":"Missing Authentication Token"}"#, false),
            (
                r#"{"code":"rest_no_route","message":"m","data":{"status":404}}"#,
                false,
            ),
            (r#"{"error":"not_found","reason":"missing"}"#, false),
            (r#"{"errorList":[]}"#, false),
            ("[]", false),
            ("{}", false),
            ("\"not found\"", false),
            ("null", false),
            ("", false),
            ("<html>", false),
        ] {
            assert_eq!(is_vendor_error(body.as_bytes()), expected, "{body}");
        }
    }
}
