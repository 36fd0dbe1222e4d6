//! What is about one documented fact of this API, so that the names of its attributes and
//! statuses stand in one place of the checks: its environments, the prerequisites that the page
//! names, and what its statuses mean.
//!
//! A fact whose clause is not in the file is not judged, so that another contract needs no edit
//! here.

use std::sync::Arc;
use std::time::Duration;

use bvnk::tracking::{self, Reference};
use bvnk::{BoxError, Environment, PollSettings};
use bvnk_contract::{AttributeRules, Expectation, Flow};

use super::{Check, Judge, Recorder};
use crate::connection::SkippingRuntime;
use crate::context::Context;
use crate::exchange::text_at;
use crate::flow;
use crate::specification::{Specification, StatusAttribute, caller_parameters};

/// Prerequisites of a creation that the page names, and the attributes that they are.
///
/// An attribute may belong to several of them.
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
///
/// A status that is not listed has no stage and is left out of the comparison.
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

/// Judges the client's constants: a wrong one would send production's data elsewhere.
pub(super) const ENVIRONMENTS: Check = Check::new(
    "environments",
    "the client's environments are the contract's servers, in its order",
    Judge::Static(environments),
    &["server"],
);

/// Compares by rank, which begins with 1 and is the order of the contract: a server whose rank
/// the client does not know is a failure.
///
/// The simulator is not needed, because nothing is sent.
fn environments(recorder: &mut Recorder<'_>) {
    let environments = [Environment::Sandbox, Environment::Production];
    for clause in recorder.context.specification.clauses().iter() {
        let Expectation::Server { url, rank } = &clause.expect else {
            continue;
        };
        let actual = rank.checked_sub(1).and_then(|index| {
            let environment = environments.get(index).map(|own| own.url());
            environment.or_else(|| bvnk::SERVERS.get(index).copied())
        });
        let actual = actual.unwrap_or("none");
        recorder.on(format!("environment {rank} of the client"));
        recorder.equal(&clause.id, url.as_str(), actual);
    }
}

/// The clauses of prerequisites that an attribute belongs to. An optional attribute is no data
/// that must be there, even inside of an object that must.
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

/// The order of the stages, for reports.
pub(super) const ORDER: &str = "PENDING_AGREEMENTS before pending verification before the end";

/// Whether the statuses leave the order that the page describes.
///
/// `PENDING_AGREEMENTS` after `VERIFIED` goes back; two statuses of one stage may alternate.
pub(super) fn goes_back(statuses: &[String]) -> bool {
    let stage = |status: &String| STAGES.iter().find(|(name, _)| name == status);
    let stages = statuses.iter().filter_map(stage).map(|(_, stage)| *stage);
    !stages.is_sorted()
}

/// The flow ended: a customer may have become verified.
pub(super) fn ended(recorder: &mut Recorder<'_>, statuses: &[String]) {
    let (clause, verified) = VERIFIED;
    let known = recorder.context.specification.clause(clause).is_some();
    if known && statuses.last().is_some_and(|last| last == verified) {
        recorder.observe(clause);
    }
}

/// A wait of the client ends with each status that ends the flow, and goes on with both
/// spellings of a pending verification: they are the same. The statuses are scripted, and the
/// delays between two polls are skipped.
///
/// A wait that takes a minute of the client's time has failed.
pub(super) async fn waits(recorder: &mut Recorder<'_>) {
    let specification = &recorder.context.specification;
    let Ok(flow) = flow::first(specification.contract()) else {
        return;
    };
    let Some(status) = specification.status(&flow.follow.id) else {
        return;
    };
    let required = caller_parameters(flow.follow).filter(|parameter| parameter.required);
    if required.count() != 1 || tracking::OPERATION != Some(flow.follow.id.as_str()) {
        // A wait gives a reference and no more, and reads what is always there.
        return;
    }
    for end in &status.terminal {
        recorder.on(format!("a wait that meets {end}"));
        let ended = wait(recorder.context, &flow, status, &[end]).await;
        for clause in status.ends.iter().chain([&status.clause]) {
            recorder.equal(clause, end, &ended);
        }
    }
    let (clause, spellings) = ALIKE;
    if specification.clause(clause).is_some() {
        for spelling in spellings {
            recorder.on(format!("a wait that meets {spelling}"));
            let path = [spelling, spelling, VERIFIED.1];
            let ended = wait(recorder.context, &flow, status, &path).await;
            recorder.equal(clause, VERIFIED.1, &ended);
        }
    }
}

/// The status of what a wait returns when these are met one after the other, or its error.
///
/// An error is returned as its text, so that the comparison shows it.
async fn wait(
    context: &Context,
    flow: &Flow<'_>,
    status: &StatusAttribute,
    path: &[&str],
) -> String {
    let ended = async {
        context.next_statuses(path);
        let created = context.valid_request(flow.create).await;
        let created = context.connection.send(&created).await;
        let reference = created.text_at(&flow.source.pointer).unwrap_or_default();
        let reference = Reference::try_from(reference)?;
        let client = context.client_with(Arc::new(SkippingRuntime::default()))?;
        let second = Duration::from_secs(1);
        let wait = client.wait_for_verification(reference);
        let settings = PollSettings::new().interval(second, second);
        let settings = settings.timeout(60 * second).creation_grace(second);
        let customer = wait.settings(settings).await?;
        let value = serde_json::to_value(&customer)?;
        Ok::<_, BoxError>(text_at(&value, &status.pointer).unwrap_or_default())
    };
    ended.await.unwrap_or_else(|error| error.to_string())
}
