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
use serde_json::{Value, json};

use super::lower::{Field, Lowered, kind};
use crate::template;

/// The source of the client.
///
/// The order is types, client, servers, tracking, calls. It is part of what `regen --check`
/// compares.
pub(super) fn client(lowered: &Lowered, contract: &Contract) -> String {
    let types = types::macro_calls(lowered).into_iter();
    let types = types.chain([types::list(lowered)]);
    let servers: Vec<&String> = contract.servers.iter().map(|it| &it.url).collect();
    let calls = lowered.calls.iter().map(|it| {
        json!({
            "docs": indented(&docs(&it.summary)),
            "name": it.name,
            "builder": it.builder,
            "item": indented(&operations::builder(lowered, it)),
        })
    });
    let values = json!({
        "types": types.map(|it| indented(&it)).collect::<Value>(),
        "docs": indented(&docs(&format!("Client of {}.", contract.title))),
        "calls": calls.collect::<Value>(),
        "servers": format!("{servers:?}"),
        "tracked": tracking::values(lowered, contract),
    });
    template::render(include_str!("../../../templates/client.txt"), &values)
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
