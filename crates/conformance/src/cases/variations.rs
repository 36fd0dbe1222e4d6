//! Requests that differ from one with everything in one place, valid and invalid ones: each
//! clause about an attribute or a parameter is tried at its edges.
//!
//! A variation joins an [`Edit`] with the whole request that has it: the body with everything that
//! may be sent, changed at the place of one attribute. An attribute within an alternative
//! (`payment<card>.number`) is tried in the body that has this alternative.

use std::collections::BTreeMap;

use bvnk_contract::{
    Additional, AttributeRules, Contract, Operation, Schema, Shape, child_pointer,
};
use serde_json::Value;

use super::edits::{Edit, edits};
use crate::specification::{AttributeClause, Specification};

/// A request that differs from one with everything in one place.
#[derive(Clone, Debug)]
pub struct Variation<'a> {
    /// The attribute of the body, or the parameter, that differs.
    pub attribute: &'a AttributeClause,
    /// How it differs.
    pub edit: Edit,
    /// The parameters of the request, by name.
    pub parameters: BTreeMap<String, Value>,
    /// The body of the request.
    pub body: Option<Value>,
}

/// All variations of the request of an operation: of its parameters, then of its bodies with
/// everything, of which there is one for each number of an alternative.
/// The idempotency key is left out, which the checks of keys are about. So is a parameter that names
/// something created, and the path with it: only a reference that exists has a right answer.
pub(crate) fn variations<'a>(
    specification: &'a Specification,
    operation: &Operation,
    everything: &[Value],
    parameters: &BTreeMap<String, Value>,
) -> Vec<Variation<'a>> {
    let contract = specification.contract();
    let mut found = Vec::new();
    let key = operation.idempotency_key().map(|key| key.name.as_str());
    // What must exist has one right value.
    let mut named = contract.named_by(operation);
    named.retain(|it| it.flow.create.id != operation.id);
    for of in ["path", "query", "header"] {
        for attribute in specification.attributes(&operation.id, of) {
            let path = &attribute.rules.path;
            let is_fixed = (of == "path" && !named.is_empty())
                || named.iter().any(|it| it.parameter.name == *path);
            if key == Some(path) || path.ends_with("[]") || is_fixed {
                continue;
            }
            for edit in wire_edits(&attribute.rules) {
                let mut parameters = parameters.clone();
                match &edit.value {
                    Some(value) => parameters.insert(path.clone(), value.clone()),
                    None => parameters.remove(path),
                };
                found.push(Variation {
                    attribute,
                    edit,
                    parameters,
                    body: everything.first().cloned(),
                });
            }
        }
    }
    for attribute in specification.attributes(&operation.id, "request") {
        let mut bodies = everything.iter().enumerate();
        let place = bodies.find_map(|(variant, body)| {
            let schema = &operation.body.as_ref()?.schema;
            let pointer = locate(contract, schema, &attribute.rules.path, body, variant)?;
            Some((body, pointer))
        });
        let Some((all, pointer)) = place.filter(|(_, pointer)| !pointer.is_empty()) else {
            continue;
        };
        for edit in edits(&attribute.rules, all.pointer(&pointer)) {
            let mut body = all.clone();
            put(&mut body, &pointer, edit.value.clone());
            found.push(Variation {
                attribute,
                edit,
                parameters: parameters.clone(),
                body: Some(body),
            });
        }
    }
    found
}

/// The edits of a parameter. On the wire everything is a text, so only those are kept whose
/// text differs.
/// A path parameter cannot be left out or have a slash, a header only has visible ASCII, and a text
/// cannot have another type than text.
fn wire_edits(rules: &AttributeRules) -> Vec<Edit> {
    let text = rules.r#type == "string";
    let mut edits = edits(rules, None);
    edits.retain(|edit| match &edit.value {
        None => rules.of != "path",
        // One text is a list of one.
        Some(_) if rules.r#type == "array" => false,
        Some(Value::String(value)) => {
            let visible = value.bytes().all(|byte| byte.is_ascii_graphic());
            let sendable = match rules.of.as_str() {
                "query" => true,
                "header" => visible,
                _ => visible && !value.contains('/'),
            };
            let short = (1..100).contains(&value.len());
            // As a text on the wire it is the value itself, so it is not wrong there.
            let read = matches!(value.as_str(), "true" | "7");
            (text || !edit.valid && !read) && sendable && short
        }
        Some(Value::Number(_)) => !text,
        Some(Value::Bool(_)) => matches!(rules.r#type.as_str(), "integer" | "number" | "boolean"),
        Some(_) => false,
    });
    edits
}

/// Where an attribute stands in a body, as a JSON pointer; of lists and maps it is the first
/// entry. `None` if the body does not have it, such as when it has another alternative:
/// `variant` is the number with which alternatives were chosen.
///
/// # Examples
///
/// With `{"address": {"lines": ["a", "b"]}}` the path `address.lines[]` is at `/address/lines/0`.
pub(crate) fn locate<'a>(
    contract: &'a Contract,
    mut schema: &'a Schema,
    path: &str,
    body: &Value,
    variant: usize,
) -> Option<String> {
    let (mut rest, mut pointer) = (path, String::new());
    while !rest.is_empty() {
        let name = match &contract.resolve(schema).shape {
            Shape::OneOf(variants) => {
                let (name, after) = rest.strip_prefix('<')?.split_once('>')?;
                let number = variant % variants.len().max(1);
                let number_name = (number + 1).to_string();
                if name != variants[number].reference().unwrap_or(&number_name) {
                    return None;
                }
                (schema, rest) = (&variants[number], after);
                continue;
            }
            Shape::Array(items) => {
                (schema, rest) = (items, rest.strip_prefix("[]")?);
                "0".to_owned()
            }
            Shape::Object(rules) => match (rest.strip_prefix("{}"), &rules.additional) {
                (Some(after), Additional::Of(values)) => {
                    let mut names = body.pointer(&pointer)?.as_object()?.keys();
                    (schema, rest) = (values, after);
                    let own = names.find(|name| !rules.properties.contains_key(*name))?;
                    own.clone()
                }
                _ => {
                    let path = rest.strip_prefix('.').unwrap_or(rest);
                    let end = path.find(['.', '[', '{', '<']).unwrap_or(path.len());
                    let (name, after) = path.split_at(end);
                    (schema, rest) = (&rules.properties.get(name)?.schema, after);
                    name.to_owned()
                }
            },
            _ => return None,
        };
        pointer = child_pointer(&pointer, &name);
        body.pointer(&pointer)?;
    }
    Some(pointer)
}

/// Sets or removes (`None`) the value at a place; false if there is no such place.
///
/// An entry of a list can be replaced, but not removed: the entries after it would move.
pub(crate) fn put(body: &mut Value, pointer: &str, value: Option<Value>) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return value.map(|value| *body = value).is_some();
    };
    match (body.pointer_mut(parent), value) {
        (Some(Value::Object(members)), value) => {
            let name = name.replace("~1", "/").replace("~0", "~");
            match value {
                Some(value) => drop(members.insert(name, value)),
                None => return members.remove(&name).is_some(),
            }
            true
        }
        (Some(Value::Array(items)), Some(value)) => {
            let index = name.parse().ok();
            let item = index.and_then(|index: usize| items.get_mut(index));
            item.map(|item| *item = value).is_some()
        }
        _ => false,
    }
}
