//! All cases of a run, made before anything is sent.
//!
//! Each operation gets designed cases first, then generated ones. The designed cases are the
//! contract's example, the most and the least that may be sent, texts in several scripts, and each
//! valid variation. They do not depend on the seed, so that they find the same in every run.

use std::collections::BTreeMap;

use bvnk_contract::Operation;
use serde_json::Value;

use super::Case;
use super::planned::Planned;
use super::variations::{Variation, variations};
use crate::flow;
use crate::specification::Specification;

/// The cases of a run, by operation.
#[derive(Clone, Debug)]
pub struct Plan {
    operations: Vec<Planned>,
}

impl Plan {
    /// Designs and generates cases for every operation: `count` generated ones for each,
    /// the same ones for the same seed.
    ///
    /// # Errors
    ///
    /// What in the contract cannot be generated.
    pub fn generated(specification: &Specification, count: u32, seed: u64) -> Result<Self, String> {
        let mut plan = Self::without_cases(specification)?;
        for operation in &specification.contract().operations {
            if let Some(planned) = plan.planned_mut(&operation.id) {
                planned.design(specification, operation);
                planned
                    .generate(specification, operation, count, seed)
                    .map_err(|error| format!("{}: {error}", operation.id))?;
            }
        }
        Ok(plan)
    }

    /// One creation with a given body, which no report shows, and no other cases.
    ///
    /// # Errors
    ///
    /// What in the contract cannot be generated.
    pub fn given(specification: &Specification, body: &Value) -> Result<Self, String> {
        let mut plan = Self::without_cases(specification)?;
        let creation = flow::first(specification.contract())?.create;
        if let Some(planned) = plan.planned_mut(&creation.id) {
            planned.cases.push(Case {
                label: "the given body".to_owned(),
                parameters: BTreeMap::new(),
                body: Some(body.clone()),
                shown: false,
                followed: true,
            });
        }
        Ok(plan)
    }

    /// Prepares the bodies and parameters that variations start from, without anything to send.
    fn without_cases(specification: &Specification) -> Result<Self, String> {
        let operations = specification.contract().operations.iter();
        let planned = operations.map(|operation| {
            let planned = Planned::new(specification, operation);
            planned.map_err(|error| format!("{}: {error}", operation.id))
        });
        Ok(Self {
            operations: planned.collect::<Result<_, String>>()?,
        })
    }

    /// The same with the first cases of each operation, and every tenth of the others: what
    /// is broken for all requests shows in a few.
    #[must_use]
    pub fn shortened(&self) -> Self {
        let mut plan = self.clone();
        for planned in &mut plan.operations {
            let mut number = 0;
            planned.cases.retain(|_| {
                number += 1;
                number <= 8 || number % 10 == 0
            });
        }
        plan
    }

    fn planned(&self, operation: &str) -> Option<&Planned> {
        self.operations.iter().find(|it| it.operation == operation)
    }

    fn planned_mut(&mut self, operation: &str) -> Option<&mut Planned> {
        let mut operations = self.operations.iter_mut();
        operations.find(|it| it.operation == operation)
    }

    /// The cases of an operation.
    pub fn cases(&self, operation: &str) -> &[Case] {
        let planned = self.planned(operation);
        planned.map_or(&[], |planned| &planned.cases)
    }

    /// How many cases there are.
    pub fn total(&self) -> usize {
        let planned = self.operations.iter();
        planned.map(|planned| planned.cases.len()).sum()
    }

    /// Bodies of an operation with everything that may be sent, one for each alternative.
    ///
    /// The number of a body is the number with which its alternatives were chosen.
    pub fn everything(&self, operation: &str) -> &[Value] {
        let planned = self.planned(operation);
        planned.map_or(&[], |planned| &planned.everything)
    }

    /// Values for every parameter of an operation.
    pub(crate) fn parameters(&self, operation: &str) -> BTreeMap<String, Value> {
        let planned = self.planned(operation);
        planned.map_or_else(BTreeMap::new, |planned| planned.parameters.clone())
    }

    /// Requests of an operation that differ from one with everything in one place.
    pub fn variations<'a>(
        &self,
        specification: &'a Specification,
        operation: &Operation,
    ) -> Vec<Variation<'a>> {
        let parameters = self.parameters(&operation.id);
        variations(
            specification,
            operation,
            self.everything(&operation.id),
            &parameters,
        )
    }
}
