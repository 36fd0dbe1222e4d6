//! Reads JSON into the API's types, and reports everything that does not fit without
//! quoting it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::check::{Checker, check_list, check_map};
use crate::{Nullable, ValidationError};

/// A type of the contract, or one that is made of such types.
pub trait FromJson: DeserializeOwned {
    /// Reports what keeps a JSON text from being of this type.
    #[doc(hidden)]
    fn check(json: &str, checker: &mut Checker);

    /// Whether null is a value.
    #[doc(hidden)]
    const NULLABLE: bool = false;
}

/// Reads a value from hand-written JSON text, such as a request kept in a file.
///
/// Members that the type does not have are refused with a suggestion: most are misspelled
/// ones. So is null where the contract does not allow it.
///
/// # Errors
///
/// [`ValidationError`] with everything that does not fit.
///
/// ```
/// use bvnk_gen::types::EnhancedDueDiligence;
///
/// let error = bvnk_gen::from_json::<EnhancedDueDiligence>(br#"{"intermediary": 7, "ocupation": ""}"#)
///     .unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "intermediary: must be a boolean; unknown field `ocupation`, did you mean `lastOccupation`?"
/// );
/// ```
pub fn from_json<T: FromJson>(json: &[u8]) -> Result<T, ValidationError> {
    checked::<T>(json, true)?;
    from_json_lenient(json)
}

/// Reads a value from JSON text and ignores members that the type does not have.
///
/// # Errors
///
/// [`ValidationError`] with everything that does not fit.
pub fn from_json_lenient<T: FromJson>(json: &[u8]) -> Result<T, ValidationError> {
    serde_json::from_slice(json).map_err(|_| match checked::<T>(json, false) {
        Err(error) => error,
        // Such as a number that no type of Rust holds.
        Ok(()) => "does not have the form that the contract describes".into(),
    })
}

fn checked<T: FromJson>(json: &[u8], strict: bool) -> Result<(), ValidationError> {
    let text: &RawValue = serde_json::from_slice(json).map_err(|error| {
        let place = format!("at line {} column {}", error.line(), error.column());
        ValidationError::new(match error.is_eof() {
            true => format!("the JSON ends too early, {place}"),
            false => format!("is not JSON, {place}"),
        })
    })?;
    let mut checker = Checker::new(strict);
    T::check(text.get(), &mut checker);
    checker.finish()
}

macro_rules! leaf {
    ($($ty:ty: $rule:literal;)*) => {
        $(impl FromJson for $ty {
            fn check(json: &str, checker: &mut Checker) {
                if serde_json::from_str::<$ty>(json).is_err() {
                    checker.report($rule);
                }
            }
        })*
    };
}

leaf! {
    String: "must be a string";
    bool: "must be a boolean";
    f32: "must be a number";
    f64: "must be a number";
    i8: "must be an integer of 8 bits";
    i16: "must be an integer of 16 bits";
    i32: "must be an integer of 32 bits";
    i64: "must be an integer";
    u8: "must be a positive integer of 8 bits";
    u16: "must be a positive integer of 16 bits";
    u32: "must be a positive integer of 32 bits";
    u64: "must be a positive integer";
    uuid::Uuid: "must be a UUID";
    crate::Extra: "must be an object";
}

impl FromJson for Value {
    fn check(_: &str, _: &mut Checker) {}
}

impl<T: FromJson> FromJson for Option<T> {
    fn check(json: &str, checker: &mut Checker) {
        match json == "null" {
            true if checker.is_strict() && !T::NULLABLE => {
                checker.report("must be left out instead of null");
            }
            true => {}
            false => T::check(json, checker),
        }
    }
}

impl<T: FromJson> FromJson for Nullable<T> {
    const NULLABLE: bool = true;

    fn check(json: &str, checker: &mut Checker) {
        if json != "null" {
            T::check(json, checker);
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn check(json: &str, checker: &mut Checker) {
        check_list(json, T::check, checker);
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn check(json: &str, checker: &mut Checker) {
        T::check(json, checker);
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn check(json: &str, checker: &mut Checker) {
        check_map(json, T::check, checker);
    }
}

/// A string that breaks one of its rules or is none.
pub fn check_text(
    json: &str,
    checker: &mut Checker,
    parse: impl FnOnce(&str) -> Result<(), ValidationError>,
) {
    match serde_json::from_str::<String>(json) {
        Ok(text) => {
            if let Err(error) = parse(&text) {
                checker.report(error);
            }
        }
        Err(_) => checker.report("must be a string"),
    }
}

/// The name of an object's member: one of those that the type has, or another.
pub enum Key {
    /// As the type spells it.
    Known(&'static str),
    /// The name, if it was asked for.
    Unknown(String),
}

impl Key {
    /// Reads a name and holds it against the known ones.
    pub fn seed(known: &'static [&'static str], keeps_unknown: bool) -> KeySeed {
        KeySeed(known, keeps_unknown)
    }
}

/// Reads a [`Key`].
pub struct KeySeed(&'static [&'static str], bool);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Key, E> {
        Ok(match self.0.iter().find(|known| **known == name) {
            Some(known) => Key::Known(known),
            None if self.1 => Key::Unknown(name.to_owned()),
            None => Key::Unknown(String::new()),
        })
    }
}

/// Decodes a text by a type's own rules, for serde.
pub fn deserialize_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: impl FnOnce(&str) -> Result<T, ValidationError>,
) -> Result<T, D::Error> {
    struct Text<F>(F);
    impl<T, F: FnOnce(&str) -> Result<T, ValidationError>> Visitor<'_> for Text<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            (self.0)(text).map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text(parse))
}

/// How one of several types is checked and decoded.
type Alternative<T> = (crate::check::Check, fn(&str) -> serde_json::Result<T>);

/// Decodes the first of several types that takes a JSON text: one that knows all of its
/// members, if there is one.
pub fn deserialize_one_of<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    types: &[Alternative<T>],
) -> Result<T, D::Error> {
    let text = <Box<RawValue> as serde::Deserialize>::deserialize(deserializer)?;
    let knows_all = types.iter().filter(|(check, _)| {
        let mut checker = Checker::new(true);
        check(text.get(), &mut checker);
        checker.finish().is_ok()
    });
    knows_all
        .chain(types)
        .find_map(|(_, decode)| decode(text.get()).ok())
        .ok_or_else(|| D::Error::custom("must have one of the documented forms"))
}
