//! Servers whose successes have another status, media type or form.

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::Rows;

/// What is written in place of a success's JSON, by its bytes.
type Rewrite = fn(&[u8]) -> Vec<u8>;

const BYTES: [(&str, Rewrite); 7] = [
    ("a success has a byte order mark before its JSON", |body| {
        [b"\xef\xbb\xbf", body].concat()
    }),
    ("a success has text after its JSON", |body| {
        [body, b"}"].concat()
    }),
    ("a success is cut in half", |body| {
        body[..body.len() / 2].to_vec()
    }),
    ("a success is not JSON", |_| b"<html></html>".to_vec()),
    ("a success has an empty body", |_| Vec::new()),
    ("a success is in UTF-16", |body| {
        String::from_utf8_lossy(body)
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect()
    }),
    ("a success is JSON inside of a text", |body| {
        Value::from(String::from_utf8_lossy(body))
            .to_string()
            .into_bytes()
    }),
];

/// Another form of a success.
type Form = fn(&Value) -> Value;

const FORMS: [(&str, Form); 5] = [
    (
        "a success is nested under a member",
        |body| json!({ "data": body }),
    ),
    ("a success is a list", |body| json!([body])),
    ("a success is null", |_| Value::Null),
    ("a success has no members", |_| json!({})),
    ("a success is nested two hundred deep", |body| {
        (0..200).fold(body.clone(), |body, _| json!({ "data": body }))
    }),
];

const HEADERS: [(&str, header::HeaderName, &str); 6] = [
    (
        "a success is called plain text",
        header::CONTENT_TYPE,
        "text/plain",
    ),
    (
        "a success is called HTML",
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    ),
    (
        "a success is called text/json",
        header::CONTENT_TYPE,
        "text/json",
    ),
    (
        "a success is called UTF-16",
        header::CONTENT_TYPE,
        "application/json; charset=utf-16",
    ),
    (
        "a success is called Latin-1",
        header::CONTENT_TYPE,
        "application/json; charset=iso-8859-1",
    ),
    (
        "a success is called compressed",
        header::CONTENT_ENCODING,
        "gzip",
    ),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    for (creating, what) in [(true, "a creation"), (false, "a fetch")] {
        let clauses = rows.successes_of(creating);
        for status in [200, 201, 202, 206] {
            let declared = rows
                .specification
                .contract()
                .operations()
                .iter()
                .any(|operation| {
                    rows.creates(&operation.id) == creating && operation.response(status).is_some()
                });
            if declared {
                continue;
            }
            let name = format!("{what} is answered {status}");
            let code = StatusCode::from_u16(status).unwrap_or_default();
            rows.success(name, &clauses, move |context, response| {
                if is_creation(context) == creating {
                    response.status = code;
                }
            });
        }
        rows.success(
            format!("{what} is answered 204"),
            &clauses,
            move |context, response| {
                if is_creation(context) == creating {
                    response.status = StatusCode::NO_CONTENT;
                    response.body.clear();
                }
            },
        );
    }
    let mut media = rows.media();
    media.extend(rows.identities());
    for (name, rewrite) in BYTES {
        rows.success(name, &media, move |_, response| {
            response.body = rewrite(&response.body).into()
        });
    }
    for (name, form) in FORMS {
        rows.json(name, &media, move |_, body| *body = form(body));
    }
    for (name, header, value) in HEADERS {
        rows.success(name, &media, move |_, response| {
            response
                .headers
                .insert(header.clone(), HeaderValue::from_static(value));
        });
    }
    rows.success("a success has no Content-Type", &media, |_, response| {
        response.headers.remove(header::CONTENT_TYPE);
    });
}

fn is_creation(context: &bvnk_simulator::HookContext<'_>) -> bool {
    let id = context.operation.map(|operation| operation.id.as_str());
    id.is_some_and(|id| !crate::flow::begun_by(context.contract, id).is_empty())
}
