//! What setters of builders take, and what builders hold until they build.
//!
//! The traits have a marker `M`, which the compiler infers. It lets a setter take a value
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

impl<T: FromJson> Slot<T> {
    /// Starts with what the field's type starts with.
    pub fn initial() -> Self {
        T::initial().map_or(Self::Missing, Self::Set)
    }
}

impl<T> Slot<T> {
    /// Keeps a converted value, or why there is none.
    pub fn of(value: Result<T, ValidationError>, field: &str) -> Self {
        match value {
            Ok(value) => Self::Set(value),
            Err(error) => Self::Invalid(error.at(field)),
        }
    }

    /// Converts the value, if there is one.
    pub fn and_then<U>(self, convert: impl FnOnce(T) -> Result<U, ValidationError>) -> Slot<U> {
        match self {
            Self::Set(value) => Slot::of(convert(value), ""),
            Self::Invalid(error) => Slot::Invalid(error),
            Self::Missing => Slot::Missing,
        }
    }

    /// Takes the value, or adds what is wrong with it to `errors`.
    pub fn take(self, field: &str, errors: &mut ValidationError) -> Option<T> {
        match self {
            Self::Set(value) => return Some(value),
            Self::Invalid(error) => errors.append(error),
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
        Self(slot.and_then(|value| match value.is_absent() {
            true => Ok(None),
            false => json(&value).map(Some),
        }))
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
    match (&value as &dyn Any).downcast_ref::<f64>() {
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

/// Markers of the ways in which a field can be set.
#[doc(hidden)]
pub mod marker {
    pub struct Plain;
    pub struct Optional;
    pub struct Nulled;
    pub struct OptionalNulled;
}
use marker::{Nulled, Optional, OptionalNulled, Plain};

macro_rules! input {
    ($(#[$doc:meta])* $name:ident<T> -> $out:ty, $convert:ident, $bound:ident;
     $($marker:ident: $input:ty => |$value:ident| $conversion:expr;)*) => {
        $(#[$doc])*
        #[diagnostic::on_unimplemented(message = "`{Self}` cannot be converted to the type of this field")]
        pub trait $name<T, M> {
            /// Converts the value.
            ///
            /// # Errors
            ///
            /// The rules that the value breaks.
            fn $convert(self) -> Result<$out, ValidationError>;
        }

        $(impl<T: 'static, V: $bound<T>> $name<T, $marker> for $input {
            fn $convert(self) -> Result<$out, ValidationError> {
                let $value = self;
                $conversion
            }
        })*
    };
}

/// What converts to one value.
#[doc(hidden)]
pub trait One<T>: TryInto<T, Error: 'static> {}
impl<T, V: TryInto<T, Error: 'static>> One<T> for V {}

/// What converts to a list, item by item.
#[doc(hidden)]
pub trait Many<T>: IntoIterator<Item: TryInto<T, Error: 'static>> {}
impl<T, V: IntoIterator<Item: TryInto<T, Error: 'static>>> Many<T> for V {}

input! {
    /// What an optional field is set with: a value, or an `Option` of one.
    IntoOptional<T> -> Option<T>, into_optional, One;
    Plain: V => |value| convert(value).map(Some);
    Optional: Option<V> => |value| value.map(convert).transpose();
}

input! {
    /// What a nullable field is set with: a value, [`Nullable`], or an `Option`, of which
    /// `None` is null.
    IntoNullable<T> -> Nullable<T>, into_nullable, One;
    Plain: V => |value| convert(value).map(Nullable::Value);
    Nulled: Nullable<V> => |value| value.into_option().map(convert).transpose().map(Into::into);
    Optional: Option<V> => |value| value.map(convert).transpose().map(Into::into);
}

input! {
    /// What an optional, nullable field is set with: a value, [`Nullable`], or an `Option`
    /// of either, of which `None` leaves the field out.
    IntoOptionalNullable<T> -> Option<Nullable<T>>, into_optional_nullable, One;
    Plain: V => |value| convert(value).map(|value| Some(Nullable::Value(value)));
    Nulled: Nullable<V> => |value| IntoNullable::into_nullable(value).map(Some);
    Optional: Option<V> => |value| Ok(value.map(convert).transpose()?.map(Nullable::Value));
    OptionalNulled: Option<Nullable<V>> => |value| value.map(IntoNullable::into_nullable).transpose();
}

input! {
    /// What a list is set with: anything that yields items that can be converted.
    IntoList<T> -> Vec<T>, into_list, Many;
    Plain: V => |value| list(value);
}

input! {
    /// What an optional list is set with: items, or an `Option` of them. An empty list is
    /// sent as an empty one.
    IntoOptionalList<T> -> Option<Vec<T>>, into_optional_list, Many;
    Plain: V => |value| list(value).map(Some);
    Optional: Option<V> => |value| value.map(list).transpose();
}
