//! The JSON objects that a page shows, found wherever they stand.

use serde_json::Value;

use super::lines::Line;

/// One object, or what looks like one and cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// The line that it begins in.
    pub(super) line: usize,
    /// The value, or the line and the reason why it is none.
    pub(super) value: Result<Value, (usize, String)>,
    /// The names of all members, also where it cannot be read.
    pub(super) names: Vec<String>,
    /// Whether it is what a sample command sends.
    pub(super) is_sent: bool,
}

pub(super) fn find(lines: &[Line]) -> Vec<Sample> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for line in lines {
        starts.push((text.len(), line.number));
        text.push_str(&line.text);
        text.push('\n');
    }
    let number = |at: usize| {
        let index = starts.partition_point(|(start, _)| *start <= at);
        index.checked_sub(1).map_or(1, |index| starts[index].1)
    };
    let mut samples = Vec::new();
    let mut from = 0;
    while let Some(offset) = text[from..].find('{') {
        let start = from + offset;
        // `{reference}` is a part of a path, `{ "…` is an object.
        if !text[start + 1..].trim_start().starts_with('"') {
            from = start + 1;
            continue;
        }
        let end = end_of(&text[start..]).map_or_else(|| paragraph(&text, start), |end| start + end);
        let object = &text[start..end];
        let value = serde_json::from_str(object).map_err(|error: serde_json::Error| {
            let within = object.lines().take(error.line().saturating_sub(1));
            let at = start + within.map(|line| line.len() + 1).sum::<usize>();
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            (number(at), reason.to_owned())
        });
        let before = text[..start].trim_end().trim_end_matches(['\'', '"', '$']);
        let before = before.trim_end();
        let flags = ["--data-raw", "--data", "-d", "--data-binary", "--json"];
        samples.push(Sample {
            line: number(start),
            value,
            names: names(object),
            is_sent: flags.iter().any(|flag| before.ends_with(flag)),
        });
        from = end.max(start + 1);
    }
    samples
}

/// The length of the object that a text begins with, if its braces match.
fn end_of(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            // No JSON text has a line break within: a quote is missing.
            '\n' => quoted = false,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// The end of what looks like JSON, where the braces do not match.
fn paragraph(text: &str, start: usize) -> usize {
    let mut end = start;
    for line in text[start..].split_inclusive('\n') {
        let bare = line.trim();
        let is_json = bare.ends_with(['{', '}', '[', ']', ',', '"', '\'']) || bare.contains("\":");
        if !is_json {
            break;
        }
        end += line.len();
    }
    end.max(start + 1)
}

/// The words in quotes before a colon.
fn names(object: &str) -> Vec<String> {
    let mut parts = object.split('"').peekable();
    let mut found = Vec::new();
    while let Some(part) = parts.next() {
        if parts
            .peek()
            .is_some_and(|next| next.trim_start().starts_with(':'))
        {
            found.push(part.to_owned());
        }
    }
    found
}
