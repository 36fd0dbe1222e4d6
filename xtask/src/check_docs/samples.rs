//! The JSON objects that a page shows, wherever they stand.

use serde_json::{Deserializer, Value};

use super::lines::Line;

/// One object, or what begins like one and cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// The line in which it begins.
    pub(super) line: usize,
    /// The value, or the line in which it cannot be read, and why.
    pub(super) value: Result<Value, (usize, String)>,
    /// The names of all members.
    pub(super) names: Vec<String>,
    /// Whether a sample command sends it.
    pub(super) is_sent: bool,
}

pub(super) fn read(lines: &[Line]) -> Vec<Sample> {
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
        // `{reference}` is a parameter of a path, `{ "…` begins an object.
        if !text[start + 1..].trim_start().starts_with('"') {
            from = start + 1;
            continue;
        }
        let mut values = Deserializer::from_str(&text[start..]).into_iter();
        let (value, end) = match values.next() {
            Some(Ok(value)) => (Ok(value), start + values.byte_offset()),
            other => {
                let error = other.and_then(Result::err);
                let line = error.as_ref().map_or(1, serde_json::Error::line);
                let before = text[start..]
                    .split_inclusive('\n')
                    .take(line.saturating_sub(1));
                let at = start + before.map(str::len).sum::<usize>();
                let reason = error.map_or(String::new(), |error| error.to_string());
                let reason = reason.split(" at line ").next().unwrap_or_default();
                (
                    Err((number(at), reason.to_owned())),
                    end_of_block(&text, start),
                )
            }
        };
        let before = text[..start].trim_end().trim_end_matches(['\'', '"', '$']);
        let flags = ["--data-raw", "--data", "-d", "--data-binary", "--json"];
        samples.push(Sample {
            line: number(start),
            value,
            names: names(&text[start..end]),
            is_sent: flags.iter().any(|flag| before.trim_end().ends_with(flag)),
        });
        from = end.max(start + 1);
    }
    samples
}

/// The end of the lines that look like JSON.
fn end_of_block(text: &str, start: usize) -> usize {
    let lines = text[start..].split_inclusive('\n');
    let json = lines.take_while(|line| {
        let line = line.trim();
        line.ends_with(['{', '}', '[', ']', ',', '"', '\'']) || line.contains("\":")
    });
    start + json.map(str::len).sum::<usize>()
}

/// The quoted words before a colon.
fn names(object: &str) -> Vec<String> {
    let parts: Vec<&str> = object.split('"').collect();
    let pairs = parts.windows(2);
    pairs
        .filter(|pair| pair[1].trim_start().starts_with(':'))
        .map(|pair| pair[0].to_owned())
        .collect()
}
