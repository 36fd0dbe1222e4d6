//! What is about one documented fact of this API: its environments, the prerequisites that
//! the page names, and what its statuses mean. A fact whose clause is not in the file is
//! not judged, so that another contract needs no edit here.

use std::sync::Arc;
use std::time::Duration;

use bvnk::Environment;
use bvnk_contract::{AttributeRules, Expectation};
use bvnk_simulator::StatusSequence;

use super::{Check, Judge, Recorder};
use crate::collect::SkippingRuntime;
use crate::context::Context;
use crate::exchange::text_at;
use crate::flow::StatusAttribute;
use crate::specification::Specification;

/// Prerequisites of a creation that the page names, and the attributes that they are.
const PREREQUISITES: [(&str, &str); 4] = [
    ("prerequisite.data", "individual"),
    ("prerequisite.data", "individual.address"),
    (
        "prerequisite.selfie",
        "individual.identification.selfieVerifiedAt",
    ),
    ("prerequisite.edd", "individual.edd"),
];

/// How far a status is in the flow that the page describes.
const STAGES: [(&str, u8); 5] = [
    ("PENDING_AGREEMENTS", 0),
    ("PENDING_VERIFICATION", 1),
    ("VERIFICATION_PENDING", 1),
    ("VERIFIED", 2),
    ("UNSUCCESSFUL", 2),
];

/// The status that the page says a customer may reach, and its clause.
pub(super) const VERIFIED: (&str, &str) = ("flow.verified", "VERIFIED");

/// The page's two spellings of one status, and the clause that settles it.
pub(super) const ALIKE: (&str, [&str; 2]) = (
    "settled.pending-alike",
    ["PENDING_VERIFICATION", "VERIFICATION_PENDING"],
);

pub(super) const ENVIRONMENTS: Check = Check::new(
    "environments",
    "the client's environments are the contract's servers, in its order",
    Judge::Specification(environments),
    &["server"],
);

fn environments(specification: &Specification, recorder: &mut Recorder) {
    let environments = [Environment::Sandbox, Environment::Production];
    for clause in specification.clauses().iter() {
        let Expectation::Server { url, rank } = &clause.expect else {
            continue;
        };
        let environment = rank
            .checked_sub(1)
            .and_then(|index| environments.get(index));
        let actual = environment.map_or("none", |environment| environment.url());
        recorder.on(format!("environment {rank} of the client"));
        recorder.equal(&clause.id, url.as_str(), actual);
    }
}

/// The clauses of prerequisites that an attribute belongs to.
pub(super) fn prerequisites(specification: &Specification, rules: &AttributeRules) -> Vec<String> {
    let own = PREREQUISITES.iter().filter(|(id, path)| {
        let inside = rules.path.strip_prefix(path);
        let inside = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        inside
            && (rules.required || *id != "prerequisite.data")
            && specification.clause(id).is_some()
    });
    let mut ids: Vec<String> = own.map(|(id, _)| (*id).to_owned()).collect();
    ids.dedup();
    ids
}

/// Whether the statuses leave the order that the page describes.
pub(super) fn goes_back(statuses: &[String]) -> bool {
    let stage = |status: &String| STAGES.iter().find(|(name, _)| name == status);
    let stages = statuses.iter().filter_map(stage).map(|(_, stage)| *stage);
    !stages.is_sorted()
}

/// The flow ended: a customer may have become verified.
pub(super) fn ended(context: &Context, statuses: &[String], recorder: &mut Recorder) {
    let (clause, verified) = VERIFIED;
    let known = context.specification.clause(clause).is_some();
    if known && statuses.last().is_some_and(|last| last == verified) {
        recorder.observe(clause);
    }
}

/// Both spellings of a pending verification are the same to a wait: it goes on.
pub(super) async fn waits(context: &Context, recorder: &mut Recorder) {
    let (clause, spellings) = ALIKE;
    if context.specification.clause(clause).is_none() {
        return;
    }
    for spelling in spellings {
        recorder.on(format!("a wait that meets {spelling}"));
        match wait(context, spelling).await {
            Ok(ended) => recorder.equal(clause, VERIFIED.1, &ended),
            Err(reason) => recorder.check(clause, false, VERIFIED.1, reason),
        }
    }
}

/// The status that a wait returns when this one comes before the end.
async fn wait(context: &Context, spelling: &str) -> Result<String, String> {
    let contract = context.specification.contract();
    let flow = contract.flows().into_iter().next();
    let flow = flow.ok_or("the contract has no flow")?;
    let sequence = StatusSequence::starting(spelling).then(spelling);
    let sequence = sequence.then(VERIFIED.1);
    let connection = &context.connection;
    connection.with(|simulator| simulator.next_sequence(sequence));
    let created = connection.send(&context.valid_request(flow.create)).await;
    let reference = created.text_at(&flow.source.pointer).unwrap_or_default();
    let reference = bvnk::tracking::Reference::try_from(reference).map_err(|e| e.to_string())?;
    let client = context.client_with(Arc::new(SkippingRuntime::default()))?;
    let second = Duration::from_secs(1);
    let wait = client.wait_for_verification(reference);
    let wait = wait.poll_interval(second, second).timeout(60 * second);
    let customer = wait.creation_grace(second).await;
    let customer = customer.map_err(|error| error.to_string())?;
    let value = serde_json::to_value(&customer).map_err(|error| error.to_string())?;
    let status = StatusAttribute::of(contract, flow.follow);
    let ended = status.and_then(|status| text_at(&value, &status.pointer));
    Ok(ended.unwrap_or_default())
}
