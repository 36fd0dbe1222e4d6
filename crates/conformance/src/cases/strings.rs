//! Texts by their rules: pattern, format, lengths, or any text.

use bvnk_contract::StringRules;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;

/// Texts that have the form of a format, as regular expressions. Formats that are missing
/// here are forms that nothing checks: any text has them.
const FORMS: [(&str, &str); 11] = [
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

/// A strategy for texts with these rules; listed values are the caller's to choose.
pub(super) fn strategy(rules: &StringRules) -> Result<BoxedStrategy<String>, String> {
    if let Some(pattern) = &rules.pattern {
        return matching(&anchored(pattern));
    }
    match rules.format.as_deref() {
        Some("date") => return Ok(date().boxed()),
        Some("date-time") => return Ok(date_time().boxed()),
        _ => {}
    }
    let format = rules.format.as_deref().unwrap_or_default();
    if let Some((_, form)) = FORMS.iter().find(|(name, _)| *name == format) {
        return matching(form);
    }
    let least = rules.min_length.unwrap_or(0);
    let most = rules.max_length.unwrap_or(least + 24).max(least);
    let plain = matching(&format!("[A-Za-z0-9' -]{{{least},{most}}}"))?;
    // Anything printable: names are written in every script.
    let printable = matching(&format!("\\PC{{{least},{most}}}"))?;
    Ok(prop_oneof![3 => plain, 1 => printable].boxed())
}

/// Texts that a regular expression matches from end to end.
pub(super) fn matching(pattern: &str) -> Result<BoxedStrategy<String>, String> {
    proptest::string::string_regex(pattern)
        .map(Strategy::boxed)
        .map_err(|error| format!("the pattern {pattern} cannot be generated: {error}"))
}

/// The pattern without anchors, which proptest does not know; it matches from end to end
/// anyway. ECMA's `\d` and `\w` are ASCII only.
fn anchored(pattern: &str) -> String {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let open_end = pattern.ends_with("\\$");
    let pattern = match open_end {
        true => pattern,
        false => pattern.strip_suffix('$').unwrap_or(pattern),
    };
    pattern
        .replace("\\d", "[0-9]")
        .replace("\\w", "[A-Za-z0-9_]")
}

fn date() -> impl Strategy<Value = String> {
    let ordinary = (1900..=2099u16, 1..=12u8, 1..=28u8)
        .prop_map(|(year, month, day)| format!("{year:04}-{month:02}-{day:02}"));
    let edges = [
        "2000-02-29",
        "2024-02-29",
        "1999-12-31",
        "1970-01-01",
        "2001-01-31",
    ];
    prop_oneof![4 => ordinary, 1 => select(edges.to_vec()).prop_map(str::to_owned)]
}

fn date_time() -> impl Strategy<Value = String> {
    let time = (0..24u8, 0..60u8, 0..60u8);
    // Three digits and none of them a trailing zero: every library writes it so.
    let fraction = prop_oneof![Just(0), (0..100u16, 1..10u16).prop_map(|(a, b)| a * 10 + b)];
    (date(), time, fraction).prop_map(|(date, (hour, minute, second), millis)| {
        let fraction = match millis {
            0 => String::new(),
            millis => format!(".{millis:03}"),
        };
        format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
    })
}
