//! Requests as they arrived and responses as they were received: the values that pass from
//! collecting to checking.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use crate::report::model::ExchangeLine;
use crate::report::program;

/// Response headers in which servers name a request.
const REQUEST_IDS: [&str; 6] = [
    "x-request-id",
    "x-correlation-id",
    "x-trace-id",
    "request-id",
    "traceparent",
    "cf-ray",
];

/// A request as it arrived at the server.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: String,
    /// Path and query, as sent.
    pub target: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// A response as it was received, with its body read completely.
#[derive(Clone)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// A request and what became of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The operation's id.
    pub operation: String,
    /// Where the request was sent: scheme, host and port.
    pub origin: String,
    /// The request.
    pub request: Request,
    /// The response, or why there is none.
    pub response: Result<Response, String>,
    /// Whether reports may show the body.
    pub shown: bool,
}

impl Request {
    /// A header's text; empty if it is missing or not text.
    pub fn header(&self, name: &str) -> &str {
        text(&self.headers, name)
    }

    /// All values of a header.
    pub fn headers(&self, name: &str) -> Vec<&str> {
        let values = self.headers.get_all(name).iter();
        values
            .map(|value| value.to_str().unwrap_or("(not text)"))
            .collect()
    }

    /// The path, without the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

impl Response {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// The text, number or truth value at a JSON pointer, as text.
pub(crate) fn text_at(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    }
}

/// The media type in the headers, in lower case and without parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = text(headers, header::CONTENT_TYPE.as_str());
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

impl Exchange {
    /// The status; 0 without a response.
    pub fn status(&self) -> u16 {
        let response = self.response.as_ref();
        response.map_or(0, |response| response.status.as_u16())
    }

    /// Whether the status is 4xx.
    pub fn is_refused(&self) -> bool {
        (400..500).contains(&self.status())
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// The status in words, or why there is none.
    pub fn outcome(&self) -> String {
        match &self.response {
            Ok(response) => response.status.as_str().to_owned(),
            Err(reason) => format!("no response: {reason}"),
        }
    }

    /// A header of the response; empty if it is missing or not text.
    pub fn header(&self, name: &str) -> &str {
        let response = self.response.as_ref();
        response.map_or("", |response| text(&response.headers, name))
    }

    /// The text at a JSON pointer of the response's body.
    pub fn text_at(&self, pointer: &str) -> Option<String> {
        text_at(&self.response.as_ref().ok()?.json(), pointer)
    }

    /// The exchange for a report: a command that repeats it, the status, the request's id.
    pub fn line(&self) -> ExchangeLine {
        let mut ids = REQUEST_IDS.iter().map(|name| self.header(name));
        let id = ids.find(|id| !id.is_empty());
        let response = self.response.as_ref().ok();
        ExchangeLine {
            operation: self.operation.clone(),
            curl: self.curl(),
            status: response.map(|response| response.status.as_u16()),
            request_id: id.map(|id| bvnk::Escaped::new(id).to_string()),
        }
    }

    /// A command line that sends the request again, signed afresh. It has no secret, and
    /// a body only where it may be shown.
    fn curl(&self) -> String {
        let Request { method, target, .. } = &self.request;
        let url = format!("{}{target}", self.origin);
        let mut line = format!("curl -X {method} {}", quoted(&url));
        for (name, value) in &self.request.headers {
            let implied = ["host", "content-length", "user-agent"];
            if name == header::AUTHORIZATION || implied.contains(&name.as_str()) {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes());
            line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
        if self.request.headers.contains_key(header::AUTHORIZATION) {
            let signed = format!("{} sign {method} {}", program(), quoted(&url));
            line.push_str(&format!(" -H \"authorization: $({signed})\""));
        }
        match std::str::from_utf8(&self.request.body) {
            Ok("") => {}
            Ok(body) if self.shown && body.len() <= 2048 => {
                line.push_str(&format!(" -d {}", quoted(&ascii(body))));
            }
            _ => line.push_str(" -d @BODY"),
        }
        line
    }
}

/// JSON in ASCII: terminals and reports show some letters as something else.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter.is_ascii() {
            true => text.push(letter),
            false => {
                let mut units = [0; 2];
                for unit in letter.encode_utf16(&mut units) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    text
}

/// Text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

impl fmt::Debug for Request {
    /// Shows method and path; the rest may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)
    }
}
