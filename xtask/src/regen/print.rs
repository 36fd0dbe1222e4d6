//! Prints the client: each macro call with its item as prettyplease formats it.
//!
//! The result needs no rustfmt: `cargo fmt --check` accepts it as it is written.

use quote::quote;
use syn::parse_quote;

use super::transform::{Call, Client, Operation};

/// The first lines of a derived file.
///
/// Its first words mark a file as generated.
pub(super) const BANNER: &str = "\
// Generated from openapi/customers.yaml by `cargo xtask regen`. Do not edit: change the
// contract and run it again.
";

/// What both modules of the file need. A contract may use none of it.
const IMPORTS: &str = "    #[allow(unused_imports)]
    use std::collections::BTreeMap;

    #[allow(unused_imports)]
    use bvnk_gen::{Date, DateTime, Email, Extra, Nullable, Uuid, Value};
";

/// The source of the client, with each macro call indented as rustfmt would leave it.
///
/// The order is types, client, servers, tracking, calls. It is part of what `regen --check`
/// compares.
pub(super) fn client(client: &Client) -> String {
    let mut text = String::from(BANNER);
    text.push_str("\n/// The types of requests and responses.\npub mod types {\n");
    text.push_str(IMPORTS);
    for call in &client.types {
        text.push('\n');
        push(&mut text, "    ", &macro_call(call));
    }
    text.push('\n');
    push(&mut text, "    ", &schemas(client));
    text.push_str("}\n\n");
    let about = format!(" Client of {}.", client.title);
    text.push_str(&macro_call(&Call {
        name: "client",
        item: parse_quote!(#[doc = #about] pub struct Client;),
    }));
    text.push('\n');
    text.push_str(&methods(&client.operations));
    text.push('\n');
    let servers = &client.servers;
    text.push_str(&item(parse_quote! {
        /// The addresses of the API, in the contract's order.
        pub const SERVERS: &[&str] = &[#(#servers),*];
    }));
    text.push('\n');
    text.push_str(&item(client.tracking.clone()));
    text.push_str(
        "\n/// The calls of operations.\npub mod builder {\n    use super::{Client, types};\n",
    );
    text.push_str(IMPORTS);
    for operation in &client.operations {
        text.push('\n');
        push(&mut text, "    ", &macro_call(&operation.call));
    }
    text.push_str("}\n");
    text
}

/// Adds lines with an indent.
///
/// Empty lines get no indent, since trailing spaces would be a difference for rustfmt.
fn push(text: &mut String, indent: &str, lines: &str) {
    for line in lines.lines() {
        if !line.is_empty() {
            text.push_str(indent);
        }
        text.push_str(line);
        text.push('\n');
    }
}

/// A macro call with braces, as rustfmt would write it.
fn macro_call(call: &Call) -> String {
    let mut text = format!("bvnk_gen::{}! {{\n", call.name);
    push(&mut text, "    ", &item(call.item.clone()));
    text.push_str("}\n");
    text
}

/// The source of one item, with a line break after it.
pub(super) fn item(item: syn::Item) -> String {
    prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![item],
    })
}

/// The methods of the client that start calls.
fn methods(operations: &[Operation]) -> String {
    let methods = operations.iter().map(|operation| {
        let Operation {
            method,
            builder,
            docs,
            ..
        } = operation;
        quote! {
            #(#docs)*
            pub fn #method(&self) -> builder::#builder<T> {
                builder::#builder::new(self.clone())
            }
        }
    });
    item(parse_quote!(impl<T: bvnk_gen::Transport> Client<T> { #(#methods)* }))
}

/// The list of the types' JSON Schemas.
///
/// Enums of successes are left out: they are no values of the contract.
fn schemas(client: &Client) -> String {
    let names = client.types.iter().filter_map(|call| match &call.item {
        syn::Item::Struct(item) => Some(item.ident.clone()),
        syn::Item::Enum(item) if call.name != "responses" => Some(item.ident.clone()),
        _ => None,
    });
    let names: Vec<syn::Ident> = names.collect();
    let call = Call {
        name: "schemas",
        item: parse_quote!(pub enum Schemas { #(#names,)* }),
    };
    macro_call(&call)
}
