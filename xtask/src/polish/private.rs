//! Closes `Debug` and `Display`: of a generated type, `Debug` shows the fields' names, and
//! of their values only those that the contract marks public; `Display` is for public
//! values alone.
//!
//! Closed by default: a field that the contract gains is hidden until somebody marks its
//! schema with `x-public: true`.

use std::collections::BTreeSet;

use quote::quote;
use syn::{Fields, Item, Type, parse_quote};

use super::{is, own_names, types, underive};
use crate::lower::Lowered;

pub(super) fn close(file: &mut syn::File, lowered: &Lowered) {
    if let Some(items) = types(file) {
        close_display(items, &lowered.public);
        close_types(items, &lowered.public);
    }
    // Builders and the client hold values on their way in: nothing of them is shown.
    for item in &mut file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                for item in module.content.iter_mut().flat_map(|(_, items)| items) {
                    if let Item::Mod(builders) = item
                        && builders.ident == "builder"
                        && let Some((_, items)) = &mut builders.content
                    {
                        close_whole(items);
                    }
                }
            }
            Item::Mod(module) if module.ident == "builder" => {
                if let Some((_, items)) = &mut module.content {
                    close_whole(items);
                }
            }
            _ => {}
        }
    }
    close_whole(&mut file.items);
}

/// Takes `Display` from the types whose values are hidden, and gives it to public texts,
/// which have it only as the string within.
fn close_display(items: &mut Vec<Item>, public: &BTreeSet<String>) {
    items.retain(|item| {
        let Item::Impl(item) = item else { return true };
        let displays = item.trait_.as_ref().is_some_and(|(path, _)| {
            path.segments.last().is_some_and(|last| last.ident == "Display")
        });
        !displays || matches!(&*item.self_ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| public.contains(&name.to_string())))
    });
    let shown: Vec<Item> = items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) if is_text(item) && public.contains(&item.ident.to_string()) => {
                let name = &item.ident;
                Some(parse_quote! {
                    impl ::std::fmt::Display for #name {
                        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                            f.write_str(&self.0)
                        }
                    }
                })
            }
            _ => None,
        })
        .collect();
    items.extend(shown);
}

/// A newtype of a string.
fn is_text(item: &syn::ItemStruct) -> bool {
    matches!(&item.fields, Fields::Unnamed(fields) if fields.unnamed.iter().all(|field| is(&field.ty, "String")))
}

/// The generated types: structs field by field, enums and newtypes as a whole.
fn close_types(items: &mut Vec<Item>, public: &BTreeSet<String>) {
    let own = own_names(items);
    let mut closed = Vec::with_capacity(items.len());
    for mut item in items.drain(..) {
        let body = match &mut item {
            Item::Struct(item) => {
                let name = item.ident.to_string();
                match &item.fields {
                    Fields::Named(fields) => {
                        underive(&mut item.attrs, &["Debug"]);
                        let shown = fields.named.iter().filter_map(|field| {
                            let ident = field.ident.as_ref()?;
                            let label = ident.to_string();
                            Some(if mentions(&field.ty, &own) {
                                quote!(.field(#label, &self.#ident))
                            } else if is(&field.ty, "Option") {
                                quote!(.field(#label, &self.#ident.as_ref().map(|_| crate::runtime::Hidden)))
                            } else {
                                quote!(.field(#label, &crate::runtime::Hidden))
                            })
                        });
                        Some((
                            item.ident.clone(),
                            quote!(f.debug_struct(#name)#(#shown)*.finish()),
                        ))
                    }
                    _ if public.contains(&name) => None,
                    _ => {
                        underive(&mut item.attrs, &["Debug"]);
                        Some((item.ident.clone(), hidden(&name)))
                    }
                }
            }
            Item::Enum(item) if !public.contains(&item.ident.to_string()) => {
                underive(&mut item.attrs, &["Debug"]);
                Some((item.ident.clone(), hidden(&item.ident.to_string())))
            }
            _ => None,
        };
        closed.push(item);
        if let Some((ident, body)) = body {
            closed.push(parse_quote! {
                impl ::std::fmt::Debug for #ident {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        #body
                    }
                }
            });
        }
    }
    *items = closed;
}

fn hidden(name: &str) -> proc_macro2::TokenStream {
    quote!(f.debug_tuple(#name).field(&crate::runtime::Hidden).finish())
}

/// Structs of which `Debug` shows the name alone.
fn close_whole(items: &mut Vec<Item>) {
    let mut closed = Vec::with_capacity(items.len());
    for mut item in items.drain(..) {
        let mut debug = None;
        if let Item::Struct(item) = &mut item {
            underive(&mut item.attrs, &["Debug"]);
            let (ident, name) = (&item.ident, item.ident.to_string());
            let (before, after, bounds) = item.generics.split_for_impl();
            debug = Some(parse_quote! {
                impl #before ::std::fmt::Debug for #ident #after #bounds {
                    fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.debug_struct(#name).finish_non_exhaustive()
                    }
                }
            });
        }
        closed.push(item);
        closed.extend(debug);
    }
    *items = closed;
}

/// Whether a field's type is made of generated types, whose own `Debug` is closed.
fn mentions(ty: &Type, own: &BTreeSet<String>) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else {
        return false;
    };
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => (last.ident == "Option"
            || last.ident == "Vec")
            && arguments.args.iter().all(
                |argument| matches!(argument, syn::GenericArgument::Type(ty) if mentions(ty, own)),
            ),
        _ => path
            .path
            .get_ident()
            .is_some_and(|ident| own.contains(&ident.to_string())),
    }
}
