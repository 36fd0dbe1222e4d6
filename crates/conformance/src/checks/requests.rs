//! What the client sends: route, headers, key and body, as they arrived.

use std::collections::BTreeSet;

use bvnk::Environment;
use serde_json::Value;

use super::Tally;
use super::attributes::judge_body;
use crate::onboarding::Onboarding;
use crate::target::Arrived;
use crate::world::World;

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
    for (rank, (clause, environment)) in [
        ("server.sandbox", Environment::Sandbox),
        ("server.production", Environment::Production),
    ]
    .into_iter()
    .enumerate()
    {
        tally.equal(
            clause,
            format_args!("the contract's server {} is the client's", rank + 1),
            servers.get(rank).copied().unwrap_or("nothing"),
            environment.url(),
        );
    }
    tally.hold(
        "server.production",
        servers.len() == 2,
        "the contract's servers",
        "2, as the client has",
        servers.len(),
    );
}

pub(super) fn types(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    let what = "a valid body, read into the client's type and written again";
    let differs = match &onboarding.typed {
        Err(misread) => Some((misread.path.clone(), misread.told.clone())),
        Ok(typed) => difference("", &onboarding.body, typed)
            .map(|(place, told)| (place.trim_start_matches('/').replace('/', "."), told)),
    };
    // The clause of the place, or of what it lies in.
    let mine = differs.as_ref().and_then(|(path, _)| {
        let attributes = world.clauses.attributes("create_customer", "request");
        let around = attributes.filter(|(_, attribute)| {
            let inner = path.strip_prefix(attribute.path.as_str());
            inner.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        });
        around.max_by_key(|(_, attribute)| attribute.path.len())
    });
    if let Some((path, told)) = &differs {
        let clause = mine.map_or("request.individual", |(clause, _)| clause);
        let what = format!("{what}: `{path}`");
        tally.hold(clause, false, what, "the same body", told);
        return;
    }
    for (clause, _) in world.clauses.attributes("create_customer", "request") {
        tally.hold(clause, true, what, "", "");
    }
    for clause in [
        "settled.company",
        "settled.nationality",
        "settled.volumes",
        "settled.agreement-name",
    ] {
        tally.hold(clause, true, what, "", "");
    }
}

pub(super) fn route(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    let line = |(method, path): (String, String)| format!("{method} {path}");
    let (Ok(create), Ok(look)) = (world.route("create_customer"), world.route("get_customer"))
    else {
        let missing = "the contract has not both operations";
        return tally.stuck("operation.create", "the routes", missing);
    };
    let mut arrived = onboarding
        .requests
        .iter()
        .map(|request| format!("{} {}", request.method, request.target));
    tally.equal(
        "operation.create",
        "a creation arrives as",
        line(create),
        arrived.next().unwrap_or_else(|| "nothing".to_owned()),
    );
    let Ok(created) = &onboarding.created else {
        return;
    };
    let reference = &created.customer.reference;
    let look = line((look.0, look.1.replace("{reference}", reference)));
    let looks: Vec<String> = arrived.collect();
    for clause in ["operation.get", "operation.get.reference"] {
        tally.hold(
            clause,
            looks.len() == onboarding.followed.len() && looks.iter().all(|came| *came == look),
            "looks at the customer arrive as",
            format_args!("{look}, {} times", onboarding.followed.len()),
            if looks.is_empty() {
                "nothing".to_owned()
            } else {
                looks.join(", ")
            },
        );
    }
}

pub(super) fn headers(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    for request in &onboarding.requests {
        let with_body = !request.body.is_empty();
        let mut wanted: BTreeSet<&str> = ["host", "accept", "user-agent", "authorization"].into();
        if with_body {
            wanted.extend(["content-type", "content-length", world.key_header()]);
        }
        let mut came: Vec<&str> = request
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        came.sort_unstable();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        tally.equal(
            "request.headers",
            format_args!("the headers of {}", request.method),
            wanted.join(", "),
            came.join(", "),
        );
        let (host, length) = (world.target.host_header(), request.body.len().to_string());
        let mut values = vec![
            ("request.headers", "host", host.as_str()),
            ("request.headers", "accept", "application/json"),
        ];
        if with_body {
            values.push(("request.headers", "content-length", length.as_str()));
            values.push(("request.media", "content-type", "application/json"));
        }
        for (clause, name, wanted) in values {
            tally.equal(
                clause,
                format_args!("{name} of {}", request.method),
                wanted,
                header(request, name),
            );
        }
        let agent = header(request, "user-agent");
        tally.hold(
            "request.headers",
            agent.starts_with("bvnk-rust/"),
            "the user agent",
            "the client's name and version",
            agent,
        );
    }
}

pub(super) fn key(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    const CLAUSE: &str = "idempotency.header";
    if onboarding.typed.is_ok() {
        tally.hold(
            CLAUSE,
            onboarding.creation_arrived(),
            "a creation",
            "the idempotency key of its call",
            "no creation with that key",
        );
    }
    for request in &onboarding.requests {
        let keys: Vec<&str> = request
            .headers
            .get_all(world.key_header())
            .iter()
            .map(|value| value.to_str().unwrap_or("(not text)"))
            .collect();
        let creation = !request.body.is_empty();
        tally.equal(
            CLAUSE,
            format_args!("the idempotency keys of a {}", request.method),
            usize::from(creation),
            keys.len(),
        );
        if let (true, [key]) = (creation, keys.as_slice()) {
            let uuid = key
                .parse::<uuid::Uuid>()
                .is_ok_and(|uuid| uuid.to_string() == *key);
            tally.hold(CLAUSE, uuid, "an idempotency key", "a UUID", key);
            tally.hold(
                CLAUSE,
                world.first_use("key", key),
                "an idempotency key",
                "one that served no other call",
                key,
            );
        }
    }
}

pub(super) fn body(world: &World, onboarding: &Onboarding, tally: &mut Tally) {
    let creations = onboarding
        .requests
        .iter()
        .filter(|request| !request.body.is_empty());
    for request in creations {
        let body = serde_json::from_slice::<Value>(&request.body);
        tally.hold(
            "request.media",
            body.is_ok(),
            "the body on the wire",
            "JSON",
            "something else",
        );
        let Ok(body) = body else { continue };
        judge_body(world, "create_customer", "request", &body, tally);
        let differs = difference("", &onboarding.body, &body);
        // A member spelt otherwise breaks the clause that settles its spelling.
        let clause = match &differs {
            Some((place, _)) if !place.contains("signed") => "request.individual",
            _ => "settled.agreement-name",
        };
        let came = differs.map(|(_, told)| told);
        tally.hold(
            clause,
            came.is_none(),
            "the body on the wire",
            "what the caller gave",
            came.as_deref().unwrap_or_default(),
        );
    }
}

pub(super) fn header<'a>(request: &'a Arrived, name: &str) -> &'a str {
    request
        .headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("nothing")
}

/// The first place at which two values differ, and how. The values are left out: they may
/// be about somebody.
fn difference(place: &str, wanted: &Value, came: &Value) -> Option<(String, String)> {
    match (wanted, came) {
        (Value::Object(wanted), Value::Object(came)) => {
            let more = came.keys().filter(|name| !wanted.contains_key(*name));
            wanted.keys().chain(more).find_map(|name| {
                let place = format!("{place}/{name}");
                match (wanted.get(name), came.get(name)) {
                    (Some(wanted), Some(came)) => difference(&place, wanted, came),
                    (Some(_), None) => Some((place.clone(), format!("{place} is missing"))),
                    _ => Some((place.clone(), format!("{place} was not given"))),
                }
            })
        }
        _ => (wanted != came).then(|| (place.to_owned(), format!("another value at {place}"))),
    }
}
