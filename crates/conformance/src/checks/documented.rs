//! What is about one documented fact of this API: its environments, the prerequisites that
//! the page names, and what its statuses mean. A fact whose clause is not in the file is
//! not judged, so that another contract needs no edit here.

use std::sync::Arc;

use bvnk::{Environment, Runtime};
use bvnk_contract::{AttributeRules, Expectation};
use bvnk_simulator::StatusSequence;

use super::Recorder;
use crate::collect::SkippingRuntime;
use crate::context::Context;
use crate::flow;
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
const VERIFIED: (&str, &str) = ("flow.verified", "VERIFIED");

/// The page's two spellings of one status, and the clause that settles it.
const ALIKE: (&str, [&str; 2]) = (
    "settled.pending-alike",
    ["PENDING_VERIFICATION", "VERIFICATION_PENDING"],
);

/// The client's environments are the contract's servers, in its order.
pub(super) fn environments(specification: &Specification, recorder: &mut Recorder) {
    let environments = [Environment::Sandbox, Environment::Production];
    for clause in specification.clauses().iter() {
        let Expectation::Server { url, rank } = &clause.expect else {
            continue;
        };
        let environment = rank
            .checked_sub(1)
            .and_then(|index| environments.get(index));
        let actual = environment.map_or("none", |environment| environment.url());
        recorder.check_eq(
            &clause.id,
            format_args!("environment {rank} of the client"),
            url.as_str(),
            actual,
        );
    }
    let servers = specification.contract().servers().len();
    if servers > environments.len() {
        let last = specification.about(&format!(
            "server {}",
            specification.contract().servers()[servers - 1].url
        ));
        recorder.fail(&last, "the contract's servers", environments.len(), servers);
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
    let Some(flow) = contract.flows().into_iter().next() else {
        return;
    };
    if context.specification.clause(clause).is_none() {
        return;
    }
    let runtime: Arc<dyn Runtime> = Arc::new(SkippingRuntime::default());
    let client = match context.client_with(runtime) {
        Ok(client) => client,
        Err(reason) => return recorder.error(clause, "a client", reason),
    };
    for spelling in spellings {
        let what = format!("a wait that meets {spelling}");
        let sequence = StatusSequence::starting(spelling)
            .then(spelling)
            .then(VERIFIED.1);
        context
            .connection
            .with(|simulator| simulator.next_sequence(sequence));
        let created = context
            .connection
            .send(&context.valid_request(flow.create))
            .await;
        let reference = created.text_at(&flow.source.pointer).unwrap_or_default();
        let reference = match bvnk::tracking::Reference::try_from(reference) {
            Ok(reference) => reference,
            Err(error) => return recorder.error(clause, what, error),
        };
        match client.wait_for_verification(reference).await {
            Ok(customer) => {
                let status = flow::StatusAttribute::of(contract, flow.follow);
                let value = serde_json::to_value(&customer).unwrap_or_default();
                let place = status.and_then(|status| value.pointer(&status.pointer).cloned());
                let ended = place.as_ref().and_then(|place| place.as_str());
                recorder.check_eq(clause, what, VERIFIED.1, ended.unwrap_or("none"));
            }
            Err(error) => recorder.check(clause, false, what, VERIFIED.1, error),
        }
    }
}
