//! Runs progenitor on the lowered contract, and reads the types that it has chosen.
//!
//! Progenitor decides which types members and arguments have, and which of them are boxed. They are
//! read from its model of types; the code that it writes is not used.

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use bvnk_contract::{Additional, CHECKED_FORMATS, Diagnostic, Schema, Shape};
use heck::ToPascalCase;
use progenitor::{GenerationSettings, Generator};
use serde_json::{Map, Value, json};
use typify::{TypeDetails, TypeId, TypeSpace};

use super::CONTRACT;
use super::lower::{Lowered, is_checked_format, is_struct};

/// The types of fields, in the names of the generated file, by the name of their struct and their
/// own.
type Types = BTreeMap<(String, String), String>;

/// Gives every field the type that progenitor chooses.
///
/// # Errors
///
/// What progenitor reports or panics on, which a step of the lowering should have rewritten.
pub(super) fn choose_types(lowered: &mut Lowered) -> Result<(), Diagnostic> {
    let document = document(lowered);
    let types = catch_unwind(|| types(lowered, document));
    let types = types.unwrap_or_else(|_| Err("it panicked".into()));
    let mut types = types.map_err(|error| unsupported(&error.to_string()))?;
    for (owner, fields) in lowered.structs() {
        for (index, field) in fields.into_iter().enumerate() {
            let chosen = types.remove(&(owner.clone(), name(index)));
            let missing = || unsupported(&format!("it wrote no type of `{}`", field.wire));
            field.ty = chosen.ok_or_else(missing)?;
        }
    }
    Ok(())
}

/// The lowered contract as the OpenAPI document that progenitor is given: an object for the fields
/// of each type, and one for the arguments and the result of each call.
///
/// It has only what decides types: every field is required, and has a name that progenitor does not
/// change. Names on the wire, rules and descriptions are added by the transform.
fn document(lowered: &mut Lowered) -> Value {
    let structs = lowered.structs().map(|(owner, fields)| {
        let fields = fields.iter().enumerate();
        let properties = fields.map(|(index, field)| (name(index), plain(&field.schema)));
        let properties: Map<String, Value> = properties.collect();
        let required: Vec<&String> = properties.keys().collect();
        let object = json!({ "type": "object", "required": required, "properties": properties });
        (owner.clone(), object)
    });
    let schemas: Map<String, Value> = structs.collect();
    json!({
        "openapi": "3.0.3",
        "info": { "title": "", "version": "0" },
        "paths": {},
        "components": { "schemas": schemas },
    })
}

/// The name of a field in the document.
fn name(index: usize) -> String {
    format!("field_{index}")
}

/// A schema without rules, as far as it decides the type in Rust.
///
/// Lengths, patterns and bounds are rules of the macro call and not of the type. Only a format with
/// a type in `bvnk-gen` is kept: for others progenitor would use crates that the client lacks.
fn plain(schema: &Schema) -> Value {
    let number = |kind: &str| match schema.rules.format.as_deref() {
        Some(format @ ("int32" | "int64" | "float" | "double")) => {
            json!({ "type": kind, "format": format })
        }
        _ => json!({ "type": kind }),
    };
    match &schema.shape {
        Shape::Any | Shape::OneOf(_) => json!({}),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::String if is_checked_format(&schema.rules) => {
            json!({ "type": "string", "format": schema.rules.format })
        }
        Shape::String => json!({ "type": "string" }),
        Shape::Integer => number("integer"),
        Shape::Number => number("number"),
        Shape::Array(items) => json!({ "type": "array", "items": inner(items) }),
        Shape::Reference(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
        Shape::Object(object) => match &object.additional {
            Additional::Of(values) if !is_struct(schema) => {
                json!({ "type": "object", "additionalProperties": inner(values) })
            }
            _ => json!({ "type": "object", "additionalProperties": {} }),
        },
    }
}

/// A schema within a list or a map, where null is a part of the type.
fn inner(schema: &Schema) -> Value {
    match schema.nullable {
        true => json!({ "nullable": true, "allOf": [plain(schema)] }),
        false => plain(schema),
    }
}

/// The types of all fields of progenitor's client.
fn types(lowered: &Lowered, document: Value) -> Result<Types, Box<dyn std::error::Error>> {
    let mut settings = GenerationSettings::default();
    settings.with_map_type("BTreeMap");
    // The types of `bvnk-gen` that check them have their names.
    for format in CHECKED_FORMATS {
        let schema = serde_json::from_value(json!({"type": "string", "format": format}))?;
        settings.with_conversion(schema, format.to_pascal_case(), std::iter::empty());
    }
    let mut generator = Generator::new(&settings);
    generator.generate_tokens(&serde_json::from_value(document)?)?;
    let space = generator.get_type_space();
    let mut types = Types::new();
    for ty in space.iter_types() {
        let TypeDetails::Struct(object) = ty.details() else {
            continue;
        };
        let module = match lowered.schemas.contains_key(&ty.name()) {
            true => "",
            false => "types::",
        };
        for (name, field) in object.properties() {
            let field = text(space, &field, module)?;
            types.insert((ty.name(), name.to_owned()), field);
        }
    }
    Ok(types)
}

/// A type in the names that the generated file imports. `module` is that of the contract's types.
fn text(space: &TypeSpace, ty: &TypeId, module: &str) -> Result<String, typify::Error> {
    let ty = space.get_type(ty)?;
    let name = ty.name();
    let inner = |ty: TypeId| text(space, &ty, module);
    Ok(match ty.details() {
        TypeDetails::Box(ty) => format!("Box<{}>", inner(ty)?),
        TypeDetails::Vec(ty) => format!("Vec<{}>", inner(ty)?),
        TypeDetails::Option(ty) => format!("Nullable<{}>", inner(ty)?),
        TypeDetails::Map(_, values) => match &*inner(values)? {
            "Value" => "Extra".to_owned(),
            values => format!("BTreeMap<String, {values}>"),
        },
        TypeDetails::Struct(_) | TypeDetails::Newtype(_) => format!("{module}{name}"),
        _ => name.rsplit(' ').next().unwrap_or_default().to_owned(),
    })
}

/// What cannot be generated.
///
/// It has no place within the contract, since progenitor names none.
fn unsupported(reason: &str) -> Diagnostic {
    let message = format!("progenitor cannot generate code for the contract: {reason}");
    Diagnostic::new(CONTRACT, "", message).help(
        "undo the last edit; if it is right, add a step to xtask/src/regen/lower that says the \
         same in a form that the generator takes",
    )
}
