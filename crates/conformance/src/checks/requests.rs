//! What the client sends: route, headers, key and body, as they arrived.

use std::collections::BTreeSet;

use bvnk::Environment;
use bvnk_simulator::Received;
use serde_json::Value;

use super::Tally;
use crate::onboarding::Onboarding;
use crate::suite::World;

pub(super) async fn environments(world: &World, tally: &mut Tally) {
    let servers = world
        .contract
        .document()
        .get("servers")
        .and_then(Value::as_array);
    let servers: Vec<&str> = servers
        .into_iter()
        .flatten()
        .filter_map(|server| server["url"].as_str())
        .collect();
    let known = [Environment::Sandbox, Environment::Production];
    tally.hold(servers.len() == known.len(), || {
        format!(
            "the contract has {} servers, the client {}",
            servers.len(),
            known.len()
        )
    });
    for (environment, server) in known.iter().zip(&servers) {
        tally.hold(environment.url() == *server, || {
            format!(
                "the client's {environment} is {}, the contract's server {server}",
                environment.url()
            )
        });
    }
}

pub(super) fn types(_: &World, onboarding: &Onboarding) -> Result<(), String> {
    let typed = onboarding.typed.as_ref().map_err(String::clone)?;
    if *typed == onboarding.body {
        return Ok(());
    }
    Err(format!(
        "a turn through the type changes the body: {}",
        difference(&onboarding.body, typed)
    ))
}

pub(super) fn route(world: &World, onboarding: &Onboarding) -> Result<(), String> {
    let create = world.route("create_customer")?;
    let mut look = world.route("get_customer")?;
    if let Ok(created) = &onboarding.created {
        look.1 = look.1.replace("{reference}", &created.customer.reference);
    }
    let wanted: Vec<(String, String)> = std::iter::once(create)
        .chain(onboarding.followed.iter().map(|_| look.clone()))
        .collect();
    let came: Vec<(String, String)> = onboarding
        .requests
        .iter()
        .map(|request| (request.method.to_string(), request.target.clone()))
        .collect();
    if came == wanted {
        return Ok(());
    }
    Err(format!("expected {}, came {}", list(&wanted), list(&came)))
}

fn list(routes: &[(String, String)]) -> String {
    let routes: Vec<String> = routes
        .iter()
        .map(|(method, target)| format!("{method} {target}"))
        .collect();
    if routes.is_empty() {
        "nothing".to_owned()
    } else {
        routes.join(", ")
    }
}

pub(super) fn headers(world: &World, onboarding: &Onboarding) -> Result<(), String> {
    for request in &onboarding.requests {
        let with_body = !request.body.is_empty();
        let mut wanted: BTreeSet<&str> = ["host", "accept", "user-agent", "authorization"].into();
        if with_body {
            wanted.extend(["content-type", "content-length", world.key_header()]);
        }
        let mut came = Vec::new();
        for name in request.headers.keys() {
            came.extend(request.headers.get_all(name).iter().map(|_| name.as_str()));
        }
        came.sort_unstable();
        if !came.iter().eq(wanted.iter()) {
            let wanted: Vec<&str> = wanted.into_iter().collect();
            return Err(format!(
                "{} has the headers {}; expected are {}",
                request.method,
                came.join(", "),
                wanted.join(", ")
            ));
        }
        let length = request.body.len().to_string();
        let mut values = vec![("host", world.authority()), ("accept", "application/json")];
        if with_body {
            values.extend([
                ("content-type", "application/json"),
                ("content-length", length.as_str()),
            ]);
        }
        for (name, wanted) in values {
            let came = header(request, name);
            if came != wanted {
                return Err(format!(
                    "{} has {name}: {came}; expected is {wanted}",
                    request.method
                ));
            }
        }
        let agent = header(request, "user-agent");
        if !agent.starts_with("bvnk-rust/") {
            return Err(format!(
                "the user agent {agent} does not name the client and its version"
            ));
        }
    }
    Ok(())
}

pub(super) fn key(world: &World, onboarding: &Onboarding) -> Result<(), String> {
    if onboarding.typed.is_ok() && !onboarding.creation_arrived() {
        return Err("no creation arrived with the idempotency key of its call".to_owned());
    }
    for request in &onboarding.requests {
        let keys: Vec<&str> = request
            .headers
            .get_all(world.key_header())
            .iter()
            .map(|value| value.to_str().unwrap_or("(not text)"))
            .collect();
        match (request.body.is_empty(), keys.as_slice()) {
            (true, []) => {}
            (true, _) => return Err("a look carries an idempotency key".to_owned()),
            (false, [key]) => {
                let uuid = key
                    .parse::<uuid::Uuid>()
                    .is_ok_and(|uuid| uuid.to_string() == *key);
                if !uuid {
                    return Err(format!("the idempotency key `{key}` is no UUID"));
                }
                if !world.first_use("key", key) {
                    return Err(format!(
                        "the idempotency key `{key}` served another call before"
                    ));
                }
            }
            (false, _) => {
                return Err(format!(
                    "a creation carries {} idempotency keys",
                    keys.len()
                ));
            }
        }
    }
    Ok(())
}

pub(super) fn body(world: &World, onboarding: &Onboarding) -> Result<(), String> {
    let schema = world
        .contract
        .body("create_customer", "request")
        .ok_or("the contract has no request body")?;
    for request in onboarding
        .requests
        .iter()
        .filter(|request| !request.body.is_empty())
    {
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| "the body on the wire is not JSON")?;
        schema
            .judge(&body)
            .map_err(|wrong| format!("the body on the wire is not valid:\n{wrong}"))?;
        if body != onboarding.body {
            return Err(format!(
                "the body on the wire is not what the caller gave: {}",
                difference(&onboarding.body, &body)
            ));
        }
    }
    Ok(())
}

pub(super) fn header<'a>(request: &'a Received, name: &str) -> &'a str {
    request
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("(missing)")
}

/// The first place at which two values differ. The values are left out: they may be
/// about somebody.
fn difference(wanted: &Value, came: &Value) -> String {
    match (wanted, came) {
        (Value::Object(wanted), Value::Object(came)) => {
            for (name, value) in wanted {
                match came.get(name) {
                    None => return format!("{name} is missing"),
                    Some(other) if other != value => {
                        return format!("{name}: {}", difference(value, other));
                    }
                    Some(_) => {}
                }
            }
            let more = came.keys().find(|name| !wanted.contains_key(*name));
            more.map_or_else(String::new, |name| format!("{name} was not given"))
        }
        _ => "another value".to_owned(),
    }
}
