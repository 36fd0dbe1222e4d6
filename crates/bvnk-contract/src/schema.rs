//! Schemas: the shapes of bodies and parameters, and their rules.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::{Number, Value};

/// One schema: what values look like, and what the contract's extensions state of them.
///
/// A `$ref` to a component is kept as [`Shape::Reference`], so that recursive
/// schemas stay finite; [`Contract::resolve`](crate::Contract::resolve) follows it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Schema {
    /// The JSON pointer of the definition, in the document.
    #[serde(skip)]
    pub location: String,
    /// What values look like.
    #[serde(skip)]
    pub shape: Shape,
    /// Whether null is a value too.
    pub nullable: bool,
    /// Whether values may be printed (`x-public: true`).
    #[serde(rename = "x-public")]
    pub public: bool,
    /// The values that end a flow (`x-terminal`).
    #[serde(rename = "x-terminal")]
    pub terminal: Vec<String>,
    /// The values in which the person who is concerned has to act (`x-action-required`).
    #[serde(rename = "x-action-required")]
    pub action_required: Vec<String>,
    /// Groups of values that mean the same (`x-alike`).
    #[serde(rename = "x-alike")]
    pub alike: Vec<Vec<String>>,
    /// What the schema means.
    pub description: Option<String>,
    /// A value to show.
    pub example: Option<Value>,
}

/// What values of a schema look like.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shape {
    /// Any JSON value.
    #[default]
    Any,
    /// True or false.
    Boolean,
    /// A text.
    String(StringRules),
    /// A number without a fraction.
    Integer(NumberRules),
    /// A number.
    Number(NumberRules),
    /// A list.
    Array(ArrayRules),
    /// An object with named properties, a map, or both. `allOf` is merged into it.
    Object(ObjectRules),
    /// One of several objects.
    OneOf(Vec<Schema>),
    /// The component schema with this name.
    Reference(String),
}

/// Rules of a text.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct StringRules {
    /// OpenAPI's name for the form of the text.
    pub format: Option<String>,
    /// A regular expression (ECMA 262) that must match somewhere in the text.
    pub pattern: Option<String>,
    /// The least number of characters.
    pub min_length: Option<u64>,
    /// The greatest number of characters.
    pub max_length: Option<u64>,
    /// The listed values; empty if none are listed.
    #[serde(rename = "enum", deserialize_with = "listed")]
    pub values: Vec<String>,
    /// Whether values other than the listed ones are legal too.
    #[serde(skip)]
    pub open: bool,
}

/// Rules of a number.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct NumberRules {
    /// OpenAPI's name for the size of the number.
    pub format: Option<String>,
    /// The least value, as JSON has it.
    pub minimum: Option<Number>,
    /// The greatest value, as JSON has it.
    pub maximum: Option<Number>,
    /// Whether the least value itself is excluded.
    pub exclusive_minimum: bool,
    /// Whether the greatest value itself is excluded.
    pub exclusive_maximum: bool,
    /// What every value is a multiple of.
    pub multiple_of: Option<Number>,
}

/// Rules of a list.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ArrayRules {
    /// What the items look like.
    #[serde(skip)]
    pub items: Box<Schema>,
    /// The least number of items.
    pub min_items: Option<u64>,
    /// The greatest number of items.
    pub max_items: Option<u64>,
    /// Whether all items differ.
    pub unique_items: bool,
}

/// Rules of an object.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct ObjectRules {
    /// The named properties.
    #[serde(skip)]
    pub properties: BTreeMap<String, Property>,
    /// Which other properties there may be.
    #[serde(skip)]
    pub additional: Additional,
    /// The least number of properties.
    pub min_properties: Option<u64>,
    /// The greatest number of properties.
    pub max_properties: Option<u64>,
}

/// A named property of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// What its values look like.
    pub schema: Schema,
    /// Whether it must be there.
    pub required: bool,
}

/// Which properties an object may have beyond the named ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Additional {
    /// The contract does not say: others are legal and ignored.
    #[default]
    Unspecified,
    /// Others are expected and kept (`additionalProperties: true`).
    Any,
    /// None are legal (`additionalProperties: false`).
    None,
    /// Others are legal with values of this schema: a map.
    Of(Box<Schema>),
}

/// The values of an enum, without null: [`Schema::nullable`] says whether that is one.
fn listed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let values = Vec::<Option<String>>::deserialize(deserializer)?;
    let values: Vec<String> = values.into_iter().flatten().collect();
    match values.is_empty() {
        true => Err(D::Error::custom("lists no value")),
        false => Ok(values),
    }
}

/// The formats of texts that the generated types and the validators check.
pub(crate) const CHECKED_FORMATS: [&str; 4] = ["date", "date-time", "email", "uuid"];

impl StringRules {
    /// The format, if the generated types and the validators check it. Values of any other
    /// are any text.
    pub fn checked_format(&self) -> Option<&str> {
        let format = self.format.as_deref();
        format.filter(|format| CHECKED_FORMATS.contains(format))
    }
}

impl Schema {
    /// The listed values of a text; none if it may be any.
    pub fn listed(&self) -> &[String] {
        match &self.shape {
            Shape::String(rules) => &rules.values,
            _ => &[],
        }
    }

    /// The schemas directly inside of this one. References are not followed.
    pub fn children(&self) -> Vec<&Schema> {
        match &self.shape {
            Shape::Array(rules) => vec![&*rules.items],
            Shape::OneOf(variants) => variants.iter().collect(),
            Shape::Object(rules) => {
                let properties = rules.properties.values();
                let mut children: Vec<_> = properties.map(|property| &property.schema).collect();
                if let Additional::Of(values) = &rules.additional {
                    children.push(values);
                }
                children
            }
            _ => Vec::new(),
        }
    }

    /// The name of the component that the schema refers to, if it is a reference.
    pub fn reference(&self) -> Option<&str> {
        match &self.shape {
            Shape::Reference(name) => Some(name),
            _ => None,
        }
    }
}

impl Shape {
    /// The name of the shape, as clauses write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Boolean => "boolean",
            Self::String(_) => "string",
            Self::Integer(_) => "integer",
            Self::Number(_) => "number",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::OneOf(_) => "one-of",
            Self::Reference(_) => "reference",
        }
    }
}
