//! The differences of two lists of statements, classified.

mod attributes;

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{AspectChange, Difference, Expectation, Statement, Status, compare};

use super::align::without_names;
use super::rules::{self, Effect};
use super::{Change, Impact, Side};

/// Every change from one list of statements to another.
pub(crate) fn changes(before: &[Statement], after: &[Statement]) -> Vec<Change> {
    let expectations = before.iter().map(|statement| &statement.expectation);
    let differences = compare(expectations, after);
    let replaced = differences.iter().filter_map(replaced).collect();
    let facts = Facts {
        before: by_subject(before),
        after: by_subject(after),
        replaced,
    };
    differences
        .iter()
        .filter(|difference| !facts.is_covered(fact(difference)))
        .flat_map(|difference| facts.classify(difference))
        .collect()
}

fn by_subject(statements: &[Statement]) -> BTreeMap<String, &Statement> {
    let keyed = statements
        .iter()
        .map(|statement| Some((statement.expectation.subject()?, statement)));
    keyed.flatten().collect()
}

fn fact<'a>(difference: &'a Difference<'_>) -> &'a Expectation {
    match difference {
        Difference::Removed(fact) | Difference::Changed { before: fact, .. } => fact,
        Difference::Added(statement) => &statement.expectation,
    }
}

/// The subject of a difference whose parts are new or gone with it.
fn replaced(difference: &Difference<'_>) -> Option<String> {
    match difference {
        Difference::Changed { aspects, .. }
            if !aspects
                .iter()
                .any(|aspect| matches!(aspect.name.as_str(), "type" | "body")) =>
        {
            None
        }
        difference => fact(difference).subject(),
    }
}

struct Facts<'a> {
    before: BTreeMap<String, &'a Statement>,
    after: BTreeMap<String, &'a Statement>,
    replaced: BTreeSet<String>,
}

impl Facts<'_> {
    /// Whether a fact is new or gone with what holds it, so that the change of that says it.
    fn is_covered(&self, fact: &Expectation) -> bool {
        let Some(operation) = fact.operation() else {
            return false;
        };
        let has = |subject: String| self.replaced.contains(&subject);
        let of_operation = has(format!("operation {operation}"));
        let of_body = |of: &str| {
            has(format!("answer {operation} {of}")) || has(format!("media {operation} {of}"))
        };
        match fact {
            Expectation::Operation { .. } => false,
            Expectation::Media { of, .. } => {
                of_operation || has(format!("answer {operation} {of}"))
            }
            Expectation::Link { of, .. } => of_operation || of_body(of),
            Expectation::Terminal { of, path, .. } => {
                of_operation || of_body(of) || has(format!("{operation} {of} {path}"))
            }
            Expectation::Attribute(rules) => {
                of_operation || of_body(&rules.of) || self.has_replaced_parent(rules)
            }
            _ => of_operation,
        }
    }

    fn classify(&self, difference: &Difference<'_>) -> Vec<Change> {
        let subject = fact(difference).subject().unwrap_or_default();
        let (before, after) = (self.before.get(&subject), self.after.get(&subject));
        let changes = match difference {
            Difference::Removed(before) => self.one_sided(before, false),
            Difference::Added(after) => self.one_sided(&after.expectation, true),
            Difference::Changed {
                before,
                after,
                aspects,
            } => changed(before, &after.expectation, aspects),
        };
        let locations: Vec<&str> = before
            .into_iter()
            .chain(after)
            .map(|statement| statement.location.as_str())
            .collect();
        changes
            .into_iter()
            .map(|change| {
                let mut change = change.about(fact(difference));
                // First, before the facts that it holds.
                change.facts.rotate_right(1);
                locations
                    .iter()
                    .fold(change, |change, location| change.at(location))
            })
            .collect()
    }

    /// What a fact means that only the old contract states, or only the new one.
    fn one_sided(&self, fact: &Expectation, is_new: bool) -> Vec<Change> {
        use Impact::{Breaking, Compatible};
        let new_or_gone = if is_new { "new" } else { "gone" };
        let when_gone = if is_new { Compatible } else { Breaking };
        vec![match fact {
            Expectation::Server { url, .. } => Change::new(
                when_gone,
                Side::Api,
                format!("the server {url} is {new_or_gone}"),
                if is_new {
                    "no client calls it yet"
                } else {
                    "clients call it today"
                },
            ),
            Expectation::Operation {
                operation,
                method,
                path,
            } => Change::new(
                when_gone,
                Side::Api,
                format!(
                    "the operation {operation} ({}) is {new_or_gone}",
                    route(method, path)
                ),
                match is_new {
                    true => "no client calls it yet",
                    false => "its callers no longer compile, and the server rejects the call",
                },
            ),
            Expectation::Security { scheme, .. } if is_new => security(fact, "", scheme),
            Expectation::Security { scheme, .. } => security(fact, scheme, ""),
            Expectation::Answer { operation, status } => self.answer(operation, status, is_new),
            Expectation::Media {
                operation,
                of,
                required,
                ..
            } => {
                let (side, whose) = body(of);
                let is_optional = is_new && !required;
                Change::new(
                    if is_optional { Compatible } else { Breaking },
                    side,
                    format!(
                        "{whose} {operation} {} a body",
                        if is_new { "now has" } else { "no longer has" }
                    ),
                    match is_optional {
                        true => WIDER_REQUESTS,
                        false => why(side, Effect::Other),
                    },
                )
                .rust(Some("the client's method changes".to_owned()))
            }
            Expectation::Attribute(rules) => return self.attribute(rules, is_new),
            Expectation::Link {
                operation, target, ..
            } => Change::new(
                when_gone,
                Side::Api,
                format!("the link from {operation} to {target} is {new_or_gone}"),
                match is_new {
                    true => "no client follows it yet",
                    false => "the value that callers follow it with may no longer be accepted",
                },
            ),
            Expectation::Terminal { values, path, .. } if is_new => {
                return terminal(path, &[], values);
            }
            Expectation::Terminal { values, path, .. } => return terminal(path, values, &[]),
            Expectation::IdempotencyKey { operation, header } => {
                let says = match is_new {
                    true => format!(
                        "the header {header} now carries the idempotency key of {operation}"
                    ),
                    false => format!(
                        "the header {header} no longer carries the idempotency key of {operation}"
                    ),
                };
                key_header(when_gone, says)
            }
            Expectation::Sample { .. } | Expectation::Behaviour {} => return Vec::new(),
        }]
    }

    fn answer(&self, operation: &str, status: &str, is_new: bool) -> Change {
        let is_success = Status::parse(status).is_some_and(Status::is_success);
        let of_before = |statement: &&&Statement| {
            matches!(&statement.expectation, Expectation::Answer { operation: id, status }
                if id == operation && Status::parse(status).is_some_and(Status::is_success))
        };
        let body = body_facts(&self.after, operation, status);
        let has_known_body = self.before.values().filter(of_before).any(|statement| {
            let Expectation::Answer { status, .. } = &statement.expectation else {
                return false;
            };
            body_facts(&self.before, operation, status) == body
        });
        let (impact, why) = match (is_new, is_success) {
            (true, true) if has_known_body => (
                Impact::Compatible,
                "the client takes any success with a body that it knows",
            ),
            (true, true) => (
                Impact::Breaking,
                "a success may come with a body that could not come before",
            ),
            (true, false) => (Impact::Compatible, "the client keeps any error response"),
            (false, true) => (
                Impact::Breaking,
                "callers that wait for that success do not get it",
            ),
            (false, false) => (
                Impact::Compatible,
                "an error response that no longer comes breaks no caller",
            ),
        };
        let verb = if is_new {
            "may now respond"
        } else {
            "no longer responds"
        };
        Change::new(
            impact,
            Side::Responses,
            format!("{operation} {verb} with {status}"),
            why,
        )
    }
}

/// What is stated of a body, whatever the status is.
fn body_facts(
    facts: &BTreeMap<String, &Statement>,
    operation: &str,
    status: &str,
) -> BTreeMap<String, BTreeMap<String, serde_json::Value>> {
    let of = format!("{operation} {status}");
    let media = format!("media {of}");
    facts
        .iter()
        .filter_map(|(subject, statement)| {
            let rest = match subject == &media {
                true => "media",
                false => subject.strip_prefix(&of)?.strip_prefix(' ')?,
            };
            Some((rest.to_owned(), statement.expectation.aspects()))
        })
        .collect()
}

/// What a fact means that both contracts state, but differently.
fn changed(before: &Expectation, after: &Expectation, aspects: &[AspectChange]) -> Vec<Change> {
    use Expectation as E;
    use Impact::{Breaking, Compatible};
    match (before, after) {
        (E::Server { url, rank: was }, E::Server { rank, .. }) => vec![Change::new(
            Breaking,
            Side::Api,
            format!("the server {url} is now number {rank} (was {was})"),
            "the client's environments are the servers in their order",
        )],
        (
            E::Operation {
                operation,
                method: old_method,
                path: old_path,
            },
            E::Operation { method, path, .. },
        ) => {
            let says = format!(
                "{operation} is now {} (was {})",
                route(method, path),
                route(old_method, old_path)
            );
            let same = method == old_method && without_names(path) == without_names(old_path);
            vec![if same {
                let why = "the name of a path parameter is not on the wire";
                Change::new(Compatible, Side::Api, says, why)
                    .rust(Some("the client's method has another setter".to_owned()))
            } else {
                Change::new(
                    Breaking,
                    Side::Api,
                    says,
                    "clients call the former one today",
                )
            }]
        }
        (E::Security { scheme: was, .. }, E::Security { scheme, .. }) => {
            vec![security(before, was, scheme)]
        }
        (
            E::Media { operation, of, .. },
            E::Media {
                r#type, required, ..
            },
        ) => {
            let (side, whose) = body(of);
            let media = |aspect: &AspectChange| {
                let text = |value: &Option<serde_json::Value>| {
                    value
                        .as_ref()
                        .and_then(serde_json::Value::as_str)
                        .map(str::to_owned)
                };
                let (was, is) = (text(&aspect.before), text(&aspect.after));
                match aspect.name.as_str() {
                    "required" => {
                        let is = if *required { "required" } else { "optional" };
                        let effect = if *required {
                            Effect::Narrower
                        } else {
                            Effect::Wider
                        };
                        of_rule(effect, side, format!("the body of {operation} is now {is}"))
                    }
                    "body" => {
                        let any = || "any".to_owned();
                        let rule =
                            rules::type_change(&was.unwrap_or_else(any), &is.unwrap_or_else(any));
                        let says = format!("the body of {whose} {operation} {}", rule.says);
                        of_rule(rule.effect, side, says).rust(rule.rust)
                    }
                    _ => {
                        let was = was.unwrap_or_default();
                        let says = format!("{whose} {operation} is now {} (was {was})", r#type);
                        of_rule(Effect::Other, side, says)
                    }
                }
            };
            aspects.iter().map(media).collect()
        }
        (E::Attribute(before), E::Attribute(after)) => attributes::changed(before, after, aspects),
        (
            E::Terminal {
                values: was, path, ..
            },
            E::Terminal { values, .. },
        ) => terminal(path, was, values),
        (
            E::Link {
                operation,
                target,
                from: was,
                ..
            },
            E::Link { from, .. },
        ) => vec![Change::new(
            Breaking,
            Side::Api,
            format!("the link from {operation} to {target} now takes {from} (was {was})"),
            "the value that callers follow it with may no longer be accepted",
        )],
        (
            E::IdempotencyKey {
                operation,
                header: was,
            },
            E::IdempotencyKey { header, .. },
        ) => {
            let says = format!(
                "the idempotency key of {operation} is now in the header {header} (was {was})"
            );
            vec![key_header(Breaking, says)]
        }
        _ => Vec::new(),
    }
}

fn route(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_uppercase())
}

fn body(of: &str) -> (Side, String) {
    match of {
        "request" => (Side::Requests, "the request of".to_owned()),
        status => (Side::Responses, format!("the {status} response of")),
    }
}

fn security(fact: &Expectation, was: &str, is: &str) -> Change {
    let schemes = |text: &'_ str| -> Vec<String> {
        let names = text.split(", ").filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    };
    let (before, after) = (schemes(was), schemes(is));
    let list = |names: &[String]| match names {
        [] => "nothing".to_owned(),
        names => names.join(" or "),
    };
    let says = format!(
        "{} is now authenticated by {} (was {})",
        fact.operation().unwrap_or_default(),
        list(&after),
        list(&before)
    );
    let stays = !before.is_empty() && before.iter().all(|name| after.contains(name));
    let effect = if stays || after.is_empty() {
        Effect::Wider
    } else {
        Effect::Other
    };
    of_rule(effect, Side::Requests, says)
}

fn key_header(impact: Impact, says: String) -> Change {
    let why = match impact {
        Impact::Breaking => {
            "a repetition with the key in the former header may be carried out twice"
        }
        _ => "requests without a key stay legal",
    };
    Change::new(impact, Side::Requests, says, why)
}

/// Values that end a flow, or no longer do.
fn terminal(path: &str, was: &[String], is: &[String]) -> Vec<Change> {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let only = these.iter().filter(|value| !those.contains(value));
        only.cloned().collect()
    };
    let (added, gone) = (only(is, was), only(was, is));
    let mut changes = Vec::new();
    let mut push = |impact, values: &[String], says: &str, why: &str| {
        if !values.is_empty() {
            let says = format!("{path} {says} {}", values.join(", "));
            let rust = Some("`is_terminal` answers differently".to_owned());
            changes.push(Change::new(impact, Side::Responses, says, why).rust(rust));
        }
    };
    let why = "another value may follow, which could not come before";
    push(Impact::Breaking, &gone, "is no longer final at", why);
    let why = "no response comes that could not come before";
    push(Impact::Compatible, &added, "is now final at", why);
    changes
}

const WIDER_REQUESTS: &str = "requests that were legal stay legal";

/// Requests may become freer and responses narrower; anything else breaks a caller.
fn of_rule(effect: Effect, side: Side, says: String) -> Change {
    let impact = match (side, effect) {
        (_, Effect::Tolerated)
        | (Side::Responses, Effect::Narrower)
        | (Side::Requests | Side::Api, Effect::Wider) => Impact::Compatible,
        _ => Impact::Breaking,
    };
    Change::new(impact, side, says, why(side, effect))
}

fn why(side: Side, effect: Effect) -> &'static str {
    match (side, effect) {
        (_, Effect::Tolerated) => "client and callers take any value there",
        (Side::Responses, Effect::Narrower) => "such responses could come before",
        (Side::Responses, _) => "responses may come that could not come before",
        (_, Effect::Wider) => WIDER_REQUESTS,
        _ => "requests that were legal are rejected",
    }
}
