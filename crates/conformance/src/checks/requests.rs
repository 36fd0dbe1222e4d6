//! What the client sends: route, headers, key and body, as they arrived.

use std::collections::BTreeSet;

use bvnk_contract::{Expectation, Operation, Parameter, Shape};
use serde_json::Value;

use super::body::{difference, judge};
use super::{Check, Judge, Recorder, sent};
use crate::call::CallError;
use crate::collect::{Call, Exercise};
use crate::context::Context;
use crate::flow::pointer;
use crate::specification::Specification;
use crate::wire::Wire;

pub(super) const ROUTE: Check = Check::new(
    "request-route",
    "each call arrives once, with the contract's method, path and query",
    Judge::Exercise(route),
    &["operation", "url"],
);

pub(super) const HEADERS: Check = Check::new(
    "request-headers",
    "requests have the headers that they need, a key of their own where one is declared, and no others",
    Judge::Exercise(headers),
    &["request-media", "header", "idempotency-key", NEEDED],
);

pub(super) const BODY: Check = Check::new(
    "request-body",
    "the body on the wire is valid, and is what the caller gave",
    Judge::Exercise(body),
    &["request-media", "request", "request-sample"],
);

const NEEDED: &str = "request.headers";

fn route(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
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

fn headers(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for (operation, call) in sent(context, exercise) {
        key(context, operation, call, recorder);
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
                (NEEDED, "host", host.as_str()),
                (NEEDED, "accept", "application/json"),
            ];
            match &operation.body {
                Some(body) if length != "0" => {
                    expected.push((NEEDED, "content-length", &length));
                    expected.push((&media, "content-type", &body.media_type));
                }
                // HTTP lets a request without a body say so.
                _ if request.header("content-length") == "0" => {
                    expected.push((NEEDED, "content-length", "0"));
                }
                _ => {}
            }
            for (name, value) in &parameters {
                let own = specification.attributes(&operation.id, "header").iter();
                let mut own = own.filter(|it| it.rules.path.eq_ignore_ascii_case(name));
                let clause = own.next().map_or(NEEDED, |attribute| &attribute.clause);
                expected.push((clause, name, value));
            }
            for (clause, name, value) in &expected {
                let actual = format!("{name}: {}", request.header(name));
                recorder.equal(clause, format!("{name}: {value}"), actual);
            }
            let agent = request.header("user-agent");
            let own = agent.starts_with("bvnk-rust/");
            recorder.check(NEEDED, own, "the client's name as user agent", agent);
            let signed = (!operation.security.is_empty()).then_some("authorization");
            let others = ["user-agent"]
                .into_iter()
                .chain(signed)
                .chain(key.as_deref());
            let names: BTreeSet<&str> = expected.iter().map(|it| it.1).chain(others).collect();
            let mut actual: Vec<&str> = request.headers.iter().map(|it| it.0.as_str()).collect();
            actual.sort_unstable();
            recorder.equal(NEEDED, Vec::from_iter(names).join(", "), actual.join(", "));
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

/// A key is sent where the contract declares it; elsewhere it would be one header too many.
fn key(context: &Context, operation: &Operation, call: &Call, recorder: &mut Recorder) {
    let specification = &context.specification;
    recorder.on(format!("the idempotency key of {}", operation.id));
    if let Some(parameter) = operation.idempotency_key() {
        let wrong = wrong_key(context, call, parameter);
        let actual = wrong.as_deref().unwrap_or_default();
        for clause in key_clauses(specification, operation) {
            let expected = "one of its own, as reported";
            recorder.check(&clause, wrong.is_none(), expected, actual);
        }
        return;
    }
    // The names under which other operations have their key.
    for other in specification.contract().operations() {
        let Some(parameter) = other.idempotency_key() else {
            continue;
        };
        let mut requests = call.requests.iter();
        let none = requests.all(|it| it.headers(&parameter.name).is_empty());
        for clause in key_clauses(specification, other) {
            recorder.holds(&clause, none, "none");
        }
    }
}

/// What is wrong with the key of a call.
fn wrong_key(context: &Context, call: &Call, parameter: &Parameter) -> Option<String> {
    let reported = call.key().unwrap_or_default();
    for request in &call.requests {
        let keys = request.headers(&parameter.name);
        let [key] = keys.as_slice() else {
            return Some(format!("{} keys", keys.len()));
        };
        let uuid = key.parse::<uuid::Uuid>().map(|uuid| uuid.to_string());
        if is_uuid(context, parameter) && uuid.as_deref() != Ok(*key) {
            return Some("no UUID".to_owned());
        }
        if reported != *key {
            return Some("another one than the client reports".to_owned());
        }
    }
    match call.requests.is_empty() {
        true => Some("no request".to_owned()),
        false if context.is_first("key", &reported) => None,
        false => Some("one that served another call".to_owned()),
    }
}

fn body(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for call in &exercise.calls {
        let id = call.operation.as_str();
        recorder.on(format!("the body of {id} on the wire"));
        let clause_at = |place: &str| match &call.body {
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
        for request in &call.requests {
            let Some(given) = &call.body else {
                recorder.holds(&clause_at(""), request.body.is_empty(), "no body");
                continue;
            };
            let media = specification.about(&format!("media {id} request"));
            let arrived = serde_json::from_slice::<Value>(&request.body);
            recorder.holds(&media, arrived.is_ok(), "JSON");
            let Ok(arrived) = arrived else { continue };
            judge(specification, (id, "request"), &arrived, recorder);
            if let Some((place, actual)) = difference(given, &arrived) {
                recorder.fail(&clause_at(&place), "what the caller gave", actual);
            }
            samples(specification, id, &arrived, recorder);
        }
    }
}

/// The documentation's own values appeared, which proves the clauses about them.
fn samples(specification: &Specification, id: &str, body: &Value, recorder: &mut Recorder) {
    for clause in specification.clauses().iter() {
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
