//! The calls of operations, one macro call each.

use bvnk_contract::{Diagnostic, Diagnostics, Location, Schema};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{Type, parse_quote};

use super::rust_type::{kind, rust_type};
use super::tree::Tree;
use super::{Argument, Call, Operation, Transform, docs, missing, qualified};
use crate::regen::lower::{self, Lowered, Success};

/// Adds the macro call of each operation, in the order of the contract.
pub(super) fn of_calls(transform: &mut Transform<'_>) -> Result<(), Diagnostics> {
    for call in &transform.lowered.calls {
        let operation = operation(&transform.tree, transform.lowered, call)?;
        transform.client.operations.push(operation);
    }
    Ok(())
}

/// One operation: its macro call, and what the dispatch table needs to call it. The key is
/// never required, as the client makes one.
///
/// # Errors
///
/// A method or a setter that progenitor did not write.
fn operation(
    tree: &Tree<'_>,
    lowered: &Lowered,
    call: &lower::Call,
) -> Result<Operation, Diagnostic> {
    let place = &call.operation.location;
    let found = tree.methods.get(&call.name);
    let found = *found.ok_or_else(|| missing(place, &format!("the method `{}`", call.name)))?;
    let mut arguments = Vec::new();
    let mut fields = Vec::new();
    for (name, parameter) in &call.parameters {
        let ty = tree.setter(found, name);
        let ty = ty.ok_or_else(|| missing(&parameter.pointer, &format!("the setter `{name}`")))?;
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
        let ty = tree.setter(found, "body");
        let ty = ty.ok_or_else(|| missing(place, "the setter of the body"))?;
        let (kind, ty) = kind(lowered, call.operation.body_required, &body.schema, ty);
        let ty = in_types(lowered, ty);
        let media_type = &body.media_type;
        let docs = docs(body.description.as_deref().unwrap_or_default());
        fields.push(quote!(#[body(#kind = #media_type)] #(#docs)* body: #ty));
        arguments.push(argument(format_ident!("body"), None, &kind, ty, false));
    }
    let builder = format_ident!("{}", builder_name(found));
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
    let returns = returns(tree, lowered, call, found)?;
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

/// The module of the builders has its own names.
fn builder_name(found: &Ident) -> String {
    let taken = [
        "Client", "Date", "DateTime", "Email", "Extra", "Nullable", "Uuid", "Value",
    ];
    let name = found.to_string();
    match taken.contains(&name.as_str()) || name.len() < 2 {
        true => format!("{name}Call"),
        false => name,
    }
}

/// An argument for the dispatch table, with the type that its setter takes as a whole.
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

/// What `send` returns, as `#[returns(…)]` of the macro has it.
fn returns(
    tree: &Tree<'_>,
    lowered: &Lowered,
    call: &lower::Call,
    builder: &Ident,
) -> Result<TokenStream, Diagnostic> {
    let place = &call.operation.location;
    let ty = |schema: &Schema| -> Result<Type, Diagnostic> {
        let found = tree.results.get(&builder.to_string());
        let found = found.ok_or_else(|| missing(place, "the result of the call"))?;
        let ty = in_types(lowered, rust_type(schema, found));
        Ok(match schema.nullable {
            true => parse_quote!(Nullable<#ty>),
            false => ty,
        })
    };
    Ok(match &call.success {
        Success::None => quote!(none),
        Success::One(schema) => {
            let ty = ty(schema)?;
            quote!(json(#ty))
        }
        Success::OneOrNone(schema, statuses) => {
            let ty = ty(schema)?;
            let statuses = statuses.iter().copied().map(Literal::u16_unsuffixed);
            quote!(json_or_none(#ty, #(#statuses),*))
        }
        Success::Several(name, _) => {
            let name = format_ident!("{name}");
            quote!(responses(types::#name))
        }
    })
}

/// Names the types of schemas as the module of the builders sees them.
fn in_types(lowered: &Lowered, ty: Type) -> Type {
    qualified(ty, &|first| {
        let is_schema = lowered.schemas.contains_key(&first.to_string());
        is_schema.then(|| parse_quote!(types))
    })
}
