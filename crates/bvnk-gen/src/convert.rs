//! What setters of builders take, and what builders hold until they build.
//!
//! The trait has a marker `M`, which the compiler infers. It lets a setter take a value
//! and an `Option` of one alike.

use std::any::Any;
use std::num::TryFromIntError;

use bytes::Bytes;
use serde::Serialize;

use crate::{FromJson, Nullable, ValidationError};

/// A field of a builder.
///
/// A setter cannot fail, as the next one is called on its result. It keeps what is wrong here,
/// and `build` or `send` reports the errors of all fields at once.
#[derive(Clone)]
pub enum Slot<T> {
    /// Not set, and without a value to start with.
    Missing,
    /// Set.
    Set(T),
    /// Set to something that does not fit.
    Invalid(ValidationError),
}

/// Starts with what the field's type starts with.
impl<T: FromJson> Default for Slot<T> {
    fn default() -> Self {
        T::initial().map_or(Self::Missing, Self::Set)
    }
}

/// Keeps a converted value, or why there is none.
impl<T> From<Result<T, ValidationError>> for Slot<T> {
    fn from(value: Result<T, ValidationError>) -> Self {
        value.map_or_else(Self::Invalid, Self::Set)
    }
}

impl<T> Slot<T> {
    /// Takes the value, or adds what is wrong with it to `errors`.
    pub fn take(self, field: &str, errors: &mut ValidationError) -> Option<T> {
        match self {
            Self::Set(value) => return Some(value),
            Self::Invalid(error) => errors.append(error.at(field)),
            Self::Missing => errors.push(field.to_owned(), "is required"),
        }
        None
    }
}

/// A body as it is sent, unless it is left out. The setter writes it, so that the value, which
/// is large, is not kept and moved with the call.
pub struct JsonBody(pub(crate) Slot<Option<Bytes>>);

impl<T: Serialize + FromJson> From<Slot<T>> for JsonBody {
    fn from(slot: Slot<T>) -> Self {
        Self(match slot {
            Slot::Set(value) if value.is_absent() => Slot::Set(None),
            Slot::Set(value) => json(&value).map(Some).into(),
            Slot::Invalid(error) => Slot::Invalid(error),
            Slot::Missing => Slot::Missing,
        })
    }
}

fn json<T: Serialize>(body: &T) -> Result<Bytes, ValidationError> {
    // Room for most requests: growing copies.
    let mut text = Vec::with_capacity(1024);
    match serde_json::to_writer(&mut text, body) {
        Ok(()) => Ok(text.into()),
        // Not serde's text, which may quote the value.
        Err(_) => Err("cannot be written as JSON".into()),
    }
}

/// Converts a value. A conversion's own error is kept when it is one of ours; the text of
/// another may quote the value, so that a rule takes its place: "must be a UUID" for
/// `uuid::Error`. A number that is not finite is refused here too, for all number types.
///
/// # Errors
///
/// The rule that the value breaks.
pub fn convert<T, V>(value: V) -> Result<T, ValidationError>
where
    V: TryInto<T, Error: 'static>,
    T: 'static,
{
    let value = value.try_into().map_err(|error| {
        let error: &dyn Any = &error;
        if let Some(ours) = error.downcast_ref::<ValidationError>() {
            return ours.clone();
        }
        ValidationError::new(if error.is::<uuid::Error>() {
            "must be a UUID"
        } else if error.is::<TryFromIntError>() {
            "must be within the range of the field's number type"
        } else {
            "cannot be converted to the type of this field"
        })
    })?;
    // JSON has no such numbers; null would be written.
    let any: &dyn Any = &value;
    let number = any.downcast_ref::<f32>().map(|it| f64::from(*it));
    match number.or(any.downcast_ref().copied()) {
        Some(number) if !number.is_finite() => Err("must be a finite number".into()),
        _ => Ok(value),
    }
}

fn list<T: 'static, I>(items: I) -> Result<Vec<T>, ValidationError>
where
    I: IntoIterator<Item: TryInto<T, Error: 'static>>,
{
    let items = items.into_iter();
    let mut list = Vec::with_capacity(items.size_hint().0);
    let mut errors = ValidationError::none();
    for (index, item) in items.enumerate() {
        match convert(item) {
            Ok(item) => list.push(item),
            Err(error) => errors.append(error.at(&format!("[{index}]"))),
        }
    }
    errors.result().map(|()| list)
}

/// The kinds of fields, by the words of the macros.
#[doc(hidden)]
#[allow(non_camel_case_types)]
pub mod kind {
    pub struct required;
    pub struct optional;
    pub struct nullable;
    pub struct optional_nullable;
    pub struct list;
    pub struct optional_list;
    pub use required as constant;
}

/// Markers of the forms in which a value is given.
#[doc(hidden)]
pub mod marker {
    pub struct Plain;
    pub struct Optional;
    pub struct Nulled;
    pub struct OptionalNulled;
}

/// What a field or a parameter of the type `F` is set with, by its kind `K`; `M` is inferred.
///
/// | kind | given |
/// |---|---|
/// | `required` | a value |
/// | `optional` | a value, or an `Option` of one |
/// | `nullable` | a value, [`Nullable`], or an `Option`, of which `None` is null |
/// | `optional_nullable` | a value, [`Nullable`], or an `Option` of either, of which `None` leaves the field out |
/// | `list` | anything that yields items that can be converted |
/// | `optional_list` | the same, or an `Option` of it; an empty list is sent as an empty one |
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be converted to the type of this field")]
pub trait IntoField<K, F, M> {
    /// Converts the value.
    ///
    /// # Errors
    ///
    /// The rules that the value breaks.
    fn into_field(self) -> Result<F, ValidationError>;
}

/// What converts to one value.
#[doc(hidden)]
pub trait One<T>: TryInto<T, Error: 'static> {}
impl<T, V: TryInto<T, Error: 'static>> One<T> for V {}

/// What converts to a list, item by item.
#[doc(hidden)]
pub trait Many<T>: IntoIterator<Item: TryInto<T, Error: 'static>> {}
impl<T, V: IntoIterator<Item: TryInto<T, Error: 'static>>> Many<T> for V {}

macro_rules! inputs {
    ($($kind:ident $marker:ident $bound:ident: $input:ty => $field:ty: |$value:ident| $conversion:expr;)*) => {
        $(impl<T: 'static, V: $bound<T>> IntoField<kind::$kind, $field, marker::$marker> for $input {
            fn into_field(self) -> Result<$field, ValidationError> {
                let $value = self;
                $conversion
            }
        })*
    };
}

inputs! {
    required Plain One: V => T: |value| convert(value);
    optional Plain One: V => Option<T>: |value| convert(value).map(Some);
    optional Optional One: Option<V> => Option<T>: |value| value.map(convert).transpose();
    nullable Plain One: V => Nullable<T>: |value| null(Some(value));
    nullable Nulled One: Nullable<V> => Nullable<T>: |value| null(value.into_option());
    nullable Optional One: Option<V> => Nullable<T>: |value| null(value);
    optional_nullable Plain One: V => Option<Nullable<T>>: |value| null(Some(value)).map(Some);
    optional_nullable Nulled One: Nullable<V> => Option<Nullable<T>>: |value| null(value.into_option()).map(Some);
    optional_nullable Optional One: Option<V> => Option<Nullable<T>>: |value| value.map(|value| null(Some(value))).transpose();
    optional_nullable OptionalNulled One: Option<Nullable<V>> => Option<Nullable<T>>: |value| value.map(|value| null(value.into_option())).transpose();
    list Plain Many: V => Vec<T>: |value| list(value);
    optional_list Plain Many: V => Option<Vec<T>>: |value| list(value).map(Some);
    optional_list Optional Many: Option<V> => Option<Vec<T>>: |value| value.map(list).transpose();
}

fn null<T: 'static, V: One<T>>(value: Option<V>) -> Result<Nullable<T>, ValidationError> {
    value.map(convert).transpose().map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_json_lacks_are_refused() {
        let error = ValidationError::from("must be a finite number");
        assert_eq!(convert::<f64, f64>(f64::INFINITY), Err(error.clone()));
        assert_eq!(convert::<f32, f32>(f32::NAN), Err(error));
        assert_eq!(convert::<f32, f32>(f32::MAX), Ok(f32::MAX));
    }
}
