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
    let own = schemas
        .iter()
        .map(|it| (*it, it.example.as_ref(), it.location.as_str()));
    let operations = || contract.operations.iter();
    let parameters = operations().flat_map(|operation| &operation.parameters);
    let parameters = parameters.map(|it| (&it.schema, it.example.as_ref(), it.pointer.as_str()));
    let bodies = operations().flat_map(|operation| operation.bodies());
    let bodies = bodies.map(|it| {
        let place = it.schema.location.trim_end_matches("/schema");
        (&it.schema, it.example.as_ref(), place)
    });
    let examples = own.chain(parameters).chain(bodies);
    let mut problems: Vec<Diagnostic> = examples
        .filter_map(|(schema, example, place)| Some((schema, example?, place)))
        .flat_map(|(schema, example, place)| check(contract, schema, example, place))
        .collect();
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
    match Validator::new(contract, schema) {
        Ok(validator) => {
            let violations = validator.violations(example).into_iter();
            let problems = violations.map(|violation| {
                let place = format!("{place}/example{}", violation.place);
                let message = violation.message;
                problem(place, format!("the example is not valid: it {message}"))
            });
            problems.collect()
        }
        Err(error) => {
            let message = format!("the schema cannot be used: {error}");
            vec![problem(schema.location.clone(), message)]
        }
    }
}
