//! Builders of the generated types, written anew from the types' fields.
//!
//! progenitor's own keep a text where a value was refused, with Rust's names and with
//! whatever a conversion's error quotes; a caller needs the path on the wire, the rule
//! and nothing of the value. And an optional field takes its value as it is here,
//! without `Some` around it; `maybe_…` takes an `Option`.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Field, Item, ItemStruct, Type, parse_quote};

use super::{is, own_names, types, wire_name};
use crate::problem::Problem;

pub(super) fn rewrite(file: &mut syn::File) -> Result<(), Problem> {
    let Some(items) = types(file) else {
        return Ok(());
    };
    let own = own_names(items);
    let mut code = TokenStream::new();
    for item in items.iter() {
        if let Item::Struct(item) = item
            && matches!(item.fields, syn::Fields::Named(_))
        {
            code.extend(builder(item, &own));
        }
    }
    for item in items {
        if let Item::Mod(module) = item
            && module.ident == "builder"
        {
            *module = syn::parse2(quote!(
                /// Types for composing complex structures.
                pub mod builder { #code }
            ))
            .map_err(|error| {
                Problem::of_contract(
                    "",
                    format!("the builders of its types do not parse: {error}"),
                    "undo the last edit of a schema",
                )
            })?;
        }
    }
    Ok(())
}

fn builder(item: &ItemStruct, own: &BTreeSet<String>) -> TokenStream {
    let name = &item.ident;
    let fields: Vec<Setter> = item
        .fields
        .iter()
        .filter_map(|field| Setter::of(field, own))
        .collect();
    let idents: Vec<&Ident> = fields.iter().map(|field| field.ident).collect();
    let stored: Vec<&Type> = fields.iter().map(|field| &field.stored).collect();
    let initial = fields.iter().map(|field| &field.initial);
    let setters = fields.iter().map(Setter::emit);
    let doc = format!(
        "Composes [`{name}`](super::{name}): the setters check, and `build` tells what does not fit."
    );
    quote! {
        #[doc = #doc]
        #[derive(Clone)]
        pub struct #name {
            #(#idents: ::std::result::Result<#stored, crate::InvalidValue>,)*
        }

        impl ::std::default::Default for #name {
            fn default() -> Self {
                Self { #(#idents: #initial,)* }
            }
        }

        impl #name {
            #(#setters)*

            /// The value, or the first field that does not fit.
            ///
            /// # Errors
            ///
            /// The field's path on the wire and the rule that it breaks.
            pub fn build(self) -> ::std::result::Result<super::#name, crate::InvalidValue> {
                self.try_into()
            }
        }

        impl ::std::convert::TryFrom<#name> for super::#name {
            type Error = crate::InvalidValue;

            fn try_from(value: #name) -> ::std::result::Result<Self, crate::InvalidValue> {
                Ok(Self { #(#idents: value.#idents?,)* })
            }
        }

        impl ::std::convert::From<super::#name> for #name {
            fn from(value: super::#name) -> Self {
                Self { #(#idents: Ok(value.#idents),)* }
            }
        }
    }
}

struct Setter<'a> {
    ident: &'a Ident,
    docs: Vec<&'a Attribute>,
    wire: String,
    /// The field's type, seen from the module of the builders.
    stored: Type,
    /// What is in the field while nobody has set it.
    initial: TokenStream,
}

impl<'a> Setter<'a> {
    fn of(field: &'a Field, own: &BTreeSet<String>) -> Option<Self> {
        let ident = field.ident.as_ref()?;
        let wire = wire_name(ident, &field.attrs);
        let mut stored = field.ty.clone();
        FromSuper(own).visit_type_mut(&mut stored);
        let initial = match preset(&field.attrs) {
            Preset::Function(path) => quote!(Ok(super::#path())),
            Preset::Default => quote!(Ok(::std::default::Default::default())),
            Preset::None if is(&field.ty, "Option") => quote!(Ok(None)),
            Preset::None => quote!(Err(crate::InvalidValue::missing(#wire))),
        };
        Some(Self {
            ident,
            docs: field
                .attrs
                .iter()
                .filter(|attr| attr.path().is_ident("doc"))
                .collect(),
            wire,
            stored,
            initial,
        })
    }

    fn emit(&self) -> TokenStream {
        let Self {
            ident,
            docs,
            wire,
            stored,
            ..
        } = self;
        let (inner, keep) = match optional(stored) {
            Some(inner) => (inner, quote!(.map(Some))),
            None => (stored, quote!()),
        };
        let maybe = optional(stored).map(|inner| {
            let name = format_ident!("maybe_{}", ident);
            quote! {
                /// The same, or nothing.
                pub fn #name<V>(mut self, value: ::std::option::Option<V>) -> Self
                where
                    V: ::std::convert::TryInto<#inner>,
                    V::Error: 'static,
                {
                    self.#ident = value.map(|value| crate::runtime::convert(#wire, value)).transpose();
                    self
                }
            }
        });
        quote! {
            #(#docs)*
            pub fn #ident<V>(mut self, value: V) -> Self
            where
                V: ::std::convert::TryInto<#inner>,
                V::Error: 'static,
            {
                self.#ident = crate::runtime::convert(#wire, value)#keep;
                self
            }

            #maybe
        }
    }
}

/// What serde puts into a field that is not there.
enum Preset {
    None,
    Default,
    Function(syn::Path),
}

fn preset(attrs: &[Attribute]) -> Preset {
    let mut preset = Preset::None;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        let _ = attr.parse_nested_meta(|meta| {
            let value = meta.value().and_then(|value| value.parse::<syn::LitStr>());
            if meta.path.is_ident("default") {
                preset = match value.and_then(|path| path.parse()) {
                    Ok(path) => Preset::Function(path),
                    Err(_) => Preset::Default,
                };
            } else if meta.path.is_ident("flatten") {
                preset = Preset::Default;
            }
            Ok(())
        });
    }
    preset
}

fn optional(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) if last.ident == "Option" => {
            match arguments.args.first()? {
                syn::GenericArgument::Type(inner) => Some(inner),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The generated types are one module further out, where builders have the same names.
struct FromSuper<'a>(&'a BTreeSet<String>);

impl VisitMut for FromSuper<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if let Some(ident) = path.get_ident()
            && self.0.contains(&ident.to_string())
        {
            *path = parse_quote!(super::#ident);
        }
        visit_mut::visit_path_mut(self, path);
    }
}
