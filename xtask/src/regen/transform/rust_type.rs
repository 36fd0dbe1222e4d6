//! The types of fields, parameters and results: typify's, in the names of the generated file.
//!
//! Progenitor writes paths such as `::std::vec::Vec<types::Address>`; the generated file imports
//! what it uses.

use bvnk_contract::{Additional, Schema, Shape};
use proc_macro2::Ident;
use quote::format_ident;
use syn::{Type, parse_quote};

use super::tree::{argument, arguments, last};
use crate::regen::lower::Lowered;

/// The component that a schema refers to.
pub(super) fn target<'a>(lowered: &'a Lowered, schema: &Schema) -> Option<&'a Schema> {
    lowered.schemas.get(schema.reference()?)
}

/// How a field or a parameter is set, and the type that its setter takes.
///
/// The kind is a word of the macros, such as `required`, `optional_list` or `constant`.
pub(super) fn kind(
    lowered: &Lowered,
    required: bool,
    schema: &Schema,
    found: &Type,
) -> (Ident, Type) {
    let is_constant = target(lowered, schema).is_some_and(
        |it| matches!(&it.shape, Shape::String(rules) if rules.values.len() == 1 && !rules.open),
    );
    let ty = rust_type(schema, found);
    let items = match &schema.shape {
        Shape::Array(_) if !schema.nullable => argument(&ty).cloned(),
        _ => None,
    };
    let name = match (required, schema.nullable, &items) {
        (true, false, Some(_)) => "list",
        (false, false, Some(_)) => "optional_list",
        (true, true, _) => "nullable",
        (false, true, _) => "optional_nullable",
        (true, false, None) if is_constant => "constant",
        (true, false, None) => "required",
        (false, false, None) => "optional",
    };
    (format_ident!("{name}"), items.unwrap_or(ty))
}

/// typify's type in the names of the generated file, with null where the contract has it.
///
/// A `Box` of a recursive type is kept, and null is added within lists and maps.
pub(super) fn rust_type(schema: &Schema, found: &Type) -> Type {
    let nested = |schema: &Schema, found: &Type| {
        let ty = rust_type(schema, found);
        match schema.nullable {
            true => parse_quote!(Nullable<#ty>),
            false => ty,
        }
    };
    let name = last(found).map(|last| last.ident.to_string());
    let name = name.unwrap_or_default();
    match (&schema.shape, name.as_str()) {
        (_, "Box") => {
            let inner = argument(found).map_or(found.clone(), |inner| rust_type(schema, inner));
            parse_quote!(Box<#inner>)
        }
        (Shape::Array(rules), _) => {
            let items = argument(found).map_or(found.clone(), |found| nested(&rules.items, found));
            parse_quote!(Vec<#items>)
        }
        (Shape::Object(rules), _) => match &rules.additional {
            Additional::Of(values) => {
                let found = arguments(found).nth(1).unwrap_or(found);
                let values = nested(values, found);
                parse_quote!(BTreeMap<String, #values>)
            }
            _ => parse_quote!(Extra),
        },
        _ => {
            // A method borrows a text.
            let name = if name == "str" { "String" } else { &name };
            let ident = format_ident!("{name}");
            parse_quote!(#ident)
        }
    }
}
