//! How JSON is read into the types that are not generated.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::json::{FromJson, Reader, read_text, text};
use crate::json_parts::{each_item, each_member};
use crate::private::{Hidden, Shown};
use crate::{Extra, Nullable};

type Map = BTreeMap<String, Value>;

/// Implements [`FromJson`] for types whose values are hidden.
macro_rules! leaf {
    ($($ty:ty: |$json:ident, $reader:ident| $read:expr;)*) => {
        $(impl FromJson for $ty {
            fn read($json: &str, $reader: &mut Reader) -> Option<Self> {
                $read
            }

            fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&Hidden, f)
            }
        })*
    };
    ($($ty:ty: $rule:literal;)*) => {
        leaf! { $($ty: |json, reader| reader.accept(serde_json::from_str(json).map_err(|_| $rule));)* }
    };
}

leaf! {
    bool: "must be a boolean";
    f32: "must be a number";
    f64: "must be a number";
    i32: "must be an integer of 32 bits";
    i64: "must be an integer";
    uuid::Uuid: "must be a UUID";
}

leaf! {
    String: |json, reader| reader.accept(text(json).map(Cow::into_owned).ok_or("must be a string"));
    crate::Date: |json, reader| read_text(json, reader);
    crate::DateTime: |json, reader| read_text(json, reader);
    crate::Email: |json, reader| read_text(json, reader);
    // Part by part, for what `json_parts` says of serde_json: others may enable its feature.
    Value: |json, reader| match json.as_bytes() {
        [b'{', ..] => Map::read(json, reader).map(|members| members.into_iter().collect()),
        [b'[', ..] => Vec::read(json, reader).map(Self::Array),
        _ => reader.accept(serde_json::from_str(json).map_err(|_| "must be JSON")),
    };
}

impl FromJson for Extra {
    fn read(json: &str, reader: &mut Reader) -> Option<Self> {
        reader.object(json, &[], true, &mut |_, _, _| false)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(json: &str, reader: &mut Reader) -> Option<Self> {
        match json == "null" && !T::NULLABLE {
            true if reader.strict => {
                reader.report("must be left out instead of null");
                None
            }
            true => Some(None),
            false => T::read(json, reader).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_ref().map(Shown), f)
    }
}

impl<T: FromJson> FromJson for Nullable<T> {
    const NULLABLE: bool = true;

    fn read(json: &str, reader: &mut Reader) -> Option<Self> {
        match json {
            "null" => Some(Self::Null),
            _ => T::read(json, reader).map(Self::Value),
        }
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Value(value) => value.show(f),
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(json: &str, reader: &mut Reader) -> Option<Self> {
        let (mut list, mut index) = (Vec::new(), 0);
        let visited = each_item(json, |item| {
            list.extend(reader.inside(format_args!("[{index}]"), item));
            index += 1;
        });
        reader.accept(visited.ok_or("must be an array"))?;
        (list.len() == index).then_some(list)
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter().map(Shown)).finish()
    }
}

impl<T: FromJson> FromJson for Box<T> {
    fn read(json: &str, reader: &mut Reader) -> Option<Self> {
        T::read(json, reader).map(Box::new)
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).show(f)
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn read(json: &str, reader: &mut Reader) -> Option<Self> {
        let (mut map, mut complete) = (BTreeMap::new(), true);
        let visited = each_member(json, |name, value| match reader.inside("{}", value) {
            Some(value) => drop(map.insert(name.to_owned(), value)),
            None => complete = false,
        });
        reader.accept(visited.ok_or("must be an object"))?;
        complete.then_some(map)
    }

    /// Keys are values of the document too.
    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_empty() {
            true => f.write_str("{}"),
            false => fmt::Debug::fmt(&Hidden, f),
        }
    }
}
