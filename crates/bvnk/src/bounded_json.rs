//! Reads JSON from outside into a tree of bounded size.
//!
//! A `serde_json::Value` costs up to a few hundred times the text that it is read from. Here
//! the number of values and the length of texts are limited, so that memory does not follow
//! the input: what exceeds the limits is skipped without being stored.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Values that are kept, members' names not counted.
const VALUES: usize = 1_000;
/// Bytes that all texts and names may have together.
const ALL_TEXT: usize = 64 * 1024;
/// Bytes that one text or name may have; longer ones are cut.
const ONE_TEXT: usize = 1024;

/// Returns the JSON in `body`, cut to the limits, or `None` if it is not JSON.
pub(crate) fn read(body: &[u8]) -> Option<Value> {
    parse(body, true)
}

/// Returns the JSON in `body` without its arrays, which are replaced by empty ones.
pub(crate) fn read_objects(body: &[u8]) -> Option<Value> {
    parse(body, false)
}

fn parse(body: &[u8], arrays: bool) -> Option<Value> {
    let mut budget = Budget {
        values: VALUES,
        text: ALL_TEXT,
        arrays,
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = Bounded(&mut budget).deserialize(&mut json).ok()?;
    json.end().ok().map(|()| value)
}

struct Budget {
    values: usize,
    text: usize,
    arrays: bool,
}

impl Budget {
    /// Takes one value from the budget.
    fn value(&mut self) -> bool {
        let left = self.values > 0 && self.text > 0;
        self.values = self.values.saturating_sub(1);
        left
    }

    /// Returns as much of a text as the budget allows.
    fn text(&mut self, text: &str) -> String {
        let mut end = text.len().min(ONE_TEXT).min(self.text);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let kept = &text[..end];
        self.text -= kept.len();
        kept.to_owned()
    }
}

struct Bounded<'a>(&'a mut Budget);

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(self.0.text(text).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        while self.0.arrays && self.0.value() {
            match items.next_element_seed(Bounded(self.0))? {
                Some(item) => kept.push(item),
                None => return Ok(kept.into()),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(kept.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut kept = Map::new();
        while self.0.value() {
            let Some(name) = members.next_key_seed(Name(self.0))? else {
                return Ok(kept.into());
            };
            kept.insert(name, members.next_value_seed(Bounded(self.0))?);
        }
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(kept.into())
    }
}

struct Name<'a>(&'a mut Budget);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<String, E> {
        Ok(self.0.text(name))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn values(value: &Value) -> (usize, usize) {
        let add = |(values, text), (more, longer)| (values + more, text + longer);
        match value {
            Value::String(text) => (1, text.len()),
            Value::Array(items) => items.iter().map(values).fold((1, 0), add),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| add(values(value), (0, name.len())))
                .fold((1, 0), add),
            _ => (1, 0),
        }
    }

    #[test]
    fn number_and_length_are_limited_whatever_the_shape() {
        let many = 200_000;
        for body in [
            format!("[{}0]", "0,".repeat(many)),
            format!("[{}0]", r#"{"":0},"#.repeat(many)),
            format!("[{}0]", r#""é","#.repeat(many)),
            format!("[{}0]", "[],".repeat(many)),
            format!(r#""{}""#, "é".repeat(many)),
            format!(r#"{{"{}":["",""]}}"#, "x".repeat(many)),
            format!(
                "{{{}}}",
                (0..many)
                    .map(|n| format!("\"{n}\":0"))
                    .collect::<Vec<_>>()
                    .join(",")
            ),
        ] {
            let (values, text) = values(&read(body.as_bytes()).unwrap());
            assert!(values <= VALUES + 1, "{values}");
            assert!(text <= ALL_TEXT, "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_none() {
        for body in ["", "{", "[1] 2", "\u{feff}{}", &"[".repeat(100_000)] {
            assert_eq!(read(body.as_bytes()), None, "{:.20}", body);
        }
    }

    proptest! {
        /// Within the limits, the tree is the one that serde_json reads.
        #[test]
        fn small_bodies_are_read_whole(names: Vec<String>, number: f64, flag: bool) {
            let members: Map<String, Value> =
                names.iter().take(50).map(|name| (name.clone(), serde_json::json!([number, flag, name, null]))).collect();
            let body = Value::from(members);
            prop_assert_eq!(read(body.to_string().as_bytes()), Some(body));
        }
    }
}
