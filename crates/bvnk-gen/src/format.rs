//! Strings that the contract gives a `format`: checked when they are made, so that what
//! is sent is what the format allows, and hidden from `Debug`.
//!
//! jiff writes and reads more than RFC 3339 allows (`19900512`, years of six digits, leap
//! seconds), and nothing else checks an e-mail address.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use jiff::{Timestamp, civil};
use serde::{Serialize, Serializer};

use crate::ValidationError;
use crate::private::Hidden;

const DATE: &str = "must be a date written YYYY-MM-DD";
const DATE_TIME: &str = "must be a time as in 2025-01-01T10:00:00Z (RFC 3339)";
const EMAIL: &str = "must be an e-mail address";

/// A day of the years 0 to 9999, written `YYYY-MM-DD`.
///
/// ```
/// use bvnk_gen::Date;
///
/// let born: Date = "1990-05-12".parse()?;
/// assert_eq!(born, Date::try_from(jiff::civil::date(1990, 5, 12))?);
/// assert!("1990-5-12".parse::<Date>().is_err());
/// # Ok::<(), bvnk_gen::ValidationError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(civil::Date);

/// A moment of the years 0 to 9999, written as RFC 3339 defines it, in UTC.
///
/// ```
/// use bvnk_gen::DateTime;
///
/// let there: DateTime = "2025-01-01T12:00:00+02:00".parse()?;
/// let here: DateTime = "2025-01-01T10:00:00Z".parse()?;
/// assert_eq!(there, here);
/// # Ok::<(), bvnk_gen::ValidationError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime(Timestamp);

/// An e-mail address in the form that nearly all have: ASCII, not quoted, and with neither an
/// IP address nor an encoded international name (`xn--…`) for its domain.
///
/// ```
/// use bvnk_gen::Email;
///
/// assert!("john.doe@example.com".parse::<Email>().is_ok());
/// assert!("john.doe".parse::<Email>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl FromStr for Date {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let date = has_shape(text, "dddd-dd-dd").then(|| text.parse());
        match date {
            Some(Ok(date)) => Ok(Self(date)),
            _ => Err(DATE.into()),
        }
    }
}

impl TryFrom<civil::Date> for Date {
    type Error = ValidationError;

    /// # Errors
    ///
    /// When the year is negative.
    fn try_from(date: civil::Date) -> Result<Self, ValidationError> {
        match date.year() {
            0.. => Ok(Self(date)),
            _ => Err(DATE.into()),
        }
    }
}

impl FromStr for DateTime {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        let time = rfc3339(text).and_then(|text| text.parse().ok());
        let time: Timestamp = time.ok_or(DATE_TIME)?;
        time.try_into()
    }
}

impl TryFrom<Timestamp> for DateTime {
    type Error = ValidationError;

    /// # Errors
    ///
    /// When the year is negative.
    fn try_from(time: Timestamp) -> Result<Self, ValidationError> {
        /// The start of the year 0, in seconds since 1970.
        const YEAR_0: i64 = -62_167_219_200;
        match time.as_nanosecond() >= i128::from(YEAR_0) * 1_000_000_000 {
            true => Ok(Self(time)),
            false => Err(DATE_TIME.into()),
        }
    }
}

/// The text as jiff reads it, if it is what RFC 3339 allows. jiff also takes a space for the
/// `T`, a comma for the point, offsets of more than a day, a zone in brackets and leap seconds,
/// but no more than nine digits of a second's fraction.
fn rfc3339(text: &str) -> Option<Cow<'_, str>> {
    let (start, rest) = text.split_at_checked(19)?;
    let fraction = rest.strip_prefix('.').map_or(0, |digits| {
        let end = digits.find(|byte: char| !byte.is_ascii_digit());
        end.map_or(0, |end| end + usize::from(end > 0))
    });
    let (fraction, offset) = rest.split_at(fraction);
    let is_offset = matches!(offset, "Z" | "z")
        || (has_shape(offset, "+dd:dd") || has_shape(offset, "-dd:dd"))
            && offset.get(1..3)? <= "23"
            && offset.get(4..)? <= "59";
    if !is_offset || !has_shape(start, "dddd-dd-ddTdd:dd:dd") || start.ends_with("60") {
        return None;
    }
    Some(match fraction.get(..10) {
        Some(nanoseconds) => format!("{start}{nanoseconds}{offset}").into(),
        None => text.into(),
    })
}

impl FromStr for Email {
    type Err = ValidationError;

    fn from_str(text: &str) -> Result<Self, ValidationError> {
        // RFC 5321: a local part of at most 64 octets, a path of at most 254.
        let valid = text.len() <= 254
            && text.split_once('@').is_some_and(|(local, domain)| {
                local.len() <= 64
                    && local.split('.').all(is_atom)
                    && domain.split('.').all(is_label)
                    && !domain
                        .bytes()
                        .all(|byte| byte.is_ascii_digit() || byte == b'.')
            });
        if valid {
            Ok(Self(text.to_owned()))
        } else {
            Err(EMAIL.into())
        }
    }
}

fn is_atom(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte))
}

fn is_label(part: &str) -> bool {
    // RFC 5891 keeps hyphens in the third and fourth place for encodings, which would
    // have to be decoded to be checked; `xn--` is refused with the rest of them.
    part.get(2..4) != Some("--")
        && (1..=63).contains(&part.len())
        && !part.starts_with('-')
        && !part.ends_with('-')
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether each `d` of the shape is a digit, and everything else is equal.
fn has_shape(text: &str, shape: &str) -> bool {
    text.len() == shape.len()
        && text
            .bytes()
            .zip(shape.bytes())
            .all(|(byte, wanted)| match wanted {
                b'd' => byte.is_ascii_digit(),
                _ => byte == wanted,
            })
}

/// What the three have in common: conversions from text, a way back, `Debug` that hides,
/// and serde by text.
macro_rules! checked_text {
    ($name:ident, $inner:ty, $format:literal) => {
        crate::__parsed! { $name: [&str] [&String] [String] }

        impl Deref for $name {
            type Target = $inner;

            fn deref(&self) -> &$inner {
                &self.0
            }
        }

        impl From<$name> for $inner {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&Hidden).finish()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        crate::__json! { $name, |generator| schemars::json_schema!({
            "type": "string", "format": $format,
        }) }
    };
}

// jiff writes the years 0 to 9999 with four digits.
checked_text!(Date, civil::Date, "date");
checked_text!(DateTime, Timestamp, "date-time");
checked_text!(Email, String, "email");

impl AsRef<str> for Email {
    fn as_ref(&self) -> &str {
        &self.0
    }
}
