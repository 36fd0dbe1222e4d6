//! From OpenAPI 3.0 schemas to compiled validators, and from their complaints to lists
//! of messages by JSON pointer.
//!
//! It must not know which request a value came from, and its messages must never show
//! the value: it may be a person's data.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::ContractError;
use super::bend::{BENDING, bend};
use crate::fault::Faults;

/// Messages by the JSON pointer of the member that they are about.
pub(crate) type Complaints = BTreeMap<String, Vec<String>>;

/// A compiled schema.
pub(crate) struct Schema {
    validator: Validator,
    root: Value,
    /// Validators that faults have changed, made when they are first asked for.
    bent: Mutex<HashMap<Faults, Arc<Validator>>>,
}

impl Schema {
    /// Compiles `schema`, which stands at `place` of `document` and may refer to any
    /// other part of it.
    pub(crate) fn compile(
        document: &Value,
        schema: &Value,
        place: &str,
    ) -> Result<Self, ContractError> {
        if !schema.is_object() {
            return Err(ContractError::new(place, "a schema has to be an object"));
        }
        let mut root = Map::new();
        root.insert("$ref".to_owned(), json!("#/entry"));
        root.insert("entry".to_owned(), schema.clone());
        for part in ["components", "paths"] {
            if let Some(value) = document.get(part) {
                root.insert(part.to_owned(), value.clone());
            }
        }
        let mut root = Value::Object(root);
        allow_nulls(&mut root);
        let validator = build(&root).map_err(|error| ContractError::new(place, error))?;
        Ok(Self {
            validator,
            root,
            bent: Mutex::default(),
        })
    }

    /// What is wrong with a value; nothing, if it is valid.
    pub(crate) fn complaints(&self, value: &Value, faults: Faults) -> Complaints {
        let mut complaints = Complaints::new();
        let bent = self.bent(faults);
        let validator = bent.as_deref().unwrap_or(&self.validator);
        for error in validator.iter_errors(value) {
            let mut pointer = error.instance_path().as_str().to_owned();
            // A missing member is named itself, not only the object that lacks it.
            if let ValidationErrorKind::Required { property } = error.kind()
                && let Some(name) = property.as_str()
            {
                pointer.push('/');
                pointer.push_str(&escape(name));
            }
            let message = format!(
                "{}: {}",
                error.kind().keyword(),
                error.masked_with("the value")
            );
            complaints.entry(pointer).or_default().push(message);
        }
        complaints
    }

    /// The validator that these faults leave, if they change it.
    fn bent(&self, faults: Faults) -> Option<Arc<Validator>> {
        if faults.is_empty() {
            return None;
        }
        let faults = faults.among(&BENDING);
        if faults.is_empty() {
            return None;
        }
        let mut bent = self.bent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = bent.get(&faults) {
            return Some(Arc::clone(validator));
        }
        let mut root = self.root.clone();
        bend(&mut root, faults);
        // The edits keep schemas schemas: without them, the contract is what it was.
        let validator = Arc::new(build(&root).ok()?);
        bent.insert(faults, Arc::clone(&validator));
        Some(validator)
    }
}

fn build(root: &Value) -> Result<Validator, ValidationError<'static>> {
    // OpenAPI 3.0 schemas descend from the draft after Draft 4 and share its meaning
    // of `$ref` (siblings are ignored) and of a boolean `exclusiveMinimum`. What they
    // add, `x-` members among it, a validator ignores.
    jsonschema::options()
        .with_draft(Draft::Draft4)
        .should_validate_formats(true)
        .with_format("uuid", is_uuid)
        .build(root)
}

/// Writes a name as a segment of a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Follows `$ref` until something else stands there.
pub(crate) fn resolve<'d>(
    document: &'d Value,
    mut value: &'d Value,
    place: &str,
) -> Result<&'d Value, ContractError> {
    // A chain this long is a circle.
    for _ in 0..64 {
        let Some(target) = value.get("$ref").and_then(Value::as_str) else {
            return Ok(value);
        };
        value = target
            .strip_prefix('#')
            .and_then(|pointer| document.pointer(pointer))
            .ok_or_else(|| ContractError::new(place, format!("{target} leads nowhere")))?;
    }
    Err(ContractError::new(place, "the reference leads in a circle"))
}

/// `nullable: true`, which JSON Schema does not know, becomes the type `null`.
fn allow_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.values_mut().for_each(allow_nulls);
            if members.get("nullable") == Some(&Value::Bool(true))
                && let Some(Value::String(kind)) = members.get("type")
            {
                let kinds = json!([kind, "null"]);
                members.insert("type".to_owned(), kinds);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(allow_nulls),
        _ => {}
    }
}

/// The spelling with hyphens only: 36 characters, as the vendor has it.
fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}
