//! Members of a response that the contract does not name, kept as they arrived.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::from_json_lenient;
use crate::private::Hidden;

/// The members of an object that the contract does not name.
///
/// They are kept as JSON text and parsed when asked for, so that they need about as much
/// memory as they had on the wire. `Debug` hides names and values: both may be personal
/// data.
///
/// ```
/// use bvnk_gen::types::Customer;
///
/// let json = r#"{"reference": "c-1", "status": "VERIFIED", "level": 2, "note": null}"#;
/// let customer: Customer = serde_json::from_str(json)?;
/// assert_eq!(customer.extra.get("level").unwrap(), 2);
/// assert_eq!(customer.extra.get_as::<u8>("level").transpose()?, Some(2));
/// assert_eq!(customer.extra.text("note"), Some("null"));
/// assert_eq!(format!("{:?}", customer.extra), "<hidden>");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Extra(Vec<(Box<str>, Box<str>)>);

impl Extra {
    /// Returns no members.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Returns the value of a member, unless it is nested more than 64 levels deep.
    pub fn get(&self, name: &str) -> Option<Value> {
        from_json_lenient(self.text(name)?.as_bytes()).ok()
    }

    /// Returns the value of a member, decoded.
    ///
    /// # Errors
    ///
    /// The error of the decoding, which may quote the value.
    pub fn get_as<T: DeserializeOwned>(&self, name: &str) -> Option<serde_json::Result<T>> {
        self.text(name).map(serde_json::from_str)
    }

    /// Returns the JSON text of a member.
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut members = self.0.iter();
        let (_, value) = members.find(|(member, _)| **member == *name)?;
        Some(value)
    }

    /// Returns whether there is a member of this name.
    pub fn contains_key(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    /// Returns the members' names and the JSON texts of their values, in the order of the
    /// document.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Returns whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns all members, parsed. One that [`get`](Self::get) does not return is null.
    pub fn to_map(&self) -> Map<String, Value> {
        let mut map = Map::new();
        for (name, value) in self.iter() {
            // The first of a repeated name stays.
            map.entry(name).or_insert_with(|| parse(value));
        }
        map
    }

    /// Keeps a member. A repeated name is kept too; the first one is returned by [`Extra::get`].
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.into(), value.into()));
    }
}

/// Null for what no value can hold, such as `1e400`: a server must not keep a customer from being
/// stored.
fn parse(value: &str) -> Value {
    from_json_lenient(value.as_bytes()).unwrap_or_default()
}

impl From<Map<String, Value>> for Extra {
    fn from(members: Map<String, Value>) -> Self {
        let raw = |(name, value): (String, Value)| (name.into(), value.to_string().into());
        Self(members.into_iter().map(raw).collect())
    }
}

/// By value: spelling and order on the wire do not matter.
impl PartialEq for Extra {
    fn eq(&self, other: &Self) -> bool {
        self.to_map() == other.to_map()
    }
}

impl Serialize for Extra {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, value)| (name, parse(value))))
    }
}

crate::__json! { Extra, |generator| schemars::json_schema!({"type": "object"}) }

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_empty() {
            true => f.write_str("{}"),
            false => Hidden.fmt(f),
        }
    }
}
