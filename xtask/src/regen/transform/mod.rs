//! The transform: progenitor's syntax tree, reduced to calls of the macros of `bvnk-gen`.
//!
//! What progenitor decides stays: names, types, boxes of recursive types, methods. What it
//! cannot know (names on the wire, rules, what may be printed) comes from the lowered
//! contract.
//!
//! The macros have the code that is the same for all types. So the generated file stays short
//! enough to be reviewed as a diff.

mod operations;
mod rust_type;
mod tree;
mod types;

use bvnk_contract::{Contract, Diagnostic, Diagnostics};
use syn::visit_mut::VisitMut;

use super::lower::Lowered;
use super::progenitor::{unsupported, without_panic};
use super::{CONTRACT, tracking};

/// The client as macro calls.
///
/// It has no text yet: [`print`](super::print) writes it.
pub(super) struct Client {
    /// The API's name.
    pub(super) title: String,
    /// The addresses of the API.
    pub(super) servers: Vec<String>,
    /// The types of schemas, then the enums of successes.
    pub(super) types: Vec<Call>,
    /// The operations, in the order of the contract.
    pub(super) operations: Vec<Operation>,
    /// The module about what follows a creation.
    pub(super) tracking: syn::Item,
}

/// A call of a macro: its name, and the item that it takes.
///
/// Printed as `bvnk_gen::object! { … }`.
pub(super) struct Call {
    /// The macro of `bvnk_gen`, such as `object` or `open_enum`.
    pub(super) name: &'static str,
    /// A struct or an enum whose attributes are the macro's own, such as `#[max_length(35)]`.
    pub(super) item: syn::Item,
}

/// The call of one operation, and what the dispatch table needs.
pub(super) struct Operation {
    /// The macro call that defines the builder.
    pub(super) call: Call,
    /// The `operationId` of the contract.
    pub(super) id: String,
    /// The method of the client.
    pub(super) method: syn::Ident,
    /// The type of the builder.
    pub(super) builder: syn::Ident,
    /// The documentation of the method and of the builder.
    pub(super) docs: Vec<syn::Attribute>,
    /// The arguments, the body last.
    pub(super) arguments: Vec<Argument>,
}

/// An argument of a call.
pub(super) struct Argument {
    /// The name of the setter.
    pub(super) name: syn::Ident,
    /// The name on the wire; `None` for the body.
    pub(super) wire: Option<String>,
    /// The type of what the setter is given.
    ///
    /// Such as `Vec<types::Address>`, as the module of the builders names it.
    pub(super) ty: syn::Type,
    /// Whether it is the header with the idempotency key, which the client sets itself.
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
    let tree = tree::Tree::read(file);
    // syn panics on what is no Rust, such as a name that no step of the lowering has made one.
    let client = without_panic(|| -> Result<Client, Diagnostics> {
        // typify's types are long, print what they hold, and drop names on the wire, rules and
        // null: each becomes one macro call, with what the contract says.
        let mut types = types::of_schemas(&tree, lowered)?;
        // progenitor has no type for several kinds of success: they become the variants of an
        // enum, by status.
        types.extend(types::of_responses(&tree, lowered)?);
        Ok(Client {
            title: lowered.title.clone(),
            servers: contract.servers().iter().map(|it| it.url.clone()).collect(),
            types,
            // progenitor's methods call reqwest and stop at the first value that does not fit:
            // each becomes one macro call, on a transport.
            operations: operations::of_calls(&tree, lowered)?,
            // progenitor ignores links: what follows a creation gets names that do not change
            // with the contract.
            tracking: tracking::module(lowered, contract),
        })
    });
    client.unwrap_or_else(|panic| {
        Err(unsupported(&format!("the transform panicked: {panic}")).into())
    })
}

/// What progenitor should have written and did not.
///
/// This is a fault of the lowering, and no mistake in the contract.
fn missing(place: &str, what: &str) -> Diagnostic {
    let message = format!("the generated code lacks {what}");
    let help = "undo the last edit there, and report it: a step of the lowering is missing";
    Diagnostic::new(CONTRACT, place, message).help(help)
}

/// Documentation, wrapped to lines.
///
/// Lines have at most about 90 characters; paragraphs stay apart.
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
