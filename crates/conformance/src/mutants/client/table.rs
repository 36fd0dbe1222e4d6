//! The bent clients: a name, the clauses that break, and what is bent.

use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use reqwest::Request;
use serde_json::{Value, json};

use super::bend::{Bend, Signing, Still, WHOLE, client};
use crate::world::MakeClient;

const KEY: HeaderName = HeaderName::from_static("x-idempotency-key");
const AUTHORIZATION: HeaderName = header::AUTHORIZATION;

/// A row each: `name: [clauses], what is bent`.
macro_rules! bent {
    ($($name:literal: [$($clause:literal),+], { $($field:ident: $value:expr),+ $(,)? };)+) => {
        pub(super) const TABLE: &[(&str, &[&str], MakeClient)] = &[
            $((
                $name,
                &[$($clause),+],
                |target, http, runtime| {
                    client(target, http, runtime, Bend { $($field: $value,)+ ..WHOLE })
                },
            )),+
        ];
    };
}

bent! {
    // Signatures.
    "unsigned": ["auth.create", "auth.get"], { signing: Signing::Never };
    "signed-twice": ["auth.create", "auth.get"], { wire: |r| double(r, AUTHORIZATION) };
    "signed-once-for-all-attempts": ["repeat.fresh"], { signing: Signing::Calls };
    "nonce-stands-still": ["auth.fresh", "repeat.fresh", "auth.create"], { signing: Signing::Anew, clock: Still::randomness };
    "time-stands-still": ["repeat.fresh"], { clock: Still::time };
    "signed-before-the-query": ["auth.create", "operation.create"], { wire: |r| r.url_mut().set_query(Some("page=1")) };
    "signed-for-another-host": ["auth.create", "auth.get"], { hawk: |h| h.signing_origin(origin("https://api.bvnk.com")) };
    "signed-for-another-port": ["auth.create", "auth.get"], { hawk: |h| h.signing_origin(origin("http://127.0.0.1:9")) };
    "signed-for-another-method": ["auth.create", "operation.create"], { wire: |r| {
        if is_creation(r) { *r.method_mut() = Method::PUT; }
    } };
    "hash-of-other-bytes": ["auth.create"], { hawk: |h| h.payload_hash(true), wire: |r| body(r, |_| {}, " ") };
    "hash-that-is-switched-off": ["auth.create"], { hawk: |h| h.payload_hash(true) };
    "another-scheme": ["auth.create", "auth.get"], { wire: |r| edit(r, AUTHORIZATION, |v| v.replacen("Hawk", "Bearer", 1)) };
    "mac-cut-short": ["auth.create", "auth.get"], { wire: |r| edit(r, AUTHORIZATION, cut_mac) };
    "another-id": ["auth.create", "auth.get"], { credentials: |t| (format!("{}x", t.id), t.key.clone()) };
    "another-key-to-sign": ["auth.create", "auth.get"], { credentials: |t| (t.id.clone(), format!("{}x", t.key)) };

    // Idempotency keys.
    "key-missing": ["idempotency.header"], { keys: false };
    "key-lost-on-the-way": ["idempotency.header"], { attempt: |r| { r.headers_mut().remove(KEY); } };
    "key-doubled": ["idempotency.header"], { attempt: |r| double(r, KEY) };
    "key-that-is-no-uuid": ["idempotency.header"], { attempt: |r| edit(r, KEY, |_| "order-7".to_owned()) };
    "key-in-capitals": ["idempotency.header"], { attempt: |r| edit(r, KEY, |v| v.to_uppercase()) };
    "key-without-hyphens": ["idempotency.header"], { attempt: |r| edit(r, KEY, |v| v.replace('-', "")) };
    "key-new-for-each-attempt": ["repeat.same"], { attempt: |r| edit(r, KEY, |_| uuid::Uuid::new_v4().to_string()) };
    "key-the-same-for-all-calls": ["idempotency.header"], { attempt: |r| edit(r, KEY, |_| "86b5f133-9ee8-4f67-8747-7c9d0894a68b".to_owned()) };
    "key-on-looks": ["idempotency.header", "request.headers"], { attempt: |r| {
        if !is_creation(r) { set(r, KEY, "86b5f133-9ee8-4f67-8747-7c9d0894a68b"); }
    } };
    "key-of-the-caller-ignored": ["idempotency.replay"], { call: |r| { r.headers_mut().remove(KEY); } };
    "key-under-another-name": ["request.headers", "idempotency.header"], { attempt: |r| rename(r, KEY, HeaderName::from_static("idempotency-key")) };

    // Bodies.
    "required-field-dropped": ["request.individual.last-name"], { attempt: |r| body(r, |b| remove(&mut b["individual"], "lastName"), "") };
    "optional-field-dropped": ["request.individual"], { attempt: |r| body(r, |b| remove(&mut b["individual"], "riskScore"), "") };
    "object-dropped": ["request.individual"], { attempt: |r| body(r, |b| remove(&mut b["individual"], "edd"), "") };
    "field-renamed": ["settled.agreement-name", "request.signed-agreement-id"], { attempt: |r| body(r, |b| {
        let agreement = b["signed_agreement_id"].take();
        remove(b, "signed_agreement_id");
        b["signedAgreementId"] = agreement;
    }, "") };
    "missing-field-as-null": ["request.individual.email"], { attempt: |r| body(r, |b| {
        if b["individual"].get("email").is_none() { b["individual"]["email"] = Value::Null; }
    }, "") };
    "date-written-otherwise": ["request.individual.date-of-birth"], { attempt: |r| body(r, |b| {
        let date = b["individual"]["dateOfBirth"].as_str().unwrap_or_default().replace('-', "/");
        b["individual"]["dateOfBirth"] = date.into();
    }, "") };
    "value-changed": ["request.individual"], { attempt: |r| body(r, |b| {
        let name = b["individual"]["lastName"].as_str().unwrap_or_default().to_uppercase();
        b["individual"]["lastName"] = name.into();
    }, "") };
    "letters-lost": ["request.individual"], { attempt: |r| body(r, |b| {
        let name = b["individual"]["firstName"].as_str().unwrap_or_default();
        b["individual"]["firstName"] = name.replace(|c: char| !c.is_ascii(), "?").into();
    }, "") };
    "truth-as-text": ["request.individual.edd.intermediary"], { attempt: |r| body(r, |b| {
        let edd = &mut b["individual"]["edd"];
        if edd["intermediary"].is_boolean() { edd["intermediary"] = edd["intermediary"].to_string().into(); }
    }, "") };
    "field-added": ["request.individual"], { attempt: |r| body(r, |b| b["individual"]["middleName"] = json!("x"), "") };
    "body-wrapped": ["request.individual", "request.type", "request.signed-agreement-id"], { attempt: |r| body(r, |b| *b = json!({ "data": b.clone() }), "") };
    "body-no-json": ["request.media"], { attempt: |r| body(r, |_| {}, ";") };

    // Heads.
    "extra-header": ["request.headers"], { attempt: |r| set(r, HeaderName::from_static("api-version"), "0.1.0") };
    "any-answer-accepted": ["request.headers"], { attempt: |r| { r.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("*/*")); } };
    "agent-without-name": ["request.headers"], { attempt: |r| set(r, header::USER_AGENT, "client") };
    "another-media-type": ["request.media"], { attempt: |r| edit(r, header::CONTENT_TYPE, |_| "text/json".to_owned()) };
    "another-path": ["operation.create", "operation.get"], { attempt: |r| path(r, |p| p.replace("/v1/", "/v2/")) };
    "slash-at-the-end": ["operation.create", "operation.get"], { attempt: |r| path(r, |p| format!("{p}/")) };
    "another-method": ["operation.create"], { attempt: |r| { if is_creation(r) { *r.method_mut() = Method::PUT; } } };
    "look-by-another-method": ["operation.get"], { attempt: |r| { if !is_creation(r) { *r.method_mut() = Method::HEAD; } } };
    "look-at-another-customer": ["operation.get"], { attempt: |r| { if !is_creation(r) { path(r, |p| format!("{p}x")); } } };
    "reference-in-the-query": ["operation.get", "operation.get.reference"], { attempt: |r| {
        if !is_creation(r) {
            let path = r.url().path().to_owned();
            if let Some((collection, reference)) = path.rsplit_once('/') {
                r.url_mut().set_path(collection);
                r.url_mut().set_query(Some(&format!("reference={reference}")));
            }
        }
    } };

    // Repeats.
    "refusal-repeated": ["repeat.refusal"], { repeats_refusals: true };
    "failure-not-repeated": ["repeat.transient"], { retry: |policy| policy.max_attempts(1) };
    "unavailable-not-repeated": ["repeat.transient"], { answer: |_, parts, _| {
        if parts.status == StatusCode::SERVICE_UNAVAILABLE { parts.status = StatusCode::NOT_IMPLEMENTED; }
    } };
    "too-many-requests-not-repeated": ["repeat.transient"], { answer: |_, parts, _| {
        if parts.status == StatusCode::TOO_MANY_REQUESTS { parts.status = StatusCode::CONFLICT; }
    } };
    "retry-after-ignored": ["repeat.after"], { answer: |_, parts, _| { parts.headers.remove(header::RETRY_AFTER); } };
    "redirect-followed": ["repeat.redirect"], { http: |http| {
        let follows = reqwest::redirect::Policy::limited(3);
        let builder = bvnk::http_client_builder().ok();
        builder.and_then(|builder| builder.redirect(follows).build().ok()).unwrap_or_else(|| http.clone())
    } };
    "redirect-repeated": ["repeat.redirect"], { answer: |_, parts, _| {
        if parts.status.is_redirection() { parts.status = StatusCode::SERVICE_UNAVAILABLE; }
    } };
    "doubt-forgotten": ["repeat.doubt"], { told: |_, parts, _| { parts.extensions.remove::<bvnk::CallInfo>(); } };
    "failure-called-success": ["repeat.refusal"], { told: |_, parts, body| {
        if parts.status.is_client_error() { parts.status = StatusCode::OK; *body = CUSTOMER.into(); }
    } };

    // Answers.
    "only-the-documented-success": ["settled.success"], { told: |method, parts, _| {
        if method == Method::POST && parts.status == StatusCode::OK { parts.status = StatusCode::BAD_REQUEST; }
    } };
    "unknown-status-fails": ["settled.beta"], { told: |_, _, body| answer(body, |b| {
        if b["status"] == "ON_HOLD_BY_NOBODY" { b["status"] = json!(0); }
    }) };
    "unknown-status-as-a-known-one": ["settled.beta"], { told: |_, _, body| answer(body, |b| {
        if b["status"] == "ON_HOLD_BY_NOBODY" { b["status"] = json!("PENDING_VERIFICATION"); }
    }) };
    "unknown-members-dropped": ["settled.beta"], { told: |_, _, body| answer(body, |b| {
        *b = json!({ "reference": b["reference"], "status": b["status"] });
    }) };
    "unsuccessful-unknown": ["status.unsuccessful"], { told: |_, _, body| answer(body, |b| {
        if b["status"] == "UNSUCCESSFUL" { b["status"] = json!("FAILED"); }
    }) };
    "status-of-another-name": ["status.verified"], { told: |_, _, body| answer(body, |b| {
        if b["status"] == "VERIFIED" { b["status"] = json!("Verified"); }
    }) };
    "status-stuck": ["flow.end", "flow.verified"], { told: |_, _, body| answer(body, |b| b["status"] = json!("PENDING_AGREEMENTS")) };
    "status-backwards": ["flow.forward"], { told: |method, _, body| answer(body, |b| {
        if method == Method::POST { b["status"] = json!("VERIFIED"); }
    }) };
    "reference-lost": ["answer.reference-unique", "answer.accepted"], { told: |_, _, body| answer(body, |b| remove(b, "reference")) };
    "reference-of-another": ["answer.reference-unique"], { told: |_, _, body| answer(body, |b| b["reference"] = json!("another")) };
    "created-called-found": ["answer.accepted", "flow.start"], { told: |method, parts, _| {
        if method == Method::POST && parts.status == StatusCode::ACCEPTED { parts.status = StatusCode::OK; }
    } };
    "refusal-without-body": ["settled.error-body", "answer.bad-request-media"], { told: |_, parts, body| {
        if parts.status.is_client_error() { body.clear(); }
    } };
    "refusal-in-other-words": ["settled.error-body", "answer.bad-request-media"], { told: |_, parts, body| {
        if parts.status.is_client_error() { *body = b"(refused)".to_vec(); }
    } };
    "refusal-with-another-status": ["answer.bad-request", "settled.error-body"], { told: |_, parts, _| {
        if parts.status == StatusCode::BAD_REQUEST { parts.status = StatusCode::UNPROCESSABLE_ENTITY; }
    } };
}

const CUSTOMER: &str = r#"{"reference":"nobody","status":"VERIFIED"}"#;

fn origin(url: &str) -> bvnk::SigningOrigin {
    // The URLs are written above.
    #[allow(clippy::unwrap_used)]
    url.parse()
        .ok()
        .and_then(|url| bvnk::SigningOrigin::new(&url).ok())
        .unwrap()
}

fn is_creation(request: &Request) -> bool {
    request.method() == Method::POST
}

fn set(request: &mut Request, name: HeaderName, value: &'static str) {
    request
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
}

fn double(request: &mut Request, name: HeaderName) {
    if let Some(value) = request.headers().get(&name).cloned() {
        request.headers_mut().append(name, value);
    }
}

fn edit(request: &mut Request, name: HeaderName, change: fn(&str) -> String) {
    let value = request.headers().get(&name);
    let value = value.and_then(|value| value.to_str().ok()).map(change);
    if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
        request.headers_mut().insert(name, value);
    }
}

/// A header that is whole but for the end of its MAC.
fn cut_mac(header: &str) -> String {
    let mac = header.split_once("mac=\"").map(|(_, rest)| rest);
    let mac = mac.and_then(|rest| rest.split('"').next()).unwrap_or("");
    // One sign is the padding; the other is of the MAC itself.
    header.replace(mac, &mac[..mac.len().saturating_sub(2)])
}

fn rename(request: &mut Request, name: HeaderName, other: HeaderName) {
    if let Some(value) = request.headers_mut().remove(name) {
        request.headers_mut().insert(other, value);
    }
}

fn path(request: &mut Request, change: fn(&str) -> String) {
    let path = change(request.url().path());
    request.url_mut().set_path(&path);
}

fn remove(value: &mut Value, name: &str) {
    if let Value::Object(members) = value {
        members.remove(name);
    }
}

/// Changes a JSON body, and writes something after it.
fn body(request: &mut Request, change: fn(&mut Value), tail: &str) {
    let bytes = request.body().and_then(reqwest::Body::as_bytes);
    let value = bytes.and_then(|bytes| serde_json::from_slice(bytes).ok());
    if let Some(mut value) = value {
        change(&mut value);
        *request.body_mut() = Some(format!("{value}{tail}").into());
    }
}

/// Changes the JSON of an answer.
fn answer(bytes: &mut Vec<u8>, change: impl FnOnce(&mut Value)) {
    if let Ok(mut value) = serde_json::from_slice::<Value>(bytes)
        && value.get("status").is_some()
    {
        change(&mut value);
        *bytes = value.to_string().into_bytes();
    }
}
