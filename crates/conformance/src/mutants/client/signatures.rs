//! Clients whose signatures are wrong.

use std::sync::OnceLock;

use bvnk_contract::Expectation;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use super::{Edit, Rows};
use crate::collect::Signature;

/// An edit of the header that the client made.
type HeaderEdit = fn(&str) -> String;

const HEADERS: [(&str, HeaderEdit); 7] = [
    ("signs with another scheme", |value| {
        value.replacen("Hawk", "Bearer", 1)
    }),
    ("cuts the MAC short", |value| {
        match value.split_once("mac=\"") {
            Some((before, mac)) => format!("{before}mac=\"{}\"", &mac[..mac.len() / 2]),
            None => String::new(),
        }
    }),
    ("writes the header in lower case", str::to_lowercase),
    ("adds an ext that is not signed", |value| {
        format!("{value}, ext=\"more\"")
    }),
    ("adds an unknown attribute", |value| {
        format!("{value}, realm=\"api\"")
    }),
    ("repeats an attribute", |value| {
        format!("{value}, id=\"other\"")
    }),
    ("leaves the nonce out", |value| {
        value.replace("nonce=", "n=")
    }),
];

/// An edit of what is signed.
type SignatureEdit = fn(&mut Signature);

const SIGNED: [(&str, SignatureEdit); 11] = [
    ("signs with another id", |signature| signature.id.push('x')),
    ("signs with another key", |signature| {
        signature.key.push('x')
    }),
    ("signs with an empty key", |signature| signature.key.clear()),
    ("signs for another host", |signature| {
        signature.host = "api.example".to_owned()
    }),
    ("signs for another port", |signature| signature.port ^= 1),
    ("signs for another method", |signature| {
        signature.method = "PUT".to_owned()
    }),
    ("signs for another path", |signature| {
        signature.resource.push('/')
    }),
    ("signs for the path in capitals", |signature| {
        signature.resource.make_ascii_uppercase()
    }),
    ("signs the hash of another body", |signature| {
        signature.hash = Some("aGFzaA==".to_owned())
    }),
    ("signs the time in milliseconds", |signature| {
        signature.ts *= 1000
    }),
    ("signs the time of an hour ago", |signature| {
        signature.ts -= 3600
    }),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let security = rows.clauses(|expect| matches!(expect, Expectation::Security { .. }));
    rows.client(
        "unsigned",
        &security,
        Edit::attempt(|request| drop(request.headers_mut().remove(AUTHORIZATION))),
    );
    rows.client(
        "signs twice",
        &security,
        Edit::attempt(|request| {
            if let Some(value) = request.headers().get(AUTHORIZATION).cloned() {
                request.headers_mut().append(AUTHORIZATION, value);
            }
        }),
    );
    for (name, edit) in HEADERS {
        rows.client(
            name,
            &security,
            Edit::attempt(move |request| {
                let value = request
                    .headers()
                    .get(AUTHORIZATION)
                    .and_then(|value| value.to_str().ok())
                    .map(edit);
                if let Some(Ok(value)) = value.map(|value| HeaderValue::from_str(&value)) {
                    request.headers_mut().insert(AUTHORIZATION, value);
                }
            }),
        );
    }
    for (name, edit) in SIGNED {
        rows.client(name, &security, Edit::signature(edit));
    }
    rows.client(
        "signs the payload, which is not activated",
        &security,
        Edit::Builder(bvnk::ClientBuilder::sign_payload),
    );
    rows.client(
        "uses one nonce for all requests",
        &["auth.fresh", "repeat.fresh"],
        Edit::signature(|signature| {
            signature.nonce = "again".to_owned();
        }),
    );
    let first = OnceLock::new();
    rows.client(
        "signs all attempts with the time of the first",
        &["repeat.fresh"],
        Edit::signature(move |signature| {
            signature.ts = *first.get_or_init(|| signature.ts);
        }),
    );
    rows.client("signs once for all attempts", &["repeat.fresh"], once());
}

/// Attempts of one call, which have one key, all get the signature of the first.
fn once() -> Edit {
    let last: std::sync::Mutex<Option<(HeaderValue, HeaderValue)>> = std::sync::Mutex::default();
    Edit::attempt(move |request| {
        let key =
            super::keys::header(request).and_then(|name| request.headers().get(name).cloned());
        let own = request.headers().get(AUTHORIZATION).cloned();
        let (Some(key), Some(own)) = (key, own) else {
            return;
        };
        let mut last = last
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match &*last {
            Some((known, first)) if *known == key => {
                drop(request.headers_mut().insert(AUTHORIZATION, first.clone()))
            }
            _ => *last = Some((key, own)),
        }
    })
}
