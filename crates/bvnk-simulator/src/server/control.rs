//! The control paths: what was received, and which faults are set.
//!
//! They show no value of a request, which may be personal data, and no signature: only
//! names, places, the idempotency key and what was answered.

use std::net::IpAddr;

use bvnk_contract::child_pointer;
use http::header::{ALLOW, CONTENT_TYPE, HOST, ORIGIN};
use http::uri::Authority;
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::{Received, Shared};
use crate::answer::plain;
use crate::fault::{Fault, UnknownFault};
use crate::hawk::media_type;
use crate::message::{Request, Response};

const ATTEMPTS: &str = "/_simulator/attempts";
const FAULTS: &str = "/_simulator/faults";

/// How many places of a body are listed, and how many faults are set at once.
const MAX_PLACES: usize = 100;
const MAX_FAULTS: usize = 100;

/// How many bytes of attempts are listed.
const MAX_LISTED: usize = 4 * 1024 * 1024;

/// The response to a request for one of these paths; none for the service's own.
pub(super) fn answer(shared: &Shared, request: &Request) -> Option<Response> {
    let path = request.path();
    if !path.starts_with("/_simulator/") {
        return None;
    }
    let done = Response::new(StatusCode::NO_CONTENT);
    let answer = match (path, &request.method) {
        _ if !is_same_origin(request) => {
            let message = "the request comes from another origin";
            plain(StatusCode::FORBIDDEN, message)
        }
        (ATTEMPTS, &Method::GET) => {
            let received = shared.lock().received.all();
            listed(&attempts(shared, &received))
        }
        (ATTEMPTS, &Method::DELETE) => {
            shared.lock().received.take();
            done
        }
        (FAULTS, &Method::GET) => {
            let all = Fault::ALL.iter();
            let all = all.map(|fault| (fault.name().to_owned(), fault.summary().into()));
            let set = names(shared.lock().simulator.faults());
            listed(&json!({ "set": set, "all": Map::from_iter(all) }))
        }
        (FAULTS, method @ (&Method::PUT | &Method::POST)) => match read_faults(request) {
            Err((status, message)) => plain(status, &message),
            Ok(faults) => {
                let simulator = &mut shared.lock().simulator;
                match *method == Method::PUT {
                    true => simulator.set_faults(faults),
                    false => faults.into_iter().for_each(|it| simulator.push_fault(it)),
                }
                done
            }
        },
        (FAULTS, &Method::DELETE) => {
            shared.lock().simulator.set_faults([]);
            done
        }
        (ATTEMPTS, _) => other_method("DELETE, GET"),
        (FAULTS, _) => other_method("DELETE, GET, POST, PUT"),
        _ => {
            let message = format!("the simulator has {ATTEMPTS} and {FAULTS}");
            plain(StatusCode::NOT_FOUND, &message)
        }
    };
    Some(answer)
}

/// 405, with the methods that the path has.
fn other_method(allow: &str) -> Response {
    let message = format!("the path has only {allow}");
    plain(StatusCode::METHOD_NOT_ALLOWED, &message).header(ALLOW, allow)
}

/// Whether no web page of another origin can have sent the request. The host is checked as
/// well: a page can let its own name lead to this machine.
fn is_same_origin(request: &Request) -> bool {
    let host = request.header(HOST).unwrap_or("");
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    let address = name.trim_matches(['[', ']']).parse::<IpAddr>();
    // A name without a dot is one of this machine's network, such as a container's.
    let local = address.is_ok() || !name.contains('.') || name.ends_with(".localhost");
    let origin = request.headers.get(ORIGIN);
    let origin = origin.is_none_or(|origin| *origin == format!("http://{host}"));
    let site = request.headers.get("sec-fetch-site");
    let site = site.is_none_or(|site| site == "same-origin" || site == "none");
    local && origin && site
}

/// The faults that a body names, as `["stall", "bad-gateway"]`.
///
/// # Errors
///
/// The status and the message of the answer: 415 for another content type, 400 for a body that
/// is no list of at most [`MAX_FAULTS`] known names.
fn read_faults(request: &Request) -> Result<Vec<Fault>, (StatusCode, String)> {
    let content_type = request.header(CONTENT_TYPE).map(media_type);
    if content_type.as_deref() != Some("application/json") {
        let message =
            "the body has to be application/json\nhelp: add -H 'content-type: application/json'";
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_owned()));
    }
    let invalid = |message: String| (StatusCode::BAD_REQUEST, message);
    let names: Option<Vec<String>> = serde_json::from_slice(&request.body).ok();
    let Some(names) = names.filter(|names| names.len() <= MAX_FAULTS) else {
        let message = "the body has to be a JSON array of at most 100 names of faults";
        return Err(invalid(message.to_owned()));
    };
    let faults: Result<_, UnknownFault> = names.iter().map(|name| name.parse()).collect();
    faults.map_err(|error| invalid(error.to_string()))
}

/// Formatted for people as much as for programs.
fn listed(value: &Value) -> Response {
    let mut response = Response::json(StatusCode::OK, &Value::Null);
    response.body = format!("{value:#}\n").into();
    response
}

fn names(faults: &[Fault]) -> Vec<&'static str> {
    faults.iter().map(|fault| fault.name()).collect()
}

/// The attempts, oldest first, and how many of the oldest are omitted to keep the response
/// short. The latest one is always listed.
fn attempts(shared: &Shared, received: &[Received]) -> Value {
    let (mut attempts, mut bytes) = (Vec::new(), 0);
    for received in received.iter().rev() {
        let attempt = attempt(shared, received);
        bytes += format!("{attempt:#}").len();
        if bytes > MAX_LISTED && !attempts.is_empty() {
            break;
        }
        attempts.push(attempt);
    }
    attempts.reverse();
    json!({ "omitted": received.len() - attempts.len(), "attempts": attempts })
}

/// One request and its response, without a value of the request: names, JSON pointers, the
/// idempotency key, the status and, of a 4xx answer, its code, message and details. What there is
/// nothing of is left out.
fn attempt(shared: &Shared, Received { request, response }: &Received) -> Value {
    let operations = shared.api.contract.operations.iter();
    let mut keys = operations.filter_map(|it| Some(it.idempotency_key()?.name.as_str()));
    let answer: Value = match response.status.is_client_error() {
        true => serde_json::from_slice(&response.body).unwrap_or_default(),
        false => Value::Null,
    };
    let faults = Some(names(&response.faults)).filter(|it| !it.is_empty());
    let mut attempt = json!({
        "method": request.method.as_str(),
        "path": cut(request.path()),
        "headers": request.headers.keys().map(|name| name.as_str()).collect::<Vec<_>>(),
        "body": places(&request.body),
        "status": response.status.as_u16(),
        "idempotency_key": keys.find_map(|name| request.header(name)).map(cut),
        "rejected": response.rejection.as_ref().map(ToString::to_string),
        "code": answer["code"],
        "message": answer["message"],
        "details": answer["details"],
        "interruption": response.interruption.map(Fault::name),
        "faults": faults,
    });
    if let Value::Object(members) = &mut attempt {
        members.retain(|_, value| !value.is_null());
    }
    attempt
}

/// The first 200 characters: a path or a name may be as long as the server's buffer.
fn cut(text: &str) -> String {
    text.chars().take(200).collect()
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

/// Adds the JSON pointers of the values in `value`, up to [`MAX_PLACES`]. An empty object or
/// list counts as a value.
fn collect(value: &Value, place: String, places: &mut Vec<String>) {
    if places.len() >= MAX_PLACES {
        return;
    }
    let mut below = |name: &str, value| collect(value, cut(&child_pointer(&place, name)), places);
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.iter().for_each(|(name, it)| below(name, it));
        }
        Value::Array(items) if !items.is_empty() => {
            (0_usize..)
                .zip(items)
                .for_each(|(at, it)| below(&at.to_string(), it));
        }
        _ => places.push(place),
    }
}
