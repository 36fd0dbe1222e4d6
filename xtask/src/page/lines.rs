//! A saved page as numbered lines of plain text, whatever it was saved as: text, Markdown
//! or HTML. A table's row is a line with `|` between its cells.
//!
//! It knows nothing of what the lines say.

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// One line, with its number in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
}

pub(super) fn read(page: &str) -> Vec<Line> {
    let start = page.trim_start().to_ascii_lowercase();
    let marks = ["<table", "<pre", "<body", "<html"];
    let is_html = start.starts_with("<!doctype") || marks.iter().any(|mark| start.contains(mark));
    let lines = if is_html { html(page) } else { text(page) };
    lines
        .into_iter()
        .map(|line| Line {
            text: plain(&line.text),
            ..line
        })
        .collect()
}

fn text(page: &str) -> Vec<Line> {
    let lines = page.lines().enumerate();
    lines
        .map(|(index, text)| Line {
            number: index + 1,
            // Cells that were copied from a browser are parted by tabs.
            text: if text.trim_start().contains('\t') && !text.contains('|') {
                text.trim().replace('\t', " | ")
            } else {
                text.to_owned()
            },
        })
        .collect()
}

/// One kind of space and of quote.
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

/// Whose text is none of the page's.
const HIDDEN: [&str; 5] = ["script", "style", "noscript", "template", "title"];
/// What stands within a line; every other tag ends one.
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
    /// The cells of the row that is being read; the last one is still open.
    row: Option<Vec<String>>,
}

fn html(page: &str) -> Vec<Line> {
    let mut writer = Writer::default();
    let starts: Vec<usize> = page.match_indices('\n').map(|(at, _)| at).collect();
    let number = |at: usize| starts.partition_point(|end| *end < at) + 1;
    let tokens = Tokenizer::new_with_emitter(page, DefaultEmitter::<usize>::new_with_span());
    for token in tokens.flatten() {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                writer.open(&name, number(tag.span.start), tag.self_closing);
            }
            Token::EndTag(tag) => writer.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(text) => {
                let at = number(text.span.start);
                writer.text(&String::from_utf8_lossy(&text.value), at);
            }
            _ => {}
        }
    }
    writer.end_row();
    writer.end_line();
    writer.lines
}

impl Writer {
    fn open(&mut self, name: &str, number: usize, closed: bool) {
        match name {
            _ if HIDDEN.contains(&name) && !closed => self.hidden += 1,
            "pre" => {
                self.code += 1;
                self.end_line();
            }
            "tr" => {
                self.end_row();
                self.end_line();
                self.number = number;
                self.row = Some(Vec::new());
            }
            "td" | "th" => {
                if let Some(row) = &mut self.row {
                    row.push(String::new());
                }
            }
            _ if INLINE.contains(&name) => {}
            _ => self.end_line(),
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            _ if HIDDEN.contains(&name) => self.hidden = self.hidden.saturating_sub(1),
            "pre" => {
                self.code = self.code.saturating_sub(1);
                self.end_line();
            }
            "tr" | "table" => self.end_row(),
            _ if INLINE.contains(&name) => {}
            _ => self.end_line(),
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
        if let Some(cell) = self.row.as_mut().and_then(|row| row.last_mut()) {
            cell.push(' ');
            return;
        }
        let text = std::mem::take(&mut self.line);
        if !text.trim().is_empty() {
            let text = if self.code > 0 {
                text
            } else {
                text.trim().to_owned()
            };
            self.lines.push(Line {
                number: self.number,
                text,
            });
        }
    }

    fn end_row(&mut self) {
        let Some(row) = self.row.take() else {
            return;
        };
        let cells: Vec<String> = row
            .iter()
            .map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        self.lines.push(Line {
            number: self.number,
            text: format!("| {} |", cells.join(" | ")),
        });
    }
}
