//! Schemas: the shapes of bodies and parameters, and their rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::{CHECKED_FORMATS, Pattern};

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
    /// Which of these values are legal.
    #[serde(skip)]
    pub rules: Rules,
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
    String,
    /// A number without a fraction.
    Integer,
    /// A number.
    Number,
    /// A list of items of this schema.
    Array(Box<Schema>),
    /// An object with named properties, a map, or both. `allOf` is merged into it.
    Object(Object),
    /// One of several objects.
    OneOf(Vec<Schema>),
    /// The component schema with this name.
    Reference(String),
}

/// The rules of a schema, in the words of clauses. Each shape has some of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// The form of a text or the size of a number, by OpenAPI's name for it.
    pub format: Option<String>,
    /// What must match somewhere in a text.
    pub pattern: Option<Pattern>,
    /// The least number of characters.
    #[serde(alias = "minLength")]
    pub min_length: Option<u64>,
    /// The greatest number of characters.
    #[serde(alias = "maxLength")]
    pub max_length: Option<u64>,
    /// The least value, as JSON has it.
    pub minimum: Option<Number>,
    /// The greatest value, as JSON has it.
    pub maximum: Option<Number>,
    /// Whether the least value itself is excluded.
    #[serde(alias = "exclusiveMinimum")]
    pub exclusive_minimum: bool,
    /// Whether the greatest value itself is excluded.
    #[serde(alias = "exclusiveMaximum")]
    pub exclusive_maximum: bool,
    /// What every value is a multiple of.
    #[serde(alias = "multipleOf")]
    pub multiple_of: Option<Number>,
    /// The least number of items or properties.
    #[serde(alias = "minItems", alias = "minProperties")]
    pub min_items: Option<u64>,
    /// The greatest number of items or properties.
    #[serde(alias = "maxItems", alias = "maxProperties")]
    pub max_items: Option<u64>,
    /// Whether all items differ.
    #[serde(alias = "uniqueItems")]
    pub unique_items: bool,
    /// The listed values of a text.
    #[serde(alias = "enum", deserialize_with = "listed")]
    pub known: Option<Vec<String>>,
    /// Whether values other than the listed ones are legal; `None` if none are listed.
    pub open: Option<bool>,
}

/// The members of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// The named properties.
    pub properties: BTreeMap<String, Property>,
    /// Which other properties there may be.
    pub additional: Additional,
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
fn listed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let values = Option::<Vec<Option<String>>>::deserialize(deserializer)?;
    let values: Option<Vec<String>> = values.map(|it| it.into_iter().flatten().collect());
    match &values {
        Some(values) if values.is_empty() => Err(D::Error::custom("lists no value")),
        Some(values) if values.iter().collect::<BTreeSet<_>>().len() < values.len() => {
            Err(D::Error::custom("lists a value twice"))
        }
        _ => Ok(values),
    }
}

impl Rules {
    /// Returns the format, if it is [checked](CHECKED_FORMATS). Values of any other are any text.
    pub fn checked_format(&self) -> Option<&str> {
        let format = self.format.as_deref();
        format.filter(|format| CHECKED_FORMATS.contains(format))
    }

    /// Returns the listed values of a text; none if it may be any.
    pub fn listed(&self) -> &[String] {
        self.known.as_deref().unwrap_or_default()
    }
}

impl Schema {
    /// Returns the schemas directly inside of this one. References are not followed.
    pub fn children(&self) -> Vec<&Schema> {
        match &self.shape {
            Shape::Array(items) => vec![&**items],
            Shape::OneOf(variants) => variants.iter().collect(),
            Shape::Object(object) => {
                let properties = object.properties.values();
                let mut children: Vec<_> = properties.map(|property| &property.schema).collect();
                if let Additional::Of(values) = &object.additional {
                    children.push(values);
                }
                children
            }
            _ => Vec::new(),
        }
    }

    /// Returns the name of the component that the schema refers to, if it is a reference.
    pub fn reference(&self) -> Option<&str> {
        match &self.shape {
            Shape::Reference(name) => Some(name),
            _ => None,
        }
    }
}

impl Shape {
    /// Returns the name of the shape, as clauses write it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Boolean => "boolean",
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::OneOf(_) => "one-of",
            Self::Reference(_) => "reference",
        }
    }
}
