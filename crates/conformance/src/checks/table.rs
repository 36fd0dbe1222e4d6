//! The table of checks. Which check proves which clause is written here and nowhere else;
//! how a check judges is not.

use bvnk_contract::Expectation;

use super::{
    Check, Judge, answers, attributes, contract, documented, errors, flows, idempotency, refusals,
    repeats, requests, signatures, statuses, types, webhooks,
};

/// The kinds of clauses that state an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the head of clauses.toml describes them
pub enum Kind {
    Server,
    Operation,
    Security,
    Key,
    Link,
    Terminal,
    /// A listed value.
    Value,
    /// Examples of requests and of responses.
    RequestSample,
    AnswerSample,
    /// Listed statuses; of errors also what is in their bodies.
    Success,
    Error,
    /// Media types.
    RequestMedia,
    SuccessMedia,
    ErrorMedia,
    /// Attributes of bodies, and parameters.
    Request,
    Answer,
    Url,
    Header,
}

impl Kind {
    /// The kind of an expectation; none for behaviour.
    pub fn of(expectation: &Expectation) -> Option<Self> {
        Some(match expectation {
            Expectation::Server { .. } => Self::Server,
            Expectation::Operation { .. } => Self::Operation,
            Expectation::Security { .. } => Self::Security,
            Expectation::IdempotencyKey { .. } => Self::Key,
            Expectation::Link { .. } => Self::Link,
            Expectation::Terminal { .. } => Self::Terminal,
            Expectation::Value { .. } => Self::Value,
            Expectation::Sample { of, .. } if of == "request" => Self::RequestSample,
            Expectation::Sample { .. } => Self::AnswerSample,
            Expectation::Answer { status, .. } if status.starts_with('2') => Self::Success,
            Expectation::Answer { .. } => Self::Error,
            Expectation::Media { of, .. } if of == "request" => Self::RequestMedia,
            Expectation::Media { of, .. } if of.starts_with('2') => Self::SuccessMedia,
            Expectation::Media { .. } => Self::ErrorMedia,
            Expectation::Attribute(rules) => match rules.of.as_str() {
                "request" => Self::Request,
                "path" | "query" => Self::Url,
                "header" => Self::Header,
                of if of.starts_with('2') => Self::Answer,
                _ => Self::Error,
            },
            Expectation::Behaviour {} => return None,
        })
    }
}

const fn check(
    id: &'static str,
    about: &'static str,
    judge: Judge,
    kinds: &'static [Kind],
    clauses: &'static [&'static str],
) -> Check {
    Check {
        id,
        about,
        clauses,
        kinds,
        evidence: true,
        judge,
    }
}

macro_rules! probe {
    ($probe:path) => {
        Judge::Probe(|context, recorder| Box::pin($probe(context, recorder)))
    };
}

macro_rules! script {
    ($probe:path) => {
        Judge::Script(|context, recorder| Box::pin($probe(context, recorder)))
    };
}

use Kind::{
    Answer, AnswerSample, Error, ErrorMedia, Header, Key, Link, Operation, Request, RequestMedia,
    RequestSample, Security, Server, Success, SuccessMedia, Terminal, Url, Value,
};

/// All checks, in the order of a request's life.
pub const CHECKS: &[Check] = &[
    check(
        "environments",
        "the client's environments are the contract's servers, in its order",
        Judge::Specification(documented::environments),
        &[Server],
        &[],
    ),
    Check {
        evidence: false,
        ..check(
            "contract-clauses",
            "the contract states what each clause expects",
            Judge::Specification(contract::clauses),
            &[
                Server,
                Operation,
                Security,
                Key,
                Link,
                Terminal,
                Value,
                RequestSample,
                AnswerSample,
                Success,
                Error,
                RequestMedia,
                SuccessMedia,
                ErrorMedia,
                Request,
                Answer,
                Url,
                Header,
            ],
            &[],
        )
    },
    check(
        "type-schemas",
        "the schema derived from each of the client's types states what the contract states",
        Judge::Specification(types::schemas),
        &[Request, Answer],
        &[],
    ),
    check(
        "request-types",
        "the client's type takes every valid body and gives it back unchanged",
        Judge::Case(types::bodies_kept),
        &[Request, RequestSample],
        &[],
    ),
    check(
        "request-route",
        "each call arrives once, with the contract's method, path and query",
        Judge::Exercise(requests::route),
        &[Operation, Url],
        &[],
    ),
    check(
        "request-headers",
        "requests have the headers that they need, and no others",
        Judge::Exercise(requests::headers),
        &[RequestMedia, Header],
        &["request.headers"],
    ),
    check(
        "request-signature",
        "each request has one Hawk header that another implementation verifies, with a new nonce",
        Judge::Exercise(signatures::signed),
        &[Security],
        &["auth.fresh"],
    ),
    check(
        "request-key",
        "a call has a key of its own where the contract declares one, and none elsewhere",
        Judge::Exercise(requests::key),
        &[Key, Header],
        &[],
    ),
    check(
        "request-body",
        "the body on the wire is valid, and is what the caller gave",
        Judge::Exercise(requests::body),
        &[RequestMedia, Request],
        &[],
    ),
    check(
        "request-attributes",
        "client and server require, accept and refuse what each clause says of an attribute",
        probe!(attributes::attributes),
        &[Request, RequestMedia, Url, Header, Error],
        &[
            "prerequisite.data",
            "prerequisite.selfie",
            "prerequisite.edd",
            "request.null",
            "request.length",
        ],
    ),
    check(
        "signature-required",
        "a request that is not signed, or signed for something else, is refused and does nothing",
        probe!(signatures::required),
        &[],
        &["auth.refused", "auth.challenge", "auth.payload"],
    ),
    check(
        "signature-fresh",
        "a signature that was used before, or long ago, is refused and does nothing",
        probe!(signatures::fresh),
        &[],
        &["auth.fresh", "auth.challenge", "auth.clock"],
    ),
    check(
        "server-refuses",
        "the server refuses other methods, media types, keys and references, and does nothing",
        probe!(refusals::refusals),
        &[Key, Header],
        &[
            "refused.unknown-customer",
            "refused.not-found",
            "refused.method",
            "refused.allow",
            "refused.json",
            "refused.media",
            "refused.key",
            "request.extra",
        ],
    ),
    check(
        "answer-accepted",
        "a valid call is answered with a success that the contract lists",
        Judge::Exercise(answers::accepted),
        &[Success],
        &[],
    ),
    check(
        "answer-raw",
        "operations are answered as the contract states, whatever a client makes of it",
        probe!(answers::raw),
        &[Success, SuccessMedia, Answer],
        &["flow.forward"],
    ),
    check(
        "answer-body",
        "each answer is valid, and the client's type keeps all of it",
        Judge::Exercise(answers::kept),
        &[Success, SuccessMedia, Answer],
        &[],
    ),
    check(
        "created-fetched",
        "each creation gets a reference of its own, by which it is fetched",
        Judge::Exercise(flows::references),
        &[Link, Answer],
        &["answer.reference-unique"],
    ),
    check(
        "status-listed",
        "each status is read as it was sent, and is one that the contract lists",
        Judge::Exercise(statuses::listed),
        &[Value, AnswerSample, Answer],
        &["settled.beta"],
    ),
    check(
        "status-progress",
        "a status moves forward only, and ends",
        Judge::Exercise(flows::progress),
        &[Terminal],
        &[
            "flow.start",
            "flow.follow",
            "flow.end",
            "flow.verified",
            "flow.forward",
        ],
    ),
    check(
        "status-scripted",
        "the client reads each status that the simulator can answer, and stops at those that end",
        script!(statuses::scripted),
        &[Value, Terminal, AnswerSample, Answer],
        &["settled.beta", "settled.pending-alike"],
    ),
    check(
        "key-replay",
        "a key creates one resource, however often and however concurrently it is sent",
        probe!(idempotency::replay),
        &[],
        &[
            "idempotency.once",
            "idempotency.replay",
            "idempotency.refused",
            "idempotency.other-body",
        ],
    ),
    check(
        "failure-repeated",
        "a failure that passes is repeated with the same key and a new signature, a refusal is not",
        script!(repeats::repeats),
        &[],
        &[
            "repeat.transient",
            "repeat.same",
            "repeat.fresh",
            "repeat.after",
            "repeat.refusal",
            "repeat.redirect",
            "repeat.ambiguous",
        ],
    ),
    check(
        "refusal-kept",
        "whatever a refusal looks like, its status and its bytes reach the caller",
        script!(errors::refusals),
        &[Error, ErrorMedia],
        &["settled.error-body"],
    ),
    check(
        "change-survived",
        "another success and undocumented members survive decoding",
        script!(errors::changes),
        &[],
        &["settled.beta", "settled.success"],
    ),
    // A server cannot be asked from outside to send an event: both judge with a simulator of
    // their own, and say nothing of a foreign server.
    check(
        "webhooks-sent",
        "each change of status is sent once, in a signed event that is repeated until accepted",
        script!(webhooks::sent),
        &[],
        &[
            "webhook.sent",
            "webhook.signed",
            "webhook.schemes",
            "webhook.events",
            "webhook.repeated",
            "webhook.once",
        ],
    ),
    check(
        "webhooks-received",
        "an event is handled once and ends its customer's wait; a forged one is refused",
        script!(webhooks::received),
        &[],
        &[
            "webhook.sent",
            "webhook.signed",
            "webhook.schemes",
            "webhook.events",
            "webhook.unknown-event",
            "webhook.once",
            "webhook.order",
            "webhook.own-customer",
        ],
    ),
];
