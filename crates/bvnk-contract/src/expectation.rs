//! Expectations: facts in the form that clauses have them.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::AttributeRules;

/// One fact, as a clause expects it. The head of `clauses.toml` describes each kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Expectation {
    /// The API is served at a URL.
    Server {
        /// The base URL.
        url: String,
        /// Its place among the servers; 1 is the first.
        rank: usize,
    },
    /// An operation has a method and a path.
    Operation {
        /// The operation's id.
        operation: String,
        /// The HTTP method, in lower case.
        method: String,
        /// The path template.
        path: String,
    },
    /// Requests of an operation are authenticated.
    Security {
        /// The operation's id.
        operation: String,
        /// The HTTP authentication scheme.
        scheme: String,
    },
    /// An operation declares a response.
    Answer {
        /// The operation's id.
        operation: String,
        /// The status, as OpenAPI writes it.
        status: String,
    },
    /// A body has a media type.
    Media {
        /// The operation's id.
        operation: String,
        /// `request` or a status.
        of: String,
        /// The media type.
        r#type: String,
        /// The JSON type of the body, unless it may be any.
        body: Option<String>,
        /// Whether a request must have the body. A declared response always has it.
        #[serde(default = "yes")]
        required: bool,
    },
    /// A place of a body, of the path, of the query or of the headers.
    Attribute(Box<AttributeRules>),
    /// A response leads to an operation.
    Link {
        /// The operation whose response has the link.
        operation: String,
        /// The status of the response.
        of: String,
        /// The operation that follows.
        target: String,
        /// The parameter of that operation.
        parameter: String,
        /// The JSON pointer of the value in the response's body.
        from: String,
    },
    /// Values of an attribute that end a flow.
    Terminal {
        /// The operation's id.
        operation: String,
        /// A status.
        of: String,
        /// The path of the attribute.
        path: String,
        /// The values.
        values: Vec<String>,
    },
    /// A header carries the operation's idempotency key.
    IdempotencyKey {
        /// The operation's id.
        operation: String,
        /// The header's name.
        header: String,
    },
    /// The example of a body has a value. Expected by clauses only: contracts do not
    /// state their examples.
    Sample {
        /// The operation's id.
        operation: String,
        /// `request` or a status.
        of: String,
        /// The path of the attribute.
        path: String,
        /// The value.
        value: Value,
    },
    /// An attribute has a listed value, which a server shows. Expected by clauses only: the
    /// contract states the list, not each value.
    Value {
        /// The operation's id.
        operation: String,
        /// `request` or a status.
        of: String,
        /// The path of the attribute.
        path: String,
        /// The value.
        value: String,
    },
    /// Something that no contract states and that a check proves. Expected by clauses only.
    Behaviour {},
}

fn yes() -> bool {
    true
}

impl fmt::Display for Expectation {
    /// Writes the expectation as `clauses.toml` has it: `{ kind = "answer", … }`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut members: Vec<_> = self.members().into_iter().collect();
        let rank = |name: &str| FIRST_KEYS.split(' ').position(|key| key == name);
        members.sort_by_key(|(name, _)| rank(name).unwrap_or(usize::MAX));
        // JSON texts, numbers, truth values and lists are TOML's too.
        let members = members.iter().map(|(name, value)| match value {
            Value::Array(items) => {
                let items: Vec<String> = items.iter().map(Value::to_string).collect();
                format!("{name} = [{}]", items.join(", "))
            }
            other => format!("{name} = {other}"),
        });
        write!(f, "{{ {} }}", members.collect::<Vec<_>>().join(", "))
    }
}

/// The keys that come first in `clauses.toml`, in that order.
const FIRST_KEYS: &str =
    "kind operation method of path type required url rank target parameter from";

/// The keys that say what a fact is about. The others say what is stated about it, and so does
/// the path of an operation.
const PLACE: &str = "kind url operation of status path target parameter";

impl From<AttributeRules> for Expectation {
    fn from(rules: AttributeRules) -> Self {
        Self::Attribute(Box::new(rules))
    }
}

impl Expectation {
    /// The kind, and what the fact is about, from the operation to the place in a part of it.
    pub(crate) fn about(&self) -> (&'static str, Vec<&str>) {
        match self {
            Self::Server { url, .. } => ("server", vec![url]),
            Self::Operation { operation, .. } => ("operation", vec![operation]),
            Self::Security { operation, .. } => ("security", vec![operation]),
            Self::IdempotencyKey { operation, .. } => ("idempotency-key", vec![operation]),
            Self::Answer { operation, status } => ("answer", vec![operation, status]),
            Self::Media { operation, of, .. } => ("media", vec![operation, of]),
            Self::Link {
                operation,
                of,
                target,
                parameter,
                ..
            } => ("link", vec![operation, of, target, parameter]),
            Self::Attribute(it) => ("attribute", vec![&it.operation, &it.of, &it.path]),
            Self::Terminal {
                operation,
                of,
                path,
                ..
            } => ("terminal", vec![operation, of, path]),
            Self::Sample {
                operation,
                of,
                path,
                ..
            } => ("sample", vec![operation, of, path]),
            Self::Value {
                operation,
                of,
                path,
                ..
            } => ("value", vec![operation, of, path]),
            Self::Behaviour {} => ("behaviour", Vec::new()),
        }
    }

    /// Returns what the fact is about, such as `create_customer request individual.email`. Two
    /// statements of a contract never share it. `None` for what contracts do not state.
    pub fn subject(&self) -> Option<String> {
        let (kind, place) = self.about();
        match kind {
            "sample" | "value" | "behaviour" => None,
            "attribute" => Some(place.join(" ")),
            kind => Some(format!("{kind} {}", place.join(" "))),
        }
    }

    /// Returns the operation that the fact is about, if it is about one.
    pub fn operation(&self) -> Option<&str> {
        let (kind, place) = self.about();
        place.into_iter().next().filter(|_| kind != "server")
    }

    /// Returns the part of the operation that the fact is about: `request`, a status, or a place of
    /// parameters. `None` for facts about a whole operation or about the API.
    pub fn of(&self) -> Option<&str> {
        self.about().1.into_iter().nth(1)
    }

    /// Returns the rules of an attribute, if the fact is about one.
    pub fn attribute(&self) -> Option<&AttributeRules> {
        match self {
            Self::Attribute(rules) => Some(rules),
            _ => None,
        }
    }

    /// Returns what is stated about the subject, by name: `type`, `required`, `max_length`, …
    ///
    /// What may be left out of a clause is left out here, so that a clause that writes
    /// `nullable = false` states the same as one that does not mention it.
    pub fn aspects(&self) -> BTreeMap<String, Value> {
        let is_operation = matches!(self, Self::Operation { .. });
        let is_place = |name: &str| PLACE.split(' ').any(|key| key == name);
        let mut members = self.members();
        members.retain(|name, _| is_operation && name == "path" || !is_place(name));
        members.into_iter().collect()
    }

    /// The keys and values of the expectation in `clauses.toml`, without those that may be
    /// left out.
    fn members(&self) -> Map<String, Value> {
        // Serializing texts, numbers and lists of them cannot fail.
        let Ok(Value::Object(mut members)) = serde_json::to_value(self) else {
            return Map::new();
        };
        let is_media = matches!(self, Self::Media { .. });
        members.retain(|name, value| match (name.as_str(), &*value) {
            ("required", Value::Bool(required)) => !(is_media && *required),
            ("value" | "open", value) => !value.is_null(),
            (_, value) => ![Value::Null, json!(false), json!([])].contains(value),
        });
        members
    }
}
