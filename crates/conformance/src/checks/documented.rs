//! What is about one documented fact of this API: its environments, the prerequisites that
//! the page names, and what its statuses mean. A fact whose clause is not in the file is
//! not judged, so that another contract needs no edit here.

use std::sync::Arc;
use std::time::Duration;

use bvnk::{Environment, Runtime};
use bvnk_contract::{AttributeRules, Expectation};
use bvnk_simulator::StatusSequence;
use serde_json::Value;

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
    let contract = context.specification.contract();
    let (Some(flow), Some(_)) = (
        contract.flows().into_iter().next(),
        context.specification.clause(clause),
    ) else {
        return;
    };
    for spelling in spellings {
        recorder.on(format!("a wait that meets {spelling}"));
        let sequence = StatusSequence::starting(spelling)
            .then(spelling)
            .then(VERIFIED.1);
        context
            .connection
            .with(|simulator| simulator.next_sequence(sequence));
        let created = context.valid_request(flow.create);
        let created = context.connection.send(&created).await;
        let reference = created.text_at(&flow.source.pointer).unwrap_or_default();
        match wait(context, reference).await {
            Ok(value) => {
                let status = StatusAttribute::of(contract, flow.follow);
                let ended = status.and_then(|status| text_at(&value, &status.pointer));
                recorder.equal(clause, VERIFIED.1, &ended.unwrap_or_default());
            }
            Err(reason) => recorder.check(clause, false, VERIFIED.1, reason),
        }
    }
}

/// What a wait of the client returns.
async fn wait(context: &Context, reference: String) -> Result<Value, String> {
    let runtime: Arc<dyn Runtime> = Arc::new(SkippingRuntime::default());
    let client = context.client_with(runtime)?;
    let reference = bvnk::tracking::Reference::try_from(reference).map_err(|e| e.to_string())?;
    let second = Duration::from_secs(1);
    let wait = client
        .wait_for_verification(reference)
        .poll_interval(second, second);
    let customer = wait.timeout(60 * second).creation_grace(second).await;
    let customer = customer.map_err(|error| error.to_string())?;
    serde_json::to_value(&customer).map_err(|error| error.to_string())
}
