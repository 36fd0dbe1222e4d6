//! What the client sends: route, headers, key and body, as they arrived.

use std::collections::BTreeSet;

use bvnk_contract::{Location, Operation, Parameter, Shape};
use serde_json::Value;

use super::Recorder;
use super::body::{difference, judge};
use crate::collect::{Call, Exercise};
use crate::context::Context;
use crate::exchange::Request;
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
        let wire = Wire::new(operation, &call.parameters);
        let prefix = context.connection.prefix();
        let arrived: Vec<String> = call
            .requests
            .iter()
            .map(|request| Wire::line_of(request, prefix))
            .collect();
        let expected = wire.line();
        let right = !arrived.is_empty() && arrived.iter().all(|line| *line == expected);
        let given = |of: &'static str| {
            let all = specification.attributes(&operation.id, of).iter();
            all.filter(|attribute| {
                let name = attribute.rules.path.split(['[', '.']).next();
                call.parameters.contains_key(name.unwrap_or_default())
            })
        };
        let own = specification.about(&format!("operation {}", operation.id));
        let parameters = given("path")
            .chain(given("query"))
            .map(|attribute| &attribute.clause);
        for clause in [&own].into_iter().chain(parameters) {
            recorder.check(
                clause,
                right,
                format_args!("the request of {}", operation.id),
                &expected,
                if arrived.is_empty() {
                    "nothing arrived".to_owned()
                } else {
                    arrived.join(", ")
                },
            );
        }
    }
}

/// Requests have the headers that they need, and no others.
pub(super) fn headers(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    for (operation, call) in sent(context, exercise) {
        let wire = Wire::new(operation, &call.parameters);
        for request in &call.requests {
            names(operation, &wire, request, recorder);
            values(context, operation, &wire, request, recorder);
        }
    }
}

fn names(operation: &Operation, wire: &Wire, request: &Request, recorder: &mut Recorder) {
    let mut expected: BTreeSet<String> = ["host", "accept", "user-agent"].map(str::to_owned).into();
    if !operation.security.is_empty() {
        expected.insert("authorization".to_owned());
    }
    expected.extend(
        operation
            .idempotency_key()
            .map(|key| key.name.to_ascii_lowercase()),
    );
    expected.extend(wire.headers.iter().map(|(name, _)| name.clone()));
    if !request.body.is_empty() {
        expected.extend(["content-type", "content-length"].map(str::to_owned));
    } else if request.header("content-length") == "0" {
        expected.insert("content-length".to_owned());
    }
    let mut actual: Vec<&str> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    actual.sort_unstable();
    recorder.check_eq(
        HEADERS,
        format_args!("the headers of {}", operation.id),
        Vec::from_iter(expected).join(", "),
        actual.join(", "),
    );
}

fn values(
    context: &Context,
    operation: &Operation,
    wire: &Wire,
    request: &Request,
    recorder: &mut Recorder,
) {
    let specification = &context.specification;
    let host = context.connection.host_header();
    let length = request.body.len().to_string();
    let mut values = vec![
        (HEADERS.to_owned(), "host", host.as_str()),
        (HEADERS.to_owned(), "accept", "application/json"),
    ];
    if let (Some(body), false) = (&operation.body, request.body.is_empty()) {
        let media = specification.about(&format!("media {} request", operation.id));
        values.push((HEADERS.to_owned(), "content-length", &length));
        values.push((media, "content-type", &body.media_type));
    }
    for (name, value) in &wire.headers {
        let attributes = specification.attributes(&operation.id, "header").iter();
        let own = attributes
            .clone()
            .find(|attribute| attribute.rules.path.eq_ignore_ascii_case(name));
        let clause = own.map_or(HEADERS, |attribute| attribute.clause.as_str());
        values.push((clause.to_owned(), name, value));
    }
    for (clause, name, expected) in values {
        let what = format!("{name} of {}", operation.id);
        recorder.check_eq(&clause, what, expected, request.header(name));
    }
    let agent = request.header("user-agent");
    let own = agent.starts_with("bvnk-rust/");
    recorder.check(
        HEADERS,
        own,
        "the user agent",
        "the client's name and version",
        agent,
    );
}

/// A key is sent where the contract declares it, and nowhere else.
pub(super) fn key(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for (operation, call) in sent(context, exercise) {
        match operation.idempotency_key() {
            Some(parameter) => {
                let judged = judge_key(context, call, parameter);
                for clause in key_clauses(&context.specification, operation) {
                    for (holds, expected, actual) in &judged {
                        let what = format!("the idempotency key of {}", operation.id);
                        recorder.check(&clause, *holds, what, expected, actual);
                    }
                }
            }
            None => {
                // The names under which other operations have their key.
                for other in contract.operations() {
                    let Some(parameter) = other.idempotency_key() else {
                        continue;
                    };
                    for clause in key_clauses(&context.specification, other) {
                        let keys = call
                            .requests
                            .iter()
                            .flat_map(|r| r.headers(&parameter.name));
                        let what = format!("the idempotency keys of {}", operation.id);
                        recorder.check_eq(&clause, what, 0, keys.count());
                    }
                }
            }
        }
    }
}

/// The clauses of an operation's key: the header that carries it, and its form.
pub(super) fn key_clauses(specification: &Specification, operation: &Operation) -> Vec<String> {
    let Some(parameter) = operation.idempotency_key() else {
        return Vec::new();
    };
    let id = &operation.id;
    let subjects = [
        format!("idempotency-key {id}"),
        format!("{id} {} {}", Location::Header, parameter.name),
    ];
    subjects.map(|subject| specification.about(&subject)).into()
}

/// What must be true of the key of a call: whether it is, what is expected, what happened.
fn judge_key(
    context: &Context,
    call: &Call,
    parameter: &Parameter,
) -> Vec<(bool, &'static str, String)> {
    let Some(first) = call.requests.first() else {
        return vec![(false, "a request with a key", "nothing arrived".to_owned())];
    };
    let schema = context.specification.contract().resolve(&parameter.schema);
    let uuid =
        matches!(&schema.shape, Shape::String(rules) if rules.format.as_deref() == Some("uuid"));
    let mut judged = Vec::new();
    for request in &call.requests {
        let keys = request.headers(&parameter.name);
        judged.push((keys.len() == 1, "one", keys.len().to_string()));
        let [key] = keys.as_slice() else { continue };
        let own = call.key.as_deref() == Some(*key);
        judged.push((
            own,
            "the key that the client reports",
            "another one".to_owned(),
        ));
        let form = key
            .parse::<uuid::Uuid>()
            .is_ok_and(|uuid| uuid.to_string() == *key);
        judged.push((!uuid || form, "a UUID", (*key).to_owned()));
    }
    if let Some(key) = first.headers(&parameter.name).first() {
        let fresh = context.is_first("key", key);
        judged.push((
            fresh,
            "one that served no other call",
            "one that did".to_owned(),
        ));
    }
    judged
}

/// The body on the wire is valid, and is what the caller gave.
pub(super) fn body(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for (operation, call) in sent(context, exercise) {
        let media = specification.about(&format!("media {} request", operation.id));
        for request in &call.requests {
            let Some(given) = &call.body else {
                let what = format!("the body of {}", operation.id);
                let own = specification.about(&format!("operation {}", operation.id));
                recorder.check_eq(&own, what, 0, request.body.len());
                continue;
            };
            let what = "the body on the wire";
            let Ok(arrived) = serde_json::from_slice::<Value>(&request.body) else {
                recorder.check(&media, false, what, "JSON", "something else");
                continue;
            };
            recorder.observe(&media);
            judge(
                specification,
                (&operation.id, "request"),
                &arrived,
                recorder,
            );
            if let Some((place, actual)) = difference(given, &arrived) {
                let clause = specification.clause_at(&operation.id, "request", &place);
                recorder.fail(&clause, what, "what the caller gave", actual);
            }
        }
    }
}
