//! What the client sends: route, headers, key and body, as they arrived.

use bvnk_contract::{Expectation, Operation, Parameter, Shape};
use serde_json::Value;

use super::body::{difference, judge};
use super::{Check, Judge, Recorder, sent};
use crate::call::CallError;
use crate::collect::{Call, Exercise};
use crate::context::Context;
use crate::flow::pointer;
use crate::specification::Specification;
use crate::wire::{Wire, line};

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

const NEEDED: &str = "request.headers";

fn route(context: &Context, exercise: &Exercise, recorder: &mut Recorder) {
    let specification = &context.specification;
    for (operation, call) in sent(context, exercise) {
        let wire = Wire::new(operation, &call.parameters);
        let target = format!("{}{}", context.connection.prefix(), wire.target);
        let expected = line(&wire.method, &target);
        let requests = call.requests.iter();
        let arrived: Vec<String> = requests.map(|it| line(&it.method, &it.target)).collect();
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
        let media = specification.about(&format!("media {} request", operation.id));
        for request in &call.requests {
            let mut expected = vec![
                (NEEDED, "host", context.connection.host_header()),
                (NEEDED, "accept", "application/json".to_owned()),
            ];
            let length = request.body.len().to_string();
            match &operation.body {
                Some(body) if length != "0" => {
                    expected.push((NEEDED, "content-length", length));
                    expected.push((&media, "content-type", body.media_type.clone()));
                }
                // HTTP lets a request without a body say so.
                _ if request.header("content-length") == "0" => {
                    expected.push((NEEDED, "content-length", length));
                }
                _ => {}
            }
            let parameters = Wire::new(operation, &call.parameters).headers;
            for (name, value) in &parameters {
                let own = specification.attributes(&operation.id, "header").iter();
                let mut own = own.filter(|it| it.rules.path.eq_ignore_ascii_case(name));
                let clause = own.next().map_or(NEEDED, |attribute| &attribute.clause);
                expected.push((clause, name, value.clone()));
            }
            for (clause, name, value) in &expected {
                recorder.equal(clause, value.as_str(), request.header(name));
            }
            let agent = request.header("user-agent");
            let own = agent.starts_with("bvnk-rust/");
            recorder.check(NEEDED, own, "the client's name as user agent", agent);
            let signed = (!operation.security.is_empty()).then(|| "authorization".to_owned());
            let key = operation.idempotency_key();
            let key = key.map(|key| key.name.to_ascii_lowercase());
            let others = [Some("user-agent".to_owned()), signed, key];
            let mut names: Vec<String> = others.into_iter().flatten().collect();
            names.extend(expected.iter().map(|(_, name, _)| (*name).to_owned()));
            names.sort();
            let mut actual: Vec<&str> = request.headers.iter().map(|it| it.0.as_str()).collect();
            actual.sort_unstable();
            recorder.equal(NEEDED, names.join(", "), actual.join(", "));
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

/// Its own key is sent; where none is declared, it would be one header too many.
fn key(context: &Context, operation: &Operation, call: &Call, recorder: &mut Recorder) {
    recorder.on(format!("the idempotency key of {}", operation.id));
    let Some(parameter) = operation.idempotency_key() else {
        return;
    };
    let wrong = wrong_key(context, call, parameter);
    let actual = wrong.as_deref().unwrap_or_default();
    for clause in key_clauses(&context.specification, operation) {
        let expected = "one of its own, as reported";
        recorder.check(&clause, wrong.is_none(), expected, actual);
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
