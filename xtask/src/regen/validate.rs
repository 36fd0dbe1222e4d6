//! Holds every example of the contract against its schema, and compiles every pattern. The
//! model has checked everything else.
//!
//! Both are reported with their places, all at once. A pattern is compiled by the engine that the
//! client uses, so that one that only other engines accept is found here.

use bvnk_contract::{Contract, Diagnostic, Diagnostics, Schema, Validator};
use serde_json::Value;

use super::CONTRACT;

/// Checks the examples and the patterns of a contract.
///
/// # Errors
///
/// Each pattern that cannot be compiled; or else each place of an example that its schema does
/// not allow.
pub(super) fn examples_and_patterns(contract: &Contract) -> Result<(), Diagnostics> {
    let schemas = contract.all_schemas();
    // A validator would refuse a pattern at the place of each example.
    let patterns = schemas.iter().filter_map(|schema| pattern(schema));
    Diagnostics::check(patterns.collect())?;
    let mut problems = Vec::new();
    let mut examine = |schema: &Schema, example: &Option<Value>, place: &str| {
        let examples = example.iter();
        problems.extend(examples.flat_map(|it| check(contract, schema, it, place)));
    };
    for schema in schemas {
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

/// What is wrong with the pattern of a schema: it is no regular expression of ECMA 262.
fn pattern(schema: &Schema) -> Option<Diagnostic> {
    let error = regress::Regex::new(schema.rules.pattern.as_ref()?).err()?;
    let message = format!("the pattern cannot be compiled: {error}");
    let place = format!("{}/pattern", schema.location);
    Some(Diagnostic::new(CONTRACT, place, message).help("correct the pattern"))
}

/// What is wrong with one example, with a diagnostic for each place of it.
///
/// The place is a JSON pointer into the contract, with the path within the example after it.
fn check(contract: &Contract, schema: &Schema, example: &Value, place: &str) -> Vec<Diagnostic> {
    let problem = |place: String, message: String| {
        Diagnostic::new(CONTRACT, place, message)
            .help("correct the example or the schema, whichever the documentation contradicts")
    };
    let validator = match Validator::new(contract, schema) {
        Ok(validator) => validator,
        Err(error) => {
            let message = format!("the schema cannot be used: {error}");
            return vec![problem(schema.location.clone(), message)];
        }
    };
    let violations = validator.violations(example).into_iter();
    let problems = violations.map(|it| {
        let message = format!("the example is not valid: it {}", it.message);
        problem(format!("{place}/example{}", it.place), message)
    });
    problems.collect()
}
