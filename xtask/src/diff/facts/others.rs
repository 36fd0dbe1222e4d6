//! Servers, operations, authentication, responses, bodies, links and final values.

use bvnk_contract::{AspectChange, Expectation};
use serde_json::Value;

use super::{attributes, of_effect};
use crate::diff::align::without_names;
use crate::diff::rules::{self, Effect};
use crate::diff::{Change, Side};

/// Whom a fact concerns, and what it is called.
pub(super) fn noun(fact: &Expectation) -> (Side, String) {
    match fact {
        Expectation::Server { url, .. } => (Side::Api, format!("the server {url}")),
        Expectation::Operation {
            operation,
            method,
            path,
        } => {
            let route = format!("{} {path}", method.to_uppercase());
            (Side::Api, format!("the operation {operation} ({route})"))
        }
        Expectation::Security { operation, .. } => {
            (Side::Requests, format!("the authentication of {operation}"))
        }
        Expectation::Answer { operation, status } => (
            Side::Responses,
            format!("the response {status} of {operation}"),
        ),
        Expectation::Media { operation, of, .. } if of == "request" => {
            (Side::Requests, format!("the body of {operation}"))
        }
        Expectation::Media { operation, of, .. } => (
            Side::Responses,
            format!("the body of the response {of} of {operation}"),
        ),
        Expectation::Link {
            operation, target, ..
        } => (Side::Api, format!("the link from {operation} to {target}")),
        Expectation::IdempotencyKey { operation, .. } => (
            Side::Requests,
            format!("the idempotency key of {operation}"),
        ),
        _ => (Side::Api, String::new()),
    }
}

/// What it means that both contracts state a fact, but differently.
pub(super) fn changed(
    before: &Expectation,
    after: &Expectation,
    aspects: &[AspectChange],
) -> Vec<Change> {
    use Expectation as E;
    if let (E::Attribute(before), E::Attribute(after)) = (before, after) {
        return attributes::changed(before, after, aspects);
    }
    let (side, noun) = noun(before);
    let aspect = |change: &AspectChange| {
        let text = |value: &Option<Value>| match value {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "any".to_owned(),
        };
        let (was, is) = (text(&change.before), text(&change.after));
        let label = match change.name.as_str() {
            "from" => "source",
            name => name,
        };
        let says = format!("{noun} now has the {label} {is} (was {was})");
        match (before, after, change.name.as_str()) {
            (E::Operation { path: old, .. }, E::Operation { path: new, .. }, "path")
                if without_names(old) == without_names(new) =>
            {
                let rust = "the client's method has another setter".to_owned();
                of_effect(Effect::Tolerated, side, says).rust(Some(rust))
            }
            (E::Security { scheme: old, .. }, E::Security { scheme: new, .. }, _) => {
                let mut old = old.split(", ");
                let stays = old.all(|scheme| new.split(", ").any(|other| other == scheme));
                let effect = if stays { Effect::Wider } else { Effect::Other };
                of_effect(effect, side, says)
            }
            (_, E::Media { required, .. }, "required") => {
                let (effect, is) = match required {
                    true => (Effect::Narrower, "required"),
                    false => (Effect::Wider, "optional"),
                };
                of_effect(effect, side, format!("{noun} is now {is}"))
            }
            (E::Media { .. }, _, "body") => {
                let rule = rules::type_change(&was, &is);
                of_effect(rule.effect, side, format!("{noun} {}", rule.says)).rust(rule.rust)
            }
            _ => of_effect(Effect::Other, side, says),
        }
    };
    aspects.iter().map(aspect).collect()
}

/// Values that end a flow, or no longer do. Another value may follow those that do not.
pub(super) fn terminal(before: Option<&Expectation>, after: Option<&Expectation>) -> Vec<Change> {
    let values = |fact: Option<&Expectation>| match fact {
        Some(Expectation::Terminal { path, values, .. }) => (path.clone(), values.clone()),
        _ => (String::new(), Vec::new()),
    };
    let ((old, was), (new, is)) = (values(before), values(after));
    let path = if new.is_empty() { old } else { new };
    let (added, gone) = rules::sides(&was, &is);
    let change = |effect, values: Vec<&String>, says: &str| {
        let says = format!("{path} {says} {}", rules::list(values));
        let rust = Some("`is_terminal` answers differently".to_owned());
        of_effect(effect, Side::Responses, says).rust(rust)
    };
    let gone = (!gone.is_empty()).then(|| change(Effect::Wider, gone, "is no longer final at"));
    let added = (!added.is_empty()).then(|| change(Effect::Narrower, added, "is now final at"));
    gone.into_iter().chain(added).collect()
}
