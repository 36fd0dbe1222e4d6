//! Finds the parts of progenitor's syntax tree: fields of types, methods of the client,
//! setters and results of calls.

use std::collections::BTreeMap;

use syn::{FnArg, GenericArgument, Ident, ImplItem, Item, PathArguments, ReturnType, Type};

/// The parts that the transform looks up, by name.
pub(super) struct Tree<'a> {
    /// The types of a struct's fields by name; of a newtype, by `0`.
    pub(super) structs: BTreeMap<String, BTreeMap<String, &'a Type>>,
    /// The builders of the calls, by the client's method.
    pub(super) methods: BTreeMap<String, &'a Ident>,
    /// What the setters of a call's builder take, by builder and setter.
    setters: BTreeMap<String, BTreeMap<String, &'a Type>>,
    /// What a call returns, by builder.
    pub(super) results: BTreeMap<String, &'a Type>,
}

impl<'a> Tree<'a> {
    /// Reads the tree once. What is missing is found when it is looked up, where the place in the
    /// contract is known.
    pub(super) fn read(file: &'a syn::File) -> Self {
        let mut tree = Self {
            structs: BTreeMap::new(),
            methods: BTreeMap::new(),
            setters: BTreeMap::new(),
            results: BTreeMap::new(),
        };
        for item in module(&file.items, "types") {
            if let Item::Struct(item) = item {
                let fields = item.fields.iter().map(|field| {
                    let name = field
                        .ident
                        .as_ref()
                        .map_or("0".to_owned(), Ident::to_string);
                    (name, &field.ty)
                });
                tree.structs
                    .insert(item.ident.to_string(), fields.collect());
            }
        }
        for function in functions(&file.items).filter(|(of, _)| *of == "Client") {
            if let ReturnType::Type(_, ty) = &function.1.sig.output
                && let Some(builder) = last(ty)
            {
                let method = function.1.sig.ident.to_string();
                tree.methods.insert(method, &builder.ident);
            }
        }
        for (builder, function) in functions(module(&file.items, "builder")) {
            let name = function.sig.ident.to_string();
            if name == "send" {
                let result = match &function.sig.output {
                    ReturnType::Type(_, ty) => argument(ty).and_then(argument),
                    ReturnType::Default => None,
                };
                tree.results
                    .extend(result.map(|result| (builder.clone(), result)));
            } else if let Some(value) = converted(function) {
                tree.setters.entry(builder).or_default().insert(name, value);
            }
        }
        tree
    }

    /// What the setter of a call's builder takes.
    pub(super) fn setter(&self, builder: &Ident, name: &str) -> Option<&'a Type> {
        self.setters.get(&builder.to_string())?.get(name).copied()
    }
}

/// The items of a module; none if there is no such module.
fn module<'a>(items: &'a [Item], name: &str) -> &'a [Item] {
    items
        .iter()
        .find_map(|item| match item {
            Item::Mod(module) if module.ident == name => module.content.as_ref(),
            _ => None,
        })
        .map_or(&[], |(_, items)| items.as_slice())
}

/// The functions of all inherent implementations, with the names of their types.
fn functions(items: &[Item]) -> impl Iterator<Item = (String, &syn::ImplItemFn)> {
    let implementations = items.iter().filter_map(|item| match item {
        Item::Impl(item) if item.trait_.is_none() => {
            Some((last(&item.self_ty)?.ident.to_string(), item))
        }
        _ => None,
    });
    implementations.flat_map(|(name, item)| {
        item.items.iter().filter_map(move |item| match item {
            ImplItem::Fn(function) => Some((name.clone(), function)),
            _ => None,
        })
    })
}

/// The last segment of a path: the type without its module.
pub(super) fn last(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The first type in a type's angle brackets.
pub(super) fn argument(ty: &Type) -> Option<&Type> {
    arguments(ty).next()
}

/// The types in a type's angle brackets.
pub(super) fn arguments(ty: &Type) -> impl Iterator<Item = &Type> {
    let arguments = last(ty).map(|last| &last.arguments);
    let arguments = arguments.and_then(|arguments| match arguments {
        PathArguments::AngleBracketed(arguments) => Some(&arguments.args),
        _ => None,
    });
    arguments
        .into_iter()
        .flatten()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// `T` of `fn setter<V>(self, value: V) where V: TryInto<T>`.
fn converted(function: &syn::ImplItemFn) -> Option<&Type> {
    let takes_value = function
        .sig
        .inputs
        .iter()
        .any(|input| matches!(input, FnArg::Typed(_)));
    let bounds = function.sig.generics.where_clause.as_ref()?;
    let bound = bounds
        .predicates
        .iter()
        .find_map(|predicate| match predicate {
            syn::WherePredicate::Type(predicate) => predicate.bounds.first(),
            _ => None,
        })?;
    let syn::TypeParamBound::Trait(bound) = bound else {
        return None;
    };
    let segment = bound.path.segments.last()?;
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) if takes_value && segment.ident == "TryInto" => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    }
}
