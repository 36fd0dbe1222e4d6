//! What each clause says of an attribute of a request, tried on the client's type and on
//! the server: both require what is required, take what may be left out, and refuse what
//! breaks a rule. The clauses drive it, so that a slip in the contract is a difference.
//!
//! The variations come from the cases: for each attribute they follow from its rules alone, such
//! as a text that is one character too long. An attribute that is new to the contract is tried
//! without an edit here.
//!
//! A clause can be wrong in three places: the contract, the client's type and the server. Each is
//! judged alone, and a report names the one that differs.

use bvnk_contract::Expectation;
use serde_json::Value;

use super::documented::prerequisites;
use super::{Check, Judge, Probe, Recorder, body};
use crate::cases::{LENGTH, NULL, Variation};
use crate::connection::RawRequest;
use crate::context::Context;
use crate::{dispatch, flow};

/// Tries each variation of a valid request on contract, client's type and server. A server
/// that is not the simulator gets every one of them once.
pub(super) const ATTRIBUTES: Check = Check::new(
    "request-attributes",
    "client and server require, accept and refuse what each clause says of an attribute",
    Judge::Probe(|recorder| Box::pin(attributes(recorder))),
    &[
        "request",
        "request-media",
        "url",
        "header",
        "error",
        "prerequisite.data",
        "prerequisite.selfie",
        "prerequisite.edd",
        NULL,
        LENGTH,
    ],
);

/// Tries bodies with everything, then each variation of them. An attribute that a clause
/// expects and that no variation reaches is one that the contract does not have.
///
/// A run that is about single clauses tries the variations of those alone.
async fn attributes(recorder: &mut Recorder<'_>) {
    let context = recorder.context;
    let specification = &context.specification;
    for operation in &specification.contract().operations {
        let id = &operation.id;
        let mut probe = Probe::new(recorder, operation).await;
        for body in context.plan.everything(id) {
            let media = vec![specification.about(&format!("media {id} request"))];
            let raw = probe.request(context.plan.parameters(id), Some(body));
            try_on_server(&mut probe, &media, "a body with everything", true, &raw).await;
        }
        let variations = context.plan.variations(specification, operation);
        for attribute in specification.attributes(id, "request") {
            let path = &attribute.rules.path;
            let mut tried = variations.iter();
            if !path.is_empty() && !tried.any(|it| it.attribute.rules.path == *path) {
                probe.sent(None).on(format!("`{path}` of {id}"));
                probe.fail(&attribute.clause, "an attribute of the contract", "none");
            }
        }
        for variation in variations {
            if tries(context, &variation.attribute.clause) {
                try_variation(&mut probe, variation).await;
            }
        }
    }
}

/// Whether the variations of a request's attribute are to be tried. A run about some clauses tries
/// all of them only for a clause that is about every attribute.
fn tries(context: &Context, clause: &str) -> bool {
    let Some(only) = &context.options.only else {
        return true;
    };
    let of_all = |id: &String| {
        context.specification.clause(id).is_some_and(|clause| {
            ATTRIBUTES.proves(clause) && !matches!(clause.expect, Expectation::Attribute(_))
        })
    };
    only.contains(clause) || only.iter().any(of_all)
}

/// Holds a variation against the contract, the client's type and the server. Each of them is a
/// separate case: one that is too strict does not hide one that is too lax.
///
/// The contract's own schema is judged too, because a clause was written by hand.
async fn try_variation(probe: &mut Probe<'_, '_>, variation: Variation<'_>) {
    let (specification, id) = (&probe.context.specification, &probe.operation.id);
    let Variation {
        attribute, edit, ..
    } = &variation;
    let clauses = match edit.clause {
        Some(clause) => vec![clause.to_owned()],
        None => {
            let more = prerequisites(specification, &attribute.rules);
            [attribute.clause.clone()].into_iter().chain(more).collect()
        }
    };
    let what = format!("with `{}` {}", attribute.rules.path, edit.what());
    if let (Some(body), "request") = (&variation.body, attribute.rules.of.as_str()) {
        let allows = |of: &str, body: &Value| specification.allows(id, of, body);
        let read = dispatch::read_request(id);
        let sent = read.and_then(|read| read(body.to_string().as_bytes()).ok());
        // A type may read what it never sends, such as a UUID that begins with `urn:uuid:`.
        let taken = sent.is_some_and(|sent| edit.valid || !allows("request", &sent));
        let words = |valid: bool| if valid { "accepted" } else { "refused" };
        for (place, valid) in [
            ("validated against the contract", allows("request", body)),
            ("given to the client's type", taken),
        ] {
            probe.sent(None).on(format!("{id}, {what}, {place}"));
            probe.equal(&clauses[0], words(edit.valid), words(valid));
            // A type may read null as left out, as long as it never sends it.
            if edit.clause == Some(NULL) {
                break;
            }
        }
    }
    let valid = edit.valid;
    let raw = probe.request(variation.parameters, variation.body.as_ref());
    try_on_server(probe, &clauses, &what, valid, &raw).await;
}

/// Sends a request that must be accepted or refused, and records the result for each of the
/// clauses. The first one also counts what was created, and a refusal has to be one that the
/// operation lists, with a body of the schema that it lists there.
///
/// A refusal without a listed status fails the clause about the answer and not that of the
/// attribute.
async fn try_on_server(
    probe: &mut Probe<'_, '_>,
    clauses: &[String],
    what: &str,
    valid: bool,
    raw: &RawRequest,
) {
    let (context, operation) = (probe.context, probe.operation);
    let before = context.connection.created();
    let what = format!("{what}, sent to the server");
    let sent = match valid {
        true => probe.accepted(&clauses[0], &what, raw).await,
        false => probe.refused(&clauses[0], &what, raw).await,
    };
    for clause in &clauses[1..] {
        match valid {
            true => probe.success(clause, &sent),
            false => probe.check(clause, sent.is_refused(), "4xx", sent.outcome()),
        }
    }
    let contract = context.specification.contract();
    if valid && !flow::begun_by(contract, &operation.id).is_empty() {
        probe.created(&clauses[0], before, 1);
    }
    // However it is refused, the contract lists how.
    if valid || sent.status() < 400 {
        return;
    }
    let declared = operation.response(sent.status());
    let of = declared.map(|declared| declared.status.to_string());
    let first = operation.refusal().map(|status| status.to_string());
    if let Some(listed) = of.as_ref().or(first.as_ref()) {
        let clause = probe.about(&format!("answer {} {listed}", operation.id));
        probe.check(&clause, of.is_some(), listed, sent.outcome());
    }
    if let Some(of) = of {
        body::judge(probe, &operation.id, &of, &sent.json());
    }
}
