//! Whatever the texts of a report hold, they stay texts, and whole: generated individuals
//! have everything in them, and so may a server's answers.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use roxmltree::Node;
use serde_json::Value;

use super::samples::with;
use crate::{elements, files, parse};

/// What could be taken for markup in one of the formats, and what must not be seen raw.
const PIECES: [&str; 48] = [
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
];

fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..8);
    prop_oneof![pieces.prop_map(|pieces| pieces.concat()), any::<String>()]
}

/// The elements of a document, with the names of their attributes, in order.
fn skeleton(text: &str) -> Vec<String> {
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
    let tags = |html: &str| {
        let tags = html
            .split('<')
            .skip(1)
            .map(|tag| tag.split('>').next().unwrap());
        tags.collect::<Vec<_>>().join(" ")
    };
    let events = Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    );
    events
        .filter_map(|event| match event {
            Event::Text(_) => None,
            Event::Html(html) => Some(format!("html {}", tags(&html))),
            Event::InlineHtml(html) => Some(format!("inline {html}")),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(of))) => Some(format!("code {of}")),
            other => Some(format!("{other:?}")),
        })
        .collect()
}

/// What stands in the code blocks of a Markdown text.
fn code(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut within = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                within = true;
                blocks.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => within = false,
            Event::Text(text) if within => blocks.last_mut().unwrap().push_str(&text),
            _ => {}
        }
    }
    blocks
}

/// What may be in no file: control characters, and what turns a text around or is nothing.
fn is_hidden(character: char) -> bool {
    (character.is_control() && character != '\n') || INVISIBLE.contains(&character)
}

const INVISIBLE: [char; 13] = [
    '\u{61c}',
    '\u{200b}',
    '\u{200e}',
    '\u{200f}',
    '\u{2028}',
    '\u{2029}',
    '\u{202a}',
    '\u{202e}',
    '\u{2066}',
    '\u{2069}',
    '\u{feff}',
    '\u{fffe}',
    '\u{10ffff}',
];

/// What the same files say of a text that is nothing but a text.
static PLAIN: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| files(&with("plain")));

fn becomes_no_markup(text: &str) -> Result<(), TestCaseError> {
    let told = files(&with(text));
    for name in ["report.xml", "report.html"] {
        prop_assert_eq!(skeleton(&told[name]), skeleton(&PLAIN[name]), "{}", name);
    }
    prop_assert_eq!(outline(&told["report.md"]), outline(&PLAIN["report.md"]));
    for name in ["report.xml", "report.html", "report.md"] {
        prop_assert!(
            !told[name].contains(is_hidden),
            "{} shows what it must not",
            name
        );
    }
    prop_assert!(!told["report.html"].contains("<script"));
    Ok(())
}

fn is_kept(text: &str) -> Result<(), TestCaseError> {
    let told = files(&with(text));
    let json: Value = serde_json::from_str(&told["report.json"]).unwrap();
    prop_assert_eq!(
        json["checks"][0]["failures"][0]["came"].as_str(),
        Some(text)
    );
    // Some of the others have a name instead.
    let plain = |c: char| c == '\n' || c.is_alphanumeric() || (c.is_ascii() && !c.is_control());
    if !text.chars().all(plain) {
        return Ok(());
    }
    prop_assert_eq!(&code(&told["report.md"])[0], &format!("{text}\n"));
    let page = parse(&told["report.html"]);
    let came = elements(&page, "dd").find(|dd| dd.attribute("class") == Some("text"));
    prop_assert_eq!(came.unwrap().text().unwrap_or(""), text);
    let xml = parse(&told["report.xml"]);
    let failure = elements(&xml, "failure").next().unwrap().text().unwrap();
    let expected = format!("\nexpected  {text}\n");
    prop_assert!(failure.contains(&expected), "{failure}");
    Ok(())
}

#[test]
fn no_piece_of_markup_is_markup_or_lost() {
    for piece in PIECES {
        becomes_no_markup(piece).unwrap();
        is_kept(piece).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_becomes_markup(text in texts()) {
        becomes_no_markup(&text)?;
    }

    #[test]
    fn no_text_is_lost(text in texts()) {
        is_kept(&text)?;
    }
}
