//! Composes the request of a call from its parameters and its body.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::convert::{JsonBody, Slot};
use crate::response::Decode;
use crate::{BaseUrl, Body, Error, Operation, ResponseValue, Transport, ValidationError};

/// What RFC 3986 leaves unreserved; everything else is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// How the items of a list are written into a parameter. In a path and in a header they are
/// always joined.
#[derive(Clone, Copy)]
pub enum List {
    /// A parameter for each item.
    Repeated,
    /// One parameter, the items separated by commas.
    Joined,
}

/// The parts of a request, with everything that is wrong with them.
///
/// Values are written as in JSON, but a string without its quotes and a whole number without a
/// fraction. Null and a list without items are left out of queries and headers and refused in
/// paths. In paths and queries, everything but letters, digits and `-._~` is percent-encoded, so
/// that a value stays one segment and one parameter:
///
/// | value | written |
/// |---|---|
/// | `"a/b"` in the path | `a%2Fb` |
/// | `["a b", "c"]`, repeated, in the query | `tag=a%20b&tag=c` |
/// | the same, joined | `tag=a%20b,c` |
/// | the same in a header | `a b,c` |
pub struct RequestParts {
    operation: &'static Operation,
    segments: Vec<(&'static str, String)>,
    query: String,
    headers: HeaderMap,
    body: Option<(&'static str, Bytes)>,
    errors: ValidationError,
}

impl RequestParts {
    /// Starts with no parameters.
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            segments: Vec::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: None,
            errors: ValidationError::none(),
        }
    }

    /// Adds a path parameter.
    pub fn path<T: Serialize>(&mut self, name: &'static str, _: List, value: Slot<T>) {
        let Some(items) = self.items(name, value) else {
            return;
        };
        // URL parsers take `.` and `..`, also percent-encoded, for steps in the path.
        if items.is_empty() || matches!(&*items, [one] if matches!(&**one, "" | "." | "..")) {
            let rule = "must not be empty, `.` or `..`: the path would name another resource";
            return self.errors.push(name.to_owned(), rule);
        }
        self.segments.push((name, encoded(&items)));
    }

    /// Adds a query parameter, unless it has no value.
    pub fn query<T: Serialize>(&mut self, name: &'static str, list: List, value: Slot<T>) {
        let items = self.items(name, value).unwrap_or_default();
        let parts = match list {
            List::Repeated => 1,
            List::Joined => items.len().max(1),
        };
        for part in items.chunks(parts) {
            let separator = if self.query.is_empty() { "" } else { "&" };
            let name = utf8_percent_encode(name, SEGMENT);
            self.query += &format!("{separator}{name}={}", encoded(part));
        }
    }

    /// Adds a header, unless it has no value.
    pub fn header<T: Serialize>(&mut self, name: &'static str, _: List, value: Slot<T>) {
        let items = self.items(name, value).unwrap_or_default();
        if items.is_empty() {
            return;
        }
        let header = HeaderName::from_bytes(name.as_bytes()).ok();
        match header.zip(HeaderValue::from_str(&items.join(",")).ok()) {
            Some((header, value)) => drop(self.headers.insert(header, value)),
            None => self
                .errors
                .push(name.to_owned(), "has characters that HTTP does not allow"),
        }
    }

    /// The texts that stand for a value in a parameter: none for null and for a list without items,
    /// several for a list. Not by `Display`, which is for people.
    fn items<T: Serialize>(&mut self, name: &str, value: Slot<T>) -> Option<Vec<String>> {
        let value = value.take(name, &mut self.errors)?;
        Some(match serde_json::to_value(value).ok()? {
            Value::Null => Vec::new(),
            Value::Array(items) => items.into_iter().map(text).collect(),
            one => vec![text(one)],
        })
    }

    /// Sets the body, unless it is left out.
    pub fn body(&mut self, media_type: &'static str, _: List, body: JsonBody) {
        match body.0 {
            Slot::Set(body) => self.body = body.map(|text| (media_type, text)),
            Slot::Missing => self.errors.push("body".to_owned(), "is required"),
            Slot::Invalid(errors) => self.errors.append(errors),
        }
    }

    fn request(mut self, base_url: &BaseUrl) -> Result<Request<Body>, Error> {
        std::mem::replace(&mut self.errors, ValidationError::none()).result()?;
        let invalid = || ValidationError::from("the URL cannot be built");
        let (uri, url) = self.url(base_url).ok_or_else(invalid)?;
        let (media_type, body) = self.body.unwrap_or_default();
        let mut request = Request::new(Body::new(body));
        *request.method_mut() =
            Method::from_bytes(self.operation.method.as_bytes()).map_err(|_| invalid())?;
        *request.uri_mut() = uri;
        let headers = request.headers_mut();
        headers.insert(ACCEPT, JSON);
        if !media_type.is_empty() {
            // Nearly always this one, which is checked when the crate is compiled.
            let value = match media_type {
                "application/json" => JSON,
                other => HeaderValue::from_static(other),
            };
            headers.insert(CONTENT_TYPE, value);
        }
        if !self.headers.is_empty() {
            headers.extend(self.headers);
        }
        request.extensions_mut().insert(url);
        Ok(request)
    }

    fn url(&self, base_url: &BaseUrl) -> Option<(Uri, Url)> {
        if self.segments.is_empty() && self.query.is_empty() {
            return base_url.fixed(self.operation.path);
        }
        let mut path = std::borrow::Cow::Borrowed(self.operation.path);
        for (name, value) in &self.segments {
            path = path.replace(&format!("{{{name}}}"), value).into();
        }
        let mut url = base_url.below(&path);
        if !self.query.is_empty() {
            url.set_query(Some(&self.query));
        }
        Some((url.as_str().parse().ok()?, url))
    }

    /// Sends the request and decodes the response. The request is composed at once, so that
    /// the future does not hold the values that it is made of.
    ///
    /// # Errors
    ///
    /// What is wrong with the parts, with the response, or the transport's own error.
    pub fn send<V, T: Transport>(
        self,
        base_url: &BaseUrl,
        transport: T,
        options: T::Options,
        decode: Decode<V>,
    ) -> impl Future<Output = Result<ResponseValue<V>, T::Error>> + Send + use<V, T> {
        let operation = self.operation;
        let request = self.request(base_url);
        async move {
            let request = request.map_err(|error| transport.refused(operation, error, &options))?;
            let response = transport.send(operation, request, options).await?;
            let value = ResponseValue::decode(response.into(), decode)?;
            transport.succeeded(value.extensions());
            Ok(value)
        }
    }
}

/// A value as text: a string without its quotes, a whole number without a fraction.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        Value::Number(number) if number.is_f64() => {
            let mut text = number.to_string();
            text.truncate(text.strip_suffix(".0").unwrap_or(&text).len());
            text
        }
        other => other.to_string(),
    }
}

fn encoded(items: &[String]) -> String {
    let items: Vec<String> = items
        .iter()
        .map(|item| utf8_percent_encode(item, SEGMENT).to_string())
        .collect();
    items.join(",")
}

#[cfg(test)]
mod tests;
