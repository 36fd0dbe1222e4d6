//! The table of checks. Which check proves which clause is written here and nowhere else;
//! how a check judges is not.

use bvnk_contract::{AttributeRules, Expectation};

use super::{
    Check, Judge, Needs, answers, attributes, contract, documented, errors, flows, idempotency,
    refusals, repeats, requests, signatures, statuses, types, webhooks,
};

/// Proves no clause with an expectation.
const NONE: fn(&Expectation) -> bool = |_| false;

fn attribute(expectation: &Expectation) -> Option<&AttributeRules> {
    match expectation {
        Expectation::Attribute(rules) => Some(rules),
        _ => None,
    }
}

/// Attributes of request bodies.
fn in_request(expectation: &Expectation) -> bool {
    attribute(expectation).is_some_and(|rules| rules.of == "request")
}

/// Attributes of successes.
fn in_success(expectation: &Expectation) -> bool {
    attribute(expectation).is_some_and(|rules| rules.of.starts_with('2'))
}

/// Parameters in the path or the query.
fn in_url(expectation: &Expectation) -> bool {
    attribute(expectation).is_some_and(|rules| matches!(rules.of.as_str(), "path" | "query"))
}

/// Parameters in headers.
fn in_header(expectation: &Expectation) -> bool {
    attribute(expectation).is_some_and(|rules| rules.of == "header")
}

/// The media type of a request.
fn request_media(expectation: &Expectation) -> bool {
    matches!(expectation, Expectation::Media { of, .. } if of == "request")
}

/// The media type of a success.
fn success_media(expectation: &Expectation) -> bool {
    matches!(expectation, Expectation::Media { of, .. } if of.starts_with('2'))
}

/// The media type of an error.
fn error_media(expectation: &Expectation) -> bool {
    matches!(expectation, Expectation::Media { .. })
        && !request_media(expectation)
        && !success_media(expectation)
}

/// A listed success.
fn success(expectation: &Expectation) -> bool {
    matches!(expectation, Expectation::Answer { status, .. } if status.starts_with('2'))
}

/// Any other listed status, and what its bodies have.
fn error(expectation: &Expectation) -> bool {
    matches!(expectation, Expectation::Answer { status, .. } if !status.starts_with('2'))
}

/// All checks, in the order of a request's life.
pub const CHECKS: &[Check] = &[
    Check {
        id: "environments",
        about: "the client's environments are the contract's servers, in its order",
        clauses: &[],
        proves: |expectation| matches!(expectation, Expectation::Server { .. }),
        needs: Needs::Nothing,
        evidence: true,
        judge: Judge::Specification(documented::environments),
    },
    Check {
        id: "contract-clauses",
        about: "the contract states what each clause expects",
        clauses: &[],
        proves: |expectation| !matches!(expectation, Expectation::Behaviour {}),
        needs: Needs::Nothing,
        evidence: false,
        judge: Judge::Specification(contract::clauses),
    },
    Check {
        id: "type-schemas",
        about: "the schema derived from each of the client's types states what the contract states",
        clauses: &[],
        proves: |expectation| in_request(expectation) || in_success(expectation),
        needs: Needs::Nothing,
        evidence: true,
        judge: Judge::Specification(types::schemas),
    },
    Check {
        id: "request-types",
        about: "the client's type takes every valid body and gives it back unchanged",
        clauses: &[],
        proves: |expectation| {
            in_request(expectation)
                || matches!(expectation, Expectation::Sample { of, .. } if of == "request")
        },
        needs: Needs::Nothing,
        evidence: true,
        judge: Judge::Case(types::bodies_kept),
    },
    Check {
        id: "request-route",
        about: "each call arrives once, with the contract's method, path and query",
        clauses: &[],
        proves: |expectation| {
            matches!(expectation, Expectation::Operation { .. }) || in_url(expectation)
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(requests::route),
    },
    Check {
        id: "request-headers",
        about: "requests have the headers that they need, and no others",
        clauses: &["request.headers"],
        proves: |expectation| request_media(expectation) || in_header(expectation),
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(requests::headers),
    },
    Check {
        id: "request-signature",
        about: "each request has one Hawk header that another implementation verifies, with a new nonce",
        clauses: &["auth.fresh"],
        proves: |expectation| matches!(expectation, Expectation::Security { .. }),
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(signatures::signed),
    },
    Check {
        id: "request-key",
        about: "a call has a key of its own where the contract declares one, and none elsewhere",
        clauses: &[],
        proves: |expectation| {
            matches!(expectation, Expectation::IdempotencyKey { .. }) || in_header(expectation)
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(requests::key),
    },
    Check {
        id: "request-body",
        about: "the body on the wire is valid, and is what the caller gave",
        clauses: &[],
        proves: |expectation| request_media(expectation) || in_request(expectation),
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(requests::body),
    },
    Check {
        id: "request-attributes",
        about: "client and server require, accept and refuse what each clause says of an attribute",
        clauses: &[
            "prerequisite.data",
            "prerequisite.selfie",
            "prerequisite.edd",
            "request.null",
            "request.length",
        ],
        proves: |expectation| {
            in_request(expectation)
                || request_media(expectation)
                || in_url(expectation)
                || in_header(expectation)
                || error(expectation)
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Probe(|context, recorder| {
            Box::pin(attributes::attributes(context, recorder))
        }),
    },
    Check {
        id: "signature-required",
        about: "a request that is not signed, or signed for something else, is refused and does nothing",
        clauses: &["auth.refused", "auth.challenge", "auth.payload"],
        proves: NONE,
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(signatures::required(context, recorder))),
    },
    Check {
        id: "signature-fresh",
        about: "a signature that was used before, or long ago, is refused and does nothing",
        clauses: &["auth.fresh", "auth.challenge", "auth.clock"],
        proves: NONE,
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(signatures::fresh(context, recorder))),
    },
    Check {
        id: "server-refuses",
        about: "the server refuses other methods, media types, keys and references, and does nothing",
        clauses: &[
            "refused.unknown-customer",
            "refused.not-found",
            "refused.method",
            "refused.allow",
            "refused.json",
            "refused.media",
            "refused.key",
            "request.extra",
        ],
        proves: |expectation| {
            matches!(expectation, Expectation::IdempotencyKey { .. }) || in_header(expectation)
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(refusals::refusals(context, recorder))),
    },
    Check {
        id: "answer-accepted",
        about: "a valid call is answered with a success that the contract lists",
        clauses: &[],
        proves: success,
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(answers::accepted),
    },
    Check {
        id: "answer-raw",
        about: "operations are answered as the contract states, whatever a client makes of it",
        clauses: &["flow.forward"],
        proves: |expectation| {
            success(expectation) || success_media(expectation) || in_success(expectation)
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(answers::raw(context, recorder))),
    },
    Check {
        id: "answer-body",
        about: "each answer is valid, and the client's type keeps all of it",
        clauses: &[],
        proves: |expectation| {
            success(expectation) || success_media(expectation) || in_success(expectation)
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(answers::kept),
    },
    Check {
        id: "created-fetched",
        about: "each creation gets a reference of its own, by which it is fetched",
        clauses: &["answer.reference-unique"],
        proves: |expectation| {
            matches!(expectation, Expectation::Link { .. }) || in_success(expectation)
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(flows::references),
    },
    Check {
        id: "status-listed",
        about: "each status is read as it was sent, and is one that the contract lists",
        clauses: &["settled.beta"],
        proves: |expectation| match expectation {
            Expectation::Value { .. } => true,
            Expectation::Sample { of, .. } => of != "request",
            _ => in_success(expectation),
        },
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(statuses::listed),
    },
    Check {
        id: "status-progress",
        about: "a status moves forward only, and ends",
        clauses: &[
            "flow.start",
            "flow.follow",
            "flow.end",
            "flow.verified",
            "flow.forward",
        ],
        proves: |expectation| matches!(expectation, Expectation::Terminal { .. }),
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Exercise(flows::progress),
    },
    Check {
        id: "status-scripted",
        about: "the client reads each status that the simulator can answer, and stops at those that end",
        clauses: &["settled.beta", "settled.pending-alike"],
        proves: |expectation| match expectation {
            Expectation::Value { .. } | Expectation::Terminal { .. } => true,
            Expectation::Sample { of, .. } => of != "request",
            _ => in_success(expectation),
        },
        needs: Needs::Simulator,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(statuses::scripted(context, recorder))),
    },
    Check {
        id: "key-replay",
        about: "a key creates one resource, however often and however concurrently it is sent",
        clauses: &[
            "idempotency.once",
            "idempotency.replay",
            "idempotency.refused",
            "idempotency.other-body",
        ],
        proves: NONE,
        needs: Needs::Server,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(idempotency::replay(context, recorder))),
    },
    Check {
        id: "failure-repeated",
        about: "a failure that passes is repeated with the same key and a new signature, a refusal is not",
        clauses: &[
            "repeat.transient",
            "repeat.same",
            "repeat.fresh",
            "repeat.after",
            "repeat.refusal",
            "repeat.redirect",
            "repeat.doubt",
        ],
        proves: NONE,
        needs: Needs::Simulator,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(repeats::repeats(context, recorder))),
    },
    Check {
        id: "refusal-kept",
        about: "whatever a refusal looks like, its status and its bytes reach the caller",
        clauses: &["settled.error-body"],
        proves: |expectation| error(expectation) || error_media(expectation),
        needs: Needs::Simulator,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(errors::refusals(context, recorder))),
    },
    Check {
        id: "change-survived",
        about: "another success and undocumented members survive decoding",
        clauses: &["settled.beta", "settled.success"],
        proves: NONE,
        needs: Needs::Simulator,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(errors::changes(context, recorder))),
    },
    // A server cannot be asked from outside to send an event: both judge with a simulator of
    // their own, and say nothing of a foreign server.
    Check {
        id: "webhooks-sent",
        about: "each change of status is sent once, in a signed event that is repeated until it is accepted",
        clauses: &[
            "webhook.told",
            "webhook.signed",
            "webhook.schemes",
            "webhook.events",
            "webhook.repeated",
            "webhook.once",
        ],
        proves: NONE,
        needs: Needs::Simulator,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(webhooks::sent(context, recorder))),
    },
    Check {
        id: "webhooks-received",
        about: "an event is handled once and ends its customer's wait; a forged one is refused",
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
        proves: NONE,
        needs: Needs::Simulator,
        evidence: true,
        judge: Judge::Probe(|context, recorder| Box::pin(webhooks::received(context, recorder))),
    },
];
