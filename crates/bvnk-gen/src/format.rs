//! Strings that the contract gives a `format`: checked when they are made, so that what
//! is sent is what the format allows, and hidden from `Debug`.
//!
//! chrono writes and reads more than RFC 3339 does (`1990-5-12`, the year +10000, a leap
//! second at noon), and nothing else checks an e-mail address. It must not know which
//! fields have these formats.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use chrono::{Datelike, FixedOffset, NaiveDate, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::InvalidValue;
use crate::runtime::Hidden;

const DATE: &str = "must be a day written YYYY-MM-DD";
const DATE_TIME: &str = "must be a time written as RFC 3339 has it";
const EMAIL: &str = "must be an e-mail address";

/// A day of the years 0 to 9999, written `YYYY-MM-DD`.
///
/// ```
/// use bvnk_gen::Date;
///
/// let born: Date = "1990-05-12".parse()?;
/// assert_eq!(born, Date::try_from(chrono::NaiveDate::from_ymd_opt(1990, 5, 12).unwrap())?);
/// assert!("1990-5-12".parse::<Date>().is_err());
/// # Ok::<(), bvnk_gen::InvalidValue>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date(NaiveDate);

/// A moment of the years 0 to 9999, written as RFC 3339 has it, in UTC.
///
/// ```
/// use bvnk_gen::DateTime;
///
/// let there: DateTime = "2025-01-01T12:00:00+02:00".parse()?;
/// let here: DateTime = "2025-01-01T10:00:00Z".parse()?;
/// assert_eq!(there, here);
/// # Ok::<(), bvnk_gen::InvalidValue>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DateTime(chrono::DateTime<Utc>);

/// An e-mail address in the form that nearly all have: ASCII, not quoted, and neither an
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
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        if !has_shape(text, "dddd-dd-dd") {
            return Err(DATE.into());
        }
        NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(Self)
            .map_err(|_| DATE.into())
    }
}

impl TryFrom<NaiveDate> for Date {
    type Error = InvalidValue;

    /// # Errors
    ///
    /// When the year does not have four digits.
    fn try_from(date: NaiveDate) -> Result<Self, InvalidValue> {
        match date.year() {
            0..=9999 => Ok(Self(date)),
            _ => Err(DATE.into()),
        }
    }
}

impl FromStr for DateTime {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        // chrono also takes a space for the `T`.
        let shape = text.get(..19);
        if !shape.is_some_and(|start| has_shape(start, "dddd-dd-ddTdd:dd:dd")) {
            return Err(DATE_TIME.into());
        }
        let time = chrono::DateTime::parse_from_rfc3339(text)
            .map_err(|_| InvalidValue::from(DATE_TIME))?;
        time.try_into()
    }
}

impl TryFrom<chrono::DateTime<Utc>> for DateTime {
    type Error = InvalidValue;

    /// # Errors
    ///
    /// When the year does not have four digits, and for leap seconds.
    fn try_from(time: chrono::DateTime<Utc>) -> Result<Self, InvalidValue> {
        let leap = time.nanosecond() >= 1_000_000_000;
        match time.year() {
            0..=9999 if !leap => Ok(Self(time)),
            _ => Err(DATE_TIME.into()),
        }
    }
}

impl TryFrom<chrono::DateTime<FixedOffset>> for DateTime {
    type Error = InvalidValue;

    /// # Errors
    ///
    /// As for a time in UTC.
    fn try_from(time: chrono::DateTime<FixedOffset>) -> Result<Self, InvalidValue> {
        time.to_utc().try_into()
    }
}

impl FromStr for Email {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
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
    // have to be decoded to be judged; `xn--` is refused with the rest of them.
    part.get(2..4) != Some("--")
        && (1..=63).contains(&part.len())
        && !part.starts_with('-')
        && !part.ends_with('-')
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether each `d` of the shape is a digit, and all else is as it stands there.
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
    ($name:ident, $inner:ty, $format:literal, $write:expr) => {
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

        impl TryFrom<&str> for $name {
            type Error = InvalidValue;

            fn try_from(text: &str) -> Result<Self, InvalidValue> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidValue;

            fn try_from(text: String) -> Result<Self, InvalidValue> {
                text.parse()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&Hidden).finish()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let write: fn(&Self) -> Cow<'_, str> = $write;
                serializer.serialize_str(&write(self))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "format": $format})
            }
        }
    };
}

// chrono writes the years 0 to 9999 with four digits.
checked_text!(Date, NaiveDate, "date", |date| date.0.to_string().into());
checked_text!(DateTime, chrono::DateTime<Utc>, "date-time", |time| {
    time.0.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
});
checked_text!(Email, String, "email", |email| (&*email.0).into());
