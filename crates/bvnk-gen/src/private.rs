//! `Debug` that hides values: strings, numbers and dates of generated types may be personal
//! data, and are shown only where the contract marks their schema `x-public`.

use std::collections::BTreeMap;
use std::fmt;

use crate::Nullable;

/// Shown in place of a value that may be a secret or a personal datum.
pub struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// How a field appears in the `Debug` of the struct that has it. Generated types are shown
/// by their own `Debug`, which is private as well; everything else is hidden.
pub trait Private {
    /// Writes what may be shown of the value.
    ///
    /// # Errors
    ///
    /// The formatter's.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&Hidden, f)
    }
}

/// Gives a [`Private`] value a `Debug`.
pub struct Shown<'a, T: ?Sized>(pub &'a T);

impl<T: Private + ?Sized> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! hidden {
    ($($ty:ty)*) => { $(impl Private for $ty {})* };
}

hidden!(String bool f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 uuid::Uuid serde_json::Value);
hidden!(crate::Date crate::DateTime crate::Email);

impl Private for crate::Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl<T: Private> Private for Option<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(Shown), f)
    }
}

impl<T: Private> Private for Nullable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Value(value) => value.fmt(f),
        }
    }
}

impl<T: Private> Private for Vec<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Shown)).finish()
    }
}

impl<T: Private> Private for Box<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// Keys are values of the document too.
impl<T> Private for BTreeMap<String, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_empty() {
            true => f.write_str("{}"),
            false => fmt::Debug::fmt(&Hidden, f),
        }
    }
}
