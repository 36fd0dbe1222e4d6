//! What the client sends: route, headers, key and body, as they arrived.
//!
//! The expected request is made by hand from the contract and the arguments of the call, as raw
//! requests are; it shares no code with the client. Every attempt of a call is judged: at a
//! server that fails now and then a call may have several.

use bvnk_contract::{Expectation, Operation, Parameter};
use serde_json::Value;

use super::body::{differs, judge};
use super::{Check, Judge, Recorder, sent};
use crate::call::CallError;
use crate::connection::{RawRequest, request_line};
use crate::context::Context;
use crate::exchange::{Call, Exercise};
use crate::flow::pointer;

/// Judges method, path and query in one form, so that escaping may differ where its meaning
/// does not.
pub(super) const ROUTE: Check = Check::new(
    "request-route",
    "each call arrives once, with the contract's method, path and query",
    Judge::Exercise(route),
    &["operation", "url"],
);

/// Judges names and values of all headers: what is not expected is a finding, so that a client
/// that starts to ask for compression or to send a cookie is seen.
pub(super) const HEADERS: Check = Check::new(
    "request-headers",
    "requests have the headers that they need, a key of their own where one is declared, and no others",
    Judge::Exercise(headers),
    &["request-media", "header", "idempotency-key", NEEDED],
);

/// Judges what the client made of the caller's body, and that no valid argument is refused.
pub(super) const BODY: Check = Check::new(
    "request-body",
    "the body on the wire is valid, and is what the caller gave",
    Judge::Exercise(body),
    &["request-media", "request", "request-sample"],
);

/// The headers that every request has: their values, and that there are no others.
///
/// For example `accept: application/json`; a cookie would be one too many.
const NEEDED: &str = "request.headers";

/// Compares each request with the one that the contract states for the same parameters. All
/// attempts must be right, and there must be one: a call that was not sent shows nothing.
///
/// Escapes are brought into one form before the comparison.
fn route(recorder: &mut Recorder<'_>, exercise: &Exercise) {
    let context = recorder.context;
    for (operation, call) in sent(context, exercise) {
        let (given, prefix) = (&call.arguments.parameters, context.connection.prefix());
        let expected = request_line(&RawRequest::new(operation, given, None, prefix).request);
        let arrived = call.attempts.iter();
        let arrived: Vec<String> = arrived.map(|it| request_line(&it.request)).collect();
        let right = !arrived.is_empty() && arrived.iter().all(|line| *line == expected);
        let specification = &context.specification;
        let given = ["path", "query"].into_iter().flat_map(|of| {
            let all = specification.attributes(&operation.id, of);
            all.filter(|attribute| {
                let name = attribute.rules.path.split(['[', '.']).next();
                given.contains_key(name.unwrap_or_default())
            })
        });
        let wrong = arrived.iter().position(|line| *line != expected);
        recorder.sent(wrong.map_or(call.attempts.last(), |wrong| call.attempts.get(wrong)));
        recorder.on(format!("the request of {}", operation.id));
        let own = recorder.about(&format!("operation {}", operation.id));
        for clause in given.map(|attribute| &attribute.clause).chain([&own]) {
            recorder.check(clause, right, &expected, arrived.join(", "));
        }
    }
}

/// Compares the values of the headers, each for its clause, and then the list of all names. Of
/// signature and key only the names are compared here: their values have checks of their own.
///
/// A header that appears twice is a difference, because all names are compared as a list.
fn headers(recorder: &mut Recorder<'_>, exercise: &Exercise) {
    let context = recorder.context;
    for (operation, call) in sent(context, exercise) {
        let id = &operation.id;
        key(recorder, operation, call);
        recorder.on(format!("the headers of {id}"));
        let media = recorder.about(&format!("media {id} request"));
        let clauses = context.specification.attributes(id, "header");
        let (given, prefix) = (&call.arguments.parameters, context.connection.prefix());
        let key = operation.idempotency_key().map(|key| key.name.as_str());
        for attempt in &call.attempts {
            recorder.sent(attempt);
            let request = &attempt.request;
            let actual = |name: &str| request.header(name).unwrap_or_default();
            let body = operation.body.as_ref().filter(|_| !request.body.is_empty());
            let body = body.map(|_| &Value::Null);
            let raw = RawRequest::new(operation, given, body, prefix).request;
            let mut expected: Vec<(&str, String)> =
                vec![("host", context.connection.host_header())];
            // HTTP lets a request without a body say so.
            if body.is_some() || actual("content-length") == "0" {
                expected.push(("content-length", request.body.len().to_string()));
            }
            for (name, value) in &raw.headers {
                if key.is_none_or(|key| !key.eq_ignore_ascii_case(name.as_str())) {
                    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    expected.push((name.as_str(), value));
                }
            }
            for (name, value) in &expected {
                // Of a list there is a clause about its items, too.
                let own = clauses.clone().filter(|it| {
                    let path = it.rules.path.trim_end_matches("[]");
                    path.eq_ignore_ascii_case(name)
                });
                let mut own: Vec<&str> = own.map(|it| it.clause.as_str()).collect();
                if own.is_empty() {
                    own.push(if *name == "content-type" {
                        &media
                    } else {
                        NEEDED
                    });
                }
                for clause in own {
                    recorder.equal(clause, value.as_str(), actual(name));
                }
            }
            let agent = actual("user-agent");
            let own = agent.starts_with("bvnk-rust/");
            recorder.check(NEEDED, own, "the client's name as user agent", agent);
            let signed = (!operation.security.is_empty()).then_some("authorization");
            let others = [Some("user-agent"), signed, key].into_iter().flatten();
            let names = expected.iter().map(|(name, _)| *name).chain(others);
            let mut names: Vec<String> = names.map(str::to_ascii_lowercase).collect();
            names.sort();
            let mut actual: Vec<&str> = request.headers.iter().map(|it| it.0.as_str()).collect();
            actual.sort_unstable();
            recorder.equal(NEEDED, names.join(", "), actual.join(", "));
        }
    }
}

/// The clauses of an operation's key: that it has one, and the header that carries it. None for an
/// operation without a key.
pub(super) fn key_clauses(recorder: &Recorder<'_>, operation: &Operation) -> Vec<String> {
    let id = &operation.id;
    let Some(Parameter { name, .. }) = operation.idempotency_key() else {
        return Vec::new();
    };
    let subjects = [
        format!("idempotency-key {id}"),
        format!("{id} header {name}"),
    ];
    subjects.map(|subject| recorder.about(&subject)).into()
}

/// Whether a parameter is a UUID.
pub(super) fn is_uuid(context: &Context, parameter: &Parameter) -> bool {
    let schema = context.specification.contract().resolve(&parameter.schema);
    schema.rules.format.as_deref() == Some("uuid")
}

/// Judges the idempotency key of a call. Its own key is sent; where none is declared, it would be
/// one header too many.
fn key(recorder: &mut Recorder<'_>, operation: &Operation, call: &Call) {
    let Some(parameter) = operation.idempotency_key() else {
        return;
    };
    recorder.on(format!("the idempotency key of {}", operation.id));
    let wrong = wrong_key(recorder, call, parameter);
    let actual = wrong.as_deref().unwrap_or_default();
    for clause in key_clauses(recorder, operation) {
        let expected = "a new one, as reported";
        recorder.check(&clause, wrong.is_none(), expected, actual);
    }
}

/// What is wrong with the key of a call: each attempt has the one that the client reports, in its
/// usual form, and no other call of the run had it.
///
/// `None` for a right key. The reason is a text for the report and never has the key itself.
fn wrong_key(recorder: &mut Recorder<'_>, call: &Call, parameter: &Parameter) -> Option<String> {
    let context = recorder.context;
    let reported = call.key().unwrap_or_default();
    recorder.sent(None);
    for attempt in &call.attempts {
        recorder.sent(attempt);
        let keys = attempt.request.headers.get_all(&parameter.name).iter();
        let keys: Vec<_> = keys.collect();
        let [key] = keys.as_slice() else {
            return Some(format!("{} keys", keys.len()));
        };
        let key = key.to_str().unwrap_or("(not text)");
        let uuid = key.parse::<uuid::Uuid>().map(|uuid| uuid.to_string());
        if is_uuid(context, parameter) && uuid.as_deref() != Ok(key) {
            return Some("no UUID".to_owned());
        }
        if reported != key {
            return Some("another one than the client reports".to_owned());
        }
    }
    match call.attempts.is_empty() {
        true => Some("no request".to_owned()),
        false if context.is_first("key", &reported) => None,
        false => Some("one that served another call".to_owned()),
    }
}

/// Compares the body on the wire with the contract and with what the caller gave. A call that the
/// client's type refused counts as well, as all cases are valid.
///
/// A member that the client adds or drops is a finding at its place.
fn body(recorder: &mut Recorder<'_>, exercise: &Exercise) {
    let specification = &recorder.context.specification;
    for call in &exercise.calls {
        let (id, given) = (call.operation.as_str(), &call.arguments.body);
        recorder.sent(None);
        recorder.on(format!("the body of {id} on the wire"));
        let clause_at = |place: &str| match given {
            Some(_) => specification.clause_at(id, "request", place),
            None => specification.about(&format!("operation {id}")),
        };
        if let Err(CallError::Refused(error)) = &call.result {
            let first = error.violations().first();
            let path = first.map_or("", |violation| violation.path());
            let path = path.replace('[', ".").replace(']', "").replace('.', "/");
            let clause = clause_at(&format!("/{path}"));
            recorder.fail(&clause, "valid arguments are sent", error);
        }
        for attempt in &call.attempts {
            recorder.sent(attempt);
            let request = &attempt.request;
            let Some(given) = given else {
                recorder.holds(&clause_at(""), request.body.is_empty(), "no body");
                continue;
            };
            let media = specification.about(&format!("media {id} request"));
            let arrived = serde_json::from_slice::<Value>(&request.body);
            recorder.holds(&media, arrived.is_ok(), "JSON");
            let Ok(arrived) = arrived else { continue };
            judge(recorder, id, "request", &arrived);
            if let Some((place, actual)) = differs("", given, &arrived) {
                recorder.fail(&clause_at(&place), "what the caller gave", actual);
            }
            samples(recorder, id, &arrived);
        }
    }
}

/// The documentation's own values appeared, which proves the clauses about them.
fn samples(recorder: &mut Recorder<'_>, id: &str, body: &Value) {
    for clause in recorder.context.specification.clauses().iter() {
        if let Expectation::Sample {
            operation,
            of,
            path,
            value,
        } = &clause.expect
            && (operation.as_str(), of.as_str()) == (id, "request")
            && body.pointer(&pointer(path)) == Some(value)
        {
            recorder.observe(&clause.id);
        }
    }
}
