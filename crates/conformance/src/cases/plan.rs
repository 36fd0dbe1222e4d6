//! All cases of a run, made before anything is sent.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Case, bodies_with_everything, cases, documented, every_parameter};
use crate::specification::Specification;

/// The cases of a run, by operation.
#[derive(Clone, Debug)]
pub struct Plan {
    seed: u64,
    operations: BTreeMap<String, Planned>,
}

#[derive(Clone, Debug)]
struct Planned {
    cases: Vec<Case>,
    everything: Vec<Value>,
    parameters: BTreeMap<String, Value>,
}

impl Plan {
    /// Designs and generates cases for every operation: `count` generated ones for each,
    /// the same ones for the same seed.
    ///
    /// # Errors
    ///
    /// What in the contract cannot be generated.
    pub fn generated(specification: &Specification, count: u32, seed: u64) -> Result<Self, String> {
        Self::new(specification, seed, |operation| {
            cases(specification, operation, count, seed)
        })
    }

    /// One creation with a given body, which no report shows, and no other cases.
    ///
    /// # Errors
    ///
    /// What in the contract cannot be generated.
    pub fn given(specification: &Specification, body: &Value) -> Result<Self, String> {
        let creation = documented::creation(specification.contract())?;
        Self::new(specification, 0, |operation| {
            let case = Case {
                label: "the given body".to_owned(),
                parameters: BTreeMap::new(),
                body: Some(body.clone()),
                shown: false,
            };
            Ok(if operation.id == creation.id {
                vec![case]
            } else {
                Vec::new()
            })
        })
    }

    fn new(
        specification: &Specification,
        seed: u64,
        cases: impl Fn(&bvnk_contract::Operation) -> Result<Vec<Case>, String>,
    ) -> Result<Self, String> {
        let contract = specification.contract();
        let mut operations = BTreeMap::new();
        for operation in contract.operations() {
            let place = |error| format!("{}: {error}", operation.id);
            let planned = Planned {
                cases: cases(operation).map_err(place)?,
                everything: bodies_with_everything(specification, operation).map_err(place)?,
                parameters: every_parameter(contract, operation).map_err(place)?,
            };
            operations.insert(operation.id.clone(), planned);
        }
        Ok(Self { seed, operations })
    }

    /// The same with the first cases of each operation, and every tenth of the others: what
    /// is broken for all requests shows in a few.
    #[must_use]
    pub fn shortened(&self) -> Self {
        let mut plan = self.clone();
        for planned in plan.operations.values_mut() {
            let mut number = 0;
            planned.cases.retain(|_| {
                number += 1;
                number <= 8 || number % 10 == 0
            });
        }
        plan
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The cases of an operation.
    pub fn cases(&self, operation: &str) -> &[Case] {
        self.operations
            .get(operation)
            .map_or(&[], |planned| &planned.cases)
    }

    /// How many cases there are.
    pub fn total(&self) -> usize {
        self.operations
            .values()
            .map(|planned| planned.cases.len())
            .sum()
    }

    /// Bodies of an operation with everything that may be sent, one for each alternative.
    pub(crate) fn everything(&self, operation: &str) -> &[Value] {
        self.operations
            .get(operation)
            .map_or(&[], |planned| &planned.everything)
    }

    /// Values for every parameter of an operation.
    pub(crate) fn parameters(&self, operation: &str) -> BTreeMap<String, Value> {
        let planned = self.operations.get(operation);
        planned
            .map(|planned| planned.parameters.clone())
            .unwrap_or_default()
    }
}
