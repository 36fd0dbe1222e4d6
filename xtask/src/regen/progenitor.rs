//! Runs progenitor on the lowered contract.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use bvnk_contract::Diagnostic;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::{Value, json};

use super::CONTRACT;
use super::lower::Lowered;

/// Formats and the types of `bvnk-gen` that check them.
const FORMATS: [(&str, &str); 4] = [
    ("date", "Date"),
    ("date-time", "DateTime"),
    ("email", "Email"),
    ("uuid", "Uuid"),
];

/// The syntax tree of progenitor's client.
pub(super) fn generate(lowered: &Lowered) -> Result<syn::File, Diagnostic> {
    let tokens =
        run(&lowered.document).map_err(|reason| unsupported(&culprit(lowered), &reason))?;
    syn::parse2(without_bodies(tokens)).map_err(|error| {
        unsupported(
            "",
            &format!("progenitor wrote code that cannot be parsed: {error}"),
        )
    })
}

/// Generates the client of a document. Progenitor reports some shapes as errors and panics on
/// others; both are errors here.
fn run(document: &Value) -> Result<TokenStream, String> {
    let document = serde_json::from_value(document.clone())
        .map_err(|error| format!("the lowered contract is not OpenAPI 3.0: {error}"))?;
    let generated = without_panic(|| {
        let mut settings = GenerationSettings::default();
        settings
            .with_interface(InterfaceStyle::Builder)
            .with_tag(TagStyle::Merged);
        for (format, name) in FORMATS {
            let schema = json!({"type": "string", "format": format});
            let schema = serde_json::from_value(schema).map_err(|error| error.to_string())?;
            settings.with_conversion(schema, name, std::iter::empty());
        }
        Generator::new(&settings)
            .generate_tokens(&document)
            .map_err(|error| error.to_string())
    });
    match generated {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(error)) => Err(format!("progenitor cannot generate code for it: {error}")),
        Err(panic) => Err(format!("progenitor panicked on it: {panic}")),
    }
}

/// Empties the bodies of functions, which are most of the code and of no interest: parsing
/// them would take longer than generating them.
fn without_bodies(tokens: TokenStream) -> TokenStream {
    let mut in_function = false;
    let empty = |tree: TokenTree| match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            let inner = match std::mem::take(&mut in_function) {
                true => TokenStream::new(),
                false => without_bodies(group.stream()),
            };
            TokenTree::Group(Group::new(Delimiter::Brace, inner))
        }
        tree => {
            in_function |= matches!(&tree, TokenTree::Ident(ident) if ident == "fn");
            tree
        }
    };
    tokens.into_iter().map(empty).collect()
}

/// The operation that progenitor fails on, which it does not name: the one that it fails on
/// alone.
fn culprit(lowered: &Lowered) -> String {
    let paths = lowered.document["paths"].as_object();
    for (path, item) in paths.into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let mut alone = lowered.document.clone();
            alone["paths"] = json!({ path: { method: operation } });
            if run(&alone).is_err() {
                let name = operation["operationId"].as_str();
                let call = lowered
                    .calls
                    .iter()
                    .find(|call| Some(call.name.as_str()) == name);
                return call.map_or(String::new(), |call| call.operation.location.clone());
            }
        }
    }
    "/components".to_owned()
}

/// What cannot be generated, at a place of the contract (a JSON pointer, or empty).
pub(super) fn unsupported(place: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(CONTRACT, place, reason).help(
        "undo the last edit there; if it is right, add a step to xtask/src/regen/lower that \
         says the same in a form that the generator takes",
    )
}

/// Runs `work`, which may panic, and returns the panic's message instead of printing it.
pub(super) fn without_panic<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    thread_local! {
        static CAUGHT: RefCell<Option<Option<String>>> = const { RefCell::new(None) };
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let mine = CAUGHT.with_borrow_mut(|caught| match caught {
                Some(message) => {
                    *message = Some(info.payload_as_str().unwrap_or("it panicked").to_owned());
                    true
                }
                None => false,
            });
            if !mine {
                default(info);
            }
        }));
    });
    CAUGHT.set(Some(None));
    let outcome = catch_unwind(AssertUnwindSafe(work));
    let message = CAUGHT.take().flatten();
    outcome.map_err(|_| message.unwrap_or_default())
}
