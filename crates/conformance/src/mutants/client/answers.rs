//! Clients that make something else of an answer.

use bvnk::Body;
use http::{Request, Response, StatusCode, header};
use serde_json::Value;

use super::service::bytes;
use super::{Edit, Rows};

/// What is decoded in place of an answer's attribute; `None` for nothing.
type Replace = fn(Value) -> Option<Value>;

/// An edit of a refusal.
type ResponseEdit = fn(&mut Response<Body>);

const WRONG: [(&str, Replace); 3] = [
    ("loses", |_| None),
    ("reads null for", |_| Some(Value::Null)),
    ("reads another text for", |value| {
        Some(format!("{}x", value.as_str().unwrap_or_default()).into())
    }),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let mut whole = rows.successes();
    whole.extend(rows.media());
    for attribute in rows.attributes("success") {
        if attribute.rules.path.contains(['[', '{', '<']) {
            continue;
        }
        for (what, replace) in WRONG {
            let (id, pointer) = (attribute.rules.operation.clone(), attribute.pointer.clone());
            let name = format!("{what} `{}` of {id}", attribute.rules.path);
            let mut clauses = whole.clone();
            clauses.push(attribute.id.clone());
            rows.client(
                name,
                &clauses,
                of_successes(move |request, body| {
                    let called = request.extensions().get::<&'static bvnk::Operation>();
                    let parent = pointer
                        .rsplit_once('/')
                        .and_then(|(parent, name)| Some((body.pointer_mut(parent)?, name)));
                    if let Some((Value::Object(members), name)) = parent
                        && called.is_some_and(|called| called.id == id)
                        && let Some(value) = members.remove(name)
                        && let Some(value) = replace(value)
                    {
                        members.insert(name.to_owned(), value);
                    }
                }),
            );
        }
    }
    for (clause, value) in rows.values() {
        let mut clauses = rows.statuses();
        clauses.extend([clause, "settled.beta".to_owned()]);
        let (quoted, other) = (
            format!("\"{value}\""),
            format!("\"{}\"", value.to_lowercase()),
        );
        rows.client(
            format!("reads another status for {value}"),
            &clauses,
            replaced(quoted, other),
        );
    }
    let unlisted = "\"ON_HOLD_ELSEWHERE\"".to_owned();
    rows.client(
        "fails for an unlisted status",
        &["settled.beta"],
        replaced(unlisted.clone(), "0".to_owned()),
    );
    rows.client(
        "reads an unlisted status as none",
        &["settled.beta"],
        replaced(unlisted, "\"\"".to_owned()),
    );
    let known = rows
        .attributes("success")
        .into_iter()
        .map(|attribute| attribute.pointer);
    let known: Vec<String> = known.collect();
    rows.client(
        "drops undocumented members",
        &["settled.beta"],
        of_successes(move |_, body| {
            if let Value::Object(members) = body {
                members.retain(|name, _| known.contains(&format!("/{name}")));
            }
        }),
    );
    statuses(rows);
    refusals(rows);
}

fn statuses(rows: &mut Rows<'_>) {
    let successes = rows.successes();
    let declared: Vec<u16> = {
        let operations = rows.specification.contract().operations().iter();
        let successes = operations.flat_map(|operation| operation.successes());
        successes
            .filter_map(|success| success.status.to_string().parse().ok())
            .collect()
    };
    rows.client(
        "takes another success for a refusal",
        &["settled.success"],
        Edit::result(move |request, response| {
            let own = response.status();
            let creation =
                super::keys::header(&request.clone().map(|()| Body::default())).is_some();
            if creation
                && own.is_success()
                && own != StatusCode::ACCEPTED
                && declared.contains(&202)
            {
                *response.status_mut() = StatusCode::BAD_REQUEST;
            }
        }),
    );
    for status in [203, 206] {
        rows.client(
            format!("reports every success as {status}"),
            &successes,
            Edit::result(move |_, response| {
                if response.status().is_success() {
                    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
                }
            }),
        );
    }
    rows.client(
        "reports no media type",
        &rows.media(),
        Edit::result(|_, response| {
            response.headers_mut().remove(header::CONTENT_TYPE);
        }),
    );
    rows.client(
        "reports no body",
        &successes,
        Edit::result(|_, response| *response.body_mut() = Body::default()),
    );
    let identities = rows.identities();
    let mut unique = identities.clone();
    unique.push("answer.reference-unique".to_owned());
    let pointers: Vec<String> = {
        let flows = rows.specification.contract().flows();
        flows
            .iter()
            .map(|flow| flow.source.pointer.clone())
            .collect()
    };
    rows.client(
        "reads the same reference in every answer",
        &unique,
        of_successes(move |_, body| {
            for pointer in &pointers {
                if let Some(value) = body.pointer_mut(pointer) {
                    *value = "86b5f133-9ee8-4f67-8747-7c9d0894a68b".into();
                }
            }
        }),
    );
    let Some(flow) = rows.specification.contract().flows().into_iter().next() else {
        return;
    };
    let Some(status) = crate::flow::StatusAttribute::of(rows.specification.contract(), flow.follow)
    else {
        return;
    };
    let first = status
        .known
        .iter()
        .find(|value| !status.is_terminal(value))
        .cloned();
    let last = status.terminal.first().cloned();
    for (name, clause, value, creation) in [
        (
            "reads the first status in every answer",
            "flow.end",
            first,
            false,
        ),
        (
            "reads the end in the answer to a creation",
            "flow.forward",
            last,
            true,
        ),
    ] {
        let (Some(value), pointer) = (value, status.pointer.clone()) else {
            continue;
        };
        rows.client(
            name,
            &[clause],
            of_successes(move |request, body| {
                let is_creation = request.method() == http::Method::POST;
                if let Some(own) = body
                    .pointer_mut(&pointer)
                    .filter(|_| is_creation || !creation)
                {
                    *own = value.as_str().into();
                }
            }),
        );
    }
}

fn refusals(rows: &mut Rows<'_>) {
    let mut kept = vec!["settled.error-body".to_owned()];
    kept.extend(rows.refusals());
    let edits: [(&str, ResponseEdit); 4] = [
        ("loses the body of a refusal", |response| {
            *response.body_mut() = Body::default()
        }),
        ("cuts the body of a refusal", |response| {
            *response.body_mut() = Body::new(bytes(response).slice(..1))
        }),
        ("reports every refusal as 422", |response| {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY
        }),
        ("takes a refusal for a failure of the server", |response| {
            *response.status_mut() = StatusCode::NOT_IMPLEMENTED
        }),
    ];
    for (name, edit) in edits {
        rows.client(
            name,
            &kept,
            Edit::result(move |_, response| {
                if response.status().is_client_error() {
                    edit(response);
                }
            }),
        );
    }
    let mut html = kept.clone();
    html.push("repeat.refusal".to_owned());
    rows.client(
        "reads refusals as JSON only",
        &html,
        Edit::result(|_, response| {
            let json = serde_json::from_slice::<Value>(&bytes(response)).is_ok();
            if response.status().is_client_error() && !json {
                *response.body_mut() = Body::from("{}");
            }
        }),
    );
}

/// An edit of the JSON of each success.
fn of_successes(change: impl Fn(&Request<()>, &mut Value) + Send + Sync + 'static) -> Edit {
    Edit::result(move |request, response| {
        if let (true, Ok(mut body)) = (
            response.status().is_success(),
            serde_json::from_slice(&bytes(response)),
        ) {
            change(request, &mut body);
            *response.body_mut() = Body::from(body.to_string());
        }
    })
}

/// Replaces a text in each success.
pub(super) fn replaced(text: String, other: String) -> Edit {
    Edit::result(move |_, response| {
        if response.status().is_success() {
            let body = String::from_utf8_lossy(&bytes(response)).replace(&text, &other);
            *response.body_mut() = Body::from(body);
        }
    })
}
