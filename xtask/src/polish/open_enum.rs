//! Opens the enums that the contract leaves open.
//!
//! typify makes a closed enum of the known values; an answer with a value that nobody
//! listed would then fail to decode. The opened enum keeps such a value word for word.
//! Values compare by their text, so that a value that becomes known later is still
//! equal to what a caller has stored.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Item, ItemEnum};

use super::{types, wire_name};
use crate::lower::Lowered;
use crate::problem::Problem;

pub(super) fn open(file: &mut syn::File, lowered: &Lowered) -> Result<(), Problem> {
    let Some(items) = types(file) else {
        return Ok(());
    };
    let mut opened = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        match item {
            Item::Enum(item) if lowered.open_enums.contains(&item.ident.to_string()) => {
                let code: syn::File = syn::parse2(emit(&item)?).map_err(|error| {
                    broken(
                        &item.ident,
                        &format!("the opened enum does not parse: {error}"),
                    )
                })?;
                opened.extend(code.items);
            }
            // The closed enum's conversions; the open one brings its own.
            Item::Impl(item) if implements_for(&item, lowered) => {}
            other => opened.push(other),
        }
    }
    *items = opened;
    Ok(())
}

fn implements_for(item: &syn::ItemImpl, lowered: &Lowered) -> bool {
    let syn::Type::Path(path) = &*item.self_ty else {
        return false;
    };
    path.path
        .get_ident()
        .is_some_and(|name| lowered.open_enums.contains(&name.to_string()))
}

fn broken(name: &Ident, reason: &str) -> Problem {
    Problem::of_contract(
        format!("/components/schemas/{name}"),
        reason,
        "undo the last edit of this schema",
    )
}

fn emit(item: &ItemEnum) -> Result<TokenStream, Problem> {
    let name = &item.ident;
    let docs = item.attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let variants: Vec<&Ident> = item.variants.iter().map(|variant| &variant.ident).collect();
    if variants.iter().any(|variant| *variant == "Unknown") {
        return Err(broken(
            name,
            "a known value would be named `Unknown`, which stands for the values that are not known",
        ));
    }
    let values: Vec<String> = item
        .variants
        .iter()
        .map(|variant| wire_name(&variant.ident, &variant.attrs))
        .collect();
    let variant_docs = values.iter().map(|value| format!("`{value}`"));
    let schema_name = name.to_string();
    Ok(quote! {
        #(#docs)*
        #[derive(Clone, Debug)]
        pub enum #name {
            #(#[doc = #variant_docs] #variants,)*
            /// A value that the contract does not list, as it came.
            Unknown(::std::string::String),
        }

        impl #name {
            /// The values that the contract lists.
            pub const KNOWN: &'static [&'static str] = &[#(#values),*];

            /// The value as it is on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#variants => #values,)*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl ::std::convert::From<&str> for #name {
            fn from(value: &str) -> Self {
                match value {
                    #(#values => Self::#variants,)*
                    _ => Self::Unknown(value.to_owned()),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for #name {
            fn from(value: ::std::string::String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for #name {
            type Err = ::std::convert::Infallible;
            fn from_str(value: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::cmp::PartialEq for #name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl ::std::cmp::Eq for #name {}

        impl ::std::cmp::PartialOrd for #name {
            fn partial_cmp(&self, other: &Self) -> ::std::option::Option<::std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl ::std::cmp::Ord for #name {
            fn cmp(&self, other: &Self) -> ::std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl ::std::hash::Hash for #name {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl ::serde::Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                <::std::string::String as ::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for #name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                #schema_name.into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({
                    "anyOf": [{"type": "string", "enum": [#(#values),*]}, {"type": "string"}]
                })
            }
        }
    })
}
