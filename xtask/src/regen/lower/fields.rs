//! The fields of objects: names in Rust, and whether they must be there.
//!
//! Both decisions belong to the contract alone: typify would decide them from the document that it
//! is given, in which all fields are required.

use bvnk_contract::{Additional, Schema, Shape};

use super::names::Distinct;
use super::{Lowered, Success};

/// A field of an object.
///
/// For example, `firstName` on the wire and `first_name` in Rust.
pub(crate) struct Field {
    /// The name on the wire.
    pub(crate) wire: String,
    /// The name in Rust.
    pub(crate) name: String,
    /// What its values look like; a reference if the field has a named type.
    pub(crate) schema: Schema,
    /// Whether the object must have it. Null is another question: `schema.nullable`.
    pub(crate) required: bool,
}

/// Setters share their names with the builder's own methods.
///
/// A field with such a name gets a suffix.
const BUILDER: &[&str] = &["build", "extra"];

/// Names the fields of objects and the variants of unions, apart from each other and from the
/// names that the macros use.
///
/// Successes with several bodies get variants too, named after their statuses.
pub(super) fn of_objects(lowered: &mut Lowered) {
    nullable_where_used(lowered);
    for (name, schema) in &lowered.schemas {
        match &schema.shape {
            Shape::Object(rules) if is_struct(schema) => {
                let mut names = Distinct::new(BUILDER);
                let fields = rules.properties.iter().map(|(wire, property)| Field {
                    wire: wire.clone(),
                    name: names.snake(wire, "field"),
                    schema: property.schema.clone(),
                    required: property.required,
                });
                lowered.fields.insert(name.clone(), fields.collect());
            }
            Shape::OneOf(variants) => {
                let mut names = Distinct::new(&["Self", "Unknown"]);
                let named = variants.iter().map(|variant| {
                    let target = variant.reference().unwrap_or("Variant");
                    (names.pascal(target, "Variant"), variant.clone())
                });
                lowered.variants.insert(name.clone(), named.collect());
            }
            _ => {}
        }
    }
    for call in &lowered.calls {
        if let Success::Several(name, kinds) = &call.success {
            let bodies = kinds.iter().filter_map(|(status, body)| {
                let body = body.clone()?;
                Some((status_name(*status), body))
            });
            lowered.variants.insert(name.clone(), bodies.collect());
        }
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

/// Null is said where a schema is used, not where it is defined: types have no null.
///
/// For example, `Nullable<Address>` is the type of a field, and `Address` is the struct.
fn nullable_where_used(lowered: &mut Lowered) {
    let schemas = lowered.schemas.iter_mut();
    let nullable = schemas.filter_map(|(name, schema)| {
        let is_nullable = std::mem::take(&mut schema.nullable);
        is_nullable.then(|| name.clone())
    });
    let nullable: Vec<String> = nullable.collect();
    lowered.each_schema(&mut |schema| {
        if let Shape::Reference(name) = &schema.shape {
            schema.nullable |= nullable.contains(name);
        }
    });
}
