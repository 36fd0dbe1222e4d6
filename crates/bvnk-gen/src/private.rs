//! `Debug` that hides values: strings, numbers and dates of generated types may be personal
//! data, and are shown only where the contract marks their schema `x-public`.

use std::fmt;

use crate::FromJson;

/// Shown in place of a value that may be a secret or a personal datum.
pub struct Hidden;

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// A field in the `Debug` of the struct that has it: what may be shown of its value. A generated
/// type decides for itself by its own `Debug`; a plain `String` or number is [`Hidden`]. Lists,
/// options and nullable values show their form: `Some(<hidden>)`, `[<hidden>, <hidden>]`.
pub struct Shown<'a, T>(pub &'a T);

impl<T: FromJson> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Shown;
    use crate::Nullable;

    #[test]
    fn values_of_plain_types_are_hidden_and_the_keys_of_a_map_too() {
        let map = BTreeMap::from([("key".to_owned(), "value".to_owned())]);
        assert_eq!(format!("{:?}", Shown(&map)), "<hidden>");
        let list = Some(Nullable::Value(vec![7_i64]));
        assert_eq!(format!("{:?}", Shown(&list)), "Some([<hidden>])");
    }
}
