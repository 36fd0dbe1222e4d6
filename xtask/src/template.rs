//! Renders the texts that have a template, which shows their layout.

use std::fmt::Write as _;

use serde::Serialize;
use upon::{Engine, Value, fmt};

/// Renders a template with its values. `literal` writes a text as Rust has it.
#[allow(clippy::expect_used)] // a template is a part of the program
pub(crate) fn render(template: &str, values: &impl Serialize) -> String {
    let mut engine = Engine::new();
    engine.add_formatter("literal", |f, value| match value {
        Value::String(text) => Ok(write!(f, "{text:?}")?),
        other => fmt::default(f, other),
    });
    let template = engine.compile(template).expect("a valid template");
    let text = template.render(&engine, values).to_string();
    text.expect("a value for each name of the template")
}
