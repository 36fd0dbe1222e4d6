//! The parser of the attributes in a Hawk header that a server sent.
//!
//! Input may be any bytes, so nothing here panics.

use std::collections::BTreeMap;

use http::HeaderValue;

/// Hawk's own limit for a header's length.
const LONGEST: usize = 4096;

/// The `name="value"` pairs of the Hawk part of a header value, which may list several schemes;
/// `None` when there is none, or when it is not well-formed.
pub(super) fn parse(value: &HeaderValue) -> Option<BTreeMap<&str, &str>> {
    if value.len() > LONGEST {
        return None;
    }
    let mut rest = value.to_str().ok()?;
    let mut hawk: Option<BTreeMap<&str, &str>> = None;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return hawk;
        }
        let (word, after) = token(rest)?;
        rest = match after.trim_start().strip_prefix('=') {
            // A name and its value: of Hawk's if that was the last scheme named.
            Some(after) => {
                let (text, after) = quoted_or_token(after.trim_start())?;
                let known = hawk.as_mut().and_then(|pairs| pairs.insert(word, text));
                if known.is_some() {
                    return None;
                }
                after
            }
            // The next scheme. What follows Hawk is not ours.
            None if hawk.is_some() => return hawk,
            None => {
                hawk = word.eq_ignore_ascii_case("hawk").then(BTreeMap::new);
                after
            }
        };
    }
}

/// A word, as HTTP defines a token, and what comes after it.
fn token(text: &str) -> Option<(&str, &str)> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~/".contains(c);
    let end = text.find(|c| !is_token(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A value and what comes after it. Hawk has no escapes: a quote ends a value.
fn quoted_or_token(text: &str) -> Option<(&str, &str)> {
    match text.strip_prefix('"') {
        Some(text) => text.split_once('"'),
        None => token(text),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A header value, and the attributes that are Hawk's in it.
    type Case = (
        &'static str,
        Option<&'static [(&'static str, &'static str)]>,
    );

    const CASES: &[Case] = &[
        ("", None),
        (" , ,", None),
        ("Basic realm=\"x\"", None),
        ("Hawk", Some(&[])),
        ("hAWK ts=\"1\"", Some(&[("ts", "1")])),
        (
            "Hawk ts = 1 ,\ttsm=\"a=\"",
            Some(&[("ts", "1"), ("tsm", "a=")]),
        ),
        // The first Hawk counts, and of it all but what belongs to another scheme.
        ("Basic realm=\"x\", Hawk ts=\"1\"", Some(&[("ts", "1")])),
        ("Hawk ts=\"1\", Basic realm=\"x\"", Some(&[("ts", "1")])),
        ("Hawk ts=\"1\", Hawk ts=\"2\"", Some(&[("ts", "1")])),
        (
            "Hawk error=\"a, Hawk ts=1\"",
            Some(&[("error", "a, Hawk ts=1")]),
        ),
        // Not well-formed.
        ("Hawk ts=\"1\", ts=\"2\"", None),
        ("Hawk ts=\"1", None),
        ("Hawk ts=", None),
        ("Hawk =\"1\"", None),
        ("Hawk \"ts\"=1", None),
    ];

    #[test]
    fn hawk_s_own_attributes_are_read_and_no_others() {
        for (text, expected) in CASES {
            let value = HeaderValue::from_static(text);
            let expected = expected.map(|pairs| pairs.iter().copied().collect());
            assert_eq!(parse(&value), expected, "{text}");
        }
    }

    #[test]
    fn a_header_longer_than_hawk_allows_is_not_read() {
        for (length, is_read) in [(LONGEST, true), (LONGEST + 1, false)] {
            let value = format!("Hawk ext={}", "a".repeat(length - 9));
            let value = HeaderValue::try_from(value).unwrap();
            assert_eq!(value.len(), length);
            assert_eq!(parse(&value).is_some(), is_read, "{length}");
        }
    }
}
