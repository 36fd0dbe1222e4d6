//! The types of schemas, one macro call each.

use bvnk_contract::{Additional, NumberRules, Schema, Shape, StringRules};
use bvnk_contract::{Diagnostic, Diagnostics};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{Attribute, Type, parse_quote};

use super::tree::{Tree, argument, arguments, last};
use super::{Call, docs, missing};
use crate::regen::lower::{Distinct, Lowered, Success, is_struct, status_name};

pub(super) fn calls(tree: &Tree<'_>, lowered: &Lowered) -> Result<Vec<Call>, Diagnostics> {
    let mut calls = Vec::new();
    let builders = builders(lowered);
    for (name, schema) in &lowered.schemas {
        let ident = format_ident!("{name}");
        let text = match &schema.description {
            Some(text) => text.clone(),
            None => format!("The schema `{name}` of the contract."),
        };
        let docs = docs(&text);
        calls.push(match &schema.shape {
            Shape::Object(_) if is_struct(schema) => {
                let builder = builders.get(name).cloned().unwrap_or_default();
                object(
                    tree,
                    lowered,
                    schema,
                    &ident,
                    &format_ident!("{builder}"),
                    &docs,
                )?
            }
            Shape::String(rules) if !rules.values.is_empty() => {
                enumeration(lowered, schema, rules, &ident, &docs)
            }
            Shape::String(rules) => string(schema, rules, &ident, &docs),
            Shape::Integer(rules) | Shape::Number(rules) => {
                number(tree, schema, rules, &ident, &docs)?
            }
            Shape::OneOf(_) => one_of(tree, lowered, schema, &ident, &docs)?,
            Shape::Any => Call {
                name: "any",
                item: parse_quote!(#(#docs)* pub struct #ident(Value);),
            },
            Shape::Array(_) | Shape::Object(_) | Shape::Boolean | Shape::Reference(_) => {
                alias(tree, schema, &ident, &docs)?
            }
        });
    }
    for call in &lowered.calls {
        if let Success::Several(name, kinds) = &call.success {
            calls.push(responses(tree, name, kinds, &call.operation.id)?);
        }
    }
    Ok(calls)
}

/// The names of the builders, which no schema has.
fn builders(lowered: &Lowered) -> std::collections::BTreeMap<String, String> {
    let names: Vec<&str> = lowered.schemas.keys().map(String::as_str).collect();
    let mut distinct = Distinct::new(&names);
    let structs = lowered.fields.keys();
    structs
        .map(|name| {
            (
                name.clone(),
                distinct.pascal(&format!("{name}Builder"), "Type"),
            )
        })
        .collect()
}

fn object(
    tree: &Tree<'_>,
    lowered: &Lowered,
    schema: &Schema,
    ident: &Ident,
    builder: &Ident,
    docs_of_type: &[Attribute],
) -> Result<Call, Diagnostic> {
    let name = ident.to_string();
    let mut fields = Vec::new();
    for field in lowered.fields.get(&name).into_iter().flatten() {
        let found = tree
            .structs
            .get(&name)
            .and_then(|fields| fields.get(&field.name));
        let found = found.ok_or_else(|| {
            missing(
                &field.schema.location,
                &format!("the field `{}` of `{name}`", field.name),
            )
        })?;
        let (kind, ty) = kind(lowered, field.required, &field.schema, found);
        let (field_ident, wire) = (format_ident!("{}", field.name), &field.wire);
        let target = field
            .schema
            .reference()
            .and_then(|name| lowered.schemas.get(name));
        let description = field.schema.description.as_ref();
        let description = description.or(target.and_then(|target| target.description.as_ref()));
        let docs = docs(description.map_or("", String::as_str));
        fields.push(quote!(#(#docs)* #[wire(#kind = #wire)] pub #field_ident: #ty));
    }
    let keeps = matches!(&schema.shape, Shape::Object(rules)
        if matches!(rules.additional, Additional::Any | Additional::Of(_)));
    let extra = keeps.then(|| quote!(#[extra] pub extra: Extra,));
    Ok(Call {
        name: "object",
        item: parse_quote! {
            #(#docs_of_type)*
            #[builder(#builder)]
            pub struct #ident { #(#fields,)* #extra }
        },
    })
}

/// How a field or a parameter is set, and the type that its setter takes.
pub(super) fn kind(
    lowered: &Lowered,
    required: bool,
    schema: &Schema,
    found: &Type,
) -> (Ident, Type) {
    let target = schema
        .reference()
        .and_then(|name| lowered.schemas.get(name));
    let only = |schema: &Schema| matches!(&schema.shape, Shape::String(rules) if rules.values.len() == 1 && !rules.open);
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
        (true, false, None) if target.is_some_and(only) => "constant",
        (true, false, None) => "required",
        (false, false, None) => "optional",
    };
    (format_ident!("{name}"), items.unwrap_or(ty))
}

/// typify's type in the names of the generated file, with null where the contract has it.
pub(super) fn rust_type(schema: &Schema, found: &Type) -> Type {
    let nested = |schema: &Schema, found: &Type| {
        let ty = rust_type(schema, found);
        match schema.nullable {
            true => parse_quote!(Nullable<#ty>),
            false => ty,
        }
    };
    let name = last(found)
        .map(|last| last.ident.to_string())
        .unwrap_or_default();
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
            let ident = format_ident!("{name}");
            parse_quote!(#ident)
        }
    }
}

fn public(schema: &Schema) -> Option<TokenStream> {
    schema.public.then(|| quote!(#[public(display)]))
}

fn enumeration(
    lowered: &Lowered,
    schema: &Schema,
    rules: &StringRules,
    ident: &Ident,
    docs: &[Attribute],
) -> Call {
    let mut names = Distinct::new(&["Unknown", "Self"]);
    let reserved = ["is_terminal"];
    let mut predicates = Distinct::new(&reserved);
    let variants = rules.values.iter().map(|value| {
        let name = names.pascal(value, "Value");
        let variant = format_ident!("{name}");
        let is = format_ident!("{}", predicates.snake(&format!("is_{name}"), "value"));
        quote!(#[#is] #variant = #value)
    });
    let terminal = match (rules.open, schema.terminal.as_slice()) {
        (true, [_, ..]) => {
            let (values, action) = (&schema.terminal, &schema.action_required);
            Some(quote!(#[terminal(#(#values),*)] #[action_required(#(#action),*)]))
        }
        _ => None,
    };
    let alike = lowered.alike(schema).iter().filter(|_| rules.open);
    let alike = alike.map(|values| quote!(#[alike(#(#values),*)]));
    let public = public(schema);
    Call {
        name: if rules.open {
            "open_enum"
        } else {
            "closed_enum"
        },
        item: parse_quote! {
            #(#docs)* #terminal #(#alike)* #public
            pub enum #ident { #(#variants,)* }
        },
    }
}

fn string(schema: &Schema, rules: &StringRules, ident: &Ident, docs: &[Attribute]) -> Call {
    let number = |number: u64| Literal::u64_unsuffixed(number);
    let min = rules
        .min_length
        .map(number)
        .map(|min| quote!(#[min_length(#min)]));
    let max = rules
        .max_length
        .map(number)
        .map(|max| quote!(#[max_length(#max)]));
    let pattern = rules
        .pattern
        .as_ref()
        .map(|pattern| quote!(#[pattern(#pattern)]));
    let public = public(schema);
    Call {
        name: "string",
        item: parse_quote!(#(#docs)* #min #max #pattern #public pub struct #ident(String);),
    }
}

fn number(
    tree: &Tree<'_>,
    schema: &Schema,
    rules: &NumberRules,
    ident: &Ident,
    docs: &[Attribute],
) -> Result<Call, Diagnostic> {
    let inner = inner(tree, schema, ident)?;
    let inner = last(inner).map(|last| last.ident.clone());
    let float = matches!(schema.shape, Shape::Number(_));
    let bound = |name: &str, bound: &Option<serde_json::Number>| {
        let bound = bound.as_ref()?;
        let literal = match (float, bound.as_i64()) {
            (false, Some(integer)) => Literal::i64_unsuffixed(integer),
            _ => Literal::f64_unsuffixed(bound.as_f64()?),
        };
        let name = format_ident!("{name}");
        Some(quote!(#[#name(#literal)]))
    };
    let (min, above) = match rules.exclusive_minimum {
        false => (bound("minimum", &rules.minimum), None),
        true => (None, bound("exclusive_minimum", &rules.minimum)),
    };
    let (max, below) = match rules.exclusive_maximum {
        false => (bound("maximum", &rules.maximum), None),
        true => (None, bound("exclusive_maximum", &rules.maximum)),
    };
    let step = bound("multiple_of", &rules.multiple_of);
    let public = public(schema);
    Ok(Call {
        name: "number",
        item: parse_quote! {
            #(#docs)* #min #above #max #below #step #public
            pub struct #ident(#inner);
        },
    })
}

fn one_of(
    tree: &Tree<'_>,
    lowered: &Lowered,
    schema: &Schema,
    ident: &Ident,
    docs: &[Attribute],
) -> Result<Call, Diagnostic> {
    let variants = lowered
        .variants
        .get(&ident.to_string())
        .into_iter()
        .flatten();
    let mut list = Vec::new();
    for (index, (name, variant)) in variants.enumerate() {
        let found = found_variant(tree, ident, index, &schema.location)?;
        let (name, ty) = (format_ident!("{name}"), rust_type(variant, found));
        list.push(quote!(#name(#ty)));
    }
    Ok(Call {
        name: "one_of",
        item: parse_quote!(#(#docs)* pub enum #ident { #(#list,)* }),
    })
}

fn found_variant<'a>(
    tree: &Tree<'a>,
    ident: &Ident,
    index: usize,
    place: &str,
) -> Result<&'a Type, Diagnostic> {
    let fields = tree.structs.get(&ident.to_string());
    let found = fields.and_then(|fields| fields.get(&format!("variant_{index}")));
    found
        .copied()
        .ok_or_else(|| missing(place, &format!("a variant of `{ident}`")))
}

fn inner<'a>(tree: &Tree<'a>, schema: &Schema, ident: &Ident) -> Result<&'a Type, Diagnostic> {
    let fields = tree.structs.get(&ident.to_string());
    let inner = fields.and_then(|fields| fields.get("0"));
    inner
        .copied()
        .ok_or_else(|| missing(&schema.location, &format!("the type `{ident}`")))
}

fn alias(
    tree: &Tree<'_>,
    schema: &Schema,
    ident: &Ident,
    docs: &[Attribute],
) -> Result<Call, Diagnostic> {
    let ty = rust_type(schema, inner(tree, schema, ident)?);
    let number = |number: u64| Literal::u64_unsuffixed(number);
    let rules = match &schema.shape {
        Shape::Array(rules) => {
            let min = rules
                .min_items
                .map(number)
                .map(|min| quote!(#[min_items(#min)]));
            let max = rules
                .max_items
                .map(number)
                .map(|max| quote!(#[max_items(#max)]));
            let unique = rules.unique_items.then(|| quote!(#[unique_items(true)]));
            quote!(#min #max #unique)
        }
        _ => TokenStream::new(),
    };
    Ok(Call {
        name: if rules.is_empty() { "alias" } else { "list" },
        item: parse_quote!(#(#docs)* #rules pub struct #ident(#ty);),
    })
}

fn responses(
    tree: &Tree<'_>,
    name: &str,
    kinds: &[(u16, Option<Schema>)],
    operation: &str,
) -> Result<Call, Diagnostic> {
    let ident = format_ident!("{name}");
    let docs = docs(&format!("What `{operation}` returns, by status."));
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let mut index = 0;
    for (status, body) in kinds {
        let variant = format_ident!("{}", status_name(*status));
        let status = Literal::u16_unsuffixed(*status);
        match body {
            Some(schema) => {
                let found = found_variant(tree, &ident, index, operation)?;
                let ty = rust_type(schema, found);
                with.push(quote!(#[status(#status)] #variant(#ty)));
                index += 1;
            }
            None => without.push(quote!(#[no_body(#status)] #variant)),
        }
    }
    Ok(Call {
        name: "responses",
        item: parse_quote!(#(#docs)* pub enum #ident { #(#with,)* #(#without,)* }),
    })
}
