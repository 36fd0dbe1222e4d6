//! What each clause says of an attribute of a request, tried on the client's type and on
//! the server: both require what is required, take what may be left out, and refuse what
//! breaks a rule. The clauses drive it, so that a slip in the contract is a difference.

use bvnk_contract::{AttributeRules, Operation, Status};
use serde_json::Value;

use super::Recorder;
use super::documented::prerequisites;
use super::signatures::created;
use crate::cases::{About, Edit, edits, places, put, wire_edits};
use crate::collect::RawRequest;
use crate::context::Context;
use crate::dispatch;
use crate::specification::Specification;

/// Of null where an attribute may be left out.
const NULL: &str = "request.null";
/// Of the length of free texts.
const LENGTH: &str = "request.length";

/// One request that is valid or wrong in one place.
struct Trial<'a> {
    clauses: Vec<String>,
    what: String,
    valid: bool,
    body: Option<&'a Value>,
}

pub(super) async fn attributes(context: &Context, recorder: &mut Recorder) {
    let specification = std::sync::Arc::clone(&context.specification);
    for operation in specification.contract().operations() {
        let ready = context.ready_request(operation).await;
        parameters(context, operation, recorder).await;
        let Some(body) = &operation.body else {
            continue;
        };
        let whole = specification.about(&format!("media {} request", operation.id));
        let mut tried = Vec::new();
        for (variant, everything) in context.plan.everything(&operation.id).iter().enumerate() {
            let trial = Trial {
                clauses: vec![whole.clone()],
                what: format!("a body of {} with everything", operation.id),
                valid: true,
                body: Some(everything),
            };
            client(&specification, operation, &trial, recorder);
            server(context, operation, &ready, &trial, recorder).await;
            let places = places(specification.contract(), &body.schema, everything, variant);
            for attribute in specification.attributes(&operation.id, "request") {
                let path = &attribute.rules.path;
                let place = places.iter().find(|place| place.path == *path);
                let Some(place) = place.filter(|_| !tried.contains(path)) else {
                    continue;
                };
                tried.push(path.clone());
                let current = everything.pointer(&place.pointer);
                for edit in edits(&attribute.rules, current) {
                    let mut body = everything.clone();
                    put(&mut body, &place.pointer, edit.value.clone());
                    let trial = trial_of(
                        &specification,
                        &attribute.clause,
                        &attribute.rules,
                        &edit,
                        &body,
                    );
                    contract(&specification, operation, &trial, recorder);
                    // A type may read null as left out, as long as it never sends it.
                    if !(edit.value == Some(Value::Null) && place.removable) {
                        client(&specification, operation, &trial, recorder);
                    }
                    server(context, operation, &ready, &trial, recorder).await;
                }
            }
        }
        for attribute in specification.attributes(&operation.id, "request") {
            let path = &attribute.rules.path;
            if !path.is_empty() && !tried.contains(path) {
                let what = format!("`{path}` of {}", operation.id);
                recorder.fail(
                    &attribute.clause,
                    what,
                    "an attribute of the contract",
                    "none",
                );
            }
        }
    }
}

fn trial_of<'a>(
    specification: &Specification,
    clause: &str,
    rules: &AttributeRules,
    edit: &Edit,
    body: &'a Value,
) -> Trial<'a> {
    let clause = match edit.about {
        About::Rule => clause,
        About::Null => NULL,
        About::Length => LENGTH,
    };
    let mut clauses = vec![clause.to_owned()];
    if edit.about == About::Rule {
        clauses.extend(prerequisites(specification, rules));
    }
    Trial {
        clauses,
        what: format!("`{}` of {} {}", rules.path, rules.operation, edit.what),
        valid: edit.valid,
        body: Some(body),
    }
}

/// The contract's schema agrees with the clause.
fn contract(
    specification: &Specification,
    operation: &Operation,
    trial: &Trial<'_>,
    recorder: &mut Recorder,
) {
    let validator = specification.validator(&operation.id, "request");
    if let (Some(validator), Some(body)) = (validator, trial.body)
        && validator.is_valid(body) != trial.valid
    {
        let what = format!("{}, held against the contract", trial.what);
        recorder.fail(
            &trial.clauses[0],
            what,
            taken(trial.valid),
            taken(!trial.valid),
        );
    }
}

/// The client's type takes and refuses the same.
fn client(
    specification: &Specification,
    operation: &Operation,
    trial: &Trial<'_>,
    recorder: &mut Recorder,
) {
    let Some(body) = trial.body else { return };
    let read = dispatch::read_request(&operation.id, body.to_string().as_bytes());
    let actual = matches!(read, Some(Ok(_)));
    let what = format!("{}, given to the client's type", trial.what);
    // A free text of any length, and null, are no rules of the type's own.
    let own = specification.clause(&trial.clauses[0]).is_some() || !trial.valid;
    if own || actual != trial.valid {
        recorder.check(
            &trial.clauses[0],
            actual == trial.valid,
            what,
            taken(trial.valid),
            taken(actual),
        );
    }
}

fn taken(is: bool) -> &'static str {
    match is {
        true => "it is accepted",
        false => "it is refused",
    }
}

/// The server does.
async fn server(
    context: &Context,
    operation: &Operation,
    ready: &RawRequest,
    trial: &Trial<'_>,
    recorder: &mut Recorder,
) {
    let mut raw = ready.with_fresh_key();
    raw.body = trial.body.map(|body| body.to_string().into());
    send(context, operation, &raw, trial, recorder).await;
}

/// The statuses with which an operation refuses a request: the listed ones, else any 4xx.
pub(super) fn refusals(operation: &Operation) -> Vec<u16> {
    let listed: Vec<u16> = operation
        .responses
        .iter()
        .filter_map(|response| match response.status {
            Status::Code(code @ 400..=499) => Some(code),
            _ => None,
        })
        .collect();
    match listed.is_empty() {
        true => (400..500).collect(),
        false => listed,
    }
}

async fn send(
    context: &Context,
    operation: &Operation,
    raw: &RawRequest,
    trial: &Trial<'_>,
    recorder: &mut Recorder,
) {
    let before = context.connection.created();
    let sent = context.connection.send(raw).await;
    recorder.about(&sent);
    let refusals = refusals(operation);
    let what = format!("{}, sent to the server", trial.what);
    let (right, expected) = match trial.valid {
        true => (sent.is_success(), "success".to_owned()),
        false => {
            let listed: Vec<String> = refusals.iter().map(ToString::to_string).collect();
            let listed = if listed.len() > 5 {
                "4xx".to_owned()
            } else {
                listed.join(" or ")
            };
            (refusals.contains(&sent.status()), listed)
        }
    };
    for clause in &trial.clauses {
        recorder.check(clause, right, &what, &expected, sent.outcome());
    }
    if !trial.valid && right {
        let declared = operation
            .response(sent.status())
            .map(|response| response.status);
        let status =
            declared.map_or_else(|| sent.status().to_string(), |status| status.to_string());
        let subject = format!("answer {} {status}", operation.id);
        recorder.observe(&context.specification.about(&subject));
    }
    let creates =
        !crate::flow::begun_by(context.specification.contract(), &operation.id).is_empty();
    if creates || !trial.valid {
        let expected = usize::from(trial.valid && creates);
        created(
            context,
            recorder,
            &trial.clauses[0],
            &what,
            before,
            expected,
        );
    }
}

/// The parameters of an operation, one edit at a time.
async fn parameters(context: &Context, operation: &Operation, recorder: &mut Recorder) {
    let specification = &context.specification;
    let key = operation.idempotency_key().map(|key| key.name.clone());
    for of in ["path", "query", "header"] {
        for attribute in specification.attributes(&operation.id, of) {
            let rules = &attribute.rules;
            // The key has checks of its own, and what must exist has no other value.
            let taken = key.as_ref() == Some(&rules.path)
                || rules.path.ends_with("[]")
                || (of == "path"
                    && crate::flow::needed_by(specification.contract(), operation).is_some());
            if taken || is_followed(context, operation, &rules.path) {
                continue;
            }
            for edit in wire_edits(rules) {
                let mut parameters = context.plan.parameters(&operation.id);
                match &edit.value {
                    Some(value) => parameters.insert(rules.path.clone(), value.clone()),
                    None => parameters.remove(&rules.path),
                };
                let body = context.plan.everything(&operation.id).first();
                let raw =
                    RawRequest::new(operation, &parameters, body, context.connection.prefix());
                let trial = Trial {
                    clauses: vec![attribute.clause.clone()],
                    what: format!("`{}` of {} {}", rules.path, operation.id, edit.what),
                    valid: edit.valid,
                    body: None,
                };
                send(context, operation, &raw, &trial, recorder).await;
            }
        }
    }
}

/// Whether a parameter names something that a creation returned.
fn is_followed(context: &Context, operation: &Operation, parameter: &str) -> bool {
    let flows = context.specification.contract().flows();
    flows
        .iter()
        .any(|flow| flow.follow.id == operation.id && flow.parameter == parameter)
}
