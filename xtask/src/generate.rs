//! Runs progenitor on the lowered contract and prints what polish made of its code.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use proc_macro2::TokenStream;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle, TagStyle};
use serde_json::{Value, json};

use crate::contract::operations;
use crate::lower::lower;
use crate::polish::polish;
use crate::problem::Problem;

const BANNER: &str = "\
// Generated from openapi/customers.yaml by `cargo xtask regen`. Do not edit: change the
// contract and run it again.

";

/// Formats that are checked by a type of `crates/bvnk-gen/src/format.rs`; what typify
/// makes of them takes more than they allow, or anything at all.
pub(crate) const FORMATS: [(&str, &str); 3] = [
    ("date", "Date"),
    ("date-time", "DateTime"),
    ("email", "Email"),
];

/// The Rust source of the generated client.
pub(crate) fn client(contract: &Value) -> Result<String, Problem> {
    let lowered = lower(contract);
    let tokens = progenitor(&lowered.document)
        .map_err(|reason| unsupported(&culprit(&lowered.document), &reason))?;
    let mut file: syn::File = syn::parse2(tokens).map_err(|error| {
        unsupported(
            "",
            &format!("progenitor wrote code that does not parse: {error}"),
        )
    })?;
    polish(&mut file, &lowered)?;
    Ok(format!("{BANNER}{}", prettyplease::unparse(&file)))
}

fn progenitor(document: &Value) -> Result<TokenStream, String> {
    let document = serde_json::from_value(document.clone())
        .map_err(|error| format!("the lowered contract is no OpenAPI 3.0: {error}"))?;
    let generated = quietly(|| {
        let mut settings = GenerationSettings::default();
        settings
            .with_interface(InterfaceStyle::Builder)
            .with_tag(TagStyle::Merged)
            .with_derive("PartialEq")
            .with_inner_type(quote::quote!(crate::Transport));
        for (format, name) in FORMATS {
            let schema = json!({"type": "string", "format": format});
            let schema = serde_json::from_value(schema).map_err(|error| error.to_string())?;
            settings.with_conversion(schema, format!("crate::{name}"), std::iter::empty());
        }
        Generator::new(&settings)
            .generate_tokens(&document)
            .map_err(|error| error.to_string())
    });
    match generated {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(error)) => Err(format!("progenitor cannot generate from it: {error}")),
        Err(panic) => Err(format!("progenitor panicked on it: {panic}")),
    }
}

/// progenitor does not say which operation it fails on: the one that it fails on alone.
fn culprit(document: &Value) -> String {
    let failing = operations::all(document).into_iter().find(|(pointer, _)| {
        let mut alone = document.clone();
        for (other, _) in operations::all(document) {
            let (item, method) = other.rsplit_once('/').unwrap_or_default();
            if other != *pointer
                && let Some(Value::Object(item)) = alone.pointer_mut(item)
            {
                item.remove(method);
            }
        }
        progenitor(&alone).is_err()
    });
    failing.map_or_else(|| "/components".to_owned(), |(pointer, _)| pointer)
}

fn unsupported(place: &str, reason: &str) -> Problem {
    Problem::of_contract(
        place,
        reason,
        "undo the last edit there; if it is right, add a rewrite to xtask/src/lower.rs that \
         says the same in a form that the generator takes",
    )
}

/// Runs `work`, which may panic, and gives the panic's message back instead of printing it.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
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
