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

/// The lines that were read so far, and the open one.
#[derive(Default)]
struct Html {
    /// Complete lines, none of them blank.
    lines: Vec<Line>,
    /// The line that is being read. Its number is that of the first text in it.
    line: Line,
    /// How many hidden elements are open.
    hidden: usize,
    /// Whether a row of a table is open: all of it becomes one line.
    in_row: bool,
}

/// The lines of an HTML page as a browser shows them.
///
/// Errors of the markup are ignored as browsers do; saved pages often have some.
pub(super) fn html(page: &str) -> Vec<Line> {
    let mut html = Html::default();
    let breaks: Vec<usize> = page.match_indices('\n').map(|(at, _)| at).collect();
    let number = |at: usize| breaks.partition_point(|end| *end < at) + 1;
    let tokens = Tokenizer::new_with_emitter(page, DefaultEmitter::<usize>::new_with_span());
    let utf8 = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for token in tokens.flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = utf8(&tag.name);
                if !(tag.self_closing && HIDDEN.contains(&&*name)) {
                    html.tag(&name, number(tag.span.start), true);
                }
            }
            Token::EndTag(tag) => html.tag(&utf8(&tag.name), number(tag.span.start), false),
            Token::String(text) => html.text(&utf8(&text.value), number(text.span.start)),
            _ => {}
        }
    }
    html.end_line();
    html.lines
}

impl Html {
    /// Begins or ends an element at a line of the file.
    ///
    /// `opens` is whether this is a start tag. A cell begins with ` | `, which is why a row of
    /// HTML and one of Markdown are read alike from here on.
    fn tag(&mut self, name: &str, number: usize, opens: bool) {
        match name {
            _ if INLINE.contains(&name) => {}
            _ if HIDDEN.contains(&name) && opens => self.hidden += 1,
            _ if HIDDEN.contains(&name) => self.hidden = self.hidden.saturating_sub(1),
            "td" | "th" if self.in_row && opens => self.line.text.push_str(" | "),
            "tr" | "table" => {
                self.end_line();
                self.line.number = number;
                self.in_row = opens && name == "tr";
            }
            _ if self.in_row => self.line.text.push(' '),
            _ => self.end_line(),
        }
    }

    /// Adds text that begins in a line of the file. In a row, line breaks are spaces and `|` is
    /// escaped, so that the row is one line whose cells can be distinguished.
    fn text(&mut self, text: &str, number: usize) {
        if self.hidden > 0 {
            return;
        }
        if self.in_row {
            self.line.text += &text.replace('|', "\\|").replace('\n', " ");
            return;
        }
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.end_line();
            }
            if self.line.text.is_empty() {
                self.line.number = number + index;
            }
            self.line.text.push_str(part);
        }
    }

    /// Ends the open line, unless it is blank.
    ///
    /// A row gets its closing `|`, so that an empty last cell is still a cell.
    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if self.in_row {
            line.text.push_str(" |");
        }
        if !line.text.trim().is_empty() {
            self.lines.push(line);
        }
    }
}
