//! What a caller sees of an answer, in one line.

use bvnk_simulator::{Delivery, Request, Response, Simulator};
use serde_json::Value;

use crate::common::*;

/// Signs the request, sends it and tells what came.
pub(crate) fn see(simulator: &mut Simulator, request: Request) -> String {
    see_as_it_is(simulator, &sign(request))
}

/// Sends a request that is signed already, or not.
pub(crate) fn see_as_it_is(simulator: &mut Simulator, request: &Request) -> String {
    let response = simulator.handle(request, NOW);
    let customers = simulator.customers().len();
    format!("{} #{customers}", told(&response))
}

fn told(response: &Response) -> String {
    let mut told = response.status.as_u16().to_string();
    if response.delivery != Delivery::Whole {
        told.push_str(&format!(" {:?}", response.delivery));
    }
    for (name, value) in &response.headers {
        let value = value.to_str().unwrap();
        if name != "content-type" || value != "application/json" {
            told.push_str(&format!(" {name}={value}"));
        }
    }
    if !response.headers.contains_key("content-type") {
        told.push_str(" untyped");
    }
    let body = match serde_json::from_slice::<Value>(&response.body) {
        // The text itself, where reading it would hide a member that is given twice.
        Ok(Value::Object(members)) if members.len() == 2 => sorted_text(&response.body),
        Ok(body) => match (body["code"].as_str(), body.get("rejected")) {
            (Some(code), None) => code.to_owned(),
            (Some(code), Some(_)) => format!("{code} and what was rejected"),
            (None, _) => sorted(&body).to_string(),
        },
        Err(_) => String::from_utf8_lossy(&response.body)
            .escape_debug()
            .to_string(),
    };
    let body: String = match body.char_indices().nth(160) {
        Some((end, _)) => format!("{}… ({} bytes)", &body[..end], body.len()),
        None => body,
    };
    format!("{told} {body}")
}

/// A flat object's text with its members in the order of their names, whatever order this
/// build of the JSON library keeps; of those given twice, the later one stays behind.
fn sorted_text(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let inner = text.trim_start_matches('{').trim_end_matches('}');
    let mut members: Vec<_> = inner.split(',').collect();
    members.sort_by_key(|member| member.split(':').next().unwrap_or("").to_owned());
    format!("{{{}}}", members.join(","))
}

/// The same value with its members in the order of their names.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            let members = members.into_iter();
            members
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
