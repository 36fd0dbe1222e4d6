//! The checks: what is judged, and which clauses that proves. [`CHECKS`] has them all.

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
mod table;
mod tally;
mod webhooks;

use std::future::Future;
use std::pin::Pin;

use crate::clauses::{Clause, Expect};
use crate::onboarding::Onboarding;
use crate::world::World;
pub use table::CHECKS;
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
