//! What generated code calls: the names that progenitor would look for in its own
//! client crate, here on [`Transport`] and one error type.
//!
//! progenitor's runtime can fail a call only as `reqwest::Error`, loses the status of
//! an error body that is not JSON, and prints bodies; this one does none of that.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Request, Response};
use serde::Serialize;
use serde_json::Value;

pub(crate) use crate::error::Error;
pub(crate) use crate::invalid::convert;
pub(crate) use crate::response::ResponseValue;
use crate::{BaseUrl, Client, InvalidValue, Transport};

/// What RFC 3986 leaves unreserved; all else is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Encodes the parameter `name` as one segment of a path.
///
/// Refused are the values that cannot be one: URL parsers take `.` and `..`, also
/// when they are percent-encoded, for steps in the path, and the request would
/// silently go to another resource.
pub(crate) fn encode_path(name: &str, value: &str) -> Result<String, Error> {
    if matches!(value, "" | "." | "..") {
        let rule = "must not be empty, `.` or `..`: it would name another resource";
        return Err(Error::InvalidRequest(InvalidValue::from(rule).at(name)));
    }
    Ok(utf8_percent_encode(value, SEGMENT).to_string())
}

/// The text that stands for a parameter in a path or a header. Not by `Display`, which
/// types do not have when their values are hidden.
pub(crate) fn text<T: Serialize>(name: &str, value: &T) -> Result<String, Error> {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => Ok(text),
        Ok(Value::Number(number)) => Ok(number.to_string()),
        Ok(Value::Bool(on)) => Ok(on.to_string()),
        _ => {
            let rule = "must be a text, a number or a truth value";
            Err(Error::InvalidRequest(InvalidValue::from(rule).at(name)))
        }
    }
}

/// A body as JSON text.
pub(crate) fn json<T: Serialize>(body: &T) -> Result<Vec<u8>, Error> {
    // Room for most requests: to grow is to copy.
    let mut text = Vec::with_capacity(1024);
    match serde_json::to_writer(&mut text, body) {
        Ok(()) => Ok(text),
        // Not its text, which may quote the value.
        Err(_) => Err(Error::InvalidRequest("cannot be written as JSON".into())),
    }
}

impl Client {
    /// Makes a client of the API at `base_url`.
    ///
    /// `http` only composes requests; what sends them is `transport`.
    pub fn new(base_url: &BaseUrl, http: reqwest::Client, transport: Transport) -> Self {
        Self {
            baseurl: base_url.clone(),
            client: http,
            inner: transport,
        }
    }

    /// Where the API lives.
    pub fn base_url(&self) -> &str {
        self.baseurl.as_str()
    }

    /// What sends this client's requests.
    pub fn transport(&self) -> &Transport {
        &self.inner
    }

    /// The same client on another transport, for instance on its own in a further layer.
    pub fn with_transport(&self, transport: Transport) -> Self {
        Self {
            inner: transport,
            ..self.clone()
        }
    }

    pub(crate) async fn exec(&self, request: Request) -> Result<Response, Error> {
        self.inner.send(request).await.map_err(Error::Transport)
    }
}

/// Stands in `Debug` for a value that may be a secret or a personal datum.
pub(crate) struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn path_segments_stay_one_segment() {
        for (value, encoded) in [
            ("f81a5b62-27b8", "f81a5b62-27b8"),
            ("a/b", "a%2Fb"),
            ("a?b#c", "a%3Fb%23c"),
            ("%2e%2e", "%252e%252e"),
            ("...", "..."),
            ("é\\ ", "%C3%A9%5C%20"),
        ] {
            assert_eq!(encode_path("id", value).unwrap(), encoded);
            let url = reqwest::Url::parse(&format!("http://h/x/{encoded}")).unwrap();
            assert_eq!(
                url.path(),
                format!("/x/{encoded}"),
                "the URL parser keeps it"
            );
        }
        for value in ["", ".", ".."] {
            let refusal = encode_path("id", value).unwrap_err();
            assert!(matches!(refusal, Error::InvalidRequest(rule) if rule.path() == "id"));
        }
    }

    #[test]
    fn a_parameter_is_the_text_that_json_has_for_it() {
        assert_eq!(text("a", &"b c").unwrap(), "b c");
        assert_eq!(text("a", &7).unwrap(), "7");
        assert_eq!(text("a", &true).unwrap(), "true");
        for refused in [text("a", &()), text("a", &["b"])] {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, Error::InvalidRequest(rule) if rule.path() == "a"));
        }
    }
}
