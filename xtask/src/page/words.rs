//! What the words of a page mean: types, yes and no, values, and the form of a text.

/// The JSON type that a word of a type column stands for.
pub(super) fn json_type(word: &str) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    let word = word.trim_matches(|c: char| !c.is_alphanumeric() && c != ']');
    if word.ends_with("[]") || word.starts_with("array") || word.starts_with("list") {
        return Some("array");
    }
    let first = word
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .next();
    match first.unwrap_or_default() {
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

/// Whether a cell says that something must be there; nothing, if it cannot be read.
pub(super) fn required(cell: &str) -> Option<bool> {
    let cell = cell.to_lowercase();
    let bare = cell.trim_matches(|c: char| {
        !c.is_alphanumeric() && !matches!(c, '✓' | '✔' | '✅' | '✗' | '✘' | '❌')
    });
    let first = bare.split(|c: char| c.is_whitespace() || matches!(c, '*' | ',' | '(' | '.' | ';'));
    match first.into_iter().next().unwrap_or_default() {
        "yes" | "y" | "true" | "required" | "mandatory" | "always" | "✓" | "✔" | "✅" => {
            Some(true)
        }
        "no" | "n" | "false" | "optional" | "conditional" | "conditionally" | "depends" | ""
        | "✗" | "✘" | "❌" => Some(false),
        "not" => Some(false),
        _ => None,
    }
}

/// The form that a text says a value has: OpenAPI's name of a format, or a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Format(&'static str),
    Pattern(&'static str),
    /// A date in another order than any format has.
    Date(String),
}

pub(super) fn form(text: &str) -> Option<Form> {
    let lower = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    for order in [
        "DD/MM/YYYY",
        "MM/DD/YYYY",
        "DD-MM-YYYY",
        "MM-DD-YYYY",
        "DD.MM.YYYY",
        "YYYY/MM/DD",
        "YYYYMMDD",
    ] {
        if text.contains(order) {
            return Some(Form::Date(order.to_owned()));
        }
    }
    if has(&["3-letter", "three-letter", "alpha-3"]) {
        return Some(Form::Pattern("^[A-Z]{3}$"));
    }
    if has(&["2-letter", "two-letter", "alpha-2"]) {
        return Some(Form::Pattern("^[A-Z]{2}$"));
    }
    if has(&["date-time", "datetime", "timestamp", "thh:mm"]) {
        return Some(Form::Format("date-time"));
    }
    if text.contains("YYYY-MM-DD") {
        return Some(Form::Format("date"));
    }
    if has(&[
        "must be a uuid",
        "a valid uuid",
        "uuid format",
        "format: uuid",
    ]) {
        return Some(Form::Format("uuid"));
    }
    None
}

/// The least or greatest length that a text states, as OpenAPI names it.
pub(super) fn length(text: &str) -> Option<(&'static str, u64)> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | ':' | ';' | '(' | ')'))
        .filter(|word| !word.is_empty())
        .collect();
    let number = words.iter().position(|word| word.parse::<u64>().is_ok())?;
    let value = words[number].parse().ok()?;
    if !words
        .iter()
        .any(|word| word.starts_with("character") || *word == "chars" || *word == "length")
    {
        return None;
    }
    let has = |cues: &[&str]| cues.iter().any(|cue| words.join(" ").contains(cue));
    if has(&[
        "maximum",
        "max",
        "at most",
        "up to",
        "no more than",
        "no longer than",
    ]) {
        Some(("maxLength", value))
    } else if has(&["minimum", "min", "at least", "no less than"]) {
        Some(("minLength", value))
    } else {
        None
    }
}

/// Words after which values are listed.
const CUES: [&str; 13] = [
    "e.g", "e.g.", "eg", "one of", "such as", "include", "includes", "be", "values", "value",
    "are", "either", "like",
];
/// The same, where nothing else than values can follow.
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

/// The values that a description lists. Without known values, only what follows an
/// unmistakable cue counts: abbreviations are words in capitals too.
pub(super) fn values<'a>(text: &'a str, known: &[&str]) -> Vec<&'a str> {
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
        // A dash that belongs to a word is no bullet.
        let bullet = gap.strip_suffix(['-', '•', '*']).is_some_and(|rest| {
            !rest.ends_with(char::is_alphanumeric) && (last || !rest.is_empty())
        });
        let is_value = known.contains(&token.text)
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

/// How alike two names are, from 0 to 1: by their letters, or by a word that both have.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let letters = strsim::normalized_damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase());
    let (a, b) = (parts(a), parts(b));
    let shared = a.iter().filter(|part| b.contains(part)).count();
    let words = shared as f64 / a.len().max(b.len()).max(1) as f64;
    letters.max(words)
}

/// The words of a name in camel case, kebab case or snake case.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        let fresh = !c.is_alphanumeric() || (c.is_uppercase() && lower);
        if fresh {
            parts.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(part) = parts.last_mut()
        {
            part.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_told_from_abbreviations() {
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
        for (text, known, wanted) in rows {
            assert_eq!(values(text, known), *wanted, "{text}");
        }
    }

    #[test]
    fn cells_are_read_in_many_spellings() {
        for (cell, wanted) in [
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
            assert_eq!(required(cell), wanted, "{cell}");
        }
        for (cell, wanted) in [
            ("string", Some("string")),
            ("String (UUID)", Some("string")),
            ("array of objects", Some("array")),
            ("string[]", Some("array")),
            ("Boolean", Some("boolean")),
            ("decimal", Some("number")),
            ("colour", None),
        ] {
            assert_eq!(json_type(cell), wanted, "{cell}");
        }
        assert_eq!(length("A name, max 35 characters"), Some(("maxLength", 35)));
        assert_eq!(length("At least 2 characters"), Some(("minLength", 2)));
        assert_eq!(length("The 2 addresses"), None);
        assert_eq!(
            form("Day of birth as DD/MM/YYYY"),
            Some(Form::Date("DD/MM/YYYY".to_owned()))
        );
    }

    #[test]
    fn names_are_alike_by_letters_or_words() {
        for (a, b) in [
            ("postCode", "postalCode"),
            ("signed_agreement_id", "signedAgreementId"),
            ("city", "cityName"),
            ("X-Idempotency-Key", "Idempotency-Key"),
            ("PENDING_AGREEMENTS", "AGREEMENTS_PENDING"),
        ] {
            assert!(likeness(a, b) >= 0.5, "{a} {b}: {}", likeness(a, b));
        }
        assert!(likeness("city", "firstName") < 0.4);
    }
}
