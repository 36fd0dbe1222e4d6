//! Reads JSON into the API's types, and reports everything that does not fit without
//! quoting it.
//!
//! serde stops at the first violation, and its messages quote the document. This walks the
//! text along the types instead, and holds no more of it than the values that it returns.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::str::FromStr;

use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::json_parts::{each_member, trim};
use crate::{Escaped, Extra, ValidationError};

/// Levels of nesting that are read.
const DEPTH: usize = 64;

/// A type of the contract, or one that is made of such types.
pub trait FromJson: Sized + fmt::Debug {
    /// Whether null is a value.
    #[doc(hidden)]
    const NULLABLE: bool = false;

    /// Reads a JSON text. What does not fit is reported; the value is `None` then.
    #[doc(hidden)]
    fn read(json: &str, reader: &mut Reader) -> Option<Self>;

    /// The value that stands for a member that is left out, if it may be.
    #[doc(hidden)]
    fn absent() -> Option<Self> {
        None
    }

    /// What a builder starts with.
    #[doc(hidden)]
    fn initial() -> Option<Self> {
        Self::absent()
    }

    /// Whether a member with this value is left out.
    #[doc(hidden)]
    fn is_absent(&self) -> bool {
        false
    }

    /// Writes what may be shown of the value. The `Debug` of generated types is private
    /// itself; values of other types are hidden.
    #[doc(hidden)]
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
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
/// let json = br#"{"intermediary": 7, "ocupation": ""}"#;
/// let error = bvnk_gen::from_json::<EnhancedDueDiligence>(json).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "intermediary: must be a boolean; unknown field `ocupation`, did you mean `lastOccupation`?"
/// );
/// ```
pub fn from_json<T: FromJson>(json: &[u8]) -> Result<T, ValidationError> {
    read(json, true)
}

/// Reads a value from JSON text as responses are read: members that the type does not have
/// are ignored, and an unknown alternative of a `oneOf` is kept as it is.
///
/// # Errors
///
/// [`ValidationError`] with everything that does not fit.
pub fn from_json_lenient<T: FromJson>(json: &[u8]) -> Result<T, ValidationError> {
    read(json, false)
}

fn read<T: FromJson>(json: &[u8], strict: bool) -> Result<T, ValidationError> {
    let checked = || {
        let checked: Result<IgnoredAny, _> = serde_json::from_slice(json);
        checked.map_err(not_json)?;
        let text = std::str::from_utf8(json).map_err(|_| "is not UTF-8")?;
        Ok::<_, ValidationError>(trim(text))
    };
    // Reading the members of an object checks that all of it is JSON. Only other values, and
    // objects that do not fit, are worth a pass for that alone.
    let text = match std::str::from_utf8(json).map(trim) {
        Ok(object) if object.starts_with('{') => object,
        _ => checked()?,
    };
    let mut reader = Reader::new(strict, 0);
    let value = T::read(text, &mut reader);
    match (reader.found.result(), value) {
        (Ok(()), Some(value)) => Ok(value),
        (found, _) => {
            checked()?;
            found?;
            Err("does not have the form that the contract describes".into())
        }
    }
}

fn not_json(error: serde_json::Error) -> ValidationError {
    let place = format!("at line {} column {}", error.line(), error.column());
    ValidationError::new(match error.is_eof() {
        true => format!("the JSON ends too early, {place}"),
        false => format!("is not JSON, {place}"),
    })
}

/// Decodes a value for serde: through a JSON value, so that every self-describing format
/// will do.
pub fn deserialize<'de, D: Deserializer<'de>, T: FromJson>(de: D) -> Result<T, D::Error> {
    let value = Value::deserialize(de)?;
    from_json_lenient(value.to_string().as_bytes()).map_err(D::Error::custom)
}

/// What was found so far, seen from the value that is read.
pub struct Reader {
    /// Levels around the value.
    depth: usize,
    pub(crate) strict: bool,
    found: ValidationError,
}

impl Reader {
    fn new(strict: bool, depth: usize) -> Self {
        Self {
            depth,
            strict,
            found: ValidationError::none(),
        }
    }

    /// Records the rules that the value breaks.
    pub fn report(&mut self, error: impl Into<ValidationError>) {
        self.found.append(error.into());
    }

    /// Returns the value, or reports why there is none.
    pub fn accept<T>(&mut self, value: Result<T, impl Into<ValidationError>>) -> Option<T> {
        value.map_err(|error| self.report(error)).ok()
    }

    /// Reads a value inside of this one. `segment` is the step to it in a path.
    pub(crate) fn inside<T: FromJson>(&mut self, segment: impl Display, json: &str) -> Option<T> {
        // A document of any size must not take time for what is not kept.
        if self.found.is_full() {
            return None;
        }
        let known = self.found.violations().len();
        self.depth += 1;
        let value = match self.depth <= DEPTH {
            true => T::read(json, self),
            false => self.accept(Err("must be nested less deeply")),
        };
        self.depth -= 1;
        if self.found.violations().len() > known {
            self.found.put_inside(known, &segment.to_string());
        }
        value
    }

    /// Reads the members of an object: `set` takes those that the type has and returns
    /// whether it does. The others are returned if the type keeps them, and reported if the
    /// reader is strict and it does not.
    pub fn object(
        &mut self,
        json: &str,
        names: &[&str],
        keeps_unknown: bool,
        set: &mut dyn FnMut(&str, &str, &mut Self) -> bool,
    ) -> Option<Extra> {
        let mut extra = Extra::new();
        let visited = each_member(json, |name, value| {
            if set(name, value, self) {
            } else if keeps_unknown {
                extra.push(name, value);
            } else if self.strict && !self.found.is_full() {
                self.report(unknown_member(name, names));
            }
        });
        self.accept(visited.map(|()| extra).ok_or("must be an object"))
    }

    /// Reads a member into its place.
    pub fn set<T: FromJson>(&mut self, name: &'static str, json: &str, to: &mut Member<T>) {
        if to.is_some() {
            self.report(ValidationError::from("must occur once").at(name));
        }
        *to = Some(self.inside(name, json));
    }

    /// Returns the value of a member, which may be left out or have to be there.
    pub fn member<T: FromJson>(&mut self, name: &str, member: Member<T>) -> Option<T> {
        member.unwrap_or_else(|| {
            let absent = T::absent();
            if absent.is_none() {
                self.report(ValidationError::from("is required").at(name));
            }
            absent
        })
    }
}

/// A member of an object that is read: its value if it fits, once it was found.
pub(crate) type Member<T> = Option<Option<T>>;

/// Reads a string by the rules of its type.
pub fn read_text<T: FromStr<Err: Into<ValidationError>>>(
    json: &str,
    reader: &mut Reader,
) -> Option<T> {
    let text = reader.accept(text(json).ok_or("must be a string"))?;
    reader.accept(text.parse())
}

/// Reads a value that has one of several types: the first that knows all of its members, or
/// else the first that takes it. A value that has none of them is kept by `unknown`, unless
/// the reader is strict: then the rules of the nearest type are reported.
pub fn read_one_of<T>(
    json: &str,
    reader: &mut Reader,
    types: &[fn(&str, &mut Reader) -> Option<T>],
    unknown: fn(Value) -> T,
) -> Option<T> {
    let mut nearest: Option<ValidationError> = None;
    for strict in [true, reader.strict] {
        for read in types {
            let mut one = Reader::new(strict, reader.depth);
            let value = read(json, &mut one);
            if value.is_some() && one.found.violations().is_empty() {
                return value;
            }
            let broken = |found: &ValidationError| found.violations().len();
            if nearest
                .as_ref()
                .is_none_or(|best| broken(&one.found) < broken(best))
            {
                nearest = Some(one.found);
            }
        }
        if reader.strict {
            reader.report(nearest?);
            return None;
        }
    }
    Value::read(json, reader).map(unknown)
}

/// The text of a JSON string.
pub(crate) fn text(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    match inner.contains('\\') {
        false => Some(inner.into()),
        true => serde_json::from_str(json).ok().map(Cow::Owned),
    }
}

fn unknown_member(name: &str, names: &[&str]) -> ValidationError {
    // Names in other spellings of the same words are near. Of long ones, none is.
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let distance = |known: &str| match name.len() > 2 * known.len() {
        true => usize::MAX,
        false => strsim::levenshtein(&plain(name), &plain(known)),
    };
    let nearest = names.iter().map(|known| (distance(known), *known)).min();
    let shown = Escaped::new(name);
    ValidationError::new(match nearest {
        Some((edits, known)) if edits <= known.chars().count().div_ceil(3) => {
            format!("unknown field `{shown}`, did you mean `{known}`?")
        }
        _ => format!("unknown field `{shown}`"),
    })
}

#[cfg(test)]
mod tests;
