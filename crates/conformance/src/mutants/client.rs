//! Mutants of the client: the whole client of [`Target::client`], stacked by hand from the
//! same layers, with one thing bent. [`TABLE`](table::TABLE) names them.

mod bend;
mod table;

use super::{Family, Mutant, Way};

pub(super) fn mutants() -> Vec<Mutant> {
    table::TABLE
        .iter()
        .map(|(name, clauses, make)| Mutant {
            family: Family::Client,
            name: (*name).to_owned(),
            place: format!("the client: {}", name.replace('-', " ")),
            clauses: clauses.iter().map(|id| (*id).to_owned()).collect(),
            equivalent: None,
            way: Way::Client(*make),
        })
        .collect()
}
