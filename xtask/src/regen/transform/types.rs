//! The types of schemas, one macro call each.
//!
//! Which macro is called follows from the shape: `object`, `text_enum`, `string`, `number`, `one_of`,
//! `responses` or `alias`.

use std::fmt::Display;

use bvnk_contract::{Additional, Diagnostic, Schema, Shape};
use serde_json::Number;

use super::{docs, field, indented, macro_call};
use crate::regen::lower::{Distinct, Lowered, field_name, is_struct, status_name};
use crate::regen::progenitor::Types;

/// The macro call of each component, in the order of their names.
///
/// A schema without a description is documented by its name.
///
/// # Errors
///
/// A type that progenitor did not write.
pub(super) fn macro_calls(lowered: &Lowered, types: &Types) -> Result<Vec<String>, Diagnostic> {
    let mut builders: Distinct = lowered.schemas.keys().cloned().collect();
    let call = |(name, schema): (&String, &Schema)| {
        let newtype = |rules: String, inner: &str| format!("{rules}pub struct {name}({inner});\n");
        let (macro_name, item) = match &schema.shape {
            Shape::Object(object) if is_struct(schema) => {
                let builder = builders.pascal(&format!("{name}Builder"), "Type");
                let mut fields = fields(lowered, types, name)?;
                if matches!(object.additional, Additional::Any | Additional::Of(_)) {
                    fields.push_str("#[extra]\npub extra: Extra,\n");
                }
                let closed = match object.additional {
                    Additional::None => "#[closed(true)]\n",
                    _ => "",
                };
                let head = format!("#[builder({builder})]\n{closed}pub struct {name}");
                ("object", format!("{head} {{\n{}}}\n", indented(&fields)))
            }
            Shape::String if schema.rules.known.is_some() => {
                ("text_enum", enumeration(name, schema))
            }
            Shape::String => ("string", newtype(rules(schema) + &public(schema), "String")),
            Shape::Integer | Shape::Number => {
                let rules = rules(schema) + &public(schema);
                ("number", newtype(rules, types.get(name, "0")?))
            }
            Shape::OneOf(_) => alternatives(lowered, types, name)?,
            shape => {
                let rules = match shape {
                    Shape::Array(_) => rules(schema),
                    _ => String::new(),
                };
                let public = if rules.is_empty() { "pub " } else { "" };
                let inner = format!("{public}{}", types.get(name, "0")?);
                ("alias", newtype(rules, &inner))
            }
        };
        let text = match &schema.description {
            Some(text) => text.clone(),
            None => format!("The schema `{name}` of the contract."),
        };
        Ok(macro_call(macro_name, &(docs(&text) + &item)))
    };
    lowered.schemas.iter().map(call).collect()
}

/// The list of the types' JSON Schemas.
///
/// Enums of successes are left out: they are no values of the contract.
pub(super) fn list(lowered: &Lowered) -> String {
    let names = lowered.schemas.keys();
    let names = names.filter(|name| lowered.responses(name).is_none());
    let names: String = names.map(|name| format!("    {name},\n")).collect();
    macro_call("schemas", &format!("pub enum Schemas {{\n{names}}}\n"))
}

/// The fields of a struct. Each says whether it is required, and its name on the wire.
fn fields(lowered: &Lowered, types: &Types, name: &str) -> Result<String, Diagnostic> {
    let mut text = String::new();
    let fields = lowered.fields.get(name).into_iter().flatten();
    for (index, member) in fields.enumerate() {
        let ty = types.get(name, &field_name(index))?;
        text += &field(lowered, member, ty, "pub ", |kind| format!("wire({kind})"));
    }
    Ok(text)
}

/// An enum of texts. Only the values of an open one can mean the same.
fn enumeration(name: &str, schema: &Schema) -> String {
    let mut names = Distinct::new(&["Unknown", "Self"]);
    let mut predicates = Distinct::new(&["is_terminal"]);
    let is_open = schema.rules.open == Some(true);
    let variants = schema.listed().iter().map(|value| {
        let variant = names.pascal(value, "Value");
        let is = predicates.snake(&format!("is_{variant}"), "value");
        format!("    #[{is}]\n    {variant} = {value:?},\n")
    });
    let unknown = is_open.then(|| "    Unknown(String),\n".to_owned());
    let variants: String = variants.chain(unknown).collect();
    let list = |values: &Vec<String>| {
        let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        values.join(", ")
    };
    let terminal = Some(&schema.terminal).filter(|it| !it.is_empty());
    let action = terminal.map(|_| list(&schema.action_required));
    let alike = schema.alike.iter().filter(|_| is_open);
    let attributes = [
        rule("terminal", terminal.map(list)),
        rule("action_required", action),
        alike
            .map(|values| rule("alike", Some(list(values))))
            .collect(),
        public(schema),
    ];
    format!("{}pub enum {name} {{\n{variants}}}\n", attributes.concat())
}

/// The rules of a schema, each as an attribute. Bounds are literals of the type that the format
/// decides.
fn rules(schema: &Schema) -> String {
    let rules = &schema.rules;
    let bound = |name: &str, is_exclusive: bool, bound: &Option<Number>| {
        let literal = bound
            .as_ref()
            .map(|bound| match (&schema.shape, bound.as_i64()) {
                (Shape::Integer, Some(integer)) => integer.to_string(),
                _ => format!("{:?}", bound.as_f64().unwrap_or_default()),
            });
        let exclusive = if is_exclusive { "exclusive_" } else { "" };
        rule(&format!("{exclusive}{name}"), literal)
    };
    let pattern = rules.pattern.as_ref().map(|it| format!("{it:?}"));
    [
        rule("min_length", rules.min_length),
        rule("max_length", rules.max_length),
        rule("pattern", pattern),
        bound("minimum", rules.exclusive_minimum, &rules.minimum),
        bound("maximum", rules.exclusive_maximum, &rules.maximum),
        bound("multiple_of", false, &rules.multiple_of),
        rule("min_items", rules.min_items),
        rule("max_items", rules.max_items),
        rule("unique_items", rules.unique_items.then_some(true)),
    ]
    .concat()
}

/// An enum of alternatives: of a `oneOf`, or of an operation's successes by status, those with a
/// body first.
fn alternatives(
    lowered: &Lowered,
    types: &Types,
    name: &str,
) -> Result<(&'static str, String), Diagnostic> {
    let call = lowered.responses(name);
    let mut variants = String::new();
    let fields = lowered.fields.get(name).into_iter().flatten();
    for (index, field) in fields.enumerate() {
        let status = call.and_then(|call| call.success.statuses.get(index));
        let ty = types.get(name, &field_name(index))?;
        variants += &rule("status", status);
        variants += &format!("{}({ty}),\n", field.name);
    }
    for status in call.into_iter().flat_map(|call| &call.success.empty) {
        variants += &format!("#[no_body({status})]\n{},\n", status_name(*status));
    }
    let macro_name = call.map_or("one_of", |_| "responses");
    let item = format!("pub enum {name} {{\n{}}}\n", indented(&variants));
    Ok((macro_name, item))
}

/// A rule as an attribute of the macro's item.
///
/// For example `#[max_length(35)]`; nothing without a value.
fn rule(name: &str, value: Option<impl Display>) -> String {
    value.map_or(String::new(), |value| format!("#[{name}({value})]\n"))
}

/// Whether `Debug` and `Display` may show the value.
///
/// Values are hidden by default, because most of them are personal data.
fn public(schema: &Schema) -> String {
    rule("public", schema.public.then_some("display"))
}
