//! Servers that refuse in another way than expected, or refuse what is right.

use bvnk_simulator::{HookContext, Response, ValidationError};
use http::{HeaderValue, StatusCode, header};

use super::Rows;

/// Which refusals are changed.
type Which = fn(&HookContext<'_>, &Response) -> bool;

const INVALID: Which =
    |context, response| !context.errors.is_empty() && response.status == StatusCode::BAD_REQUEST;
const BODY: Which = |context, response| {
    let body = context
        .errors
        .iter()
        .any(|error| matches!(error, ValidationError::InvalidBody(_)));
    body && response.status.is_client_error()
};
const NOT_JSON: Which = |context, response| {
    BODY(context, response)
        && serde_json::from_slice::<serde_json::Value>(&context.request.body).is_err()
};
const MISSING: Which = |_, response| response.status == StatusCode::NOT_FOUND;
const METHOD: Which = |_, response| response.status == StatusCode::METHOD_NOT_ALLOWED;
const MEDIA: Which = |_, response| response.status == StatusCode::UNSUPPORTED_MEDIA_TYPE;
const SIGNATURE: Which =
    |context, response| context.rejection.is_some() && response.status == StatusCode::UNAUTHORIZED;

pub(super) fn rows(rows: &mut Rows<'_>) {
    let refusals = rows.refusals();
    let required = rows
        .attributes("request")
        .into_iter()
        .filter(|attribute| attribute.rules.required);
    let required: Vec<String> = required.map(|attribute| attribute.id).collect();
    let refused = |id: &str| vec![id.to_owned()];
    let statuses: [(&str, Vec<String>, Which, &[u16]); 12] = [
        ("an invalid request", required, INVALID, &[200, 202]),
        (
            "an invalid request",
            refusals,
            INVALID,
            &[404, 409, 422, 500],
        ),
        (
            "a body that is not JSON",
            refused("refused.json"),
            NOT_JSON,
            &[200, 500, 502],
        ),
        (
            "a body that is not JSON",
            refused("refused.media"),
            NOT_JSON,
            &[404, 409],
        ),
        (
            "what does not exist",
            refused("refused.unknown-customer"),
            MISSING,
            &[200, 500],
        ),
        (
            "what does not exist",
            refused("refused.not-found"),
            MISSING,
            &[400, 410],
        ),
        (
            "another method",
            refused("refused.method"),
            METHOD,
            &[200, 500],
        ),
        (
            "another method",
            refused("refused.allow"),
            METHOD,
            &[400, 404],
        ),
        (
            "another media type",
            refused("refused.media"),
            MEDIA,
            &[200, 400, 500],
        ),
        (
            "a wrong signature",
            refused("auth.refused"),
            SIGNATURE,
            &[200, 400, 404, 500],
        ),
        (
            "a wrong signature",
            refused("auth.challenge"),
            SIGNATURE,
            &[403],
        ),
        (
            "a stale signature",
            refused("auth.fresh"),
            SIGNATURE,
            &[202, 400, 503],
        ),
    ];
    for (what, clauses, which, codes) in statuses {
        for code in codes {
            let status = StatusCode::from_u16(*code).unwrap_or_default();
            rows.response(
                format!("{what} is answered {code}"),
                &clauses,
                move |context, response| {
                    if which(context, response) {
                        response.status = status;
                    }
                },
            );
        }
    }
    let headers: [(&str, &str, Which, header::HeaderName, Option<&'static str>); 5] = [
        (
            "a refused signature has no challenge",
            "auth.challenge",
            SIGNATURE,
            header::WWW_AUTHENTICATE,
            None,
        ),
        (
            "a refused signature has a challenge of another scheme",
            "auth.challenge",
            SIGNATURE,
            header::WWW_AUTHENTICATE,
            Some("Bearer"),
        ),
        (
            "a refused method has no Allow",
            "refused.allow",
            METHOD,
            header::ALLOW,
            None,
        ),
        (
            "a refused method has an empty Allow",
            "refused.allow",
            METHOD,
            header::ALLOW,
            Some(""),
        ),
        (
            "a refused method allows other ones",
            "refused.allow",
            METHOD,
            header::ALLOW,
            Some("OPTIONS"),
        ),
    ];
    for (name, clause, which, header, value) in headers {
        rows.response(name, &[clause], move |context, response| {
            if which(context, response) {
                response.headers.remove(&header);
                response
                    .headers
                    .extend(value.map(|value| (header.clone(), HeaderValue::from_static(value))));
            }
        });
    }
    rows.rules(
        "any method is taken for a documented one",
        &["refused.method"],
        |_, rules| rules.method = false,
    );
    rows.validation(
        "any media type is accepted",
        &["refused.media"],
        |_, errors| {
            errors.retain(|error| !matches!(error, ValidationError::UnsupportedMediaType { .. }));
        },
    );
    rows.validation(
        "a media type that names its charset is refused",
        &["refused.media"],
        |context, errors| {
            let own = context.request.header("content-type").unwrap_or_default();
            if own.contains(';') {
                let accepted = own.split(';').next().unwrap_or_default().to_owned();
                errors.insert(0, ValidationError::UnsupportedMediaType { accepted });
            }
        },
    );
    rows.validation("a body that is not JSON is accepted", &["refused.json"], |_, errors| {
        errors.retain(|error| !matches!(error, ValidationError::InvalidBody(list) if list.iter().any(|it| it.rule == "json")));
    });
    // What does not exist is answered with a success, or found by a part of its name.
    rows.response(
        "what does not exist is invented",
        &["refused.unknown-customer"],
        |context, response| {
            if response.status == StatusCode::NOT_FOUND && context.operation.is_some() {
                let status = context
                    .state
                    .customers()
                    .first()
                    .map_or("", |first| first.status());
                let reference = context
                    .request
                    .path()
                    .rsplit('/')
                    .next()
                    .unwrap_or_default();
                *response = context.success(reference, status);
            }
        },
    );
    rows.response(
        "something is found by the beginning of its reference",
        &["refused.unknown-customer"],
        |context, response| {
            let beginning = context
                .request
                .path()
                .rsplit('/')
                .next()
                .unwrap_or_default();
            if response.status == StatusCode::NOT_FOUND && context.operation.is_some() {
                let mut customers = context.state.customers().iter();
                if let Some(found) =
                    customers.find(|customer| customer.reference().starts_with(beginning))
                {
                    *response = context.success(found.reference(), found.status());
                }
            }
        },
    );
}
