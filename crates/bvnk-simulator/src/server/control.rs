//! The paths beside the service's own: what was received, and which faults stand.
//!
//! It must never tell a value of a request, which may be a person's, nor a signature: only
//! names, places, the idempotency key and what was answered about them.

use bytes::Bytes;
use http::header::ALLOW;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Received, Shared};
use crate::answer;
use crate::contract::schema::escape;
use crate::fault::{Fault, UnknownFault};
use crate::hawk::Refusal;
use crate::message::{Delivery, Request, Response};

const ATTEMPTS: &str = "/_simulator/attempts";
const FAULTS: &str = "/_simulator/faults";

/// The answer to a request for one of these paths; none for the service's own.
pub(super) fn answer(shared: &Shared, request: &Request) -> Option<Response> {
    let path = request.path();
    if !path.starts_with("/_simulator/") {
        return None;
    }
    Some(match (path, &request.method) {
        (ATTEMPTS, &Method::GET) => {
            let received = shared.lock().received.clone();
            let attempts: Vec<_> = received.iter().map(attempt).collect();
            listed(&json!({ "attempts": attempts }))
        }
        (ATTEMPTS, &Method::DELETE) => {
            shared.lock().received.clear();
            done()
        }
        (FAULTS, &Method::GET) => listed(&json!({
            "standing": names(shared.lock().simulator.faults().iter()),
            "all": Fault::ALL
                .iter()
                .map(|fault| (fault.name().to_owned(), Value::from(fault.summary())))
                .collect::<serde_json::Map<_, _>>(),
        })),
        (FAULTS, &Method::PUT | &Method::POST) => match read_faults(&request.body) {
            Err(message) => answer::error(StatusCode::BAD_REQUEST, "invalid_request", &message),
            Ok(faults) => {
                let simulator = &mut shared.lock().simulator;
                if request.method == Method::PUT {
                    simulator.set_faults(faults);
                } else {
                    faults
                        .into_iter()
                        .for_each(|fault| simulator.push_fault(fault));
                }
                done()
            }
        },
        (FAULTS, &Method::DELETE) => {
            shared.lock().simulator.set_faults([]);
            done()
        }
        (ATTEMPTS, _) => other_method("DELETE, GET"),
        (FAULTS, _) => other_method("DELETE, GET, POST, PUT"),
        _ => answer::error(
            StatusCode::NOT_FOUND,
            "not_found",
            &format!("the simulator has {ATTEMPTS} and {FAULTS}"),
        ),
    })
}

/// For people as much as for programs: one thing a line.
fn listed(value: &Value) -> Response {
    Response::new(
        StatusCode::OK,
        "application/json",
        format!("{value:#}\n").into(),
    )
}

fn done() -> Response {
    Response::new(StatusCode::NO_CONTENT, "", Bytes::new())
}

fn other_method(allow: &str) -> Response {
    answer::error(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        &format!("the path has only {allow}"),
    )
    .with(ALLOW, allow)
}

fn names(faults: impl Iterator<Item = Fault>) -> Vec<&'static str> {
    faults.map(Fault::name).collect()
}

fn read_faults(body: &[u8]) -> Result<Vec<Fault>, String> {
    let names: Vec<String> = serde_json::from_slice(body)
        .map_err(|_| "the body has to be a JSON array of names of faults".to_owned())?;
    let faults = names.iter().map(|name| name.parse());
    faults
        .collect::<Result<_, UnknownFault>>()
        .map_err(|error| error.to_string())
}

fn attempt(received: &Received) -> Value {
    let mut attempt = json!({
        "method": received.method.as_str(),
        "path": received.target.split('?').next(),
        "headers": received.headers.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
        "body": places(&received.body),
        "status": received.status.as_u16(),
    });
    let mut tell = |name: &str, value: Value| attempt[name] = value;
    let key = received.headers.get("x-idempotency-key");
    if let Some(key) = key.and_then(|key| key.to_str().ok()) {
        tell("idempotency_key", key.into());
    }
    let answer: Value = serde_json::from_slice(&received.answer).unwrap_or_default();
    if let Some(refusal) = &received.refusal {
        tell("refused", refused(refusal).into());
    }
    if received.status.is_client_error() {
        let names = match received.refusal {
            // What explains a refused signature is made of the text that was to be signed,
            // with its query, nonce and ext: it is for the caller, whose they are.
            Some(_) => &["code"][..],
            None => &["code", "message", "details"],
        };
        for &name in names {
            if let Some(value) = answer.get(name).filter(|value| !value.is_null()) {
                tell(name, value.clone());
            }
        }
    }
    if received.delivery != Delivery::Whole {
        tell("delivery", format!("{:?}", received.delivery).into());
    }
    if !received.faults.is_empty() {
        tell("faults", names(received.faults.iter()).into());
    }
    attempt
}

/// Why a signature was refused, without the text that was signed.
fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Mac { .. } => "the MAC is not that of the request".to_owned(),
        other => other.to_string(),
    }
}

/// The JSON pointers of a body's values, or its length if it is not JSON.
fn places(body: &[u8]) -> Value {
    let mut places = Vec::new();
    match serde_json::from_slice(body) {
        Ok(value) => collect(&value, String::new(), &mut places),
        Err(_) if body.is_empty() => {}
        Err(_) => return format!("{} bytes that are not JSON", body.len()).into(),
    }
    places.into()
}

fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (escape(name), member))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => return places.push(place),
    };
    if children.is_empty() {
        places.push(place);
        return;
    }
    for (name, child) in children {
        collect(child, format!("{place}/{name}"), places);
    }
}
