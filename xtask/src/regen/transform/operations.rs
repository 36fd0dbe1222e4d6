//! The calls of operations, one macro call each.
//!
//! Method, path and media types come from the contract, since progenitor was given placeholders.

use bvnk_contract::{Diagnostic, Location, Schema};
use proc_macro2::{Ident, Literal};
use quote::{format_ident, quote};
use syn::{Type, parse_quote};

use super::rust_type::{kind, rust_type};
use super::tree::Tree;
use super::{Argument, Call, Operation, docs, missing, qualified};
use crate::regen::lower::{self, Distinct, Lowered, Success};

/// The names that the module of the builders uses itself.
///
/// A builder with such a name gets the suffix `Call`.
const BUILDERS: [&str; 8] = [
    "Client", "Date", "DateTime", "Email", "Extra", "Nullable", "Uuid", "Value",
];

/// The macro call of each operation, in the order of the contract.
///
/// Each builder is named after its method, such as `CreateCustomer`.
pub(super) fn of_calls(tree: &Tree<'_>, lowered: &Lowered) -> Result<Vec<Operation>, Diagnostic> {
    let mut builders = Distinct::new(&BUILDERS);
    let operation = |call: &lower::Call| {
        let builder = format_ident!("{}", builders.pascal(&call.name, "Call"));
        operation(tree, lowered, call, builder)
    };
    lowered.calls.iter().map(operation).collect()
}

/// One operation: its macro call, and what the dispatch table needs to call it. The key is
/// never required, as the client makes one.
///
/// # Errors
///
/// A method or an argument that progenitor did not write.
fn operation(
    tree: &Tree<'_>,
    lowered: &Lowered,
    call: &lower::Call,
    builder: Ident,
) -> Result<Operation, Diagnostic> {
    let place = &call.operation.location;
    let found = |name: &str, place: &str| {
        let method = tree.methods.get(&call.name);
        let found = method.and_then(|types| types.get(name)).copied();
        found.ok_or_else(|| missing(place, &format!("`{name}` of the method `{}`", call.name)))
    };
    let mut arguments = Vec::new();
    let mut fields = Vec::new();
    for (name, parameter) in &call.parameters {
        let ty = found(name, &parameter.pointer)?;
        let required = parameter.required && !parameter.idempotency_key;
        let (kind, ty) = kind(lowered, required, &parameter.schema, ty);
        let ty = in_types(lowered, ty);
        let (ident, wire) = (format_ident!("{name}"), &parameter.name);
        let location = format_ident!("{}", parameter.location.to_string());
        let list = match parameter.explode && parameter.location == Location::Query {
            true => format_ident!("Repeated"),
            false => format_ident!("Joined"),
        };
        let docs = docs(parameter.description.as_deref().unwrap_or_default());
        fields.push(quote! {
            #(#docs)* #[parameter(#location, #kind = #wire, #list)] #ident: #ty
        });
        arguments.push(argument(
            ident,
            Some(wire.clone()),
            &kind,
            ty,
            parameter.idempotency_key,
        ));
    }
    if let Some(body) = &call.body {
        let ty = found("body", place)?;
        let (kind, ty) = kind(lowered, call.operation.body_required, &body.schema, ty);
        let ty = in_types(lowered, ty);
        let media_type = &body.media_type;
        let docs = docs(body.description.as_deref().unwrap_or_default());
        fields.push(quote!(#[body(#kind = #media_type)] #(#docs)* body: #ty));
        arguments.push(argument(format_ident!("body"), None, &kind, ty, false));
    }
    let (id, method, path) = (
        &call.operation.id,
        call.operation.http_method(),
        &call.operation.path,
    );
    let key = call
        .operation
        .idempotency_key()
        .map(|key| key.name.to_ascii_lowercase());
    let key = key.map(|key| quote!(, idempotency = #key));
    let returned = |schema: &Schema| {
        let ty = in_types(lowered, rust_type(schema, found("Ok", place)?));
        Ok::<Type, Diagnostic>(match schema.nullable {
            true => parse_quote!(Nullable<#ty>),
            false => ty,
        })
    };
    // As `#[returns(…)]` of the macro has it.
    let returns = match &call.success {
        Success::None => quote!(none),
        Success::One(schema, none) => {
            let ty = returned(schema)?;
            let statuses = none.iter().copied().map(Literal::u16_unsuffixed);
            match none.is_empty() {
                true => quote!(json(#ty)),
                false => quote!(json_or_none(#ty, #(#statuses),*)),
            }
        }
        Success::Several(name, _) => {
            let name = format_ident!("{name}");
            quote!(responses(types::#name))
        }
    };
    let text = match call.summary.as_str() {
        "" => format!("The operation `{id}`."),
        text => text.to_owned(),
    };
    let docs_of_call = docs(&text);
    Ok(Operation {
        call: Call {
            name: "operation",
            item: parse_quote! {
                #(#docs_of_call)*
                #[operation(#id, #method, #path #key)]
                #[returns(#returns)]
                pub struct #builder { #(#fields,)* }
            },
        },
        id: id.clone(),
        method: format_ident!("{}", call.name),
        builder,
        docs: docs_of_call,
        arguments,
    })
}

/// An argument for the dispatch table, with the type that its setter takes as a whole.
///
/// A setter of a list takes items, while the table gives it all of them.
fn argument(
    name: Ident,
    wire: Option<String>,
    kind: &Ident,
    ty: Type,
    idempotency_key: bool,
) -> Argument {
    let ty = match kind.to_string().as_str() {
        "nullable" | "optional_nullable" => parse_quote!(Nullable<#ty>),
        "list" | "optional_list" => parse_quote!(Vec<#ty>),
        _ => ty,
    };
    Argument {
        name,
        wire,
        ty,
        idempotency_key,
    }
}

/// Names the types of schemas as the module of the builders sees them.
fn in_types(lowered: &Lowered, ty: Type) -> Type {
    qualified(ty, &|first| {
        let is_schema = lowered.schemas.contains_key(&first.to_string());
        is_schema.then(|| parse_quote!(types))
    })
}
