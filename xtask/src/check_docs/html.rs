//! A page that was saved as HTML, as the numbered lines that a browser shows.
//!
//! HTML is read by tokens and not into a tree, because only tokens keep their place in the
//! file. Text that a page hides, such as scripts, is left out. A page that scripts build has no
//! text until they ran, so it must be saved from a browser.

use html5gum::{DefaultEmitter, Token, Tokenizer};

use super::page::Line;

/// Elements whose text is not shown.
///
/// They may be nested, so that open ones are counted.
const HIDDEN: [&str; 5] = ["script", "style", "noscript", "template", "title"];
/// Elements within a line; every other tag ends one.
///
/// Without this list, `the <code>reference</code> of a customer` would become three lines.
const INLINE: [&str; 18] = [
    "a", "abbr", "b", "cite", "code", "em", "font", "i", "kbd", "mark", "s", "small", "span",
    "strong", "sub", "sup", "u", "var",
];

/// The lines of an HTML page as a browser shows them, without blank ones.
///
/// Errors of the markup are ignored as browsers do; saved pages often have some. A row of a table
/// becomes one line with `|` around its cells, which is why a row of HTML and one of Markdown are
/// read alike from here on.
pub(super) fn html(page: &str) -> Vec<Line> {
    let breaks: Vec<usize> = page.match_indices('\n').map(|(at, _)| at).collect();
    let number = |at: usize| breaks.partition_point(|end| *end < at) + 1;
    let tokens = Tokenizer::new_with_emitter(page, DefaultEmitter::<usize>::new_with_span());
    let utf8 = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut lines = vec![Line::default()];
    let (mut hidden, mut in_row) = (0_usize, false);
    for token in tokens.flatten() {
        let (name, at, opens) = match token {
            Token::StartTag(tag) if tag.self_closing && HIDDEN.contains(&&*utf8(&tag.name)) => {
                continue;
            }
            Token::StartTag(tag) => (utf8(&tag.name), tag.span.start, true),
            Token::EndTag(tag) => (utf8(&tag.name), tag.span.start, false),
            Token::String(text) if hidden == 0 => {
                let mut shown = utf8(&text.value);
                if in_row {
                    shown = shown.replace('|', "\\|").replace('\n', " ");
                }
                add(&mut lines, &shown, number(text.span.start));
                continue;
            }
            _ => continue,
        };
        let shown = match &*name {
            name if INLINE.contains(&name) => "",
            name if HIDDEN.contains(&name) => {
                hidden = hidden.saturating_add_signed(if opens { 1 } else { -1 });
                ""
            }
            "td" | "th" if in_row && opens => " | ",
            "tr" | "table" => {
                // An empty last cell is still a cell.
                let end = if in_row { " |\n" } else { "\n" };
                in_row = opens && name == "tr";
                end
            }
            _ if in_row => " ",
            _ => "\n",
        };
        add(&mut lines, shown, number(at));
    }
    lines.retain(|line| !line.text.trim().is_empty());
    lines
}

/// Adds text that begins in a line of the file. A line's number is that of the first text in it.
fn add(lines: &mut Vec<Line>, text: &str, number: usize) {
    for (index, part) in text.split('\n').enumerate() {
        if index > 0 {
            lines.push(Line::default());
        }
        if let Some(line) = lines.last_mut() {
            if line.text.is_empty() {
                line.number = number + index;
            }
            line.text.push_str(part);
        }
    }
}
