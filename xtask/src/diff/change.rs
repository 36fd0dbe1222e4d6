//! A change: whom it concerns, what it is called, and what it does to those callers.
//!
//! The rule of [`super`] is in one function, [`Change::of_rule`]: the same effect on a set of
//! values is compatible for requests and breaking for responses, or the reverse.

use std::collections::BTreeSet;

use bvnk_contract::Expectation;
use serde::Serialize;

use super::effects::{Effect, Verdict};
use super::show;

/// Whom a change concerns.
///
/// The order is that in which changes of the same impact are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Those who send requests.
    Requests,
    /// Those who read responses.
    Responses,
    /// All callers: servers, security, operations.
    ///
    /// Such changes are judged like those of requests.
    #[serde(rename = "all")]
    Api,
}

/// What a change does to the callers that it concerns.
///
/// The order is that of the report: what breaks comes first, so that the minimum is the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// What worked before may no longer work.
    ///
    /// For requests or for responses alone; a change on either side is enough.
    Breaking,
    /// What worked before works.
    Compatible,
    /// Only texts and examples differ.
    #[serde(rename = "docs")]
    Documentation,
}

/// One change.
///
/// Its JSON form is the output of `--json`, so that the names of its fields are part of the
/// command's interface.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// What it does.
    #[serde(rename = "verdict")]
    pub impact: Impact,
    /// Whom it concerns.
    pub side: Side,
    /// The change, in the API's names.
    ///
    /// For example, `email is now required in requests`.
    pub says: String,
    /// Why it has that impact.
    ///
    /// For example, `requests that were legal are rejected`.
    pub why: String,
    /// What changes in the client's Rust, where that alone would break its callers.
    ///
    /// It raises the step of the crates and not that of the contract.
    pub rust: Option<&'static str>,
    /// The bodies that have it, such as `create_customer request`.
    ///
    /// A change of a shared schema has several.
    pub seen_in: BTreeSet<String>,
    /// JSON pointers into the old or the new contract.
    pub places: BTreeSet<String>,
    /// The ids of the clauses about it.
    ///
    /// Their text or their expectation may have to follow the change.
    pub clauses: BTreeSet<String>,
    /// The facts that it is about.
    ///
    /// The clauses are found by them. They are not part of the JSON output.
    #[serde(skip)]
    pub(crate) facts: Vec<Expectation>,
}

impl Change {
    /// Makes a change without places. `why` states the reason for the impact.
    pub(super) fn new(
        impact: Impact,
        side: Side,
        says: impl Into<String>,
        why: &str,
        rust: Option<&'static str>,
    ) -> Self {
        Self {
            impact,
            side,
            says: says.into(),
            why: why.to_owned(),
            rust,
            seen_in: BTreeSet::new(),
            places: BTreeSet::new(),
            clauses: BTreeSet::new(),
            facts: Vec::new(),
        }
    }

    /// Adds a place; a location with a reference is two.
    ///
    /// Both the place of the reference and that of the component are worth opening.
    pub(super) fn at(mut self, location: &str) -> Self {
        let places = location.split(" -> ").map(str::to_owned);
        self.places.extend(places);
        self
    }

    /// Adds a fact that the change is about, and the body that has it.
    pub(super) fn about(mut self, fact: &Expectation) -> Self {
        let place = [fact.operation(), fact.of()].into_iter().flatten();
        let place = place.collect::<Vec<_>>().join(" ");
        self.seen_in.extend(Some(place).filter(|it| !it.is_empty()));
        self.facts.push(fact.clone());
        self
    }

    /// The change of a rule of a fact. Requests may become freer and responses narrower; anything
    /// else breaks a caller.
    ///
    /// The reasons are the same few sentences for all changes, so that readers learn them once.
    pub(super) fn of_rule(fact: &Expectation, (effect, says, rust): Verdict) -> Self {
        use Impact::{Breaking, Compatible};
        let (side, noun) = noun(fact);
        let (impact, why) = match (side, effect) {
            (_, Effect::Tolerated) => (Compatible, "clients tolerate both"),
            (Side::Responses, Effect::Narrower) => {
                (Compatible, "no response comes that could not come before")
            }
            (Side::Responses, _) => (Breaking, "responses may come that could not come before"),
            (_, Effect::Wider) => (Compatible, "requests that were legal stay legal"),
            _ if matches!(fact, Expectation::IdempotencyKey { .. }) => {
                (Breaking, "a repeated request may be carried out twice")
            }
            _ => (Breaking, "requests that were legal are rejected"),
        };
        let end = fact.attribute().map_or(String::new(), |_| {
            let word = if says == GONE { "from" } else { "in" };
            format!(" {word} {}", show::word(side))
        });
        Self::new(impact, side, format!("{noun} {says}{end}"), why, rust).about(fact)
    }
}

/// What is said of a fact that the new contract does not have.
pub(super) const GONE: &str = "is gone";

/// Whom a fact concerns, and what it is called.
///
/// The name is the beginning of a sentence, such as `email` + `is now required in requests`.
pub(super) fn noun(fact: &Expectation) -> (Side, String) {
    use Expectation as E;
    use Side::{Api, Requests, Responses};
    let id = fact.operation().unwrap_or_default();
    match fact {
        E::Attribute(rules) => match (rules.of.as_str(), rules.path.as_str()) {
            ("request", "") => (Requests, "the body".to_owned()),
            ("request", path) => (Requests, path.to_owned()),
            ("header", name) => (Requests, format!("the header {name}")),
            ("path", name) => (Requests, format!("{{{name}}} in the path")),
            ("query", name) => (Requests, format!("the query parameter {name}")),
            (status, "") => (Responses, format!("the body of a {status}")),
            (_, path) => (Responses, path.to_owned()),
        },
        E::Server { url, .. } => (Api, format!("the server {url}")),
        E::Operation { method, path, .. } => {
            let method = method.to_uppercase();
            (Api, format!("the operation {id} ({method} {path})"))
        }
        E::Security { .. } => (Requests, format!("the authentication of {id}")),
        E::Answer { status, .. } => (Responses, format!("the response {status} of {id}")),
        E::Media { of, .. } if of == "request" => (Requests, format!("the body of {id}")),
        E::Media { of, .. } => (Responses, format!("the body of the response {of} of {id}")),
        E::Link { target, .. } => (Api, format!("the link from {id} to {target}")),
        E::Terminal { path, .. } => (Responses, path.clone()),
        E::IdempotencyKey { .. } => (Requests, format!("the idempotency key of {id}")),
        E::Sample { .. } | E::Value { .. } | E::Behaviour {} => (Api, String::new()),
    }
}
