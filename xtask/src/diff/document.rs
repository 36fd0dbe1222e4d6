//! What is not about single attributes: servers, security, operations, bodies and statuses.

use crate::clauses::Subject;
use crate::facts::{Facts, Operation};

use super::names::{bare, same_route};
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

fn escaped(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
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
