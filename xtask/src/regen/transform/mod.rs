//! The transform: progenitor's syntax tree, reduced to calls of the macros of `bvnk-gen`.
//!
//! What progenitor decides stays: names, types, boxes of recursive types, methods. What it
//! cannot know (names on the wire, rules, what may be printed) comes from the lowered
//! contract. Each step takes one part of the tree.

mod operations;
mod tree;
mod types;

use bvnk_contract::{Diagnostic, Diagnostics};

use super::CONTRACT;
use super::lower::Lowered;

/// The client as macro calls.
pub(super) struct Client {
    pub(super) types: Vec<Call>,
    pub(super) operations: Vec<Operation>,
}

/// A call of a macro: its name, and the item that it takes.
pub(super) struct Call {
    pub(super) name: &'static str,
    pub(super) item: syn::Item,
}

/// The call of one operation, and what the dispatch table needs.
pub(super) struct Operation {
    pub(super) call: Call,
    pub(super) id: String,
    /// The method of the client.
    pub(super) method: syn::Ident,
    /// The type of the builder.
    pub(super) builder: syn::Ident,
    pub(super) docs: Vec<syn::Attribute>,
    pub(super) arguments: Vec<Argument>,
}

/// An argument of a call.
pub(super) struct Argument {
    pub(super) name: syn::Ident,
    /// The name on the wire; `None` for the body.
    pub(super) wire: Option<String>,
    /// The type of what the setter is given.
    pub(super) ty: syn::Type,
    pub(super) idempotency_key: bool,
}

pub(super) fn transform(file: &syn::File, lowered: &Lowered) -> Result<Client, Diagnostics> {
    let tree = tree::Tree::read(file);
    Ok(Client {
        types: types::calls(&tree, lowered)?,
        operations: operations::calls(&tree, lowered)?,
    })
}

/// What progenitor should have written and did not.
fn missing(place: &str, what: &str) -> Diagnostic {
    let message = format!("the generated code lacks {what}");
    let help = "undo the last edit there, and report it: a step of the lowering is missing";
    Diagnostic::new(CONTRACT, place, message).help(help)
}

/// Documentation, wrapped to lines.
fn docs(text: &str) -> Vec<syn::Attribute> {
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
    {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if line.len() + word.len() > 90 {
                lines.push(std::mem::take(&mut line));
            }
            line.push(' ');
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
        .iter()
        .map(|line| syn::parse_quote!(#[doc = #line]))
        .collect()
}
