//! Exchanges and calls: the requests as they arrived and the responses as they were received,
//! which pass from collecting to checking.
//!
//! The types of a message are the simulator's: they are plain values whose `Debug` shows no body.

pub use bvnk_simulator::{Request, Response};
use http::{HeaderMap, header};
use serde::Serialize;
use serde_json::Value;

use crate::call::{Arguments, CallError, Called};
use crate::cases::Case;
use crate::text::escaped_json;

/// Response headers in which servers name a request, the likeliest first: with the id, the owner
/// of a server finds the request in its log.
const REQUEST_IDS: [&str; 6] = [
    "x-request-id",
    "x-correlation-id",
    "x-trace-id",
    "request-id",
    "traceparent",
    "cf-ray",
];

/// A request and what became of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The operation's id.
    pub operation: String,
    /// The request.
    pub request: Request,
    /// The response, or why there is none.
    pub response: Result<Response, String>,
    /// Whether it is a repetition, after attempts that failed on the way: the server may have
    /// carried one of them out.
    pub repeated: bool,
    /// Whether the signature is wrong on purpose, and stays so: not one of a later time.
    pub wrongly_signed: bool,
}

/// One case of an operation: the call, and the calls that follow what it created.
#[derive(Debug)]
pub struct Exercise {
    /// The case.
    pub case: Case,
    /// The call of the operation first, then those that fetch what was created.
    pub calls: Vec<Call>,
}

/// One call through the client.
#[derive(Debug)]
pub struct Call {
    /// The operation's id.
    pub operation: String,
    /// What the caller gave.
    pub arguments: Arguments,
    /// What the client returned.
    pub result: Result<Called, CallError>,
    /// What arrived at the server and what it answered, one exchange for each attempt.
    pub attempts: Vec<Exchange>,
}

impl Call {
    /// The text at a JSON pointer of the decoded answer.
    pub(crate) fn answered(&self, pointer: &str) -> Option<String> {
        text_at(&self.result.as_ref().ok()?.value, pointer)
    }

    /// Whether the client's type refused the arguments, so that nothing was sent.
    pub(crate) fn is_refused(&self) -> bool {
        matches!(self.result, Err(CallError::Refused(_)))
    }

    /// The idempotency key, as the client reports it.
    pub(crate) fn key(&self) -> Option<String> {
        let key = match &self.result {
            Ok(called) => called.info.as_ref()?.idempotency_key,
            Err(error) => error.failed()?.idempotency_key(),
        };
        key.map(|key| key.to_string())
    }
}

/// One exchange, without secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ExchangeLine {
    /// The operation's id.
    pub operation: String,
    /// A command that sends the request again. Where it is to be signed right, it runs `sign`.
    pub curl: String,
    /// The status of the response.
    pub status: Option<u16>,
    /// The server's id of the request, from the response's headers.
    pub request_id: Option<String>,
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
    let value = header_text(headers, header::CONTENT_TYPE.as_str());
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// The first value of a header; empty if it is missing or not text.
pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
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

    /// The status as text, such as `404`, or why there is none.
    pub fn outcome(&self) -> String {
        match &self.response {
            Ok(response) => response.status.as_str().to_owned(),
            Err(reason) => format!("no response: {reason}"),
        }
    }

    /// A header of the response; empty if it is missing or not text.
    pub fn header(&self, name: &str) -> &str {
        let response = self.response.as_ref();
        response.map_or("", |response| header_text(&response.headers, name))
    }

    /// The response's body as JSON; null without a response, and if its body is no JSON.
    pub fn json(&self) -> Value {
        let body = self.response.as_ref().map(|response| &response.body);
        body.map_or(Value::Null, |body| {
            serde_json::from_slice(body).unwrap_or_default()
        })
    }

    /// The text at a JSON pointer of the response's body.
    pub fn text_at(&self, pointer: &str) -> Option<String> {
        text_at(&self.json(), pointer)
    }

    /// The exchange for a report: a command that repeats it, the status, the request's id. The id
    /// is escaped, as it comes from the server. `origin` is the server's, and `signer` the command
    /// that signs a request.
    pub fn line(&self, origin: &str, signer: &str) -> ExchangeLine {
        let mut ids = REQUEST_IDS.iter().map(|name| self.header(name));
        let id = ids.find(|id| !id.is_empty());
        let response = self.response.as_ref().ok();
        ExchangeLine {
            operation: self.operation.clone(),
            curl: self.curl(origin, signer),
            status: response.map(|response| response.status.as_u16()),
            request_id: id.map(|id| bvnk::Escaped::new(id).to_string()),
        }
    }

    /// A command line that sends the request again, signed afresh by the `sign` command; a signature
    /// that is wrong on purpose is sent as it was. It has no secret, and a body only where it is short;
    /// else `@BODY` stands for a file, which has to be made.
    fn curl(&self, origin: &str, signer: &str) -> String {
        let Request { method, target, .. } = &self.request;
        let url = format!("{origin}{target}");
        let mut line = format!("curl -i -X {method} {}", quoted(&url));
        for (name, value) in &self.request.headers {
            let implied = ["host", "content-length", "user-agent"];
            if name == header::AUTHORIZATION || implied.contains(&name.as_str()) {
                continue;
            }
            let value = String::from_utf8_lossy(value.as_bytes());
            line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
        // Signed right, a wrong signature would be another request. Two are right, each on its own.
        let as_it_was = self.request.header(header::AUTHORIZATION.as_str());
        let as_it_was = as_it_was.filter(|_| self.wrongly_signed);
        for _ in self.request.headers.get_all(header::AUTHORIZATION) {
            line.push_str(&match as_it_was {
                Some(wrong) => format!(" -H {}", quoted(&format!("authorization: {wrong}"))),
                None => {
                    let signed = format!("{signer} {method} {}", quoted(&url));
                    format!(" -H \"authorization: $({signed})\"")
                }
            });
        }
        match std::str::from_utf8(&self.request.body) {
            Ok("") => {}
            Ok(body) if body.len() <= 2048 => {
                // Terminals and reports show some letters as something else.
                let body = escaped_json(body, |letter| letter.is_ascii());
                line.push_str(&format!(" -d {}", quoted(&body)));
            }
            _ => {
                let length = self.request.body.len();
                line.push_str(" --data-binary @BODY");
                line.push_str(&format!(" # a file with the body, {length} bytes"));
            }
        }
        line
    }
}

/// Text as one word of a POSIX shell, in single quotes.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
