//! How an operation with its parameters must look on the wire: what raw requests are made
//! of, and what the client's requests are compared with.

use std::collections::BTreeMap;

use bvnk_contract::{Location, Operation};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::cases::text;
use crate::specification::caller_parameters;

/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Method, target and header parameters of a request.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) method: String,
    /// Path and query, escaped, without what stands before the contract's paths.
    pub(crate) target: String,
    /// Names in lower case, and values.
    pub(crate) headers: Vec<(String, String)>,
}

impl Wire {
    /// The request of an operation with these parameters.
    pub(crate) fn new(operation: &Operation, parameters: &BTreeMap<String, Value>) -> Self {
        let mut path = operation.path.clone();
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        for parameter in caller_parameters(operation) {
            let Some(value) = parameters.get(&parameter.name) else {
                continue;
            };
            let (name, texts) = (&parameter.name, text(value));
            match parameter.location {
                Location::Path => {
                    path = path.replace(&format!("{{{name}}}"), &escaped(&texts.join(",")));
                }
                Location::Header => headers.push((name.to_ascii_lowercase(), texts.join(","))),
                Location::Query => {
                    let values = match parameter.explode {
                        true => texts,
                        false => vec![texts.join(",")],
                    };
                    let pair = |value: &String| format!("{}={}", escaped(name), escaped(value));
                    query.extend(values.iter().map(pair));
                }
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        Self {
            method: operation.http_method(),
            target: path,
            headers,
        }
    }
}

/// Method and target in one form, whatever was escaped and in which order the query is.
pub(crate) fn line(method: &str, target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let again = |text: &str| escaped(&percent_decode_str(text).decode_utf8_lossy());
    let segments: Vec<String> = path.split('/').map(again).collect();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs = pairs.map(|(name, value)| format!("{}={}", escaped(&name), escaped(&value)));
    let mut pairs: Vec<String> = pairs.collect();
    pairs.sort();
    let mark = if pairs.is_empty() { "" } else { "?" };
    format!("{method} {}{mark}{}", segments.join("/"), pairs.join("&"))
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
