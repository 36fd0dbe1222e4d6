//! What the words of a page mean: types, yes and no, lengths, forms and listed values.

/// The JSON type that a word of a type column stands for.
pub(super) fn json_type(word: &str) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != ']');
    if word.ends_with("[]") || word.starts_with("array") || word.starts_with("list") {
        return Some("array");
    }
    let mut words = word.split(|c: char| !c.is_alphanumeric() && c != '-');
    match words.next().unwrap_or_default() {
        "string" | "str" | "text" | "enum" | "uuid" | "guid" | "date" | "datetime"
        | "date-time" | "timestamp" | "email" | "uri" | "url" | "varchar" | "char" => {
            Some("string")
        }
        "integer" | "int" | "int32" | "int64" | "long" => Some("integer"),
        "number" | "decimal" | "float" | "double" | "numeric" => Some("number"),
        "boolean" | "bool" => Some("boolean"),
        "object" | "map" | "json" | "dict" => Some("object"),
        _ => None,
    }
}

/// Whether a cell says that something must be there. `None` if it cannot be read.
pub(super) fn required(cell: &str) -> Option<bool> {
    const YES: [char; 3] = ['✓', '✔', '✅'];
    const NO: [char; 3] = ['✗', '✘', '❌'];
    let cell = cell.to_lowercase();
    let text =
        cell.trim_matches(|c: char| !c.is_alphanumeric() && !YES.contains(&c) && !NO.contains(&c));
    if text.is_empty() || text.starts_with(NO) {
        return Some(false);
    }
    if text.starts_with(YES) {
        return Some(true);
    }
    let mut words =
        text.split(|c: char| c.is_whitespace() || matches!(c, '*' | ',' | '(' | '.' | ';'));
    match words.next().unwrap_or_default() {
        "yes" | "y" | "true" | "required" | "mandatory" | "always" => Some(true),
        "no" | "n" | "false" | "not" | "optional" | "conditional" | "conditionally" | "depends" => {
            Some(false)
        }
        _ => None,
    }
}

/// The form of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// OpenAPI's name of a format.
    Format(&'static str),
    /// A regular expression.
    Pattern(String),
}

/// The form that a description states.
pub(super) fn form(text: &str) -> Option<Form> {
    const ORDERS: [&str; 7] = [
        "DD/MM/YYYY",
        "MM/DD/YYYY",
        "DD-MM-YYYY",
        "MM-DD-YYYY",
        "DD.MM.YYYY",
        "YYYY/MM/DD",
        "YYYYMMDD",
    ];
    const DATE_TIME: [&str; 4] = ["date-time", "datetime", "timestamp", "thh:mm"];
    const UUID: [&str; 4] = [
        "must be a uuid",
        "a valid uuid",
        "uuid format",
        "format: uuid",
    ];
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if let Some(order) = ORDERS.iter().find(|order| text.contains(**order)) {
        let digits = order.replace("YYYY", "[0-9]{4}").replace(['D', 'M'], "?");
        let pattern = digits.replace("??", "[0-9]{2}").replace('.', "\\.");
        return Some(Form::Pattern(format!("^{pattern}$")));
    }
    let pattern = |pattern: &str| Some(Form::Pattern(pattern.to_owned()));
    if has(&["3-letter", "three-letter", "alpha-3"]) {
        pattern("^[A-Z]{3}$")
    } else if has(&["2-letter", "two-letter", "alpha-2"]) {
        pattern("^[A-Z]{2}$")
    } else if has(&DATE_TIME) {
        Some(Form::Format("date-time"))
    } else if has(&["yyyy-mm-dd"]) {
        Some(Form::Format("date"))
    } else {
        has(&UUID).then_some(Form::Format("uuid"))
    }
}

/// The minimum and the maximum length that a description states.
pub(super) fn length(text: &str) -> (Option<u64>, Option<u64>) {
    const MOST: [&str; 5] = ["max", "at most", "up to", "no more than", "no longer than"];
    const LEAST: [&str; 3] = ["min", "at least", "no less than"];
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | ';' | '(' | ')'))
        .filter(|word| !word.is_empty())
        .collect();
    let is_length =
        |word: &&str| word.starts_with("character") || ["chars", "length"].contains(word);
    let number = words.iter().find_map(|word| word.parse().ok());
    let number = number.filter(|_: &u64| words.iter().any(is_length));
    let has = |cues: &[&str]| cues.iter().any(|cue| words.join(" ").contains(cue));
    match (has(&MOST), has(&LEAST)) {
        (true, _) => (None, number),
        (false, true) => (number, None),
        _ => (None, None),
    }
}

/// Words after which values are listed.
const CUES: [&str; 13] = [
    "e.g", "e.g.", "eg", "one of", "such as", "include", "includes", "be", "values", "value",
    "are", "either", "like",
];
/// Those after which only values can follow.
const CERTAIN: [&str; 7] = [
    "one of",
    "possible values",
    "allowed values",
    "valid values",
    "accepted values",
    "supported values",
    "must be",
];

/// A word in capitals.
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    start: usize,
}

/// All words in capitals, of at least three letters.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (start, is_part(c)) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                let word = &text[from..at];
                let upper = word
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
                if upper && word.chars().filter(char::is_ascii_uppercase).count() >= 2 {
                    found.push(Token {
                        text: word,
                        start: from,
                    });
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// The values that a description lists. Without known values, only what follows one of
/// [`CERTAIN`] counts: abbreviations are words in capitals too.
pub(super) fn values<'a>(text: &'a str, known: &[String]) -> Vec<&'a str> {
    let lower = text.to_lowercase();
    let certain = CERTAIN.iter().any(|cue| lower.contains(cue));
    if known.is_empty() && !certain {
        return Vec::new();
    }
    let mut found: Vec<&str> = Vec::new();
    let (mut end, mut last) = (0, false);
    for token in tokens(text) {
        let gap = text[end..token.start].to_lowercase();
        let gap = gap
            .trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '(' | '['));
        let separated = matches!(
            gap,
            "," | "/" | "|" | ";" | "or" | ", or" | "and" | ", and" | "" | "•"
        );
        let cue = gap.trim_end_matches([':', ',', '.', ' ', '-', '"', '`']);
        let cued = CUES.iter().any(|word| {
            cue.strip_suffix(word)
                .is_some_and(|rest| !rest.ends_with(char::is_alphanumeric))
        });
        // A dash that belongs to a word is not a bullet.
        let bullet = gap.strip_suffix(['-', '•', '*']).is_some_and(|rest| {
            !rest.ends_with(char::is_alphanumeric) && (last || !rest.is_empty())
        });
        let is_value = known.iter().any(|value| value == token.text)
            || (!known.is_empty() && token.text.contains('_'))
            || cued
            || (last && separated)
            || (!known.is_empty() && bullet);
        if is_value && !found.contains(&token.text) {
            found.push(token.text);
        }
        last = is_value;
        end = token.start + token.text.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_differ_from_abbreviations() {
        let known = ["LOW", "MEDIUM", "HIGH"];
        let rows: &[(&str, &[&str], &[&str])] = &[
            (
                "The KYC rating, e.g., LOW , MEDIUM , HIGH .",
                &known,
                &["LOW", "MEDIUM", "HIGH"],
            ),
            (
                "The rating, e.g. LOW, MEDIUM or EXTREME.",
                &known,
                &["LOW", "MEDIUM", "EXTREME"],
            ),
            (
                "Values include: - LOW - little, - VERY_HIGH - much, - TOP - most",
                &known,
                &["LOW", "VERY_HIGH", "TOP"],
            ),
            ("Must be `LOW`.", &known, &["LOW"]),
            ("A tax number (e.g., SSN or TIN).", &[], &[]),
            ("One of SSN, TIN.", &[], &["SSN", "TIN"]),
            ("A ZIP code.", &[], &[]),
            ("Must be GOLD or SILVER.", &[], &["GOLD", "SILVER"]),
        ];
        for (text, known, expected) in rows {
            let known: Vec<String> = known.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(values(text, &known), *expected, "{text}");
        }
    }

    #[test]
    fn cells_are_read_in_many_spellings() {
        for (cell, expected) in [
            ("Yes", Some(true)),
            ("No*", Some(false)),
            ("**Required**", Some(true)),
            ("optional", Some(false)),
            ("✓", Some(true)),
            ("", Some(false)),
            ("Not required", Some(false)),
            ("soon", None),
            ("Yes (EU only)", Some(true)),
        ] {
            assert_eq!(required(cell), expected, "{cell}");
        }
        for (cell, expected) in [
            ("string", Some("string")),
            ("String (UUID)", Some("string")),
            ("array of objects", Some("array")),
            ("string[]", Some("array")),
            ("Boolean", Some("boolean")),
            ("decimal", Some("number")),
            ("colour", None),
        ] {
            assert_eq!(json_type(cell), expected, "{cell}");
        }
        for (text, expected) in [
            ("A name, max 35 characters", (None, Some(35))),
            ("At least 2 characters", (Some(2), None)),
            ("The 2 addresses", (None, None)),
        ] {
            assert_eq!(length(text), expected, "{text}");
        }
        for (text, expected) in [
            (
                "Birthday as DD/MM/YYYY",
                Some(Form::Pattern("^[0-9]{2}/[0-9]{2}/[0-9]{4}$".to_owned())),
            ),
            ("Birthday as YYYY-MM-DD", Some(Form::Format("date"))),
            (
                "A 3-letter code",
                Some(Form::Pattern("^[A-Z]{3}$".to_owned())),
            ),
            ("A name", None),
        ] {
            assert_eq!(form(text), expected, "{text}");
        }
    }
}
