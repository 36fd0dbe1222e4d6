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

use super::lower::{Field, Lowered};
use crate::template;

/// The source of the client.
pub(super) fn client(lowered: &Lowered, contract: &Contract) -> String {
    let servers: Vec<&String> = contract.servers.iter().map(|it| &it.url).collect();
    // Enums of successes are no values of the contract.
    let schemas = lowered.schemas.keys();
    let schemas = schemas.filter(|name| lowered.responses(name).is_none());
    let values = json!({
        "types": types::macro_calls(lowered),
        "schemas": schemas.collect::<Vec<_>>(),
        "docs": docs(&format!("Client of {}.", contract.title)),
        "calls": calls(lowered),
        "servers": format!("{servers:?}"),
        "tracked": tracking::values(lowered, contract),
    });
    template::render(include_str!("../../../templates/client.txt"), &values)
}

/// The values of all operations.
pub(super) fn calls(lowered: &Lowered) -> Value {
    let calls = lowered.calls.iter();
    calls.map(|it| operations::values(lowered, it)).collect()
}

/// The documentation of a field. One without a description takes that of its type.
fn field_docs(lowered: &Lowered, field: &Field) -> Vec<String> {
    let target = &lowered.target(&field.schema).description;
    let description = field.schema.description.as_ref().or(target.as_ref());
    docs(description.map_or("", String::as_str))
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
fn docs(text: &str) -> Vec<String> {
    let (mut text, mut last) = (text.trim().to_owned(), ' ');
    text.retain(|it| std::mem::replace(&mut last, it) != it || !"`~".contains(it));
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        format!("/// {}", words.join(" ")).trim_end().to_owned()
    });
    lines.collect()
}
