//! Texts by their rules: listed values, pattern, format, lengths, or any text.
//!
//! A text must be accepted by every correct reader. Therefore dates end with the 28th, times have
//! no leap second and lie in the past, as births and finished checks do, and addresses are of domains
//! that are reserved for examples.

use bvnk_contract::Rules;
use proptest::strategy::{Strategy, ValueTree};
use proptest::string::string_regex;

use super::Generator;

/// How often a text is drawn until it has one of the lengths.
const TRIES: u32 = 200;

/// Texts that have the form of a format, as regular expressions. Formats that are missing
/// here are forms that nothing checks: any text has them.
const FORMS: [(&str, &str); 13] = [
    (
        "date",
        "(19[3-9][0-9]|200[0-5])-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])",
    ),
    // Three digits and none of them a trailing zero: every library writes it so.
    (
        "date-time",
        "20[01][0-9]-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{2}[1-9])?Z",
    ),
    (
        "email",
        "[a-z][a-z0-9]{0,8}([.+][a-z0-9]{1,6})?@[a-z]{1,9}[.](com|example)",
    ),
    (
        "uuid",
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    ),
    ("uri", "https://[a-z]{1,9}[.]example/[a-z0-9]{0,9}"),
    ("uri-reference", "/[a-z0-9]{0,9}"),
    ("hostname", "[a-z]{1,9}[.]example"),
    ("ipv4", "(1?[0-9]{1,2}[.]){3}1?[0-9]{1,2}"),
    ("ipv6", "2001:db8(:[1-9a-f][0-9a-f]{0,3}){6}"),
    ("time", "(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"),
    ("duration", "P[1-9][0-9]?D"),
    ("byte", "([A-Za-z0-9+/]{4}){0,6}"),
    ("regex", "[a-z]{0,9}"),
];

impl Generator<'_> {
    /// A text with these rules.
    ///
    /// # Errors
    ///
    /// A pattern from which no text can be made.
    pub(super) fn text(&mut self, rules: &Rules) -> Result<String, String> {
        if let Some(listed) = &rules.known
            && (rules.open == Some(false) || self.below(5) > 0)
        {
            let number = usize::try_from(self.below(listed.len() as u64)).unwrap_or_default();
            return Ok(listed[number].clone());
        }
        if let Some(pattern) = &rules.pattern {
            let pattern = anchored(pattern);
            let mut text = self.matching(&pattern)?;
            // The lengths are rules of their own.
            for _ in 0..TRIES {
                let length = text.chars().count() as u64;
                let least = rules.min_length.unwrap_or(0);
                if (least..=rules.max_length.unwrap_or(u64::MAX)).contains(&length) {
                    break;
                }
                text = self.matching(&pattern)?;
            }
            return Ok(text);
        }
        let format = rules.format.as_deref().unwrap_or_default();
        if let Some((_, form)) = FORMS.iter().find(|(name, _)| *name == format) {
            return self.matching(form);
        }
        let least = rules.min_length.unwrap_or(0);
        let most = rules.max_length.unwrap_or(least + 24);
        let most = most.clamp(least, least + 5_000);
        // A quarter may have anything printable: names are written in every script.
        let letters = ["[A-Za-z0-9' -]", "\\PC"][usize::from(self.below(4) == 0)];
        self.matching(&format!("{letters}{{{least},{most}}}"))
    }

    /// A text that a regular expression matches from end to end.
    pub(super) fn matching(&mut self, pattern: &str) -> Result<String, String> {
        if !self.patterns.contains_key(pattern) {
            let compiled = string_regex(pattern).map_err(|error| {
                format!("no text for {pattern}: {error}\nhelp: state it without look-around")
            })?;
            self.patterns.insert(pattern.to_owned(), compiled);
        }
        let tree = self.patterns[pattern].new_tree(&mut self.runner);
        let tree = tree.map_err(|reason| format!("cannot generate a text: {reason}"))?;
        Ok(tree.current())
    }
}

/// The pattern without anchors, which proptest does not know; it matches from end to end
/// anyway. ECMA's `\d` and `\w` are ASCII only.
///
/// Only one anchor at each end is removed; others are an error of the generator.
fn anchored(pattern: &str) -> String {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = match pattern.strip_suffix('$') {
        Some(open) if !open.ends_with('\\') => open,
        _ => pattern,
    };
    pattern
        .replace("\\d", "[0-9]")
        .replace("\\w", "[A-Za-z0-9_]")
}
