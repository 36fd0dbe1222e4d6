//! Holds every example of the contract against its schema. The model has checked everything else.

use bvnk_contract::{Contract, Diagnostic, Diagnostics, Schema};
use serde_json::Value;

use super::CONTRACT;

/// Checks the examples of a contract.
///
/// # Errors
///
/// Each place of an example that its schema does not allow.
pub(super) fn examples(contract: &Contract) -> Result<(), Diagnostics> {
    let mut problems = Vec::new();
    let mut examine = |schema: &Schema, example: &Option<Value>, place: &str| {
        let examples = example.iter();
        problems.extend(examples.flat_map(|it| check(contract, schema, it, place)));
    };
    for schema in contract.all_schemas() {
        examine(schema, &schema.example, &schema.location);
    }
    for operation in &contract.operations {
        for it in &operation.parameters {
            examine(&it.schema, &it.example, &it.pointer);
        }
        for it in operation.bodies() {
            let place = it.schema.location.trim_end_matches("/schema");
            examine(&it.schema, &it.example, place);
        }
    }
    // A component that is used twice is found twice.
    problems.sort_by(|one, other| one.location.cmp(&other.location));
    problems.dedup();
    Diagnostics::check(problems)
}

/// What is wrong with one example, with a diagnostic for each place of it.
///
/// The place is a JSON pointer into the contract, with the path within the example after it.
fn check(contract: &Contract, schema: &Schema, example: &Value, place: &str) -> Vec<Diagnostic> {
    let violations = contract.violations(schema, example).into_iter();
    let problems = violations.map(|it| {
        let message = format!("the example is not valid: it {}", it.message);
        Diagnostic::new(CONTRACT, format!("{place}/example{}", it.place), message)
            .help("correct the example or the schema, whichever the documentation contradicts")
    });
    problems.collect()
}
