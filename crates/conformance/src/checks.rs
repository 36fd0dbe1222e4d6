//! The checks: what is judged, and which clauses that proves. The mapping of checks and
//! clauses lives here and nowhere else.

mod answers;
mod attributes;
mod idempotency;
mod reading;
mod refusals;
mod requests;
mod signatures;
mod webhooks;

use std::future::Future;
use std::pin::Pin;

use crate::clauses::{Clause, Expect};
use crate::onboarding::Onboarding;
use crate::suite::World;

/// One check.
pub struct Check {
    /// Its name, as reports show it.
    pub id: &'static str,
    /// What it holds against what.
    pub about: &'static str,
    /// The clauses that it proves.
    pub clauses: &'static [&'static str],
    /// The bodies (operation and `request` or status) all of whose attributes it proves.
    pub attributes: &'static [(&'static str, &'static str)],
    pub(crate) judge: Judge,
}

/// What an onboarding must have, so that a check can say anything of it.
#[derive(Clone, Copy)]
pub(crate) enum Needs {
    Nothing,
    /// A creation that arrived with the key of its call.
    Creation,
    /// A customer.
    Customer,
}

impl Needs {
    pub(crate) fn met(self, onboarding: &Onboarding) -> bool {
        match self {
            Self::Nothing => true,
            Self::Creation => onboarding.creation_arrived(),
            Self::Customer => onboarding.created.is_ok(),
        }
    }
}

/// Calls of a check's own, counted case by case.
type Probe = for<'a> fn(&'a World, &'a mut Tally) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// How a check judges.
pub(crate) enum Judge {
    /// Each onboarding, by what was said.
    Onboarding(Needs, fn(&World, &Onboarding) -> Result<(), String>),
    /// By calls of its own.
    Probe(Probe),
}

/// Counts the cases of one check.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) cases: u64,
    pub(crate) failures: Vec<String>,
}

impl Tally {
    /// Counts one case, which holds or fails with a message.
    pub(crate) fn hold(&mut self, holds: bool, message: impl FnOnce() -> String) {
        self.cases += 1;
        if !holds {
            self.failures.push(message());
        }
    }
}

impl Check {
    /// Whether it proves a clause.
    pub fn proves(&self, clause: &Clause) -> bool {
        let whole = match &clause.expect {
            Expect::Attribute(attribute) => self
                .attributes
                .contains(&(attribute.operation.as_str(), attribute.of.as_str())),
            _ => false,
        };
        whole || self.clauses.contains(&clause.id.as_str())
    }
}

const REQUEST: (&str, &str) = ("create_customer", "request");
const CREATED: (&str, &str) = ("create_customer", "202");
const FOUND: (&str, &str) = ("get_customer", "200");

/// All checks, in the order of a request's life.
pub const CHECKS: &[Check] = &[
    Check {
        id: "environments",
        about: "the client's environments are the contract's servers, in its order",
        clauses: &["server.sandbox", "server.production"],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(requests::environments(world, tally))),
    },
    Check {
        id: "request-types",
        about: "the client's type takes every valid body and gives it back unchanged",
        clauses: &[
            "settled.company",
            "settled.nationality",
            "settled.volumes",
            "settled.agreement-name",
        ],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Nothing, requests::types),
    },
    Check {
        id: "request-route",
        about: "one POST creates, GETs follow, each at the contract's path",
        clauses: &[
            "operation.create",
            "operation.get",
            "operation.get.reference",
        ],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Creation, requests::route),
    },
    Check {
        id: "request-headers",
        about: "requests have the headers that they need, and no others",
        clauses: &["request.media"],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Creation, requests::headers),
    },
    Check {
        id: "request-signature",
        about: "each request has one Hawk header that another implementation verifies, with a fresh nonce",
        clauses: &["auth.create", "auth.get"],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Creation, signatures::signed),
    },
    Check {
        id: "request-key",
        about: "a creation carries a UUID of its own as idempotency key, a look carries none",
        clauses: &["idempotency.header"],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Nothing, requests::key),
    },
    Check {
        id: "request-body",
        about: "the body on the wire is valid, and is what the caller gave",
        clauses: &["settled.agreement-name"],
        attributes: &[REQUEST],
        judge: Judge::Onboarding(Needs::Creation, requests::body),
    },
    Check {
        id: "request-attributes",
        about: "client and server demand, accept and refuse what each clause says of an attribute",
        clauses: &[
            "prerequisite.data",
            "prerequisite.selfie",
            "prerequisite.edd",
        ],
        attributes: &[REQUEST],
        judge: Judge::Probe(|world, tally| Box::pin(attributes::attributes(world, tally))),
    },
    Check {
        id: "signature-required",
        about: "a request that is not signed, or signed for something else, is refused and does nothing",
        clauses: &["auth.refused", "auth.payload"],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(signatures::required(world, tally))),
    },
    Check {
        id: "signature-fresh",
        about: "a signature that was used before, or long ago, is refused and does nothing",
        clauses: &["auth.fresh", "auth.clock"],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(signatures::fresh(world, tally))),
    },
    Check {
        id: "server-refuses",
        about: "the server refuses other methods, media types, keys and customers, and does nothing",
        clauses: &[
            "refused.unknown-customer",
            "refused.method",
            "refused.media",
            "refused.key",
        ],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(refusals::refusals(world, tally))),
    },
    Check {
        id: "create-accepted",
        about: "a valid creation is answered 202",
        clauses: &["answer.accepted", "flow.start"],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Nothing, answers::accepted),
    },
    Check {
        id: "answer-body",
        about: "each answer is valid, and its type keeps all of it",
        clauses: &["answer.media", "answer.get-media", "answer.found"],
        attributes: &[CREATED, FOUND],
        judge: Judge::Onboarding(Needs::Customer, answers::body),
    },
    Check {
        id: "answer-reference",
        about: "each creation gets a reference of its own, and a look answers the one that was asked for",
        clauses: &["answer.reference-unique", "answer.get-reference"],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Customer, answers::reference),
    },
    Check {
        id: "status-known",
        about: "each status of the documented flow is one that the client knows",
        clauses: &[
            "status.pending-agreements",
            "status.pending-verification",
            "status.verified",
            "status.unsuccessful",
            "settled.pending",
        ],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Customer, answers::known_status),
    },
    Check {
        id: "status-progress",
        about: "a status moves forward only, and ends",
        clauses: &["flow.follow", "flow.end", "flow.verified", "flow.forward"],
        attributes: &[],
        judge: Judge::Onboarding(Needs::Customer, answers::progress),
    },
    Check {
        id: "key-replay",
        about: "a key makes one customer, however often and however concurrently it is sent",
        clauses: &[
            "idempotency.once",
            "idempotency.replay",
            "idempotency.other-body",
        ],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(idempotency::replay(world, tally))),
    },
    Check {
        id: "refusal-kept",
        about: "whatever a refusal looks like, its status and its bytes reach the caller",
        clauses: &[
            "answer.bad-request",
            "answer.bad-request-media",
            "settled.error-body",
        ],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(reading::refusals(world, tally))),
    },
    Check {
        id: "change-survived",
        about: "another success, an unheard-of status and unheard-of members survive decoding",
        clauses: &["settled.beta", "settled.success"],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(reading::changes(world, tally))),
    },
    Check {
        id: "webhooks",
        about: "each change is told once by a signed webhook, however it is delivered; what is signed wrongly is refused",
        clauses: &[
            "webhook.told",
            "webhook.signed",
            "webhook.schemes",
            "webhook.events",
            "webhook.unknown-event",
            "webhook.repeated",
            "webhook.once",
            "webhook.order",
            "webhook.own-customer",
        ],
        attributes: &[],
        judge: Judge::Probe(|world, tally| Box::pin(webhooks::webhooks(world, tally))),
    },
];
