//! The types of schemas, one macro call each.
//!
//! Which macro is called follows from the shape: `object`, `open_enum`, `closed_enum`, `string`,
//! `number`, `list`, `one_of` or `alias`.

use std::collections::BTreeMap;

use bvnk_contract::{Additional, Diagnostic, NumberRules, Schema, Shape, StringRules};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Type, parse_quote};

use super::rust_type::{kind, rust_type, target};
use super::tree::Tree;
use super::{Call, docs, missing};
use crate::regen::lower::{Distinct, Lowered, Success, is_struct, status_name};

/// The macro call of each component, in the order of their names.
///
/// A schema without a description is documented by its name.
pub(super) fn of_schemas(tree: &Tree<'_>, lowered: &Lowered) -> Result<Vec<Call>, Diagnostic> {
    let builders = builders(lowered);
    let call = |(name, schema): (&String, &Schema)| {
        let text = match &schema.description {
            Some(text) => text.clone(),
            None => format!("The schema `{name}` of the contract."),
        };
        let part = Part {
            tree,
            lowered,
            schema,
            ident: format_ident!("{name}"),
            docs: docs(&text),
        };
        Ok(match &schema.shape {
            Shape::Object(_) if is_struct(schema) => part.object(builders.get(name.as_str()))?,
            Shape::String(rules) if !rules.values.is_empty() => part.enumeration(rules),
            Shape::String(rules) => part.string(rules),
            Shape::Integer(rules) | Shape::Number(rules) => part.number(rules)?,
            Shape::OneOf(_) => part.one_of()?,
            _ => part.alias()?,
        })
    };
    lowered.schemas.iter().map(call).collect()
}

/// The enum of each operation whose successes have different bodies.
pub(super) fn of_responses(tree: &Tree<'_>, lowered: &Lowered) -> Result<Vec<Call>, Diagnostic> {
    let calls = lowered.calls.iter().filter_map(|call| match &call.success {
        Success::Several(name, kinds) => Some(responses(tree, name, kinds, &call.operation.id)),
        _ => None,
    });
    calls.collect()
}

/// The names of the builders, which no schema has.
fn builders(lowered: &Lowered) -> BTreeMap<&str, Ident> {
    let names: Vec<&str> = lowered.schemas.keys().map(String::as_str).collect();
    let mut distinct = Distinct::new(&names);
    let builder = |name: &'_ String| distinct.pascal(&format!("{name}Builder"), "Type");
    let builders = lowered.fields.keys().map(builder);
    let builders = builders.map(|builder| format_ident!("{builder}"));
    let names = lowered.fields.keys().map(String::as_str);
    names.zip(builders.collect::<Vec<_>>()).collect()
}

/// A schema on its way to a macro call.
struct Part<'a> {
    tree: &'a Tree<'a>,
    /// The contract as it was given to progenitor.
    lowered: &'a Lowered,
    /// The schema that becomes a type.
    schema: &'a Schema,
    /// The name of the type.
    ident: Ident,
    /// The description of the schema.
    docs: Vec<Attribute>,
}

/// A rule as an attribute of the macro's item.
///
/// For example `#[max_length(35)]`; nothing without a value.
fn rule(name: &str, value: Option<impl ToTokens>) -> Option<TokenStream> {
    let name = format_ident!("{name}");
    value.map(|value| quote!(#[#name(#value)]))
}

/// A number of parts, as a literal without a type.
fn count(number: Option<u64>) -> Option<Literal> {
    number.map(Literal::u64_unsuffixed)
}

impl Part<'_> {
    /// A struct. Each field says whether it is required, and its name on the wire; a field
    /// without a description takes that of its type.
    ///
    /// # Errors
    ///
    /// A field that progenitor did not write.
    fn object(&self, builder: Option<&Ident>) -> Result<Call, Diagnostic> {
        let (docs_of_type, ident) = (&self.docs, &self.ident);
        let mut fields = Vec::new();
        let list = self.lowered.fields.get(&ident.to_string());
        for field in list.into_iter().flatten() {
            let found = self.found(&field.name)?;
            let (kind, ty) = kind(self.lowered, field.required, &field.schema, found);
            let (name, wire) = (format_ident!("{}", field.name), &field.wire);
            let target = target(self.lowered, &field.schema);
            let description = field.schema.description.as_ref();
            let description = description.or(target.and_then(|it| it.description.as_ref()));
            let docs = docs(description.map_or("", String::as_str));
            fields.push(quote!(#(#docs)* #[wire(#kind = #wire)] pub #name: #ty));
        }
        let keeps = matches!(&self.schema.shape, Shape::Object(rules)
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

    /// An enum of texts. Only the values of an open one can mean the same.
    fn enumeration(&self, rules: &StringRules) -> Call {
        let mut names = Distinct::new(&["Unknown", "Self"]);
        let mut predicates = Distinct::new(&["is_terminal"]);
        let variants = rules.values.iter().map(|value| {
            let name = names.pascal(value, "Value");
            let is = predicates.snake(&format!("is_{name}"), "value");
            let (variant, is) = (format_ident!("{name}"), format_ident!("{is}"));
            quote!(#[#is] #variant = #value)
        });
        let list = |values: &Vec<String>| quote!(#(#values),*);
        let terminal = Some(&self.schema.terminal).filter(|it| !it.is_empty());
        let action = terminal.map(|_| list(&self.schema.action_required));
        let action = rule("action_required", action);
        let terminal = rule("terminal", terminal.map(list));
        let alike = self.schema.alike.iter().filter(|_| rules.open);
        let alike = alike.filter_map(|values| rule("alike", Some(list(values))));
        let (docs, ident, public) = (&self.docs, &self.ident, self.public());
        let name = match rules.open {
            true => "open_enum",
            false => "closed_enum",
        };
        Call {
            name,
            item: parse_quote! {
                #(#docs)* #terminal #action #(#alike)* #public
                pub enum #ident { #(#variants,)* }
            },
        }
    }

    /// A newtype of a text, with its lengths in characters and its pattern.
    fn string(&self, rules: &StringRules) -> Call {
        let min = rule("min_length", count(rules.min_length));
        let max = rule("max_length", count(rules.max_length));
        let pattern = rule("pattern", rules.pattern.as_ref());
        let public = self.public();
        self.newtype(
            "string",
            quote!(#min #max #pattern #public),
            &parse_quote!(String),
        )
    }

    /// Bounds are literals of the type that typify chose, which the format decides.
    fn number(&self, rules: &NumberRules) -> Result<Call, Diagnostic> {
        let inner = rust_type(self.schema, self.found("0")?);
        let is_float = matches!(self.schema.shape, Shape::Number(_));
        let bound = |name: &str, bound: &Option<serde_json::Number>| {
            let bound = bound.as_ref()?;
            let literal = match (is_float, bound.as_i64()) {
                (false, Some(integer)) => Literal::i64_unsuffixed(integer),
                _ => Literal::f64_unsuffixed(bound.as_f64()?),
            };
            rule(name, Some(literal))
        };
        let min = match rules.exclusive_minimum {
            false => bound("minimum", &rules.minimum),
            true => bound("exclusive_minimum", &rules.minimum),
        };
        let max = match rules.exclusive_maximum {
            false => bound("maximum", &rules.maximum),
            true => bound("exclusive_maximum", &rules.maximum),
        };
        let step = bound("multiple_of", &rules.multiple_of);
        let public = self.public();
        Ok(self.newtype("number", quote!(#min #max #step #public), &inner))
    }

    /// An enum of alternatives. Progenitor gets them as fields called `variant_0` and so on,
    /// which is where their types come from.
    fn one_of(&self) -> Result<Call, Diagnostic> {
        let variants = self.lowered.variants.get(&self.ident.to_string());
        let mut list = Vec::new();
        for (index, (name, variant)) in variants.into_iter().flatten().enumerate() {
            let ty = rust_type(variant, self.found(&format!("variant_{index}"))?);
            let name = format_ident!("{name}");
            list.push(quote!(#name(#ty)));
        }
        let (docs, ident) = (&self.docs, &self.ident);
        Ok(Call {
            name: "one_of",
            item: parse_quote!(#(#docs)* pub enum #ident { #(#list,)* }),
        })
    }

    /// A newtype: of a list with rules, or of whatever the schema is.
    fn alias(&self) -> Result<Call, Diagnostic> {
        let ty = rust_type(self.schema, self.found("0")?);
        let Shape::Array(rules) = &self.schema.shape else {
            return Ok(self.newtype("alias", TokenStream::new(), &ty));
        };
        let min = rule("min_items", count(rules.min_items));
        let max = rule("max_items", count(rules.max_items));
        let unique = rule("unique_items", rules.unique_items.then_some(true));
        let rules = quote!(#min #max #unique);
        let name = if rules.is_empty() { "alias" } else { "list" };
        Ok(self.newtype(name, rules, &ty))
    }

    /// A call of the macro `name`, with a struct of one field.
    fn newtype(&self, name: &'static str, rules: TokenStream, inner: &Type) -> Call {
        let (docs, ident) = (&self.docs, &self.ident);
        Call {
            name,
            item: parse_quote!(#(#docs)* #rules pub struct #ident(#inner);),
        }
    }

    /// Whether `Debug` and `Display` may show the value.
    ///
    /// Values are hidden by default, because most of them are personal data.
    fn public(&self) -> Option<TokenStream> {
        rule(
            "public",
            self.schema.public.then(|| format_ident!("display")),
        )
    }

    /// The type of a field as progenitor wrote it; that of a newtype is called `0`.
    fn found(&self, field: &str) -> Result<&Type, Diagnostic> {
        found(
            self.tree,
            &self.ident.to_string(),
            field,
            &self.schema.location,
        )
    }
}

/// The type of a field as progenitor wrote it.
///
/// # Errors
///
/// A struct or a field that progenitor did not write, at the place of its schema.
fn found<'a>(
    tree: &Tree<'a>,
    name: &str,
    field: &str,
    place: &str,
) -> Result<&'a Type, Diagnostic> {
    let fields = tree.structs.get(name);
    let found = fields.and_then(|fields| fields.get(field)).copied();
    found.ok_or_else(|| missing(place, &format!("the field `{field}` of `{name}`")))
}

/// The enum of an operation's successes: a variant for each status, those with a body first.
fn responses(
    tree: &Tree<'_>,
    name: &str,
    kinds: &[(u16, Option<Schema>)],
    operation: &str,
) -> Result<Call, Diagnostic> {
    let ident = format_ident!("{name}");
    let docs = docs(&format!("What `{operation}` returns, by status."));
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for (status, body) in kinds {
        let variant = format_ident!("{}", status_name(*status));
        let status = Literal::u16_unsuffixed(*status);
        match body {
            Some(schema) => {
                let found = found(tree, name, &format!("variant_{}", with.len()), operation)?;
                let ty = rust_type(schema, found);
                with.push(quote!(#[status(#status)] #variant(#ty)));
            }
            None => without.push(quote!(#[no_body(#status)] #variant)),
        }
    }
    Ok(Call {
        name: "responses",
        item: parse_quote!(#(#docs)* pub enum #ident { #(#with,)* #(#without,)* }),
    })
}
