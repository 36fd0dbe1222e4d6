//! Clients that send something else than they should: signature, key, method, path, headers
//! or body.
//!
//! Everything is edited after the client has made and signed the request, as a proxy would. The
//! simulator may refuse what results; the checks judge what was sent, not how it was answered.
//!
//! The rows of an attribute or of an operation are made for each one of the contract. The tables
//! have edits of a text: of a header's value, of the path with the query, or of a body.

use bvnk::Body;
use bvnk_contract::AttributeRules;
use http::header::{self, AUTHORIZATION};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use serde_json::Value;
use uuid::Uuid;

use super::{Rows, bytes, key_header};
use crate::mutants::rows::replace;

/// An edit of a text.
///
/// A function without state, so that tables can have it.
type TextEdit = fn(&str) -> String;

/// Edits of the `Authorization` header of each attempt, after it was signed.
const SIGNATURES: [(&str, TextEdit); 7] = [
    ("signs with another scheme", |it| {
        it.replace("Hawk", "Bearer")
    }),
    ("changes the MAC", |it| it.replace("mac=\"", "mac=\"0")),
    ("changes the time", |it| it.replace("ts=\"", "ts=\"1")),
    ("writes its signature in lower case", str::to_lowercase),
    ("adds an ext to its signature", |it| {
        format!("{it}, ext=\"x\"")
    }),
    ("repeats an attribute", |it| format!("{it}, id=\"other\"")),
    ("leaves the nonce out", |it| it.replace("nonce=", "n=")),
];

/// Edits of the key after the signature, which does not cover it.
const KEYS: [(&str, TextEdit); 5] = [
    ("sends a key that is no UUID", |_| "order-7".to_owned()),
    ("sends an empty key", |_| String::new()),
    ("sends the key in capitals", str::to_uppercase),
    ("sends the key in quotes", |key| format!("\"{key}\"")),
    ("sends one key for all calls", |_| Uuid::nil().to_string()),
];

/// Other paths and queries.
///
/// The signature is that of the right target.
const TARGETS: [(&str, TextEdit); 4] = [
    ("adds a slash after the path", |it| format!("{it}/")),
    ("adds a slash before the path", |it| format!("/{it}")),
    ("writes the path in capitals", str::to_uppercase),
    ("adds a query", |it| format!("{it}?page=1")),
];

/// Headers with another value, or none.
///
/// An empty value removes the header.
const HEADERS: [(HeaderName, &str); 6] = [
    (HeaderName::from_static("api-version"), "1"),
    (header::COOKIE, "a=b"),
    (header::ACCEPT_ENCODING, "gzip"),
    (header::ACCEPT, ""),
    (header::USER_AGENT, "client"),
    (header::CONTENT_TYPE, "application/json; charset=utf-8"),
];

/// What is sent in place of a JSON body.
const FORMS: [(&str, TextEdit); 8] = [
    ("wraps the body in a list", |it| format!("[{it}]")),
    ("sends the body as a text", |it| Value::from(it).to_string()),
    ("cuts the body short", |it| it.replace('}', "")),
    ("sends no body", |_| String::new()),
    ("sends null", |_| "null".to_owned()),
    ("sends a byte order mark", |it| format!("\u{feff}{it}")),
    ("adds a member", |it| it.replacen('{', "{\"more\":1,", 1)),
    ("sends a boolean as a text", |it| {
        let it = it.replace(":false", ":\"false\"");
        it.replace(":true", ":\"true\"")
    }),
];

/// Adds all rows of this file. The order is that of `--list`.
pub(super) fn rows(rows: &mut Rows<'_>) {
    signatures(rows);
    keys(rows);
    routes(rows);
    bodies(rows);
}

/// Adds clients whose signature is wrong, or covers something else.
fn signatures(rows: &mut Rows<'_>) {
    rows.breaks(["security"]);
    rows.attempt("unsigned", |request| {
        request.headers_mut().remove(AUTHORIZATION);
    });
    for (name, edit) in SIGNATURES {
        rows.attempt(name, move |request| {
            edit_header(request, &AUTHORIZATION, edit)
        });
    }
    rows.builder("signs the payload", |builder| {
        builder.hawk(|hawk| hawk.payload_hash(true))
    });
    rows.breaks(["auth.fresh", "repeat.fresh"]);
    rows.attempt("uses one nonce for all requests", |request| {
        edit_header(request, &AUTHORIZATION, |value| {
            let nonce = value.split("nonce=\"").nth(1).unwrap_or_default();
            value.replace(nonce.split('"').next().unwrap_or_default(), "again")
        });
    });
}

/// Adds clients whose idempotency key is missing, malformed, or not of this call.
fn keys(rows: &mut Rows<'_>) {
    let keys = rows.keys();
    rows.breaks(keys);
    for (name, edit) in KEYS {
        rows.attempt(name, move |request| edit_key(request, edit));
    }
    rows.attempt("sends no key", |request| {
        let name = key_header(request);
        name.and_then(|name| request.headers_mut().remove(name));
    });
    let operations = rows.specification.contract().operations.iter();
    let mut declared = operations.filter_map(|operation| operation.idempotency_key());
    let declared: Option<HeaderName> = declared.find_map(|key| key.name.parse().ok());
    rows.breaks(["request.headers"]);
    rows.attempt("sends a key where none is declared", move |request| {
        if let (None, Some(name)) = (key_header(request), &declared) {
            set(request, name, "86b5f133-9ee8-4f67-8747-7c9d0894a68b");
        }
    });
    rows.breaks(["idempotency.once", "idempotency.replay", "repeat.same"]);
    rows.attempt("sends another key with each attempt", |request| {
        edit_key(request, |_| Uuid::new_v4().to_string());
    });
}

/// Adds clients that call another method, path or query, or send other headers.
fn routes(rows: &mut Rows<'_>) {
    rows.breaks(["operation"]);
    for (name, edit) in TARGETS {
        rows.attempt(name, move |request| target(request, edit));
    }
    // Each operation alone, by the method that it is called with.
    for operation in &rows.specification.contract().operations {
        rows.breaks([format!("operation {}", operation.id)]);
        let id = operation.id.clone();
        rows.attempt(format!("calls {id} with another method"), move |request| {
            let called = request.extensions().get::<bvnk::Call>();
            if called.is_some_and(|called| called.operation() == id) {
                *request.method_mut() = match *request.method() {
                    Method::DELETE => Method::PUT,
                    _ => Method::DELETE,
                };
            }
        });
    }
    rows.breaks(["url"]);
    rows.attempt("fetches something else", |request| {
        target(request, |own| format!("{own}x"));
    });
    rows.breaks(["request.headers"]);
    for (header, value) in HEADERS {
        rows.attempt(format!("sends {header} `{value}`"), move |request| {
            set(request, &header, value);
        });
    }
    // The header of a key has separate rows.
    for attribute in rows.attributes("header") {
        let AttributeRules {
            path, operation, ..
        } = attribute.rules.clone();
        let own = rows.specification.contract().operation(&operation);
        let key = own.and_then(|own| own.idempotency_key());
        let Ok(header) = path.parse::<HeaderName>() else {
            continue;
        };
        if key.is_some_and(|key| key.name.eq_ignore_ascii_case(&path)) {
            continue;
        }
        rows.breaks([attribute.id]);
        let name = format!("leaves the header {path} of {operation} out");
        rows.attempt(name, move |request| {
            let called = request.extensions().get::<bvnk::Call>();
            if called.is_some_and(|called| called.operation() == operation) {
                request.headers_mut().remove(&header);
            }
        });
    }
    rows.breaks(["request-media"]);
    for value in ["", "text/json"] {
        rows.attempt(format!("calls the body `{value}`"), |request| {
            set(request, &header::CONTENT_TYPE, value);
        });
    }
}

/// Adds clients that leave a part of the body out, or send it in another form.
fn bodies(rows: &mut Rows<'_>) {
    let attributes = rows.attributes("request");
    for attribute in &attributes {
        let AttributeRules {
            path, operation, ..
        } = attribute.rules;
        let place = attribute.pointer.clone();
        // What is in an object is left out with it.
        let inside = format!("{place}/");
        let inside = attributes
            .iter()
            .filter(|own| own.pointer == place || own.pointer.starts_with(&inside));
        rows.breaks(inside.map(|own| own.id));
        let name = format!("leaves `{path}` of {operation} out");
        rows.attempt(name, move |request| {
            edit_body(request, |body| {
                let mut body: Value = serde_json::from_str(body).unwrap_or_default();
                replace(&mut body, &place, |_| None);
                body.to_string()
            });
        });
    }
    rows.breaks(["request", "request-media"]);
    let booleans = rows.ruled(|rules| rules.r#type == "boolean");
    for (name, form) in FORMS {
        if name.contains("boolean") && booleans.is_empty() {
            continue;
        }
        rows.attempt(name, move |request| edit_body(request, form));
    }
    rows.breaks(["repeat.same"]);
    rows.attempt("changes the body with each attempt", |request| {
        let spaces = Uuid::new_v4().as_bytes()[0].into();
        edit_body(request, |body| format!("{body}{}", " ".repeat(spaces)));
    });
}

/// Replaces the value of a header, if there is one that is text.
///
/// A value that is no header after the edit leaves the request as it is.
fn edit_header(request: &mut Request<Body>, name: &HeaderName, edit: TextEdit) {
    let own = request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok());
    if let Some(Ok(value)) = own.map(|own| HeaderValue::from_str(&edit(own))) {
        request.headers_mut().insert(name, value);
    }
}

/// Replaces the key of a request whose operation declares one.
fn edit_key(request: &mut Request<Body>, edit: TextEdit) {
    if let Some(name) = key_header(request) {
        edit_header(request, &name, edit);
    }
}

/// Sets a header; no value removes it.
fn set(request: &mut Request<Body>, name: &HeaderName, value: &'static str) {
    request.headers_mut().remove(name);
    if !value.is_empty() {
        let value = HeaderValue::from_static(value);
        request.headers_mut().insert(name, value);
    }
}

/// Replaces the path with the query. What is no URL then is not sent.
fn target(request: &mut Request<Body>, edit: TextEdit) {
    let mut parts = request.uri().clone().into_parts();
    let own = parts.path_and_query.take();
    parts.path_and_query = own.and_then(|own| edit(own.as_str()).parse().ok());
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

/// Replaces a body that is not empty.
fn edit_body(request: &mut Request<Body>, edit: impl FnOnce(&str) -> String) {
    let body = bytes(request.body());
    if !body.is_empty() {
        *request.body_mut() = edit(&String::from_utf8_lossy(&body)).into();
    }
}
