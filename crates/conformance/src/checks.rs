//! The checks: what is judged, and which clauses that proves. The mapping of checks and
//! clauses lives here and nowhere else.

mod answers;
mod attributes;
mod contract;
mod idempotency;
mod negatives;
mod reading;
mod refusals;
mod repeats;
mod requests;
mod schemas;
mod signatures;
mod tally;
mod webhooks;

use std::future::Future;
use std::pin::Pin;

use crate::clauses::{Clause, Expect};
use crate::onboarding::Onboarding;
use crate::suite::World;
pub(crate) use tally::{Tally, Wrong};

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
    /// Whether it proves every clause that the contract states.
    pub all_stated: bool,
    /// What it asks of the server.
    pub asks: Asks,
    pub(crate) judge: Judge,
}

/// What a check asks of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Nothing: it judges contract, clauses and types.
    Nothing,
    /// That it answers.
    Answers,
    /// That it fails on demand, as only the simulator does.
    Faults,
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

/// Calls of a check's own.
type Probe = for<'a> fn(&'a World, &'a mut Tally) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// How a check judges.
pub(crate) enum Judge {
    /// Each onboarding, by what was said.
    Onboarding(Needs, fn(&World, &Onboarding, &mut Tally)),
    /// By calls of its own.
    Probe(Probe),
}

impl Check {
    /// Whether it proves a clause.
    pub fn proves(&self, clause: &Clause) -> bool {
        if self.all_stated && clause.expect.is_stated() {
            return true;
        }
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
        all_stated: false,
        asks: Asks::Nothing,
        judge: Judge::Probe(|world, tally| Box::pin(requests::environments(world, tally))),
    },
    Check {
        id: "contract-clauses",
        about: "the contract states what each clause expects, and nothing that no clause covers",
        clauses: &[],
        attributes: &[],
        all_stated: true,
        asks: Asks::Nothing,
        judge: Judge::Probe(|world, tally| Box::pin(contract::clauses(world, tally))),
    },
    Check {
        id: "type-schemas",
        about: "the schema derived from each of the client's types says what the contract says",
        clauses: &[],
        attributes: &[REQUEST, CREATED, FOUND],
        all_stated: false,
        asks: Asks::Nothing,
        judge: Judge::Probe(|world, tally| Box::pin(schemas::schemas(world, tally))),
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
        attributes: &[REQUEST],
        all_stated: false,
        asks: Asks::Nothing,
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
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Onboarding(Needs::Creation, requests::route),
    },
    Check {
        id: "request-headers",
        about: "requests have the headers that they need, and no others",
        clauses: &["request.headers", "request.media"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Onboarding(Needs::Creation, requests::headers),
    },
    Check {
        id: "request-signature",
        about: "each request has one Hawk header that another implementation verifies, with a fresh nonce",
        clauses: &["auth.create", "auth.get", "auth.fresh"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Onboarding(Needs::Creation, signatures::signed),
    },
    Check {
        id: "request-key",
        about: "a creation carries a UUID of its own as idempotency key, a look carries none",
        clauses: &["idempotency.header"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Onboarding(Needs::Nothing, requests::key),
    },
    Check {
        id: "request-body",
        about: "the body on the wire is valid, and is what the caller gave",
        clauses: &["settled.agreement-name", "request.media"],
        attributes: &[REQUEST],
        all_stated: false,
        asks: Asks::Answers,
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
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Probe(|world, tally| Box::pin(attributes::attributes(world, tally))),
    },
    Check {
        id: "request-negatives",
        about: "client and server refuse every body that is wrong in one place",
        clauses: &["answer.bad-request"],
        attributes: &[REQUEST],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Probe(|world, tally| Box::pin(negatives::negatives(world, tally))),
    },
    Check {
        id: "signature-required",
        about: "a request that is not signed, or signed for something else, is refused and does nothing",
        clauses: &["auth.refused", "auth.payload"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Probe(|world, tally| Box::pin(signatures::required(world, tally))),
    },
    Check {
        id: "signature-fresh",
        about: "a signature that was used before, or long ago, is refused and does nothing",
        clauses: &["auth.fresh", "auth.clock"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
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
            "idempotency.header",
            "request.extra",
        ],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Probe(|world, tally| Box::pin(refusals::refusals(world, tally))),
    },
    Check {
        id: "create-accepted",
        about: "a valid creation is answered 202",
        clauses: &["answer.accepted", "flow.start"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Onboarding(Needs::Nothing, answers::accepted),
    },
    Check {
        id: "answer-raw",
        about: "a creation and a look are answered as the contract says, whatever a client makes of it",
        clauses: &[
            "answer.accepted",
            "answer.found",
            "answer.media",
            "answer.get-media",
            "flow.end",
        ],
        attributes: &[CREATED, FOUND],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Probe(|world, tally| Box::pin(answers::raw(world, tally))),
    },
    Check {
        id: "answer-body",
        about: "each answer is valid, and its type keeps all of it",
        clauses: &["answer.media", "answer.get-media", "answer.found"],
        attributes: &[CREATED, FOUND],
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Onboarding(Needs::Customer, answers::body),
    },
    Check {
        id: "answer-reference",
        about: "each creation gets a reference of its own, and a look answers the one that was asked for",
        clauses: &["answer.reference-unique", "answer.get-reference"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
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
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Onboarding(Needs::Customer, answers::known_status),
    },
    Check {
        id: "status-progress",
        about: "a status moves forward only, and ends",
        clauses: &["flow.follow", "flow.end", "flow.verified", "flow.forward"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Answers,
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
        all_stated: false,
        asks: Asks::Answers,
        judge: Judge::Probe(|world, tally| Box::pin(idempotency::replay(world, tally))),
    },
    Check {
        id: "failure-repeated",
        about: "a failure that passes is repeated with the same key and a fresh signature, a refusal is not",
        clauses: &[
            "repeat.transient",
            "repeat.same",
            "repeat.fresh",
            "repeat.after",
            "repeat.refusal",
            "repeat.redirect",
            "repeat.doubt",
        ],
        attributes: &[],
        all_stated: false,
        asks: Asks::Faults,
        judge: Judge::Probe(|world, tally| Box::pin(repeats::repeats(world, tally))),
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
        all_stated: false,
        asks: Asks::Faults,
        judge: Judge::Probe(|world, tally| Box::pin(reading::refusals(world, tally))),
    },
    Check {
        id: "change-survived",
        about: "another success, an unheard-of status and unheard-of members survive decoding",
        clauses: &["settled.beta", "settled.success", "status.unsuccessful"],
        attributes: &[],
        all_stated: false,
        asks: Asks::Faults,
        judge: Judge::Probe(|world, tally| Box::pin(reading::changes(world, tally))),
    },
    // A server cannot be told from outside to send an event, rightly or wrongly: both judge
    // with a simulator of their own, and say nothing of a foreign server.
    Check {
        id: "webhooks-sent",
        about: "each change of status is told once, by a signed event that comes again until it is taken",
        clauses: &[
            "webhook.told",
            "webhook.signed",
            "webhook.schemes",
            "webhook.events",
            "webhook.repeated",
            "webhook.once",
        ],
        attributes: &[],
        all_stated: false,
        asks: Asks::Faults,
        judge: Judge::Probe(|world, tally| Box::pin(webhooks::sent(world, tally))),
    },
    Check {
        id: "webhooks-read",
        about: "an event is handled once and ends its customer's wait, however it comes; a forged one is refused",
        clauses: &[
            "webhook.told",
            "webhook.signed",
            "webhook.schemes",
            "webhook.events",
            "webhook.unknown-event",
            "webhook.once",
            "webhook.order",
            "webhook.own-customer",
        ],
        attributes: &[],
        all_stated: false,
        asks: Asks::Faults,
        judge: Judge::Probe(|world, tally| Box::pin(webhooks::read(world, tally))),
    },
];
