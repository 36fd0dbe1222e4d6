//! The cases of one operation: designed ones, then generated ones.

use std::collections::BTreeMap;

use bvnk_contract::{Contract, Operation, Schema, Shape};
use serde_json::Value;

use super::edits::TEXT;
use super::variations::{Variation, locate, put, variations};
use super::{Case, Generator, Optional, example};
use crate::specification::Specification;

/// How many calls an operation without a body gets beyond the designed ones, at most.
const WITHOUT_BODY: u32 = 12;
/// Of how many generated cases one is followed: the designed ones are, and what a server does with
/// a resource seldom depends on the rest.
const FOLLOWED: u32 = 20;

/// What is sent to one operation, and what its variations start from.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    /// The operation's id.
    pub(super) operation: String,
    /// In the order in which they are sent: designed ones first.
    pub(super) cases: Vec<Case>,
    /// Bodies with everything that may be sent, one for each alternative.
    pub(super) everything: Vec<Value>,
    /// All parameters.
    ///
    /// By name; those that are optional too.
    pub(super) parameters: BTreeMap<String, Value>,
}

impl Planned {
    /// Readable bodies with everything that may be sent, and all parameters.
    pub(super) fn new(
        specification: &Specification,
        operation: &Operation,
    ) -> Result<Self, String> {
        let contract = specification.contract();
        let parameters = Generator::new(contract, Optional::All(0), 0).parameters(operation)?;
        let mut everything = Vec::new();
        if let Some(body) = &operation.body {
            for variant in 0..alternatives(contract, &body.schema) {
                let mut generator = Generator::new(contract, Optional::All(variant), 0);
                let drawn = generator.value(&body.schema)?;
                let readable = match &body.example {
                    Some(example) => laid_over(drawn.clone(), example),
                    None => drawn.clone(),
                };
                let valid = specification.allows(&operation.id, "request", &readable);
                everything.push(if valid { readable } else { drawn });
            }
        }
        Ok(Self {
            operation: operation.id.clone(),
            cases: Vec::new(),
            everything,
            parameters,
        })
    }

    /// Adds cases that are designed rather than drawn: the least and the most that may be
    /// sent, and every valid variation of the most.
    /// A case that another one equals is left out, and so is one that a rule of the whole body forbids,
    /// such as "exactly one of these".
    pub(super) fn design(&mut self, specification: &Specification, operation: &Operation) {
        let contract = specification.contract();
        let id = operation.id.as_str();
        let Self {
            everything,
            parameters,
            ..
        } = self.clone();
        let example = example(contract, id).cloned();
        let some = example.as_ref().or(everything.first()).cloned();
        let mut designed = Vec::new();
        if example.is_some() {
            designed.push(("the contract's example".to_owned(), &parameters, example));
        }
        for (variant, all) in everything.iter().enumerate() {
            let (mut least, mut scripts) = (all.clone(), all.clone());
            for attribute in specification.attributes(id, "request") {
                let schema = operation.body.as_ref().map(|body| &body.schema);
                let path = &attribute.rules.path;
                let place =
                    schema.and_then(|schema| locate(contract, schema, path, &least, variant));
                if let Some(place) = place.filter(|_| attribute.is_optional_member()) {
                    put(&mut least, &place, None);
                }
                let place = schema.and_then(|schema| locate(contract, schema, path, all, variant));
                if let Some(place) = place.filter(|_| attribute.is_free_text()) {
                    put(&mut scripts, &place, Some(TEXT.into()));
                }
            }
            for (label, body) in [
                ("everything that may be sent", all),
                ("nothing but what must be sent", &least),
                ("every free text in several scripts", &scripts),
            ] {
                designed.push((label.to_owned(), &parameters, Some(body.clone())));
            }
        }
        if !operation
            .body
            .as_ref()
            .is_some_and(|_| operation.body_required)
        {
            designed.push(("no body".to_owned(), &parameters, None));
        }
        let mut required = parameters.clone();
        required.retain(|name, _| {
            let mut own = operation.parameters.iter();
            own.any(|parameter| parameter.name == *name && parameter.required)
        });
        designed.push(("the required parameters".to_owned(), &required, some));
        let varied = variations(specification, operation, &everything, &parameters);
        // What the documentation leaves open is tried on the server alone.
        let valid = |it: &&Variation<'_>| it.edit.valid && it.edit.clause.is_none();
        for variation in varied.iter().filter(valid) {
            let path = &variation.attribute.rules.path;
            let label = format!("`{path}` {}", variation.edit.what());
            designed.push((label, &variation.parameters, variation.body.clone()));
        }
        for (label, parameters, body) in designed {
            // Rules of the whole, such as a least number of properties, may forbid a body.
            let mut given = body.iter();
            let valid = given.all(|body| specification.allows(id, "request", body));
            let mut known = self.cases.iter();
            if valid && !known.any(|it| it.parameters == *parameters && it.body == body) {
                self.cases.push(Case {
                    label,
                    parameters: parameters.clone(),
                    body,
                    shown: true,
                    followed: true,
                });
            }
        }
    }

    /// Adds generated cases.
    ///
    /// Without a body and parameters all calls are the same, so that none is generated.
    ///
    /// # Errors
    ///
    /// What in the contract cannot be generated.
    pub(super) fn generate(
        &mut self,
        specification: &Specification,
        operation: &Operation,
        count: u32,
        seed: u64,
    ) -> Result<(), String> {
        let mut generator = Generator::new(specification.contract(), Optional::Some, seed);
        let count = match &operation.body {
            None if self.parameters.is_empty() => 0,
            None => count.min(WITHOUT_BODY),
            Some(_) => count,
        };
        for number in 1..=count {
            let body = operation.body.as_ref();
            let body = body.map(|body| generator.value(&body.schema));
            self.cases.push(Case {
                label: format!("generated case {number}"),
                body: body.transpose()?,
                parameters: generator.parameters(operation)?,
                shown: true,
                followed: number % FOLLOWED == 1,
            });
        }
        Ok(())
    }
}

/// The greatest number of alternatives at any place.
///
/// 1 where there are none, so that there is always one body with everything.
pub(crate) fn alternatives(contract: &Contract, schema: &Schema) -> usize {
    let attributes = contract.attributes(schema);
    let below = attributes.iter().map(|attribute| attribute.schema);
    let counts = below
        .chain([contract.resolve(schema)])
        .map(|schema| match &schema.shape {
            Shape::OneOf(variants) => variants.len(),
            _ => 1,
        });
    counts.max().unwrap_or(1)
}

/// A drawn value with the members that an example has: what people read should be readable.
///
/// An empty list or a null of the example would hide what the drawn value has.
///
/// # Examples
///
/// `{"a": 7, "b": [1]}` with the example `{"a": 1, "b": []}` is `{"a": 1, "b": [1]}`.
fn laid_over(drawn: Value, example: &Value) -> Value {
    match (drawn, example) {
        (Value::Object(members), Value::Object(example)) => {
            let members = members
                .into_iter()
                .map(|(name, value)| match example.get(&name) {
                    Some(example) => (name, laid_over(value, example)),
                    None => (name, value),
                });
            members.collect()
        }
        (drawn @ (Value::Object(_) | Value::Array(_)), _) | (drawn, Value::Null) => drawn,
        (_, example) => example.clone(),
    }
}
