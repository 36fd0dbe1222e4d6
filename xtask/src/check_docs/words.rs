//! What the words of a page mean: types, yes and no, lengths, forms and listed values, as
//! tables of patterns. The first pattern of a table that matches counts.
//!
//! The tables are the one place to extend when a page uses a new word. A word that is in no table
//! is reported as unreadable instead of being guessed.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::{Match, Regex};

/// A pattern of this program, compiled once.
///
/// The compiled patterns are kept until the program ends. They are as many as the source has, so
/// that this does not grow with the pages.
#[allow(clippy::expect_used)] // each is written here or next to its use
pub(super) fn regex(pattern: &'static str) -> &'static Regex {
    static ALL: LazyLock<Mutex<HashMap<&str, &Regex>>> = LazyLock::new(Mutex::default);
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    all.entry(pattern)
        .or_insert_with(|| Box::leak(Box::new(Regex::new(pattern).expect("a valid pattern"))))
}

/// Whether a pattern matches somewhere in a text.
///
/// Write `^` and `$` in the pattern where the entire text must match.
pub(super) fn is(pattern: &'static str, text: &str) -> bool {
    regex(pattern).is_match(text)
}

/// A text in which all matches of a table are replaced, row by row.
///
/// `$1` in a replacement is the first group of its pattern.
pub(super) fn replace(table: &[(&'static str, &str)], text: &str) -> String {
    table
        .iter()
        .fold(text.to_owned(), |text, (pattern, plain)| {
            regex(pattern).replace_all(&text, *plain).into_owned()
        })
}

/// What the first row of a table means that matches.
///
/// The order of a table therefore decides where a text matches several rows.
pub(super) fn first<T: Clone>(table: &[(&'static str, T)], text: &str) -> Option<T> {
    let row = table.iter().find(|(pattern, _)| is(pattern, text));
    row.map(|(_, meaning)| meaning.clone())
}

/// The JSON type that a word of a type column stands for.
///
/// `None` if the word is in no row, such as `colour`. Texts with a format, as `uuid` and `date`,
/// are strings, because JSON has no other type for them.
pub fn json_type(word: &str) -> Option<&'static str> {
    const TYPES: [(&str, &str); 6] = [
        (r"(?i)\[\]\W*$|^\W*(array|list)", "array"),
        (
            r"(?i)^\W*(string|str|text|enum|uuid|guid|date(-?time)?|timestamp|email|ur[il]|(var)?char)\b",
            "string",
        ),
        (r"(?i)^\W*(integer|int(32|64)?|long)\b", "integer"),
        (r"(?i)^\W*(number|decimal|float|double|numeric)\b", "number"),
        (r"(?i)^\W*(boolean|bool)\b", "boolean"),
        (r"(?i)^\W*(object|map|json|dict)\b", "object"),
    ];
    // A type column may say whether the attribute is required, too.
    let word = regex("(?i)required|optional").replace_all(word, "");
    first(&TYPES, &word)
}

/// Whether a cell says that something must be there. `None` if it cannot be read.
///
/// An empty cell means that it may be missing, which is how pages with check marks write it.
pub fn required(cell: &str) -> Option<bool> {
    const WORDS: [(&str, bool); 2] = [
        (
            r"(?i)^[^\w✓✔✅✗✘❌]*([✓✔✅]|(yes|y|true|required|mandatory|always)(\W*$|[\s*,(.;]))",
            true,
        ),
        (
            r"(?i)^[^\w✓✔✅]*($|[✗✘❌]|(no|n|false|not|optional|conditional(ly)?|depends)(\W*$|[\s*,(.;]))",
            false,
        ),
    ];
    first(&WORDS, cell)
}

/// The form that a description states: a regular expression, which begins with `^`, or OpenAPI's
/// name of a format. `None` if the text names none; the contract's rule then stays.
///
/// A date as `DD/MM/YYYY` is a pattern, because OpenAPI's `date` allows only `YYYY-MM-DD`.
pub fn form(text: &str) -> Option<&'static str> {
    const FORMS: [(&str, &str); 10] = [
        ("(DD|MM)/(DD|MM)/YYYY", "^[0-9]{2}/[0-9]{2}/[0-9]{4}$"),
        ("(DD|MM)-(DD|MM)-YYYY", "^[0-9]{2}-[0-9]{2}-[0-9]{4}$"),
        (r"DD\.MM\.YYYY", r"^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$"),
        ("YYYY/MM/DD", "^[0-9]{4}/[0-9]{2}/[0-9]{2}$"),
        ("YYYYMMDD", "^[0-9]{4}[0-9]{2}[0-9]{2}$"),
        ("(?i)(3|three)-letter|alpha-3", "^[A-Z]{3}$"),
        ("(?i)(2|two)-letter|alpha-2", "^[A-Z]{2}$"),
        ("(?i)date-?time|timestamp|thh:mm", "date-time"),
        ("(?i)yyyy-mm-dd", "date"),
        (
            "(?i)must be a uuid|a valid uuid|uuid format|format: uuid",
            "uuid",
        ),
    ];
    first(&FORMS, text)
}

/// The minimum and the maximum length, in characters, that a description states.
///
/// Only one of the two is read. A number counts only in a text that speaks of characters: `max 2
/// addresses` is no length.
pub fn length(text: &str) -> (Option<u64>, Option<u64>) {
    let is_length = is(r"(?i)\b(character|(chars|length)\b)", text);
    let number = regex(r"\b\d+\b").find(text).filter(|_| is_length);
    let number = number.and_then(|number| number.as_str().parse().ok());
    if is("(?i)max|at most|up to|no (more|longer) than", text) {
        (None, number)
    } else if is("(?i)min|at least|no less than", text) {
        (number, None)
    } else {
        (None, None)
    }
}

/// All words in capitals, of at least two letters.
///
/// Digits and `_` may be part of a word, as in `LEVEL_2`.
pub(super) fn capitals(text: &str) -> impl Iterator<Item = Match<'_>> {
    let words = regex(r"\b[A-Z0-9_]{2,}\b").find_iter(text);
    words.filter(|word| is("[A-Z].*[A-Z]", word.as_str()))
}

/// The values that a description lists. Without known values, only what follows certain
/// words counts: abbreviations are words in capitals too.
///
/// A word is a value if the contract knows it, if it has `_`, if it follows a word such as `e.g.`,
/// or if only a separator is between it and a value. The order is that of the text.
pub fn values<'a>(text: &'a str, known: &[String]) -> Vec<&'a str> {
    const CERTAIN: &str = "(?i)one of|(possible|allowed|valid|accepted|supported) values|must be";
    const CUES: &str =
        r"(?i)\b(e\.?g|one of|such as|includes?|be|values?|are|either|like)[:,. \-]*$";
    const SEPARATORS: &str = "(?i)^(,|/|\\||;|•|(, )?(or|and))?$";
    if known.is_empty() && !is(CERTAIN, text) {
        return Vec::new();
    }
    let mut found: Vec<&str> = Vec::new();
    let (mut end, mut last) = (0, false);
    for word in capitals(text) {
        let quotes = |c: char| c.is_whitespace() || "\"'`([".contains(c);
        let gap = text[end..word.start()].trim_matches(quotes);
        // A dash that belongs to a word is not a bullet, nor is one before the first value.
        let is_bullet = is(r"(^|\W)[-•*]$", gap) && (last || gap.chars().count() > 1);
        let text = word.as_str();
        let is_new = !known.is_empty() && (text.contains('_') || is_bullet);
        let is_next = last && is(SEPARATORS, gap);
        last = is_new || is_next || is(CUES, gap) || known.iter().any(|value| value == text);
        if last && !found.contains(&text) {
            found.push(text);
        }
        end = word.end();
    }
    found
}
