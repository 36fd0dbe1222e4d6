//! Text from outside stays text in every format: it becomes no markup, no command of a CI
//! runner and nothing that a terminal obeys.

use std::sync::LazyLock;

use conformance::report::Format;
use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};
use roxmltree::Node;
use serde_json::Value;

use super::samples::with;
use super::{parse, render};

/// What one of the formats, a terminal or a CI runner could take for its own.
const PIECES: [&str; 53] = [
    "<script>",
    "</script>",
    "</pre>",
    "-->",
    "]]>",
    "<!--",
    "&amp;",
    "&",
    "\"",
    "'",
    "|",
    "\n",
    "\n\n",
    "\r",
    "`",
    "```",
    "\n```\n",
    "\n`````\n",
    "\n~~~\n",
    "*",
    "**",
    "_",
    "#",
    "\n- ",
    "[a](b)",
    "<br>",
    "\n</details>\n\n",
    "\n\n| a |\n|---|\n",
    "$",
    "\\",
    "\t",
    " ",
    "\0",
    "\u{1}",
    "\u{1b}[31m",
    "\u{85}",
    "\u{202e}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "\u{10ffff}",
    "{{",
    "{%",
    "é",
    "👩‍👧",
    "https://a.example",
    "a",
    "1. ",
    "::error file=x::forged",
    "\n::stop-commands::t\n",
    "##[add-mask]x",
    "%0A::warning::x",
    "/* report.css */",
];

fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..8);
    let texts = prop_oneof![pieces.prop_map(|pieces| pieces.concat()), any::<String>()];
    // An empty text is no text: the templates leave its line out.
    texts.prop_filter("empty", |text| !text.is_empty())
}

/// The elements of a document with the names of their attributes, in order.
fn elements(text: &str) -> Vec<String> {
    let document = parse(text);
    let elements = document.descendants().filter(Node::is_element);
    elements
        .map(|node| {
            let attributes: Vec<&str> = node.attributes().map(|each| each.name()).collect();
            format!("{} {}", node.tag_name().name(), attributes.join(" "))
        })
        .collect()
}

/// The structure of a Markdown text, without its words.
fn outline(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(markdown, options)
        .filter_map(|event| match event {
            Event::Text(_) => None,
            Event::Html(html) => {
                let tags = html.split('<').skip(1);
                let tags = tags.map(|tag| tag.split('>').next().unwrap());
                Some(format!("html {}", tags.collect::<Vec<_>>().join(" ")))
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(of))) => Some(format!("code {of}")),
            other => Some(format!("{other:?}")),
        })
        .collect()
}

/// Control characters, and what turns a text around or is no character.
fn is_hidden(character: char) -> bool {
    let hidden = "\u{61c}\u{200b}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}\
                  \u{feff}\u{fffe}\u{10ffff}";
    (character.is_control() && character != '\n') || hidden.contains(character)
}

/// The lines of a text that a GitHub runner obeys.
fn commands(text: &str) -> Vec<&str> {
    let command = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
    text.lines().filter(command).collect()
}

static HTML: LazyLock<Vec<String>> =
    LazyLock::new(|| elements(&render(&with("plain"), Format::Html)));
static JUNIT: LazyLock<Vec<String>> =
    LazyLock::new(|| elements(&render(&with("plain"), Format::Junit)));
static MARKDOWN: LazyLock<Vec<String>> =
    LazyLock::new(|| outline(&render(&with("plain"), Format::Markdown)));

static LINES: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let lines = |(_, format)| render(&with("plain"), format).lines().count();
    Vec::from(Format::ALL.map(lines))
});

fn stays_text(text: &str) -> Result<(), TestCaseError> {
    let report = with(text);
    for ((name, format), lines) in Format::ALL.into_iter().zip(&*LINES) {
        let rendered = render(&report, format);
        prop_assert!(!rendered.contains(is_hidden), "{name}: {rendered}");
        let expected = match format {
            // One for each failure, the allowance and the result.
            Format::Github => 5,
            _ => 0,
        };
        let found = commands(&rendered);
        prop_assert_eq!(found.len(), expected, "{}: {:?}", name, found);
        let found = rendered.lines().count();
        prop_assert_eq!(found, *lines, "{}: a text has made a line", name);
        match format {
            Format::Html => prop_assert_eq!(&elements(&rendered), &*HTML),
            Format::Junit => prop_assert_eq!(&elements(&rendered), &*JUNIT),
            Format::Markdown => prop_assert_eq!(&outline(&rendered), &*MARKDOWN),
            Format::Json => {
                let json: Value = serde_json::from_str(&rendered).unwrap();
                prop_assert_eq!(json["failures"][0]["actual"].as_str(), Some(text));
            }
            Format::Text | Format::Github => {}
        }
    }
    Ok(())
}

#[test]
fn no_known_attack_becomes_markup_or_a_command() {
    for piece in PIECES {
        stays_text(piece).unwrap();
    }
}

#[test]
fn an_ordinary_text_is_shown_as_it_is() {
    for text in [
        "400 {\"a\": [1]}",
        "Zürich & 北京 <b>",
        "a\\nb",
        "50 % | `x`",
    ] {
        let report = with(text);
        let html = render(&report, Format::Html);
        let actual = |node: &Node| node.attribute("class") == Some("actual");
        let document = parse(&html);
        let shown = document.descendants().find(actual).unwrap();
        assert_eq!(shown.text(), Some(text));
        assert!(render(&report, Format::Text).contains(&format!("  actual     {text}\n")));
    }
}

#[test]
fn a_long_text_is_cut_in_every_format_but_json() {
    let report = with(&"é".repeat(100_000));
    for (name, format) in Format::ALL {
        if format != Format::Json {
            let rendered = render(&report, format);
            assert!(rendered.len() < 900_000, "{name}: {} bytes", rendered.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_becomes_markup_or_a_command(text in texts()) {
        stays_text(&text)?;
    }
}
