//! Renders the texts that have a template, which shows their layout.

use std::fmt::Write as _;

use serde::Serialize;
use upon::{Engine, Value, fmt};

/// How a text is written.
type Format = fn(&str) -> String;

/// What a template names after a text, and how the text is written then.
const FORMATTERS: [(&str, Format); 8] = [
    // As Rust has it.
    ("literal", |text| format!("{text:?}")),
    // In a column of a text.
    ("side", |text| format!("{text:9}")),
    ("impact", |text| {
        format!("{:10}", text.replace("breaking", "BREAKING"))
    }),
    // A draft is copied as it is.
    ("item", |text| match text.trim_end() {
        draft if draft.contains('\n') => format!("\n{draft}"),
        line => format!("  {line}"),
    }),
    // In Markdown.
    ("marked", |text| match text {
        "breaking" => "**Breaking:** ".to_owned(),
        _ => String::new(),
    }),
    ("bold", |text| text.replace("breaking", "**breaking**")),
    // Text of the API must not become markup.
    ("cell", |text| {
        let plain = |it| !"\\`*[]<>|~&@#".contains(it);
        let written = text.chars().map(|it| match plain(it) {
            true => it.to_string(),
            false => format!("&#{};", u32::from(it)),
        });
        written.collect()
    }),
    ("items", |text| text.replace('\n', "\n- ")),
];

/// Renders a template with its values.
#[allow(clippy::expect_used)] // a template is a part of the program
pub(crate) fn render(template: &str, values: &impl Serialize) -> String {
    let mut engine = Engine::new();
    for (name, format) in FORMATTERS {
        engine.add_formatter(name, move |f, value| match value {
            Value::String(text) => Ok(f.write_str(&format(text))?),
            other => fmt::default(f, other),
        });
    }
    let template = engine.compile(template).expect("a valid template");
    let text = template.render(&engine, values).to_string();
    text.expect("a value for each name of the template")
}
