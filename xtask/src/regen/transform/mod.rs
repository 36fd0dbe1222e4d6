//! The transform: progenitor's syntax tree, reduced to calls of the macros of `bvnk-gen`.
//!
//! What progenitor decides stays: names, types, boxes of recursive types, methods. What it
//! cannot know (names on the wire, rules, what may be printed) comes from the lowered
//! contract.

mod operations;
mod rust_type;
mod tree;
mod types;

use bvnk_contract::{Contract, Diagnostic, Diagnostics};
use syn::visit_mut::VisitMut;

use super::lower::Lowered;
use super::{CONTRACT, Step, apply, tracking};

fn steps<'a>() -> [Step<Transform<'a>>; 4] {
    [
        Step {
            name: "types",
            limit: "typify's types are long, print what they hold, and drop names on the wire, \
                    rules and null: each becomes one macro call, with what the contract says",
            apply: types::of_schemas,
        },
        Step {
            name: "response-types",
            limit: "progenitor has no type for several kinds of success: they become the \
                    variants of an enum, by status",
            apply: types::of_responses,
        },
        Step {
            name: "operations",
            limit: "progenitor's builders call reqwest and stop at the first value that does \
                    not fit: each becomes one macro call, on a transport",
            apply: operations::of_calls,
        },
        Step {
            name: "tracking",
            limit: "progenitor ignores links: what follows a creation gets names that do not \
                    change with the contract",
            apply: |it| {
                it.client.tracking = tracking::module(it.lowered, it.contract);
                Ok(())
            },
        },
    ]
}

/// The tree and the contract, with what was made of them so far.
struct Transform<'a> {
    tree: tree::Tree<'a>,
    lowered: &'a Lowered,
    contract: &'a Contract,
    client: Client,
}

/// The client as macro calls.
pub(super) struct Client {
    pub(super) title: String,
    pub(super) types: Vec<Call>,
    pub(super) operations: Vec<Operation>,
    /// The module about what follows a creation.
    pub(super) tracking: syn::Item,
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

/// Transforms progenitor's tree.
///
/// # Errors
///
/// What progenitor should have written and did not.
pub(super) fn transform(
    file: &syn::File,
    lowered: &Lowered,
    contract: &Contract,
) -> Result<Client, Diagnostics> {
    let mut state = Transform {
        tree: tree::Tree::read(file),
        lowered,
        contract,
        client: Client {
            title: lowered.title.clone(),
            types: Vec::new(),
            operations: Vec::new(),
            tracking: syn::Item::Verbatim(proc_macro2::TokenStream::new()),
        },
    };
    apply(&steps(), &mut state)?;
    Ok(state.client)
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

/// Puts a path before each path in a type whose first name needs one.
pub(super) fn qualified(
    mut ty: syn::Type,
    prefix: &dyn Fn(&syn::Ident) -> Option<syn::Path>,
) -> syn::Type {
    struct Visitor<'a>(&'a dyn Fn(&syn::Ident) -> Option<syn::Path>);
    impl VisitMut for Visitor<'_> {
        fn visit_path_mut(&mut self, path: &mut syn::Path) {
            syn::visit_mut::visit_path_mut(self, path);
            let first = path.segments.first();
            if let Some(prefix) = first.and_then(|first| (self.0)(&first.ident)) {
                *path = syn::parse_quote!(#prefix::#path);
            }
        }
    }
    Visitor(prefix).visit_type_mut(&mut ty);
    ty
}
