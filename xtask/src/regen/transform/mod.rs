//! The transform: the contract and progenitor's types, as calls of the macros of `bvnk-gen`.
//!
//! What progenitor decides stays: types and boxes of recursive types. What it cannot know (names on
//! the wire, rules, what may be printed) comes from the lowered contract.
//!
//! The macros have the code that is the same for all types. So the generated file stays short
//! enough to be reviewed as a diff. It is laid out as rustfmt would do it, but for long lines.

mod operations;
mod tracking;
mod types;

use bvnk_contract::Contract;

use super::lower::{Field, Lowered, kind};

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

/// The source of the client.
///
/// The order is types, client, servers, tracking, calls. It is part of what `regen --check`
/// compares.
pub(super) fn client(lowered: &Lowered, contract: &Contract) -> String {
    let mut types: Vec<String> = types::macro_calls(lowered);
    types.push(types::list(lowered));
    let methods: String = lowered.calls.iter().map(operations::method).collect();
    let servers: Vec<&String> = contract.servers.iter().map(|it| &it.url).collect();
    let client = docs(&format!("Client of {}.", contract.title))
        + "pub struct Client;
";
    let calls = lowered.calls.iter();
    let calls: Vec<String> = calls.map(|it| operations::builder(lowered, it)).collect();
    format!(
        "{BANNER}
/// The types of requests and responses.
pub mod types {{
{IMPORTS}
{}}}

{}
impl<T: bvnk_gen::Transport> Client<T> {{
{}}}

/// The addresses of the API, in the contract's order.
pub const SERVERS: &[&str] = &{servers:?};

/// The object that a link of the contract leads to, and whose status ends, under names
/// that do not change with the contract.
pub mod tracking {{
{}}}

/// The calls of operations.
pub mod builder {{
    use super::{{Client, types}};
{IMPORTS}
{}}}
",
        indented(&types.join("\n")),
        macro_call("client", &client),
        indented(&methods),
        indented(&tracking::content(lowered, contract)),
        indented(&calls.join("\n")),
    )
}

/// A field of a struct or of a call: its kind and its name on the wire are in the `attribute`. One
/// without a description takes that of its type.
fn field(
    lowered: &Lowered,
    field: &Field,
    visibility: &str,
    attribute: impl Fn(String) -> String,
) -> String {
    let (kind, ty) = kind(lowered, field);
    let target = &lowered.target(&field.schema).description;
    let description = field.schema.description.as_ref().or(target.as_ref());
    let docs = docs(description.map_or("", String::as_str));
    let attribute = attribute(format!("{kind} = {:?}", field.wire));
    format!("{docs}#[{attribute}]\n{visibility}{}: {ty},\n", field.name)
}

/// A call of a macro of `bvnk_gen` with an item whose attributes are the macro's own.
fn macro_call(name: &str, item: &str) -> String {
    format!("bvnk_gen::{name}! {{\n{}}}\n", indented(item))
}

/// Lines with an indent.
///
/// Empty lines get none, since trailing spaces would be a difference for rustfmt.
fn indented(text: &str) -> String {
    let line = |line: &str| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    };
    text.lines().map(line).collect()
}

/// Documentation, in the lines of the text.
///
/// A block of code would be compiled and run as a test of the documentation, so that none begins: no
/// line is indented, and no two of its marks are adjacent.
fn docs(text: &str) -> String {
    let (mut text, mut last) = (text.trim().to_owned(), ' ');
    text.retain(|it| std::mem::replace(&mut last, it) != it || !"`~".contains(it));
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        format!("/// {}", words.join(" ")).trim_end().to_owned() + "\n"
    });
    lines.collect()
}
