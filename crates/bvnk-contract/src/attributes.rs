//! Attributes: the places of a body, flattened to paths, and what is stated of each.

use std::ops::{Deref, DerefMut};

use serde::{Deserialize, Serialize};

use crate::{Additional, Contract, Rules, Schema, Shape};

/// One place of a body.
///
/// The path joins names by dots: `individual.address.city`. Items of a list are `[]`
/// (`tags[]`, `people[].name`), values of a map `{}` (`labels{}`), and alternatives of a
/// `oneOf` are named in angle brackets (`payment<Card>.number`).
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute<'a> {
    /// The path.
    pub path: String,
    /// The resolved schema: never a reference.
    pub schema: &'a Schema,
    /// Whether the object that has it must have it. False for items and map values.
    pub required: bool,
    /// Whether null is a value.
    pub nullable: bool,
    /// The JSON pointer of the place in the document, with where its reference leads.
    pub location: String,
}

/// What is stated of an attribute. It dereferences to the rules of its schema.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeRules {
    /// The operation's id.
    pub operation: String,
    /// `request`, a status, `path`, `query` or `header`.
    pub of: String,
    /// The path, as [`Attribute`] writes it.
    pub path: String,
    /// The type, as [`Shape::name`](crate::Shape::name) writes it.
    pub r#type: String,
    /// Whether it must be there.
    pub required: bool,
    /// Whether null is a value.
    #[serde(default)]
    pub nullable: bool,
    /// Whether an object may have no other properties.
    #[serde(default)]
    pub closed: bool,
    /// Whether the items of a list in a query or header are joined by commas.
    #[serde(default)]
    pub joined: bool,
    /// The names of the alternatives of a `oneOf`.
    #[serde(default)]
    pub variants: Vec<String>,
    /// The rules of its schema.
    #[serde(flatten)]
    pub rules: Rules,
}

impl Deref for AttributeRules {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        &self.rules
    }
}

impl DerefMut for AttributeRules {
    fn deref_mut(&mut self) -> &mut Rules {
        &mut self.rules
    }
}

impl AttributeRules {
    /// Returns the attribute and its type, as if it were optional and every value were legal.
    pub fn without_rules(&self) -> Self {
        Self {
            operation: self.operation.clone(),
            of: self.of.clone(),
            path: self.path.clone(),
            r#type: self.r#type.clone(),
            ..Self::default()
        }
    }
}

impl Attribute<'_> {
    /// Returns the JSON pointer of the place; `None` inside of a list, a map or an alternative.
    pub fn pointer(&self) -> Option<String> {
        let plain = !self.path.contains(['[', '{', '<']);
        plain.then(|| format!("/{}", self.path.replace('.', "/")))
    }
}

impl Contract {
    /// Returns the attributes below a schema, depth first; the schema itself is not among them.
    ///
    /// A schema that contains itself is followed once.
    pub fn attributes<'a>(&'a self, schema: &'a Schema) -> Vec<Attribute<'a>> {
        self.walk(schema).found
    }

    /// Returns the attributes of a body that have values which end (`x-terminal`): those that the
    /// body always has first, and of these the outermost, so that the status of an inner object
    /// does not hide the object's own. Those inside of a list, a map or an alternative are left out.
    pub fn statuses<'a>(&'a self, schema: &'a Schema) -> Vec<Attribute<'a>> {
        let all = self.attributes(schema);
        let may_be_missing = |path: &str| {
            let way = all.iter().filter(|it| path.starts_with(&it.path));
            let mut way =
                way.filter(|it| matches!(path.as_bytes().get(it.path.len()), None | Some(b'.')));
            way.any(|it| !it.required || it.nullable)
        };
        let mut statuses = all.clone();
        statuses.retain(|it| it.pointer().is_some() && !it.schema.terminal.is_empty());
        statuses.sort_by_key(|it| (may_be_missing(&it.path), it.path.matches('.').count()));
        statuses
    }

    /// Whether [`Self::attributes`] ends before it has all: components that refer twice to the
    /// next one describe a body that is too large for any memory. Reading refuses them.
    pub(crate) fn has_too_many_attributes(&self, schema: &Schema) -> bool {
        self.walk(schema).steps > MOST_STEPS
    }

    fn walk<'a>(&'a self, schema: &'a Schema) -> Walk<'a> {
        let mut walk = Walk {
            contract: self,
            open: Vec::new(),
            found: Vec::new(),
            steps: 0,
        };
        walk.below("", schema);
        walk
    }
}

/// How many schemas a walk visits at most.
const MOST_STEPS: usize = 10_000;

/// How many components a walk is inside of at most.
const DEEPEST: usize = 100;

/// One walk through a schema, depth first.
struct Walk<'a> {
    contract: &'a Contract,
    /// The components on the way here.
    open: Vec<&'a str>,
    found: Vec<Attribute<'a>>,
    /// How many schemas were visited.
    steps: usize,
}

impl<'a> Walk<'a> {
    /// Adds an attribute, and those below it.
    fn attribute(&mut self, path: String, schema: &'a Schema, required: bool) {
        let resolved = self.contract.resolve(schema);
        let location = match schema.reference() {
            Some(_) => format!("{} -> {}", schema.location, resolved.location),
            None => schema.location.clone(),
        };
        self.found.push(Attribute {
            path: path.clone(),
            schema: resolved,
            required,
            nullable: self.contract.is_nullable(schema),
            location,
        });
        self.below(&path, schema);
    }

    /// Adds the attributes inside of a schema. `path` is that of the schema; empty for a body.
    fn below(&mut self, path: &str, schema: &'a Schema) {
        self.steps += 1;
        if self.open.len() > DEEPEST {
            self.steps += MOST_STEPS;
        }
        if self.steps > MOST_STEPS {
            return;
        }
        if let Shape::Reference(name) = &schema.shape {
            if self.open.contains(&name.as_str()) {
                return;
            }
            if let Some(target) = self.contract.schemas.get(name) {
                self.open.push(name);
                self.below(path, target);
                self.open.pop();
            }
            return;
        }
        match &schema.shape {
            Shape::Array(items) => self.attribute(format!("{path}[]"), items, false),
            Shape::Object(object) => {
                for (name, property) in &object.properties {
                    let path = match path {
                        "" => name.clone(),
                        path => format!("{path}.{name}"),
                    };
                    self.attribute(path, &property.schema, property.required);
                }
                if let Additional::Of(values) = &object.additional {
                    self.attribute(format!("{path}{{}}"), values, false);
                }
            }
            Shape::OneOf(variants) => {
                for (index, variant) in variants.iter().enumerate() {
                    let name = variant_name(index, variant);
                    self.below(&format!("{path}<{name}>"), variant);
                }
            }
            _ => {}
        }
    }
}

/// What an alternative of a `oneOf` is called: its component's name, or its number.
pub(crate) fn variant_name(index: usize, variant: &Schema) -> String {
    match variant.reference() {
        Some(name) => name.to_owned(),
        None => (index + 1).to_string(),
    }
}
