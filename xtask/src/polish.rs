//! Polish: progenitor's syntax tree, made fit for this workspace.
//!
//! Each step is named for what it achieves. The order matters: the runtime's names must
//! stand before calls on them are rewritten, open enums must be whole before anything
//! looks at the types, and builders and `Debug` are made of the types as they are then.

mod builders;
mod open_enum;
mod operations;
mod private;
mod refusals;
mod runtime;

use std::collections::BTreeSet;

use proc_macro2::Ident;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Item, ItemMod, Type};

use crate::lower::Lowered;
use crate::problem::Problem;

pub(crate) fn polish(file: &mut syn::File, lowered: &Lowered) -> Result<(), Problem> {
    runtime::point_at_our_runtime(file)?;
    operations::keep_refusals(file, lowered);
    open_enum::open(file, lowered)?;
    refusals::reword(file);
    builders::rewrite(file)?;
    private::close(file, lowered);
    growable(file);
    schemars_by_feature(file);
    examples_are_text(file);
    Ok(())
}

/// The items of the module `types`, where the schemas' types are.
fn types(file: &mut syn::File) -> Option<&mut Vec<Item>> {
    file.items.iter_mut().find_map(|item| match item {
        Item::Mod(ItemMod {
            ident,
            content: Some((_, items)),
            ..
        }) if ident == "types" => Some(items),
        _ => None,
    })
}

/// The names of the generated types.
fn own_names(items: &[Item]) -> BTreeSet<String> {
    items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect()
}

/// What a field or a variant is called on the wire: its `#[serde(rename = "…")]`, or its
/// own name.
fn wire_name(ident: &Ident, attrs: &[Attribute]) -> String {
    let mut name = ident.to_string();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        let _ = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = meta.value()?.parse::<syn::LitStr>()?.value();
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
    }
    name
}

/// Whether the last word of a type is this.
fn is(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// A field or a variant that the API gains must not break callers: outside of the crate,
/// values are made with builders and matches have a wildcard.
fn growable(file: &mut syn::File) {
    for item in types(file).into_iter().flatten() {
        match item {
            Item::Struct(item) if matches!(item.fields, syn::Fields::Named(_)) => {
                item.attrs.push(syn::parse_quote!(#[non_exhaustive]));
            }
            Item::Enum(item) => item.attrs.push(syn::parse_quote!(#[non_exhaustive])),
            _ => {}
        }
    }
}

/// Services that publish schemas of their own can ask for those of the API's types. (A
/// derive that progenitor is told of would be unconditional, and in the form of an old
/// schemars.) A list of all of them lets a test hold each against the contract.
fn schemars_by_feature(file: &mut syn::File) {
    let Some(items) = types(file) else { return };
    let mut schemas: Vec<syn::Expr> = Vec::new();
    for item in items.iter_mut() {
        let (ident, attrs, derived) = match item {
            Item::Struct(item) => (&item.ident, &mut item.attrs, true),
            Item::Enum(item) => {
                let derived = derives(&item.attrs);
                (&item.ident, &mut item.attrs, derived)
            }
            _ => continue,
        };
        let name = ident.to_string();
        schemas.push(syn::parse_quote!((#name, ::schemars::schema_for!(#ident))));
        if derived {
            attrs.push(syn::parse_quote!(
                #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
            ));
        }
    }
    items.push(syn::parse_quote!(
        /// The JSON Schema of each type, by the type's name.
        #[cfg(feature = "schemars")]
        pub fn schemas() -> ::std::vec::Vec<(&'static str, ::schemars::Schema)> {
            ::std::vec![#(#schemas),*]
        }
    ));
}

/// The usage sketches in doc comments are no doc tests: they would be listed as ignored.
fn examples_are_text(file: &mut syn::File) {
    struct Docs;
    impl VisitMut for Docs {
        fn visit_attribute_mut(&mut self, attr: &mut Attribute) {
            let syn::Meta::NameValue(meta) = &attr.meta else {
                return;
            };
            let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) = &meta.value
            else {
                return;
            };
            if meta.path.is_ident("doc") && text.value().contains("```ignore") {
                let text = text.value().replace("```ignore", "```text");
                *attr = syn::parse_quote!(#[doc = #text]);
            }
        }
    }
    Docs.visit_file_mut(file);
}

/// Whether a type derives its `Serialize`, that is, has the shape that derives see.
fn derives(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        attr.path().is_ident("derive")
            && matches!(&attr.meta, syn::Meta::List(list) if list.tokens.to_string().contains("Serialize"))
    })
}

/// Takes some traits out of a type's derives.
fn underive(attrs: &mut [Attribute], names: &[&str]) {
    for attr in attrs
        .iter_mut()
        .filter(|attr| attr.path().is_ident("derive"))
    {
        let Ok(paths) = attr.parse_args_with(
            syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated,
        ) else {
            continue;
        };
        let kept = paths.into_iter().filter(|path| {
            !path
                .segments
                .last()
                .is_some_and(|last| names.iter().any(|name| last.ident == name))
        });
        *attr = syn::parse_quote!(#[derive(#(#kept),*)]);
    }
}
