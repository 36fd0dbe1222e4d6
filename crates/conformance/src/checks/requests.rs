//! What the client sends: route, headers, key and body, as they arrived.

use std::collections::BTreeSet;

use bvnk_contract::{Operation, Parameter, Shape};
use serde_json::Value;

use super::Recorder;
use super::body::{difference, judge};
use crate::collect::{Call, Exercise};
use crate::context::Context;
use crate::specification::Specification;
use crate::wire::Wire;

const HEADERS: &str = "request.headers";

/// The calls of an exercise that were sent, with their operations.
pub(super) fn sent<'a>(
    context: &'a Context,
    exercise: &'a Exercise,
) -> impl Iterator<Item = (&'a Operation, &'a Call)> {
    let contract = context.specification.contract();
    let sent = exercise.calls.iter().filter(|call| !call.refused);
    sent.filter_map(|call| Some((contract.operation(&call.operation)?, call)))
}

/// Each call arrives once, with the contract's method and path and the caller's parameters.
pub(super) fn route(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for (operation, call) in sent(context, exercise) {
        let expected = Wire::new(operation, &call.parameters).line();
        let prefix = context.connection.prefix();
        let requests = call.requests.iter();
        let arrived: Vec<String> = requests.map(|it| Wire::line_of(it, prefix)).collect();
        let right = !arrived.is_empty() && arrived.iter().all(|line| *line == expected);
        let given = ["path", "query"].into_iter().flat_map(|of| {
            let all = specification.attributes(&operation.id, of).iter();
            all.filter(|attribute| {
                let name = attribute.rules.path.split(['[', '.']).next();
                call.parameters.contains_key(name.unwrap_or_default())
            })
        });
        recorder.on(format!("the request of {}", operation.id));
        let own = specification.about(&format!("operation {}", operation.id));
        for clause in given.map(|attribute| &attribute.clause).chain([&own]) {
            recorder.check(clause, right, &expected, arrived.join(", "));
        }
    }
}

/// Requests have the headers that they need, and no others.
pub(super) fn headers(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for (operation, call) in sent(context, exercise) {
        recorder.on(format!("the headers of {}", operation.id));
        let parameters = Wire::new(operation, &call.parameters).headers;
        let key = operation
            .idempotency_key()
            .map(|key| key.name.to_ascii_lowercase());
        let media = specification.about(&format!("media {} request", operation.id));
        for request in &call.requests {
            let host = context.connection.host_header();
            let length = request.body.len().to_string();
            let mut expected = vec![
                (HEADERS, "host", host.as_str()),
                (HEADERS, "accept", "application/json"),
            ];
            match &operation.body {
                Some(body) if length != "0" => {
                    expected.push((HEADERS, "content-length", &length));
                    expected.push((&media, "content-type", &body.media_type));
                }
                // HTTP lets a request without a body say so.
                _ if request.header("content-length") == "0" => {
                    expected.push((HEADERS, "content-length", "0"));
                }
                _ => {}
            }
            for (name, value) in &parameters {
                let own = specification.attributes(&operation.id, "header").iter();
                let mut own = own.filter(|it| it.rules.path.eq_ignore_ascii_case(name));
                let clause = own.next().map_or(HEADERS, |attribute| &attribute.clause);
                expected.push((clause, name, value));
            }
            for (clause, name, value) in &expected {
                let actual = format!("{name}: {}", request.header(name));
                recorder.equal(clause, format!("{name}: {value}"), actual);
            }
            let agent = request.header("user-agent");
            let own = agent.starts_with("bvnk-rust/");
            recorder.check(HEADERS, own, "the client's name as user agent", agent);
            let signed = (!operation.security.is_empty()).then_some("authorization");
            let others = ["user-agent"]
                .into_iter()
                .chain(signed)
                .chain(key.as_deref());
            let names: BTreeSet<&str> = expected.iter().map(|it| it.1).chain(others).collect();
            let mut actual: Vec<&str> = request.headers.iter().map(|it| it.0.as_str()).collect();
            actual.sort_unstable();
            recorder.equal(HEADERS, Vec::from_iter(names).join(", "), actual.join(", "));
        }
    }
}

/// The clauses of an operation's key: the header that carries it, and its form.
pub(super) fn key_clauses(specification: &Specification, operation: &Operation) -> Vec<String> {
    let id = &operation.id;
    let header = operation.idempotency_key().map(|key| key.name.as_str());
    let subjects = header.map(|name| {
        [
            format!("idempotency-key {id}"),
            format!("{id} header {name}"),
        ]
    });
    let subjects = subjects.into_iter().flatten();
    subjects
        .map(|subject| specification.about(&subject))
        .collect()
}

/// Whether a parameter is a UUID.
pub(super) fn is_uuid(context: &Context, parameter: &Parameter) -> bool {
    let schema = context.specification.contract().resolve(&parameter.schema);
    matches!(&schema.shape, Shape::String(rules) if rules.format.as_deref() == Some("uuid"))
}

/// A key is sent where the contract declares it, and nowhere else.
pub(super) fn key(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for (operation, call) in sent(context, exercise) {
        recorder.on(format!("the idempotency key of {}", operation.id));
        if let Some(parameter) = operation.idempotency_key() {
            let wrong = wrong_key(context, call, parameter);
            for clause in key_clauses(specification, operation) {
                let actual = wrong.as_deref().unwrap_or_default();
                recorder.check(
                    &clause,
                    wrong.is_none(),
                    "one of its own, as reported",
                    actual,
                );
            }
            continue;
        }
        // The names under which other operations have their key.
        for other in specification.contract().operations() {
            let Some(parameter) = other.idempotency_key() else {
                continue;
            };
            let mut keys = call
                .requests
                .iter()
                .flat_map(|it| it.headers(&parameter.name));
            let none = keys.next().is_none();
            for clause in key_clauses(specification, other) {
                recorder.holds(&clause, none, "none");
            }
        }
    }
}

/// What is wrong with the key of a call.
fn wrong_key(context: &Context, call: &Call, parameter: &Parameter) -> Option<String> {
    let mut first = None;
    for request in &call.requests {
        let keys = request.headers(&parameter.name);
        let [key] = keys.as_slice() else {
            return Some(format!("{} keys", keys.len()));
        };
        let form = key
            .parse::<uuid::Uuid>()
            .is_ok_and(|uuid| uuid.to_string() == *key);
        if is_uuid(context, parameter) && !form {
            return Some("no UUID".to_owned());
        }
        if call.key.as_deref() != Some(*key) {
            return Some("another one than the client reports".to_owned());
        }
        first.get_or_insert_with(|| (*key).to_owned());
    }
    match first {
        None => Some("no request".to_owned()),
        Some(key) if context.is_first("key", &key) => None,
        Some(_) => Some("one that served another call".to_owned()),
    }
}

/// The body on the wire is valid, and is what the caller gave.
pub(super) fn body(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for (operation, call) in sent(context, exercise) {
        recorder.on(format!("the body of {} on the wire", operation.id));
        let media = specification.about(&format!("media {} request", operation.id));
        let own = specification.about(&format!("operation {}", operation.id));
        for request in &call.requests {
            let Some(given) = &call.body else {
                recorder.holds(&own, request.body.is_empty(), "no body");
                continue;
            };
            let arrived = serde_json::from_slice::<Value>(&request.body);
            recorder.holds(&media, arrived.is_ok(), "JSON");
            let Ok(arrived) = arrived else { continue };
            judge(
                specification,
                (&operation.id, "request"),
                &arrived,
                recorder,
            );
            if let Some((place, actual)) = difference(given, &arrived) {
                let clause = specification.clause_at(&operation.id, "request", &place);
                recorder.fail(&clause, "what the caller gave", actual);
            }
        }
    }
}
