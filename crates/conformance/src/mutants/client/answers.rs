//! Clients that repeat what they must not or do not repeat what they should, or that make
//! something else of an answer.
//!
//! The checks compare what the call returns with what the server answered: a client that makes
//! something else of an answer is distinguished from a server that sent it.
//! Statuses are exchanged for ones that the retry policy treats differently, such as 503 for 501.

use bvnk::{Body, RetryPolicy};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;

use super::documented::SUCCESS;
use super::{Rows, bytes};
use crate::checks::UNLISTED;
use crate::mutants::rows::{Replacement, replace};

/// The clause about failures that are repeated.
const TRANSIENT: &str = "repeat.transient";
/// The clause about refusals that are not.
const REFUSAL: &str = "repeat.refusal";
/// The clause about redirects that are not followed.
const REDIRECT: &str = "repeat.redirect";

/// Statuses that are taken for another one before it is decided whether to repeat.
///
/// The clause that breaks, the status that was sent, and the one that the client takes it for.
const TAKEN: [(&str, u16, u16); 6] = [
    (TRANSIENT, 429, 409),
    (TRANSIENT, 500, 501),
    (TRANSIENT, 502, 505),
    (TRANSIENT, 503, 501),
    (TRANSIENT, 504, 505),
    (REDIRECT, 307, 503),
];

/// What is decoded in place of an answer's attribute.
///
/// Each is the name of the mutant without the attribute, and the new value.
const WRONG: [(&str, Replacement); 3] = [
    ("loses", |_| None),
    ("reads null for", |_| Some(Value::Null)),
    ("reads another text for", |_| Some("another".into())),
];

/// Adds all rows of this file. `answer` edits what an attempt receives, below the retries;
/// `result` edits what the call receives, above them.
/// Rows that are made for each attribute name the clauses of all of them, as a client that reads
/// one attribute wrongly may fail for the body that has it.
pub(super) fn rows(rows: &mut Rows<'_>) {
    repeats(rows);
    rows.breaks(["success", "success-media", "success-attribute"]);
    for attribute in rows.attributes("success-attribute") {
        for (what, new) in WRONG {
            let (id, place) = (attribute.rules.operation.clone(), attribute.pointer.clone());
            let name = format!("{what} `{}` of {id}", attribute.rules.path);
            rows.decoded(name, move |request, body| {
                let called = request.extensions().get::<bvnk::Call>();
                if called.is_some_and(|called| called.operation() == id) {
                    replace(body, &place, new);
                }
            });
        }
    }
    for (clause, value) in rows.values() {
        rows.breaks([clause, "settled.beta"]);
        let other = format!("\"{}\"", value.to_lowercase());
        rows.replaced(format!("reads another status for {value}"), &value, &other);
    }
    rows.breaks(["settled.beta"]);
    rows.replaced("does not read an unlisted status", UNLISTED, "\"\"");
    let known = rows.attributes("success-attribute").into_iter();
    let known: Vec<String> = known.map(|attribute| attribute.pointer).collect();
    rows.decoded("drops undocumented members", move |_, body| {
        if let Value::Object(members) = body {
            members.retain(|name, _| known.contains(&format!("/{name}")));
        }
    });
    rows.breaks(["settled.success"]);
    rows.result("takes a replay for a refusal", |request, response| {
        let creation = request.method() == Method::POST;
        if creation && response.status().is_success() && response.status() != 202 {
            *response.status_mut() = StatusCode::BAD_REQUEST;
        }
    });
    rows.breaks(["success-media"]);
    rows.result("reports no media type", |_, response| {
        response.headers_mut().remove(header::CONTENT_TYPE);
    });
    rows.breaks(["error-media", "settled.error-body"]);
    rows.result("reads refusals as JSON only", |_, response| {
        let body = serde_json::from_slice::<Value>(&bytes(response.body()));
        if response.status().is_client_error() {
            *response.body_mut() = Body::from(body.unwrap_or_default().to_string());
        }
    });
}

/// Rows about when and how a call is repeated.
///
/// An attempt's status is changed below the retries, so that the client decides by the wrong one.
fn repeats(rows: &mut Rows<'_>) {
    for (clause, status, other) in TAKEN {
        rows.breaks([clause]);
        rows.answer(format!("takes {status} for {other}"), move |_, response| {
            if response.status() == status {
                *response.status_mut() = StatusCode::from_u16(other).unwrap_or_default();
            }
        });
    }
    rows.breaks([REFUSAL]);
    rows.answer("takes a refusal for 503", |_, response| {
        if response.status().is_client_error() {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
    });
    rows.breaks([TRANSIENT]);
    rows.builder("makes one attempt only", |it| {
        it.retry(RetryPolicy::new().max_attempts(1))
    });
    rows.breaks(["repeat.after"]);
    rows.answer("ignores Retry-After", |_, response| {
        response.headers_mut().remove(header::RETRY_AFTER);
    });
    rows.breaks([REDIRECT]);
    rows.builder("follows redirects", |builder| {
        let follow = reqwest::redirect::Policy::limited(3);
        let local = url::Url::parse("http://127.0.0.1").ok();
        let http = local.and_then(|local| bvnk::http_client_builder(&local).ok());
        match http.and_then(|http| http.redirect(follow).build().ok()) {
            Some(http) => builder.http_client(http),
            None => builder,
        }
    });
    rows.breaks(["repeat.ambiguous"]);
    rows.result("forgets that an attempt is ambiguous", |request, _| {
        if let Some(call) = request.extensions().get::<bvnk::Call>() {
            call.confirm();
        }
    });
    rows.breaks([REFUSAL, REDIRECT, "repeat.ambiguous"]);
    rows.result("takes a refusal for a success", |_, response| {
        if response.status().is_client_error() || response.status().is_redirection() {
            *response.status_mut() = StatusCode::OK;
            *response.body_mut() = Body::from(SUCCESS);
        }
    });
}

impl Rows<'_> {
    /// Edits the JSON of each success before it is decoded.
    ///
    /// What is not JSON, and what is no success, stays as it is.
    fn decoded<F>(&mut self, name: impl Into<String>, edit: F)
    where
        F: Fn(&Request<()>, &mut Value) + Send + Sync + 'static,
    {
        self.result(name, move |request, response| {
            let body = serde_json::from_slice(&bytes(response.body()));
            if let (true, Ok(mut body)) = (response.status().is_success(), body) {
                edit(request, &mut body);
                *response.body_mut() = Body::from(body.to_string());
            }
        });
    }

    /// Reads other JSON in place of a text.
    pub(super) fn replaced(&mut self, name: impl Into<String>, text: &str, other: &str) {
        let (text, other) = (format!("\"{text}\""), other.to_owned());
        self.result(name, move |_, response| {
            let body = String::from_utf8_lossy(&bytes(response.body())).replace(&text, &other);
            if response.status().is_success() {
                *response.body_mut() = Body::from(body);
            }
        });
    }
}
