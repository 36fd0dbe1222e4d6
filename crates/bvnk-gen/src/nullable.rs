//! A value that may be null, where null and absent are different.

use serde::{Deserialize, Serialize};

/// A field that the contract marks `nullable`.
///
/// A required one is always written, as null or as its value. An optional one is an
/// `Option` of this: `None` leaves the field out.
///
/// ```
/// use bvnk_gen::Nullable;
///
/// let note: Nullable<&str> = Some("a").into();
/// assert_eq!(note.as_option(), Some(&"a"));
/// assert_eq!(serde_json::to_string(&Nullable::<u8>::Null)?, "null");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(untagged)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(inline))]
pub enum Nullable<T> {
    /// JSON's `null`.
    #[default]
    Null,
    /// A value.
    Value(T),
}

impl<T> Nullable<T> {
    /// Returns the value, or `None` for null.
    pub fn as_option(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// Returns the value, or `None` for null.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}
