//! The parts of a JSON text: the members of an object and the items of a list, each as text.
//!
//! serde_json's `RawValue` would do the same. With its feature, an object of a document can claim
//! to be one: wherever the program reads a value, the text in it is parsed with a new limit of its
//! depth, so that a response can overflow the stack.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Removes what JSON allows around its tokens.
pub(crate) fn trim(json: &str) -> &str {
    trim_start(json).trim_end_matches([' ', '\t', '\n', '\r'])
}

fn trim_start(json: &str) -> &str {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    json.split_at(json.bytes().take_while(space).count()).1
}

/// Visits the members of an object, each with the JSON text of its value. `None` if the text, which
/// has no space around it, is none.
pub(crate) fn each_member<'a>(json: &'a str, mut visit: impl FnMut(&str, &'a str)) -> Option<()> {
    each_part(json, ['{', '}'], |rest| {
        let (Name(name), _) = next(rest)?;
        *rest = rest.strip_prefix(':')?;
        let (IgnoredAny, value) = next(rest)?;
        visit(&name, value);
        Some(())
    })
}

/// Visits the items of a list, as JSON text. `None` if the text, which has no space around it, is
/// none.
pub(crate) fn each_item<'a>(json: &'a str, mut visit: impl FnMut(&'a str)) -> Option<()> {
    each_part(json, ['[', ']'], |rest| {
        let (IgnoredAny, item) = next(rest)?;
        visit(item);
        Some(())
    })
}

/// Returns the items of a list, each as JSON text, as [`Extra::text`](crate::Extra::text) returns a
/// member. `None` if the text is no list.
///
/// ```
/// assert_eq!(bvnk_gen::json_items("[1, {\"a\": 2}]").unwrap(), ["1", "{\"a\": 2}"]);
/// assert!(bvnk_gen::json_items("{}").is_none());
/// ```
pub fn json_items(json: &str) -> Option<Vec<&str>> {
    let mut items = Vec::new();
    each_item(trim(json), |item| items.push(item))?;
    Some(items)
}

/// Reads the parts between brackets, each from the beginning of the text that is left.
fn each_part<'a>(
    json: &'a str,
    [open, close]: [char; 2],
    mut read: impl FnMut(&mut &'a str) -> Option<()>,
) -> Option<()> {
    let inner = json.strip_prefix(open)?;
    let mut rest = trim_start(inner.strip_suffix(close)?);
    let mut more = !rest.is_empty();
    while more {
        read(&mut rest)?;
        more = !rest.is_empty();
        if more {
            rest = rest.strip_prefix(',')?;
        }
    }
    Some(())
}

/// Reads the value at the beginning of a text, and returns it with its own text. What follows it is
/// left.
fn next<'a, T: Deserialize<'a>>(rest: &mut &'a str) -> Option<(T, &'a str)> {
    let mut values = serde_json::Deserializer::from_str(rest).into_iter();
    let value = values.next()?.ok()?;
    let (text, after) = rest.split_at_checked(values.byte_offset())?;
    *rest = trim_start(after);
    Some((value, trim_start(text)))
}

/// The name of a member, which is copied only if it has escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::Value;

    use super::*;

    /// Texts that are JSON and, with a character removed or doubled, mostly are not.
    #[test]
    fn objects_and_lists_are_those_of_serde_json() {
        for text in [
            r#" { "a\u0062" : [1, {"b": "]}"}] ,"":-1.5e3,"c":null } "#,
            r#"[ "x", [ ], { } , true,12 ]"#,
        ] {
            for at in 0..text.len() {
                let (before, after) = text.split_at(at);
                let doubled = format!("{before}{}{after}", &after[..1]);
                for text in [text, &doubled, &format!("{before}{}", &after[1..])] {
                    let value = serde_json::from_str(text).ok();
                    let mut members = serde_json::Map::new();
                    let mut add = |name: &str, value: &str| {
                        members.insert(name.to_owned(), serde_json::from_str(value).unwrap());
                    };
                    let object = each_member(trim(text), &mut add).map(|()| Value::Object(members));
                    let items = json_items(text).map(|items| {
                        let items = items.into_iter();
                        items
                            .map(|it| serde_json::from_str::<Value>(it).unwrap())
                            .collect()
                    });
                    let scalar = value
                        .clone()
                        .filter(|it: &Value| !it.is_object() && !it.is_array());
                    assert_eq!(object.or(items).or(scalar), value, "{text}");
                }
            }
        }
    }
}
