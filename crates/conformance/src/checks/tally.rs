//! What a check finds while it judges, case by case. Every case names the clause that it is
//! about, so that a report can say what was proven and what is broken.

use std::collections::BTreeMap;
use std::fmt::Display;

/// Counts the cases of one check.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) judged: BTreeMap<String, u64>,
    pub(crate) wrong: Vec<Wrong>,
}

/// One case that does not hold.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    pub(crate) clause: String,
    pub(crate) what: String,
    pub(crate) expected: String,
    pub(crate) came: String,
}

impl Tally {
    /// Counts one case of a clause, which holds or not.
    pub(crate) fn hold(
        &mut self,
        clause: &str,
        holds: bool,
        what: impl Display,
        expected: impl Display,
        came: impl Display,
    ) {
        match self.judged.get_mut(clause) {
            Some(cases) => *cases += 1,
            None => {
                self.judged.insert(clause.to_owned(), 1);
            }
        }
        if !holds {
            self.wrong.push(Wrong {
                clause: clause.to_owned(),
                what: what.to_string(),
                expected: expected.to_string(),
                came: came.to_string(),
            });
        }
    }

    /// Counts one case in which the same must have come as was expected.
    pub(crate) fn equal<T: PartialEq + Display>(
        &mut self,
        clause: &str,
        what: impl Display,
        expected: T,
        came: T,
    ) {
        self.hold(clause, expected == came, what, expected, came);
    }

    /// Counts one case that could not be tried, which proves nothing.
    pub(crate) fn stuck(&mut self, clause: &str, what: impl Display, reason: impl Display) {
        self.hold(clause, false, what, "an answer", reason);
    }

    /// How many cases there were.
    pub(crate) fn cases(&self) -> u64 {
        self.judged.values().sum()
    }
}
