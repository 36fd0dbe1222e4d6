//! Runs progenitor on the lowered contract, and reads the types that it has chosen.
//!
//! Progenitor decides which types members and arguments have, and which of them are boxed. Its
//! bodies of functions are not used.

use std::collections::BTreeMap;
use std::panic::catch_unwind;

use bvnk_contract::Diagnostic;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::{Value, json};
use syn::{FnArg, GenericArgument, ImplItem, Item, Pat, PathArguments, ReturnType, Type};

use super::CONTRACT;
use super::lower::Lowered;

/// Formats and the types of `bvnk-gen` that check them.
///
/// Other formats are texts for progenitor, because it would use crates that the client lacks.
const FORMATS: [(&str, &str); 4] = [
    ("date", "Date"),
    ("date-time", "DateTime"),
    ("email", "Email"),
    ("uuid", "Uuid"),
];

/// The types that progenitor has chosen, in the names of the generated file.
///
/// The keys are the name of a struct and the name or number of its field, or the name of a method
/// and that of its argument; what a method returns is called `Ok`.
pub(super) struct Types(BTreeMap<(String, String), String>);

impl Types {
    /// The type of a member of `owner`.
    ///
    /// # Errors
    ///
    /// A type that progenitor should have written and did not.
    pub(super) fn get(&self, owner: &str, member: &str) -> Result<&str, Diagnostic> {
        let found = self.0.get(&(owner.to_owned(), member.to_owned()));
        let missing = || unsupported(&format!("progenitor wrote no type of `{owner}.{member}`"));
        found.map(String::as_str).ok_or_else(missing)
    }

    /// Reads the signatures of progenitor's file.
    fn read(file: &syn::File) -> Self {
        let mut types = BTreeMap::new();
        let modules = file.items.iter().filter_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content.as_ref(),
            _ => None,
        });
        for item in modules.flat_map(|(_, items)| items) {
            if let Item::Struct(item) = item {
                for (index, field) in item.fields.iter().enumerate() {
                    let name = field.ident.as_ref().map(ToString::to_string);
                    let name = name.unwrap_or_else(|| index.to_string());
                    types.insert((item.ident.to_string(), name), text(&field.ty));
                }
            }
        }
        let methods = file.items.iter().filter_map(|item| match item {
            Item::Impl(item) if item.trait_.is_none() => Some(&item.items),
            _ => None,
        });
        for item in methods.flatten() {
            let ImplItem::Fn(function) = item else {
                continue;
            };
            let mut add = |name: String, ty: &Type| {
                types.insert((function.sig.ident.to_string(), name), text(ty))
            };
            for input in &function.sig.inputs {
                if let FnArg::Typed(input) = input
                    && let Pat::Ident(name) = &*input.pat
                {
                    add(name.ident.to_string(), &input.ty);
                }
            }
            // `Result<ResponseValue<T>, Error>`
            if let ReturnType::Type(_, ty) = &function.sig.output
                && let Some(value) = arguments(ty).first().and_then(|ty| arguments(ty).pop())
            {
                add("Ok".to_owned(), value);
            }
        }
        Self(types)
    }
}

/// A type in the names that the generated file imports. Only a method names the module of a type.
fn text(ty: &Type) -> String {
    let path = match ty {
        Type::Reference(reference) => return text(&reference.elem),
        Type::Path(path) => &path.path,
        _ => return String::new(),
    };
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|it| it.ident.to_string())
        .collect();
    let arguments: Vec<String> = arguments(ty).into_iter().map(text).collect();
    match (names.last().map_or("", String::as_str), &*arguments) {
        ("str", _) => "String".to_owned(),
        ("Map", [_, _]) => "Extra".to_owned(),
        ("Option", [inner]) => format!("Nullable<{inner}>"),
        (name, []) if names.first().is_some_and(|first| first == "types") => {
            format!("types::{name}")
        }
        (name, []) => name.to_owned(),
        (name, arguments) => format!("{name}<{}>", arguments.join(", ")),
    }
}

/// The types in a type's angle brackets.
fn arguments(ty: &Type) -> Vec<&Type> {
    let Type::Path(path) = ty else {
        return Vec::new();
    };
    let last = path.path.segments.last();
    let Some(PathArguments::AngleBracketed(list)) = last.map(|last| &last.arguments) else {
        return Vec::new();
    };
    let types = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// Generates the client of the lowered contract, and returns the types of its signatures.
///
/// # Errors
///
/// What progenitor reports or panics on, which a step of the lowering should have rewritten.
pub(super) fn types(lowered: &Lowered) -> Result<Types, Diagnostic> {
    let document = lowered.document();
    let reason = match catch_unwind(|| generate(document)) {
        Ok(Ok(file)) => return Ok(Types::read(&file)),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it panicked".to_owned(),
    };
    Err(unsupported(&format!(
        "progenitor cannot generate code for the contract: {reason}"
    )))
}

/// progenitor's client, as a syntax tree.
fn generate(document: Value) -> Result<syn::File, Box<dyn std::error::Error>> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged)
        .with_map_type("BTreeMap");
    for (format, name) in FORMATS {
        let schema = serde_json::from_value(json!({"type": "string", "format": format}))?;
        settings.with_conversion(schema, name, std::iter::empty());
    }
    let document = serde_json::from_value(document)?;
    let tokens = Generator::new(&settings).generate_tokens(&document)?;
    Ok(syn::parse2(tokens)?)
}

/// What cannot be generated.
///
/// It has no place within the contract, since progenitor names none.
fn unsupported(reason: &str) -> Diagnostic {
    Diagnostic::new(CONTRACT, "", reason).help(
        "undo the last edit; if it is right, add a step to xtask/src/regen/lower that says the \
         same in a form that the generator takes",
    )
}
