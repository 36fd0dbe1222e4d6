//! The checks: what is compared, and which clauses that proves. [`CHECKS`] has them all.
//!
//! A check is a pure function of the specification or an exercise where that is enough; the
//! others send requests of their own. All of them write what they find to a [`Recorder`]. No
//! operation, field or status is named here outside of `documented`.

mod answers;
mod attributes;
mod body;
mod contract;
mod documented;
mod flows;
mod idempotency;
mod probe;
mod recorder;
mod refusals;
mod repeats;
mod requests;
mod scripted;
mod signatures;
mod statuses;
mod webhooks;
mod wrong_signatures;

use bvnk_contract::{Clause, Expectation, Operation};
use futures_util::future::BoxFuture;

use crate::context::Context;
use crate::exchange::{Call, Exercise};

use probe::Probe;
pub(crate) use recorder::Found;
pub use recorder::{Finding, Recorder};
pub(crate) use scripted::UNLISTED;
pub(crate) use webhooks::{WEBHOOK_SECRET, WEBHOOK_SIGNATURE, WEBHOOK_URL};

/// All checks, in the order in which they run.
pub const CHECKS: &[Check] = &[
    documented::ENVIRONMENTS,
    contract::CLAUSES,
    requests::ROUTE,
    requests::HEADERS,
    signatures::SIGNED,
    requests::BODY,
    attributes::ATTRIBUTES,
    signatures::REFUSED,
    refusals::REFUSALS,
    answers::KEPT,
    answers::RAW,
    flows::FOLLOWED,
    scripted::SCRIPTED,
    idempotency::KEYS,
    repeats::REPEATS,
    // A server cannot be asked from outside to send an event: both judge with a simulator of
    // their own, and say nothing of a foreign server.
    webhooks::SENT,
    webhooks::RECEIVED,
];

/// One check: a name, what it compares, and which clauses that proves or refutes.
///
/// A new check is a constant next to the code that judges, with a row in [`CHECKS`]. The tests
/// fail while it names a clause that is not in the file, or while no mutant makes it fail.
#[derive(Debug)]
pub struct Check {
    /// Its name, as reports show it.
    ///
    /// Such as `key-replay`.
    pub id: &'static str,
    /// What it compares.
    ///
    /// A sentence without a full stop, for the list of checks.
    pub about: &'static str,
    /// The clauses that it proves, by id, and those with an expectation by [`kind`].
    ///
    /// For example `idempotency.once`, or the kind `success-attribute` for all clauses of that
    /// kind.
    pub proves: &'static [&'static str],
    /// Whether what it finds true is evidence. That two texts agree is none: it can only
    /// refute.
    pub evidence: bool,
    /// How it judges, and what it needs for that.
    pub(crate) judge: Judge,
}

/// How a check judges, and by that what it needs: nothing, a server, or a server that does what
/// it is asked to. At a foreign server the checks of the last kind are skipped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Judge {
    /// By what is known before anything is sent.
    Static(fn(&mut Recorder<'_>)),
    /// Each case, by what was sent and received.
    Exercise(fn(&mut Recorder<'_>, &Exercise)),
    /// By its own requests.
    Probe(Calls),
    /// By a server that does what it is asked to, as only the simulator does.
    Script(Calls),
}

/// Makes the calls of a check, and judges them.
type Calls = for<'a> fn(&'a mut Recorder<'_>) -> BoxFuture<'a, ()>;

impl Check {
    /// A check whose findings are evidence.
    const fn new(
        id: &'static str,
        about: &'static str,
        judge: Judge,
        proves: &'static [&'static str],
    ) -> Self {
        Self {
            id,
            about,
            proves,
            evidence: true,
            judge,
        }
    }

    /// Whether it proves a clause, or can refute it.
    ///
    /// A check that is no evidence judges every clause but those of behaviours.
    pub fn proves(&self, clause: &Clause) -> bool {
        let kind = kind(&clause.expect);
        self.proves
            .iter()
            .any(|name| *name == clause.id || *name == kind)
            || (!self.evidence && kind != "behaviour")
    }

    /// Whether it judges any server, the simulator or another.
    ///
    /// A static check is not among them: it judges the client and the contract.
    pub fn judges_any_server(&self) -> bool {
        matches!(self.judge, Judge::Exercise(_) | Judge::Probe(_))
    }

    /// Whether it needs no server.
    pub fn is_static(&self) -> bool {
        matches!(self.judge, Judge::Static(_))
    }
}

/// What a clause is about, as checks name it, such as `success-attribute`. The head of
/// `clauses.toml` describes the kinds; those about bodies and statuses differ by where these are.
///
/// A kind saves listing the clauses of each attribute, which change with the contract.
pub fn kind(expectation: &Expectation) -> &'static str {
    let side = |of: &str, kinds: [&'static str; 3]| match of {
        "request" => kinds[0],
        of if of.starts_with('2') => kinds[1],
        _ => kinds[2],
    };
    match expectation {
        Expectation::Server { .. } => "server",
        Expectation::Operation { .. } => "operation",
        Expectation::Security { .. } => "security",
        Expectation::IdempotencyKey { .. } => "idempotency-key",
        Expectation::Link { .. } => "link",
        Expectation::Terminal { .. } => "terminal",
        Expectation::Value { .. } => "value",
        Expectation::Sample { of, .. } => side(of, ["request-sample", "sample", "sample"]),
        Expectation::Answer { status, .. } => side(status, ["", "success", "error"]),
        Expectation::Media { of, .. } => {
            side(of, ["request-media", "success-media", "error-media"])
        }
        Expectation::Attribute(rules) => match rules.of.as_str() {
            "path" | "query" => "url",
            "header" => "header",
            of => side(of, ["request", "success-attribute", "error"]),
        },
        Expectation::Behaviour {} => "behaviour",
    }
}

/// The calls of an exercise that were sent, with their operations. Calls that the client's type
/// refused are left out: they are failures of the check of bodies, and of no other.
fn sent<'a>(
    context: &'a Context,
    exercise: &'a Exercise,
) -> impl Iterator<Item = (&'a Operation, &'a Call)> {
    let contract = context.specification.contract();
    let sent = exercise.calls.iter().filter(|call| !call.is_refused());
    sent.filter_map(|call| Some((contract.operation(&call.operation)?, call)))
}
