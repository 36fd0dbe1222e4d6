//! The forms of texts that are checked: RFC 3339, RFC 9562, and the shape of an e-mail address.

use jiff::civil::{Date, Time};

/// The formats of texts that the generated types and [`Contract::violations`] check.
///
/// [`Contract::violations`]: crate::Contract::violations
pub const CHECKED_FORMATS: [&str; 4] = ["date", "date-time", "email", "uuid"];

/// Whether a text has one of the [checked formats](CHECKED_FORMATS). Every text has any other.
pub(crate) fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date" => is_date(text),
        "date-time" => is_date_time(text),
        "email" => is_email(text),
        "uuid" => has_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"),
        _ => true,
    }
}

/// Whether each `d` of a shape is a digit, each `x` a hexadecimal one, and everything else equal.
fn has_shape(text: &str, shape: &str) -> bool {
    let mut pairs = text.bytes().zip(shape.bytes());
    text.len() == shape.len()
        && pairs.all(|(byte, wanted)| match wanted {
            b'd' => byte.is_ascii_digit(),
            b'x' => byte.is_ascii_hexdigit(),
            _ => byte == wanted,
        })
}

fn is_date(text: &str) -> bool {
    // jiff knows other spellings too.
    has_shape(text, "dddd-dd-dd") && text.parse::<Date>().is_ok()
}

/// Whether a text is a date and a time with an offset. A fraction of a second may have any length.
fn is_date_time(text: &str) -> bool {
    let is_digit = |letter: char| letter.is_ascii_digit();
    // jiff takes every minute for one that may have 61 seconds.
    let is_time = |text: &str| !text.ends_with(":60") && text.parse::<Time>().is_ok();
    let parts = text.split_once(['T', 't']).and_then(|(date, rest)| {
        let (time, rest) = rest.split_at_checked(8)?;
        let offset = match rest.strip_prefix('.') {
            Some(fraction) => fraction
                .strip_prefix(is_digit)?
                .trim_start_matches(is_digit),
            None => rest,
        };
        Some((date, time, offset))
    });
    parts.is_some_and(|(date, time, offset)| {
        let is_offset = match offset.strip_prefix(['+', '-']) {
            Some(offset) => has_shape(offset, "dd:dd") && is_time(offset),
            None => matches!(offset, "Z" | "z"),
        };
        is_date(date) && has_shape(time, "dd:dd:dd") && is_time(time) && is_offset
    })
}

/// Whether a text has a local part and a domain.
fn is_email(text: &str) -> bool {
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let is_odd = local.is_empty() || domain.is_empty() || text.chars().any(odd);
    !is_odd && !domain.starts_with(['.', '-']) && !domain.ends_with('.')
}
