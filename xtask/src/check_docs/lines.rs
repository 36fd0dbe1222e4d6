//! A saved page as numbered lines of plain text, whether it was saved as text, Markdown or
//! HTML. A row of a table is a line with `|` between its cells.
//!
//! HTML is read by tokens and not into a tree, because only tokens keep their place in the
//! file.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// One line, with its number in the file.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
}

pub(super) fn read(page: &str) -> Vec<Line> {
    let start = page.trim_start().to_ascii_lowercase();
    let marks = ["<table", "<pre", "<body", "<html"];
    let is_html = start.starts_with("<!doctype") || marks.iter().any(|mark| start.contains(mark));
    let mut lines = if is_html { html(page) } else { text(page) };
    for line in &mut lines {
        line.text = plain(&line.text);
    }
    lines
}

fn text(page: &str) -> Vec<Line> {
    let lines = page.lines().enumerate();
    lines
        .map(|(index, text)| Line {
            number: index + 1,
            // Cells that were copied from a browser are separated by tabs.
            text: match text.trim().contains('\t') && !text.contains('|') {
                true => text.trim().replace('\t', " | "),
                false => text.to_owned(),
            },
        })
        .collect()
}

/// One kind of space, of quote and of hyphen.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}'))
        .map(|c| match c {
            '\u{a0}' | '\u{202f}' | '\t' => ' ',
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}' | '\u{2011}' => '-',
            other => other,
        })
        .collect()
}

/// Elements whose text is not shown.
const HIDDEN: [&str; 5] = ["script", "style", "noscript", "template", "title"];
/// Elements within a line; every other tag ends one.
const INLINE: [&str; 18] = [
    "a", "abbr", "b", "cite", "code", "em", "font", "i", "kbd", "mark", "s", "small", "span",
    "strong", "sub", "sup", "u", "var",
];

#[derive(Default)]
struct Writer {
    lines: Vec<Line>,
    line: String,
    number: usize,
    hidden: usize,
    code: usize,
    /// The cells of the open row.
    row: Option<Vec<String>>,
}

fn html(page: &str) -> Vec<Line> {
    let mut writer = Writer::default();
    let breaks: Vec<usize> = page.match_indices('\n').map(|(at, _)| at).collect();
    let number = |at: usize| breaks.partition_point(|end| *end < at) + 1;
    let tokens = Tokenizer::new_with_emitter(page, DefaultEmitter::<usize>::new_with_span());
    let utf8 = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for token in tokens.flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = utf8(&tag.name);
                if !(tag.self_closing && HIDDEN.contains(&&*name)) {
                    writer.tag(&name, number(tag.span.start), true);
                }
            }
            Token::EndTag(tag) => writer.tag(&utf8(&tag.name), number(tag.span.start), false),
            Token::String(text) => writer.text(&utf8(&text.value), number(text.span.start)),
            _ => {}
        }
    }
    writer.end_row();
    writer.end_line();
    writer.lines
}

impl Writer {
    fn tag(&mut self, name: &str, number: usize, opens: bool) {
        let count = |count: usize| match opens {
            true => count + 1,
            false => count.saturating_sub(1),
        };
        match name {
            _ if INLINE.contains(&name) => {}
            _ if HIDDEN.contains(&name) => self.hidden = count(self.hidden),
            "td" | "th" => {
                if let (Some(row), true) = (&mut self.row, opens) {
                    row.push(String::new());
                }
            }
            "tr" | "table" => {
                self.end_row();
                self.end_line();
                self.number = number;
                self.row = (opens && name == "tr").then(Vec::new);
            }
            _ => {
                self.end_line();
                if name == "pre" {
                    self.code = count(self.code);
                }
            }
        }
    }

    fn text(&mut self, text: &str, number: usize) {
        if self.hidden > 0 {
            return;
        }
        if let Some(row) = &mut self.row {
            if let Some(cell) = row.last_mut() {
                cell.push_str(&text.replace('|', "\\|"));
            }
            return;
        }
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.end_line();
            }
            if self.line.is_empty() {
                self.number = number + index;
            }
            self.line.push_str(part);
        }
    }

    /// Ends the line; within a cell, a word.
    fn end_line(&mut self) {
        if let Some(row) = &mut self.row {
            row.last_mut().into_iter().for_each(|cell| cell.push(' '));
            return;
        }
        let text = std::mem::take(&mut self.line);
        let text = if self.code > 0 { &text } else { text.trim() };
        if !text.trim().is_empty() {
            self.push(text.to_owned());
        }
    }

    fn end_row(&mut self) {
        if let Some(row) = self.row.take() {
            let cells = row.iter().map(|cell| {
                let words: Vec<&str> = cell.split_whitespace().collect();
                words.join(" ")
            });
            self.push(format!("| {} |", cells.collect::<Vec<_>>().join(" | ")));
        }
    }

    fn push(&mut self, text: String) {
        let number = self.number;
        self.lines.push(Line { number, text });
    }
}
