//! Holds every example of the contract against its schema, and compiles every pattern. The
//! model has checked everything else.

use bvnk_contract::{Additional, Contract, Diagnostic, Diagnostics, Schema, Shape, Validator};
use serde_json::Value;

use super::CONTRACT;

pub(super) fn examples_and_patterns(contract: &Contract) -> Result<(), Diagnostics> {
    let mut patterns = Vec::new();
    for_each_schema(contract, &mut |schema| {
        if let Shape::String(rules) = &schema.shape
            && let Some(pattern) = &rules.pattern
            && let Err(error) = regress::Regex::new(pattern)
        {
            let place = format!("{}/pattern", schema.location);
            let message = format!("the pattern cannot be compiled: {error}");
            patterns.push(Diagnostic::new(CONTRACT, place, message).help("correct the pattern"));
        }
    });
    // A validator would refuse them at the place of each example.
    Diagnostics::check(patterns)?;
    let mut problems = Vec::new();
    for_each_schema(contract, &mut |schema| {
        problems.extend(example(
            contract,
            schema,
            schema.example.as_ref(),
            &schema.location,
        ));
    });
    for operation in contract.operations() {
        for parameter in &operation.parameters {
            let example_of = parameter.example.as_ref();
            problems.extend(example(
                contract,
                &parameter.schema,
                example_of,
                &parameter.pointer,
            ));
        }
        let answers = operation.responses.iter();
        let bodies = answers.filter_map(|response| response.body.as_ref());
        for body in bodies.chain(&operation.body) {
            let place = body.schema.location.trim_end_matches("/schema");
            problems.extend(example(
                contract,
                &body.schema,
                body.example.as_ref(),
                place,
            ));
        }
    }
    // A component that is used twice is found twice.
    problems.sort_by(|one, other| one.location.cmp(&other.location));
    problems.dedup();
    Diagnostics::check(problems)
}

fn example(
    contract: &Contract,
    schema: &Schema,
    example: Option<&Value>,
    place: &str,
) -> Vec<Diagnostic> {
    let Some(example) = example else {
        return Vec::new();
    };
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
        Err(error) => vec![problem(
            schema.location.clone(),
            format!("the schema cannot be used: {error}"),
        )],
    }
}

/// Calls `visit` with every schema of the contract, nested ones included.
fn for_each_schema<'a>(contract: &'a Contract, visit: &mut impl FnMut(&'a Schema)) {
    for schema in contract.schemas().values() {
        within(schema, visit);
    }
    for operation in contract.operations() {
        for parameter in &operation.parameters {
            within(&parameter.schema, visit);
        }
        let answers = operation.responses.iter();
        let bodies = answers.filter_map(|response| response.body.as_ref());
        for body in bodies.chain(&operation.body) {
            within(&body.schema, visit);
        }
    }
}

fn within<'a>(schema: &'a Schema, visit: &mut impl FnMut(&'a Schema)) {
    visit(schema);
    match &schema.shape {
        Shape::Array(rules) => within(&rules.items, visit),
        Shape::OneOf(variants) => variants.iter().for_each(|variant| within(variant, visit)),
        Shape::Object(rules) => {
            let properties = rules.properties.values();
            properties.for_each(|property| within(&property.schema, visit));
            if let Additional::Of(values) = &rules.additional {
                within(values, visit);
            }
        }
        _ => {}
    }
}
