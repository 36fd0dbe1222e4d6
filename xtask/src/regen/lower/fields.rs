//! The fields of objects: names in Rust, and whether they must be there.
//!
//! Both decisions belong to the contract alone: typify would decide them from the document that it
//! is given, in which all fields are required.

use bvnk_contract::{Additional, Parameter, Schema, Shape};

use super::Lowered;
use super::names::Distinct;

/// A field of an object, a parameter of an operation, or the body of a request.
///
/// For example, `firstName` on the wire and `first_name` in Rust.
#[derive(Default)]
pub(crate) struct Field {
    /// The name on the wire; the media type of a body.
    pub(crate) wire: String,
    /// The name in Rust.
    pub(crate) name: String,
    /// What its values look like; a reference if the field has a named type.
    pub(crate) schema: Schema,
    /// The type in Rust that progenitor chooses, without null.
    pub(crate) ty: String,
    /// Whether it must be there. Null is another question: `schema.nullable`. Never the key, as the
    /// client makes one.
    pub(crate) required: bool,
    /// The parameter that it is, if it is one.
    pub(crate) parameter: Option<Parameter>,
}

impl Field {
    /// The type with null, if null is a value.
    pub(crate) fn whole(&self) -> String {
        match self.schema.nullable {
            true => format!("Nullable<{}>", self.ty),
            false => self.ty.clone(),
        }
    }
}

/// Setters share their names with the builder's own methods, and variants theirs with that of an
/// unknown value.
///
/// A field or a variant with such a name gets a suffix.
const BUILDER: &[&str] = &["build", "extra", "Self", "Unknown"];

/// Names the fields of objects and the variants of unions, apart from each other and from the
/// names that the macros use.
///
/// The variants of successes with several bodies are named after their statuses.
pub(super) fn of_types(lowered: &mut Lowered) {
    let field = |wire: &str, name: String, schema: &Schema, required| Field {
        wire: wire.to_owned(),
        name,
        schema: schema.clone(),
        required,
        ..Field::default()
    };
    for (name, schema) in &lowered.schemas {
        let mut names = Distinct::new(BUILDER);
        let fields: Vec<Field> = match &schema.shape {
            Shape::Object(rules) if is_struct(schema) => {
                let fields = rules.properties.iter().map(|(wire, it)| {
                    field(wire, names.snake(wire, "field"), &it.schema, it.required)
                });
                fields.collect()
            }
            Shape::OneOf(variants) => {
                let statuses = lowered.responses(name).map(|call| &call.success.statuses);
                let fields = variants.iter().enumerate().map(|(index, variant)| {
                    let name = match statuses.and_then(|statuses| statuses.get(index)) {
                        Some(status) => status_name(*status),
                        None => names.pascal(variant.reference().unwrap_or("Variant"), "Variant"),
                    };
                    field("", name, variant, true)
                });
                fields.collect()
            }
            Shape::String => Vec::new(),
            _ => vec![field("", String::new(), schema, false)],
        };
        lowered.fields.insert(name.clone(), fields);
    }
}

/// How a field or a parameter is set, as a word of the macros such as `optional_list`, and the type
/// that its setter takes: that of an item for a list.
pub(crate) fn kind<'a>(lowered: &Lowered, field: &'a Field) -> (&'static str, &'a str) {
    let ty = &*field.ty;
    let target = lowered.target(&field.schema);
    let is_constant = target.rules.listed().len() == 1 && target.rules.open == Some(false);
    let items = ty.strip_prefix("Vec<").and_then(|it| it.strip_suffix('>'));
    match (field.required, field.schema.nullable, items) {
        (true, true, _) => ("nullable", ty),
        (false, true, _) => ("optional_nullable", ty),
        (true, false, Some(items)) => ("list", items),
        (false, false, Some(items)) => ("optional_list", items),
        (true, false, None) if is_constant => ("constant", ty),
        (true, false, None) => ("required", ty),
        (false, false, None) => ("optional", ty),
    }
}

/// Whether an object becomes a struct, and not a map.
///
/// An object without properties is a map of its further members, unless it has none.
pub(crate) fn is_struct(schema: &Schema) -> bool {
    match &schema.shape {
        Shape::Object(rules) => {
            !rules.properties.is_empty() || rules.additional == Additional::None
        }
        _ => false,
    }
}

/// The name of a variant for a status.
///
/// For example, `Accepted` for 202, and `Success` for a range.
pub(crate) fn status_name(status: u16) -> String {
    let status_code = http::StatusCode::from_u16(status).ok();
    match status_code.and_then(|status| status.canonical_reason()) {
        Some("OK") => "Ok".to_owned(),
        Some(reason) => heck::ToPascalCase::to_pascal_case(reason),
        None if status == 0 => "Success".to_owned(),
        None => format!("Status{status}"),
    }
}
