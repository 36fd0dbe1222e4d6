//! The forms of texts that are checked: RFC 3339, RFC 9562, and the shape of an e-mail address.

use jiff::civil::{Date, Time};

/// The formats of texts that the generated types and [`Contract::violations`] check.
///
/// [`Contract::violations`]: crate::Contract::violations
pub const CHECKED_FORMATS: [&str; 4] = ["date", "date-time", "email", "uuid"];

/// Whether a text has one of the [checked formats](CHECKED_FORMATS). Every text has any other.
pub(crate) fn is(format: &str, text: &str) -> bool {
    match format {
        "date" => is_date(text),
        "date-time" => is_date_time(text).is_some(),
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
            _ => byte.eq_ignore_ascii_case(&wanted),
        })
}

fn is_date(text: &str) -> bool {
    // jiff knows other spellings too.
    has_shape(text, "dddd-dd-dd") && text.parse::<Date>().is_ok()
}

/// `Some` for a date and a time with an offset; a fraction of a second may have any length.
fn is_date_time(text: &str) -> Option<()> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix(['T', 't'])?.split_at_checked(8)?;
    let is_digit = |letter: char| letter.is_ascii_digit();
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => fraction
            .strip_prefix(is_digit)?
            .trim_start_matches(is_digit),
        None => rest,
    };
    let is_time = |text: &str| text.parse::<Time>().is_ok();
    let is_offset = match offset.strip_prefix(['+', '-']) {
        Some(offset) => has_shape(offset, "dd:dd") && is_time(offset),
        None => matches!(offset, "Z" | "z"),
    };
    let is_time = has_shape(time, "dd:dd:dd") && is_time(time);
    (is_date(date) && is_time && is_offset).then_some(())
}

/// Whether a text has a local part and a domain.
fn is_email(text: &str) -> bool {
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    let is_odd = local.is_empty() || domain.is_empty() || text.chars().any(odd);
    !is_odd && !domain.starts_with(['.', '-']) && !domain.ends_with('.')
}
