//! Clauses as TOML text: drafts, and clauses that are restated.

use std::fmt;

use serde_json::json;

use super::{Basis, Clause};
use crate::Expectation;

impl Clause {
    /// Drafts a documented clause, which displays as the table that
    /// [`Clauses::from_toml`](crate::Clauses::from_toml) reads.
    ///
    /// ```
    /// use bvnk_contract::{Clause, Expectation};
    ///
    /// let expect = Expectation::Answer { operation: "get_pet".into(), status: "200".into() };
    /// assert_eq!(
    ///     Clause::draft("answer.found", &expect).to_string(),
    ///     "[[clause]]\nid = \"answer.found\"\nsays = \"\"\nbasis = \"documented\"\n\
    ///      expect = { kind = \"answer\", operation = \"get_pet\", status = \"200\" }\n"
    /// );
    /// ```
    pub fn draft(id: &str, expect: &Expectation) -> Self {
        Self {
            id: id.to_owned(),
            says: String::new(),
            basis: Basis::Documented,
            weight: None,
            expect: expect.clone(),
            line: 0,
        }
    }
}

impl fmt::Display for Clause {
    /// Writes the clause as the table that [`Clauses::from_toml`](crate::Clauses::from_toml)
    /// reads. The weight is left out where the file left it out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // JSON texts are TOML's too.
        let (id, says) = (json!(self.id), json!(self.says));
        let basis = json!(self.basis);
        write!(f, "[[clause]]\nid = {id}\nsays = {says}\nbasis = {basis}\n")?;
        if let Some(weight) = self.weight {
            writeln!(f, "weight = {}", json!(weight))?;
        }
        writeln!(f, "expect = {}", self.expect)
    }
}
