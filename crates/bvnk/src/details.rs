//! Reads error bodies, in each of the shapes that the vendor has shown.
//!
//! Everything here is text of the server and may hold personal data: callers ask for it by
//! name, and no `Debug` shows it. Members are kept as JSON text until they are needed, and what
//! is kept in the end is limited in number and length: memory must not follow the input.

use std::fmt;
use std::sync::Arc;

use bvnk_gen::{Extra, from_json_lenient, json_items, tracking};

/// Field errors that are kept.
const FIELD_ERRORS: usize = 100;
/// Characters that are kept of each text.
const LENGTH: usize = 1000;

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
        let json = str::from_utf8(body).unwrap_or_default();
        if let Some(members) = object(json) {
            details.object(&members);
        } else if let Some(items) = json_items(json) {
            details.list(&items);
        } else {
            details.message = serde_json::from_str(json).ok().map(cut);
        }
        details
    }

    fn object(&mut self, members: &Extra) {
        self.texts(members);
        // `{"error": {…}}` wraps everything once more.
        let wrapped = members.text("error").and_then(object);
        for members in wrapped.iter().chain([members]) {
            self.texts(members);
            for name in LISTS {
                let Some(json) = members.text(name) else {
                    continue;
                };
                match (json_items(json), object(json)) {
                    (Some(items), _) => self.list(&items),
                    (_, Some(fields)) => self.by_field(&fields, 1),
                    _ => {}
                }
            }
        }
    }

    /// Keeps the first code, message and trace id.
    fn texts(&mut self, members: &Extra) {
        self.code = self.code.take().or_else(|| first(members, CODES));
        self.message = self.message.take().or_else(|| first(members, MESSAGES));
        self.trace_id = self.trace_id.take().or_else(|| first(members, TRACES));
    }

    /// `[{"code": …, "parameter": …, "message": …}]`. The message of the first item without
    /// a field is that of the whole, if there is no other.
    fn list(&mut self, items: &[&str]) {
        for item in items.iter().take(FIELD_ERRORS) {
            let Some(members) = object(item) else {
                self.message = self.message.take().or_else(|| text(item));
                continue;
            };
            match first(&members, FIELDS) {
                Some(field) => {
                    let message = first(&members, MESSAGES).unwrap_or_default();
                    self.field(&field.into(), message);
                    self.code = self.code.take().or_else(|| first(&members, CODES));
                    self.trace_id = self.trace_id.take().or_else(|| first(&members, TRACES));
                }
                None => self.texts(&members),
            }
        }
    }

    /// `{"individual.email": ["…", "…"]}`, or the same some levels further in.
    fn by_field(&mut self, fields: &Extra, levels: u32) {
        for (name, json) in fields.iter().take(FIELD_ERRORS) {
            // One name for all messages: a body could repeat a long one for each.
            let field: Arc<str> = cut(name.to_owned()).into();
            if let Some(items) = json_items(json) {
                let kept = &items[..items.len().min(FIELD_ERRORS)];
                match kept.iter().map(|item| string(item)).collect() {
                    Some(messages) => Vec::into_iter(messages)
                        .for_each(|message: String| self.field(&field, message)),
                    None => self.list(kept),
                }
            } else if let Some(message) = string(json) {
                self.field(&field, message);
            } else if let Some(inner) = object(json).filter(|_| levels > 0) {
                self.by_field(&inner, levels - 1);
            }
        }
    }

    fn field(&mut self, field: &Arc<str>, message: String) {
        if self.fields.len() < FIELD_ERRORS {
            let field = Arc::clone(field);
            self.fields.push(FieldError { field, message });
        }
    }
}

/// Returns the customer's reference in the body of a success that cannot be decoded: at its
/// top, or further in if there is only one, as in an envelope. Two that differ are none, as
/// either could be that of something else.
pub(crate) fn reference(body: &[u8]) -> Option<String> {
    fn find(json: &str, depth: usize, found: &mut Vec<String>) {
        let Some(members) = object(json) else {
            return;
        };
        let own = members.iter().filter(|it| it.0 == tracking::REFERENCE);
        let own = own.filter_map(|it| text(it.1));
        let mut own = own.filter(|it| !it.is_empty()).peekable();
        if own.peek().is_none() && depth > 0 {
            let inner = members.iter();
            inner.for_each(|(_, json)| find(json, depth - 1, found));
        }
        for reference in own {
            // Two are enough to know that it is not one.
            if found.len() < 2 && !found.contains(&reference) {
                found.push(reference);
            }
        }
    }
    let mut found = Vec::new();
    find(str::from_utf8(body).ok()?, 2, &mut found);
    found.pop().filter(|_| found.is_empty())
}

/// Whether a body is an error in one of the shapes that the vendor has shown: an object with
/// a code and a message, an `errorList`, or a list of error objects. Other servers' errors
/// have other members, or numbers as codes.
pub(crate) fn is_vendor_error(body: &[u8]) -> bool {
    let json = str::from_utf8(body).unwrap_or_default();
    let has_code = |members: &Extra| {
        let code = CODES[..3]
            .iter()
            .find_map(|name| string(members.text(name)?));
        code.is_some_and(|code| !code.is_empty())
            && MESSAGES[..2].iter().any(|name| members.contains_key(name))
    };
    let all_have_code = |items: Vec<&str>| {
        let has_code = |item: &&str| object(item).is_some_and(|item| has_code(&item));
        !items.is_empty() && items.iter().all(has_code)
    };
    let known = |name| {
        let mut all = [CODES, MESSAGES, LISTS, TRACES, OTHERS].into_iter();
        all.any(|names| names.contains(&name))
    };
    match object(json) {
        Some(members) => {
            let items = members.text(LISTS[0]).and_then(json_items);
            members.iter().all(|(name, _)| known(name))
                && (has_code(&members) || items.is_some_and(all_have_code))
        }
        None => json_items(json).is_some_and(all_have_code),
    }
}

fn object(json: &str) -> Option<Extra> {
    from_json_lenient(json.as_bytes()).ok()
}

fn string(json: &str) -> Option<String> {
    serde_json::from_str(json).ok().map(cut)
}

/// A string, or a number as one.
fn text(json: &str) -> Option<String> {
    let is_number = json.starts_with(|first: char| first == '-' || first.is_ascii_digit());
    string(json).or_else(|| is_number.then(|| cut(json.to_owned())))
}

/// Returns the first of these members that is a string or a number.
fn first(members: &Extra, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text(members.text(name)?))
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LENGTH) {
        text.truncate(end);
        text.shrink_to_fit();
    }
    text
}

#[cfg(test)]
mod tests;
