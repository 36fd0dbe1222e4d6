//! How an operation with its parameters must look on the wire: what raw requests are made
//! of, and what the client's requests are compared with.

use std::collections::BTreeMap;

use bvnk_contract::{Location, Operation};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use crate::cases::text;
use crate::exchange::Request;
use crate::specification::caller_parameters;

/// Everything but RFC 3986's unreserved characters.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Method, path, query and header parameters of a request, unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wire {
    pub(crate) method: String,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
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
            let texts = text(value);
            let name = parameter.name.clone();
            match parameter.location {
                Location::Path => {
                    let escaped = escaped(&texts.join(","));
                    path = path.replace(&format!("{{{name}}}"), &escaped);
                }
                Location::Header => headers.push((name.to_ascii_lowercase(), texts.join(","))),
                Location::Query if parameter.explode => {
                    query.extend(texts.into_iter().map(|text| (name.clone(), text)));
                }
                Location::Query => query.push((name, texts.join(","))),
            }
        }
        Self {
            method: operation.http_method(),
            segments: segments(&path),
            query,
            headers,
        }
    }

    /// Path and query, escaped, below a prefix.
    pub(crate) fn target(&self, prefix: &str) -> String {
        let mut target = prefix.to_owned();
        for segment in &self.segments {
            target.push('/');
            target.push_str(&escaped(segment));
        }
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(&format!("{}={}", escaped(name), escaped(value)));
        }
        target
    }

    /// Method, path and query of a request, in the same form as those of `self.line()`.
    pub(crate) fn line_of(request: &Request, prefix: &str) -> String {
        let path = request.path();
        let path = path.strip_prefix(prefix).unwrap_or(path);
        let query = request.target.split_once('?').map(|(_, query)| query);
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
        line(&request.method, &segments(path), pairs.collect())
    }

    /// Method, path and query, readable.
    pub(crate) fn line(&self) -> String {
        line(&self.method, &self.segments, self.query.clone())
    }
}

fn line(method: &str, segments: &[String], mut query: Vec<(String, String)>) -> String {
    query.sort();
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{method} /{}{mark}{}", segments.join("/"), query.join("&"))
}

fn segments(path: &str) -> Vec<String> {
    let segments = path.strip_prefix('/').unwrap_or(path).split('/');
    segments
        .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned())
        .collect()
}

fn escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}
