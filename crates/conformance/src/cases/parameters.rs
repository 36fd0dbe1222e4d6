//! Values for the parameters of an operation, and how they are written on the wire.

use std::collections::BTreeMap;

use bvnk_contract::{Contract, Location, Operation, Parameter, Shape};
use serde_json::Value;

use super::{Case, Generator, Optional};
use crate::specification::caller_parameters;

/// How often a value is drawn anew when it cannot stand where the parameter does.
const TRIES: usize = 100;

/// Generates the parameters of an operation.
pub(super) struct Parameters<'a> {
    generators: Vec<(&'a Parameter, Generator)>,
    /// Counts calls: optional parameters come and go with its bits.
    calls: usize,
}

impl<'a> Parameters<'a> {
    pub(super) fn new(
        contract: &Contract,
        operation: &'a Operation,
        seed: u64,
    ) -> Result<Self, String> {
        let generators = caller_parameters(operation).map(|parameter| {
            let generator = Generator::new(contract, &parameter.schema, Optional::Some, seed)?;
            Ok((parameter, generator))
        });
        Ok(Self {
            generators: generators.collect::<Result<_, String>>()?,
            calls: 0,
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.generators.is_empty()
    }

    pub(super) fn generate(&mut self) -> Result<BTreeMap<String, Value>, String> {
        self.calls += 1;
        let mut values = BTreeMap::new();
        for (index, (parameter, generator)) in self.generators.iter_mut().enumerate() {
            let absent = self.calls >> (index % 16) & 1 == 0;
            if parameter.required || !absent {
                values.insert(parameter.name.clone(), sendable(parameter, generator)?);
            }
        }
        Ok(values)
    }
}

/// Draws until the value can stand in the parameter's place.
fn sendable(parameter: &Parameter, generator: &mut Generator) -> Result<Value, String> {
    for _ in 0..TRIES {
        let value = generator.generate()?;
        let texts = text(&value);
        let fits = |text: &String| match parameter.location {
            // A segment must not be empty or lead elsewhere.
            Location::Path => !text.is_empty() && text != "." && text != "..",
            Location::Query => true,
            Location::Header => {
                let visible = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
                text.bytes().all(visible) && text.trim() == text && !text.is_empty()
            }
        };
        // A comma is what joins the items of such a list.
        let joined = parameter.explode || !value.is_array();
        let separable = joined || !texts.iter().any(|text| text.contains(','));
        if !value.is_null() && texts.iter().all(fits) && separable {
            return Ok(value);
        }
    }
    Err(format!(
        "the parameter {} has no value that can be sent",
        parameter.name
    ))
}

/// Every parameter of an operation.
///
/// # Errors
///
/// What in the contract cannot be generated.
pub(crate) fn every_parameter(
    contract: &Contract,
    operation: &Operation,
) -> Result<BTreeMap<String, Value>, String> {
    let mut values = BTreeMap::new();
    for parameter in caller_parameters(operation) {
        let value = match &parameter.example {
            Some(example) => example.clone(),
            None => {
                let all = Optional::All(0);
                let mut generator = Generator::new(contract, &parameter.schema, all, 0)?;
                sendable(parameter, &mut generator)?
            }
        };
        values.insert(parameter.name.clone(), value);
    }
    Ok(values)
}

/// Cases without a body: all parameters, the required ones, each optional one alone, every
/// listed value, and texts that need escaping.
pub(super) fn designed(contract: &Contract, operation: &Operation) -> Result<Vec<Case>, String> {
    let all = every_parameter(contract, operation)?;
    let required = |parameter: &Parameter| parameter.required;
    let with = |keep: &dyn Fn(&Parameter) -> bool| {
        let kept = caller_parameters(operation).filter(|parameter| keep(parameter));
        kept.filter_map(|parameter| {
            let value = all.get(&parameter.name)?;
            Some((parameter.name.clone(), value.clone()))
        })
        .collect::<BTreeMap<_, _>>()
    };
    let mut cases: Vec<Case> = Vec::new();
    let mut add = |label: String, parameters: BTreeMap<String, Value>| {
        let new = cases.iter().all(|case| case.parameters != parameters);
        if new {
            cases.push(Case {
                label,
                parameters,
                body: None,
                shown: true,
            });
        }
    };
    add("every parameter".to_owned(), all.clone());
    add("the required parameters".to_owned(), with(&required));
    for parameter in caller_parameters(operation) {
        let name = &parameter.name;
        let alone = with(&|other| other.required || other.name == *name);
        add(format!("the parameter {name}"), alone.clone());
        let Shape::String(rules) = &contract.resolve(&parameter.schema).shape else {
            continue;
        };
        for value in &rules.values {
            let mut values = alone.clone();
            values.insert(name.clone(), value.clone().into());
            add(format!("{name} is {value}"), values);
        }
        let free = crate::specification::is_free_text(&contract.resolve(&parameter.schema).shape);
        if free && parameter.location == Location::Query {
            let mut values = alone;
            values.insert(name.clone(), "a b/c?d=é&e#f%20+g".into());
            add(format!("{name} is a text that needs escaping"), values);
        }
    }
    Ok(cases)
}

/// A parameter's value as texts: one for each item of a list, else one.
pub(crate) fn text(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(text).collect(),
        other => vec![other.to_string()],
    }
}
