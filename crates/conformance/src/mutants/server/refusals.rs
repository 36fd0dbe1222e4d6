//! Servers that refuse in another way than expected, or refuse what is right.
//!
//! A refusal is right in three respects, each with its clause: nothing is created, the status says
//! whose mistake it was, and the headers say what to do about it. The status is changed after the
//! request was refused, so that a 202 here has created nothing.

use bvnk_simulator::{HookContext, Response, ValidationError};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::Rows;

/// Which answers are changed: by what was wrong with the request, or by their status.
type Which = fn(&HookContext<'_>, &Response) -> bool;

/// The body, a parameter or the media type breaks a rule.
const INVALID: Which = |context, _| !context.errors.is_empty();
/// What the path names does not exist.
const MISSING: Which = |_, response| response.status == 404;
/// The path exists, but not with this method.
const METHOD: Which = |_, response| response.status == 405;
/// The body has a media type that the contract does not list.
const MEDIA: Which = |_, response| response.status == 415;
/// The signature is missing or wrong.
const SIGNATURE: Which = |context, _| context.rejection.is_some();

/// Which refusals are answered with another status, and the clause that this breaks.
///
/// Each has the refusal in words and as a condition, the clause, and the status that is sent.
const ANSWERED: [(&str, Which, &str, u16); 13] = [
    ("an invalid body", INVALID, "refused.json", 202),
    ("an invalid body", INVALID, "refused.json", 500),
    ("what is unknown", MISSING, "refused.unknown-customer", 200),
    ("what is unknown", MISSING, "refused.unknown-customer", 500),
    ("what is unknown", MISSING, "refused.not-found", 410),
    ("another method", METHOD, "refused.method", 200),
    ("another method", METHOD, "refused.method", 500),
    ("another method", METHOD, "refused.allow", 400),
    ("another media type", MEDIA, "refused.media", 202),
    ("another media type", MEDIA, "refused.media", 400),
    ("a wrong signature", SIGNATURE, "auth.refused", 500),
    ("a wrong signature", SIGNATURE, "auth.challenge", 403),
    ("a wrong signature", SIGNATURE, "auth.fresh", 400),
];

/// Headers of refusals that have another value, or are missing.
///
/// An empty value is sent as one: the header is there without a value.
const HEADERS: [(&str, HeaderName, &str); 4] = [
    ("auth.challenge", header::WWW_AUTHENTICATE, "Bearer"),
    ("auth.challenge", header::WWW_AUTHENTICATE, ""),
    ("refused.allow", header::ALLOW, "OPTIONS"),
    ("refused.allow", header::ALLOW, ""),
];

/// Adds all rows of this file. Each changes the answer to a request that is wrong in one way.
pub(super) fn rows(rows: &mut Rows<'_>) {
    rows.breaks(rows.ruled(|rules| rules.required));
    answered(rows, "an invalid request", INVALID, 200);
    rows.breaks(["error"]);
    let operations = &rows.specification.contract().operations;
    let is_unlisted = |status: &u16| operations.iter().all(|it| it.response(*status).is_none());
    if let Some(unlisted) = (422..500).find(is_unlisted) {
        answered(rows, "an invalid request", INVALID, unlisted);
    }
    for (what, which, clause, status) in ANSWERED {
        rows.breaks([clause]);
        answered(rows, what, which, status);
    }
    for (clause, header, value) in HEADERS {
        rows.breaks([clause]);
        let name = format!("a refusal has {header} `{value}`");
        rows.response(name, move |_, response| {
            if let Some(own) = response.headers.get_mut(&header) {
                *own = HeaderValue::from_static(value);
            }
        });
    }
    rows.breaks(["refused.method"]);
    rows.rules("any method is accepted", |_, rules| rules.method = false);
    rows.breaks(["refused.media"]);
    rows.validation("any media type is accepted", |_, errors| {
        errors.retain(|it| !matches!(it, ValidationError::UnsupportedMediaType { .. }));
    });
    rows.breaks(["refused.unknown-customer"]);
    rows.response("any reference finds a customer", |context, response| {
        let first = context.state.customers().into_iter().next();
        if let (404, Some(own), Some(_)) = (response.status.as_u16(), first, context.operation) {
            *response = context.success(own.reference(), own.status());
        }
    });
}

/// Adds a server that answers with another status, but with the same headers and body.
fn answered(rows: &mut Rows<'_>, what: &str, which: Which, status: u16) {
    let code = StatusCode::from_u16(status).unwrap_or_default();
    let name = format!("{what} is answered {status}");
    rows.response(name, move |context, response| {
        if which(context, response) {
            response.status = code;
        }
    });
}
