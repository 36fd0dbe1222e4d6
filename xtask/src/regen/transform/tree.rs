//! Finds the parts of progenitor's syntax tree: fields of types, and methods of the client.
//!
//! Only the signatures are read. Enums, traits and functions outside of the client are skipped.

use std::collections::BTreeMap;

use syn::{FnArg, GenericArgument, Ident, ImplItem, Item, Pat, PathArguments, ReturnType, Type};

/// The parts that the transform looks up, by name.
pub(super) struct Tree<'a> {
    /// The types of a struct's fields by name; of a newtype, by `0`.
    pub(super) structs: BTreeMap<String, BTreeMap<String, &'a Type>>,
    /// The types of a method's arguments by name; what it returns on success, by `Ok`.
    pub(super) methods: BTreeMap<String, BTreeMap<String, &'a Type>>,
}

impl<'a> Tree<'a> {
    /// Reads the tree once. What is missing is found when it is looked up, where the place in the
    /// contract is known.
    pub(super) fn read(file: &'a syn::File) -> Self {
        let types = file.items.iter().filter_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
            _ => None,
        });
        let structs = types.flat_map(|(_, items)| items).filter_map(|item| {
            let Item::Struct(item) = item else {
                return None;
            };
            let fields = item.fields.iter().map(|field| {
                let name = field.ident.as_ref();
                (name.map_or("0".to_owned(), Ident::to_string), &field.ty)
            });
            Some((item.ident.to_string(), fields.collect()))
        });
        let methods = file.items.iter().filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
            _ => None,
        });
        let methods = methods.flatten().filter_map(|item| match item {
            ImplItem::Fn(function) => Some(signature(&function.sig)),
            _ => None,
        });
        Self {
            structs: structs.collect(),
            methods: methods.collect(),
        }
    }
}

/// The name of a method, and its types.
fn signature(signature: &syn::Signature) -> (String, BTreeMap<String, &Type>) {
    let arguments = signature.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(input) => match &*input.pat {
            Pat::Ident(name) => Some((name.ident.to_string(), &*input.ty)),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    });
    // `Result<ResponseValue<T>, Error>`
    let result = match &signature.output {
        ReturnType::Type(_, ty) => argument(ty).and_then(argument),
        ReturnType::Default => None,
    };
    let result = result.map(|result| ("Ok".to_owned(), result));
    (
        signature.ident.to_string(),
        arguments.chain(result).collect(),
    )
}

/// The last segment of a path: the type without its module, also behind a reference.
///
/// For example, `Vec` of `::std::vec::Vec<T>`.
pub(super) fn last(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Reference(reference) => last(&reference.elem),
        _ => None,
    }
}

/// The first type in a type's angle brackets.
pub(super) fn argument(ty: &Type) -> Option<&Type> {
    arguments(ty).next()
}

/// The types in a type's angle brackets.
pub(super) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let arguments = last(ty).and_then(|last| match &last.arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    let arguments = arguments.into_iter().flatten();
    arguments.filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
