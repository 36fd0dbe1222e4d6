//! What can be wrong with a signature: before it is made, or in its header.
//!
//! The first kind is signed consistently, but for something else than what is sent. The second
//! is a right signature whose header is edited afterwards. A new way to be wrong is a new row
//! of one of the two tables.

use crate::connection::Signature;

/// What is wrong, and the change of a signature before it is made.
type Change = (&'static str, fn(&mut Signature));

/// Signatures that are made of something else. The first two are tried on every operation.
pub(super) const CHANGES: [Change; 9] = [
    ("signed with a wrong key", |it| it.key.push('x')),
    ("signed for another path", |it| it.resource.push('x')),
    ("signed with an empty key", |it| it.key.clear()),
    ("signed with an unknown id", |it| it.id.push('x')),
    ("signed for another method", |it| it.method = "TRACE".into()),
    ("signed for a query", |it| it.resource.push_str("?a=1")),
    ("signed for another host", |it| {
        it.host = "api.example".into()
    }),
    ("signed for another port", |it| it.port ^= 1),
    ("signed for nothing", |it| it.resource.clear()),
];

/// What is wrong, and the change of a header after it was signed.
type HeaderEdit = (&'static str, fn(&str) -> String);

/// Headers that were changed on the way. An edit that changes nothing, such as the other case of
/// an id of digits, is not tried.
pub(super) const EDITS: [HeaderEdit; 10] = [
    ("another nonce than was signed", |it| {
        edited(it, "nonce", |_| "other".into())
    }),
    ("another time than was signed", |it| edited(it, "ts", later)),
    ("a MAC that is cut short", |it| {
        edited(it, "mac", |mac| mac[..mac.len() / 2].into())
    }),
    ("an empty MAC", |it| edited(it, "mac", |_| String::new())),
    ("the MAC in the other case", |it| {
        edited(it, "mac", other_case)
    }),
    ("a MAC of zeros", |it| {
        edited(it, "mac", |_| format!("{}=", "A".repeat(43)))
    }),
    ("the id in the other case", |it| {
        edited(it, "id", other_case)
    }),
    ("an ext that was not signed", |it| {
        format!("{it}, ext=\"more\"")
    }),
    ("the word Hawk alone", |_| "Hawk".into()),
    ("another scheme", |_| "Basic dTpw".into()),
];

/// A header with another value of one attribute; the same header if it has no such attribute.
pub(super) fn edited(header: &str, name: &str, edit: fn(&str) -> String) -> String {
    let start = format!("{name}=\"");
    let Some((before, rest)) = header.split_once(&start) else {
        return header.to_owned();
    };
    let (value, after) = rest.split_once('"').unwrap_or((rest, ""));
    format!("{before}{start}{}\"{after}", edit(value))
}

/// A few seconds later.
fn later(ts: &str) -> String {
    ts.parse::<u64>().map_or(0, |ts| ts + 5).to_string()
}

/// A text with small letters for capitals, and the other way round.
fn other_case(text: &str) -> String {
    let other = |c: char| match c.is_ascii_lowercase() {
        true => c.to_ascii_uppercase(),
        false => c.to_ascii_lowercase(),
    };
    text.chars().map(other).collect()
}
