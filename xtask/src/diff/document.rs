//! What is not about single attributes: servers, security, operations, bodies and statuses.

use serde_json::Value;

use crate::clauses::Subject;
use crate::facts::{Facts, Operation};

use super::{Finding, Side, Verdict};

pub(super) fn compare(before: &Facts, after: &Facts) -> Vec<Finding> {
    let mut findings = servers(before, after);
    for (id, old) in &before.operations {
        match after.operations.get(id) {
            Some(new) => {
                findings.extend(operation(id, old, new));
                findings.extend(media(id, old, new));
                findings.extend(answers(id, old, new));
            }
            None => findings.push(gone(id, old)),
        }
    }
    for (id, new) in &after.operations {
        if !before.operations.contains_key(id) {
            findings.push(added(id, new));
        }
    }
    findings
}

fn route(operation: &Operation) -> String {
    format!("{} {}", operation.method.to_uppercase(), operation.path)
}

fn same_route(a: &Operation, b: &Operation) -> bool {
    a.method == b.method && a.path == b.path
}

fn escaped(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
}

/// A path without the names of its parts, which are not on the wire.
pub(crate) fn bare(path: &str) -> String {
    let parts = path.split('/');
    let parts = parts.map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Operations that only changed their names: the old one and the new one.
fn renamed(old: &Facts, new: &Facts) -> Vec<(String, String)> {
    let gone = old
        .operations
        .iter()
        .filter(|(id, _)| !new.operations.contains_key(*id));
    let pairs = gone.filter_map(|(id, before)| {
        let same = |(other, after): &(&String, &Operation)| {
            same_route(before, after) && !old.operations.contains_key(*other)
        };
        Some((id.clone(), new.operations.iter().find(same)?.0.clone()))
    });
    pairs.collect()
}

/// An operation's name is not on the wire, but it is the name of the client's method.
pub(super) fn renames(old: &Value, new: &Value) -> Vec<Finding> {
    let (old, new) = (Facts::of(old), Facts::of(new));
    let told = |(before, after): (String, String)| {
        let says = format!("the operation {before} is now called {after}");
        let why = "the name of an operation is not on the wire";
        Finding::new(Verdict::Compatible, Side::Api, says, why)
            .seen_in(&after)
            .at(format!("{}/operationId", new.operations[&after].place))
            .in_rust(Some("the client's method has another name".to_owned()))
            .about(Subject::Operation(before))
    };
    renamed(&old, &new).into_iter().map(told).collect()
}

/// The new contract with the old names of operations and of parts of the path: what is
/// only called otherwise is the same. (`drift` panics where a part of a path is.)
pub(super) fn aligned(old: &Value, new: &Value) -> Value {
    let mut aligned = new.clone();
    let (before, after) = (Facts::of(old), Facts::of(new));
    for (was, is) in renamed(&before, &after) {
        let place = after
            .operations
            .get(&is)
            .map_or("", |operation| &operation.place);
        if let Some(operation) = aligned.pointer_mut(place) {
            operation["operationId"] = was.into();
        }
    }
    let paths = |contract: &Value| -> Vec<String> {
        let paths = contract.get("paths").and_then(Value::as_object);
        paths
            .into_iter()
            .flatten()
            .map(|(path, _)| path.clone())
            .collect()
    };
    for path in paths(new) {
        let same = paths(old)
            .into_iter()
            .find(|other| bare(other) == bare(&path));
        let Some(before) = same.filter(|before| *before != path) else {
            continue;
        };
        let Some(mut item) = aligned["paths"]
            .as_object_mut()
            .and_then(|paths| paths.remove(&path))
        else {
            continue;
        };
        for (was, is) in before.split('/').zip(path.split('/')) {
            let braces = |c| c == '{' || c == '}';
            rename(&mut item, is.trim_matches(braces), was.trim_matches(braces));
        }
        aligned["paths"][before] = item;
    }
    aligned
}

fn rename(item: &mut Value, from: &str, to: &str) {
    match item {
        Value::Object(members) => {
            if members.get("in") == Some(&"path".into())
                && members.get("name") == Some(&from.into())
            {
                members.insert("name".to_owned(), to.into());
            }
            members
                .values_mut()
                .for_each(|member| rename(member, from, to));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
        _ => {}
    }
}

fn gone(id: &str, old: &Operation) -> Finding {
    let says = format!("the operation {id} ({}) is gone", route(old));
    let why = "callers of it no longer compile, and the server refuses it";
    Finding::new(Verdict::Breaking, Side::Api, says, why)
        .seen_in(id)
        .at(&old.place)
        .about(Subject::Operation(id.to_owned()))
}

fn added(id: &str, new: &Operation) -> Finding {
    let says = format!("the operation {id} ({}) is new", route(new));
    Finding::new(Verdict::Compatible, Side::Api, says, "nobody calls it yet")
        .seen_in(id)
        .at(&new.place)
        .about(Subject::Operation(id.to_owned()))
}

fn operation(id: &str, old: &Operation, new: &Operation) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !same_route(old, new) {
        let moved = old.method != new.method || bare(&old.path) != bare(&new.path);
        let (verdict, why, rust) = if moved {
            let why = "clients of today call what is no longer there";
            (Verdict::Breaking, why, None)
        } else {
            let why = "the name of a part of the path is not on the wire";
            let rust = "the client's method takes it by another name";
            (Verdict::Compatible, why, Some(rust.to_owned()))
        };
        let says = format!("{id} is now {} (was {})", route(new), route(old));
        findings.push(
            Finding::new(verdict, Side::Api, says, why)
                .seen_in(id)
                .at(&old.place)
                .at(&new.place)
                .at(format!("/paths/{}", escaped(&new.path)))
                .in_rust(rust)
                .about(Subject::Operation(id.to_owned())),
        );
    }
    if old.security != new.security {
        let told = |schemes: &[String]| {
            if schemes.is_empty() {
                "nothing".to_owned()
            } else {
                schemes.join(" or ")
            }
        };
        let says = format!(
            "{id} is now to be signed with {} (was {})",
            told(&new.security),
            told(&old.security)
        );
        let stays =
            !old.security.is_empty() && old.security.iter().all(|s| new.security.contains(s));
        let (verdict, why) = if stays || new.security.is_empty() {
            (
                Verdict::Compatible,
                "requests that are signed as before are taken",
            )
        } else {
            (
                Verdict::Breaking,
                "requests that are signed as before are refused",
            )
        };
        findings.push(
            Finding::new(verdict, Side::Requests, says, why)
                .seen_in(id)
                .at("/security")
                .at("/components/securitySchemes")
                .at(format!("{}/security", new.place))
                .about(Subject::Security(id.to_owned())),
        );
    }
    if old.body_required != new.body_required {
        let (verdict, says, why) = if new.body_required {
            (
                Verdict::Breaking,
                "is now required",
                "requests without it, legal so far, are refused",
            )
        } else {
            (
                Verdict::Compatible,
                "is now optional",
                "requests with it stay legal",
            )
        };
        findings.push(
            Finding::new(
                verdict,
                Side::Requests,
                format!("the body of {id} {says}"),
                why,
            )
            .seen_in(format!("{id} request"))
            .at(format!("{}/requestBody", old.place))
            .at(format!("{}/requestBody", new.place)),
        );
    }
    findings
}

fn media(id: &str, old: &Operation, new: &Operation) -> Vec<Finding> {
    let mut findings = Vec::new();
    let bodies = old
        .media
        .iter()
        .filter_map(|(of, before)| Some((of, before, new.media.get(of)?)));
    for (of, before, after) in bodies {
        let (side, whom) = if of == "request" {
            (Side::Requests, "the request of")
        } else {
            (Side::Answers, "an answer to")
        };
        let place = |operation: &Operation| {
            if of == "request" {
                format!("{}/requestBody", operation.place)
            } else {
                format!("{}/responses/{of}", operation.place)
            }
        };
        let mut push = |verdict, says: String, why: &str| {
            findings.push(
                Finding::new(verdict, side, says, why)
                    .seen_in(format!("{id} {of}"))
                    .at(place(old))
                    .at(place(new)),
            );
        };
        for media in before.iter().filter(|media| !after.contains(media)) {
            let says = format!("{whom} {id} is no longer {media}");
            push(
                Verdict::Breaking,
                says,
                "it is what clients of today send or read",
            );
        }
        for media in after.iter().filter(|media| !before.contains(media)) {
            let says = format!("{whom} {id} may now be {media}");
            push(
                Verdict::Compatible,
                says,
                "clients of today ask for what they know",
            );
        }
    }
    findings
}

fn answers(id: &str, old: &Operation, new: &Operation) -> Vec<Finding> {
    let told = |verdict, status: &str, says: &str, why: &str, place: &str| {
        Finding::new(verdict, Side::Answers, format!("{id} {says} {status}"), why)
            .seen_in(format!("{id} {status}"))
            .at(format!("{place}/responses/{status}"))
            .about(Subject::Answer(id.to_owned(), status.to_owned()))
    };
    let gone = old
        .answers
        .iter()
        .filter(|status| !new.answers.contains(status));
    let gone = gone.map(|status| {
        let (verdict, why) = if status.starts_with('2') {
            (
                Verdict::Breaking,
                "callers that wait for that success do not see it",
            )
        } else {
            (
                Verdict::Compatible,
                "a refusal that no longer comes harms nobody",
            )
        };
        told(verdict, status, "no longer answers", why, &old.place)
    });
    let added = new
        .answers
        .iter()
        .filter(|status| !old.answers.contains(status));
    let added = added.map(|status| {
        let why = "the client takes any success and keeps any refusal";
        told(
            Verdict::Compatible,
            status,
            "may now answer",
            why,
            &new.place,
        )
    });
    gone.chain(added).collect()
}

fn servers(before: &Facts, after: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut push = |verdict, url: &str, says: String, why: &str| {
        findings.push(
            Finding::new(verdict, Side::Api, says, why)
                .at("/servers")
                .about(Subject::Server(url.to_owned())),
        );
    };
    let rank = |facts: &Facts, url: &str| facts.servers.iter().position(|(other, _)| other == url);
    for (index, (url, _)) in before.servers.iter().enumerate() {
        match rank(after, url) {
            None => push(
                Verdict::Breaking,
                url,
                format!("the server {url} is gone"),
                "clients of today call it",
            ),
            Some(now) if now != index => push(
                Verdict::Breaking,
                url,
                format!(
                    "the server {url} is now number {} (was {})",
                    now + 1,
                    index + 1
                ),
                "the client's environments are the servers in their order",
            ),
            Some(_) => {}
        }
    }
    for (url, _) in &after.servers {
        if rank(before, url).is_none() {
            push(
                Verdict::Compatible,
                url,
                format!("the server {url} is new"),
                "nobody calls it yet",
            );
        }
    }
    findings
}
