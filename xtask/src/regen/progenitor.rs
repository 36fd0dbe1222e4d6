//! Runs progenitor on the lowered contract.
//!
//! Progenitor decides the names of types, which types are boxed, and the methods. Its bodies of
//! functions are not used.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use bvnk_contract::Diagnostic;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::json;

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

/// Generates the client of the lowered contract, as a syntax tree.
///
/// # Errors
///
/// What progenitor reports or panics on, which a step of the lowering should have rewritten.
pub(super) fn generate(lowered: &Lowered) -> Result<syn::File, Diagnostic> {
    let generated = without_panic(|| {
        let document = serde_json::from_value(lowered.document.clone())?;
        let mut settings = GenerationSettings::default();
        settings
            .with_interface(InterfaceStyle::Positional)
            .with_tag(TagStyle::Merged);
        for (format, name) in FORMATS {
            let schema = serde_json::from_value(json!({"type": "string", "format": format}))?;
            settings.with_conversion(schema, name, std::iter::empty());
        }
        let tokens = Generator::new(&settings).generate_tokens(&document)?;
        Ok::<_, Box<dyn std::error::Error>>(syn::parse2(without_bodies(tokens))?)
    });
    let reason = match generated {
        Ok(Ok(file)) => return Ok(file),
        Ok(Err(error)) => format!("progenitor cannot generate code for the contract: {error}"),
        Err(panic) => format!("progenitor panicked on the contract: {panic}"),
    };
    Err(unsupported(&reason))
}

/// Empties the bodies of functions, which are most of the code and of no interest: parsing
/// them would take longer than generating them.
///
/// A body is the first group in braces after `fn`.
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

/// What cannot be generated.
///
/// It has no place within the contract, since progenitor names none.
pub(super) fn unsupported(reason: &str) -> Diagnostic {
    Diagnostic::new(CONTRACT, "", reason).help(
        "undo the last edit; if it is right, add a step to xtask/src/regen/lower that says the \
         same in a form that the generator takes",
    )
}

/// Runs `work`, which may panic, and returns the panic's message instead of printing it.
///
/// Panics of other threads are printed as usual: the message is kept for this thread only.
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
