//! The checks: what is compared, and which clauses that proves. [`CHECKS`] has them all.
//!
//! A check is a pure function of the specification, a case or an exercise where that is
//! enough; the others send requests of their own. No operation, field or status is named
//! here outside of `documented`.

mod answers;
mod attributes;
mod body;
mod contract;
mod documented;
mod errors;
mod flows;
mod idempotency;
mod recorder;
mod refusals;
mod repeats;
mod requests;
mod signatures;
mod statuses;
mod table;
mod types;
mod webhooks;

use std::fmt;

use bvnk_contract::{Clause, Operation};
use futures_util::future::BoxFuture;

use crate::cases::Case;
use crate::collect::Exercise;
use crate::context::Context;
use crate::specification::Specification;

pub use recorder::{Finding, Recorder};
pub use table::{CHECKS, Kind};
pub(crate) use webhooks::{WEBHOOK_PATH, WEBHOOK_SECRET};

/// One check.
pub struct Check {
    /// Its name, as reports show it.
    pub id: &'static str,
    /// What it compares.
    pub about: &'static str,
    /// The clauses about behaviour that it proves.
    pub clauses: &'static [&'static str],
    /// The kinds of clauses with an expectation that it proves.
    pub kinds: &'static [Kind],
    /// Whether what it finds true is evidence. That two texts agree is none: it can only
    /// refute.
    pub evidence: bool,
    pub(crate) judge: Judge,
}

/// Calls of a check's own.
type Probe = for<'a> fn(&'a Context, &'a mut Recorder) -> BoxFuture<'a, ()>;

/// How a check judges.
#[derive(Clone, Copy)]
pub(crate) enum Judge {
    /// What is known before anything is sent.
    Specification(fn(&Specification, &mut Recorder)),
    /// Each case, before it is sent.
    Case(fn(&Specification, &Operation, &Case, &mut Recorder)),
    /// Each case, by what was sent and received.
    Exercise(fn(&Context, &Exercise, &mut Recorder)),
    /// By requests of its own.
    Probe(Probe),
    /// By a server that does what it is asked to, as only the simulator does.
    Script(Probe),
}

impl Check {
    /// Whether it proves a clause.
    pub fn proves(&self, clause: &Clause) -> bool {
        let kind = Kind::of(&clause.expect);
        self.clauses.contains(&clause.id.as_str())
            || kind.is_some_and(|kind| self.kinds.contains(&kind))
    }

    /// Whether it judges any server, the simulator or another.
    pub fn judges_any_server(&self) -> bool {
        matches!(self.judge, Judge::Exercise(_) | Judge::Probe(_))
    }

    /// Whether it needs no server.
    pub fn is_static(&self) -> bool {
        matches!(self.judge, Judge::Specification(_) | Judge::Case(_))
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What does not fit between the clauses and the table of checks: clauses that no check
/// proves, checks that prove none, and ids that no clause has.
pub fn unmatched(specification: &Specification) -> Vec<String> {
    let clauses = || specification.clauses().iter();
    let mut found = Vec::new();
    for clause in clauses() {
        let mut evidence = CHECKS.iter().filter(|check| check.evidence);
        if !evidence.any(|check| check.proves(clause)) {
            found.push(format!("no check proves the clause `{}`", clause.id));
        }
    }
    for Check {
        id, clauses: ids, ..
    } in CHECKS
    {
        let unknown = ids.iter().filter(|id| specification.clause(id).is_none());
        found.extend(
            unknown.map(|name| format!("the check `{id}` names `{name}`, which is no clause")),
        );
    }
    let idle = CHECKS
        .iter()
        .filter(|check| !clauses().any(|clause| check.proves(clause)));
    found.extend(idle.map(|check| format!("the check `{}` proves no clause", check.id)));
    found
}
