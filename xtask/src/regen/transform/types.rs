//! The types of schemas, one macro call each.
//!
//! Which macro is called follows from the shape: `object`, `text_enum`, `string`, `number`, `one_of`,
//! `responses` or `alias`.

use std::fmt::Display;

use bvnk_contract::{Additional, Schema, Shape};
use serde_json::Number;

use super::{docs, field_docs, indented};
use crate::regen::lower::{Distinct, Field, Lowered, is_struct, kind, status_name};

/// The macro call of each component, in the order of their names.
///
/// A schema without a description is documented by its name.
pub(super) fn macro_calls(lowered: &Lowered) -> Vec<String> {
    let mut builders: Distinct = lowered.schemas.keys().cloned().collect();
    let call = |(name, schema): (&String, &Schema)| {
        let fields: &[Field] = lowered.fields.get(name).map_or(&[], Vec::as_slice);
        let inner = fields.first().map_or("String", |inner| &inner.ty);
        let newtype = |rules: String, inner: &str| format!("{rules}pub struct {name}({inner});\n");
        let (macro_name, item) = match &schema.shape {
            Shape::Object(object) if is_struct(schema) => {
                let builder = builders.pascal(&format!("{name}Builder"), "Type");
                let mut fields: String = fields.iter().map(|it| field(lowered, it)).collect();
                if matches!(object.additional, Additional::Any | Additional::Of(_)) {
                    fields.push_str("#[extra]\npub extra: Extra,\n");
                }
                let closed = (object.additional == Additional::None).then_some(true);
                let closed = rule("closed", closed);
                let head = format!("#[builder({builder})]\n{closed}pub struct {name}");
                ("object", format!("{head} {{\n{}}}\n", indented(&fields)))
            }
            Shape::String if schema.rules.known.is_some() => {
                ("text_enum", enumeration(name, schema))
            }
            Shape::String => ("string", newtype(rules(schema) + &public(schema), inner)),
            Shape::Integer | Shape::Number => {
                ("number", newtype(rules(schema) + &public(schema), inner))
            }
            Shape::OneOf(_) => alternatives(lowered, fields, name),
            shape => {
                let rules = match shape {
                    Shape::Array(_) => rules(schema),
                    _ => String::new(),
                };
                let public = if rules.is_empty() { "pub " } else { "" };
                ("alias", newtype(rules, &format!("{public}{inner}")))
            }
        };
        let nameless = || format!("The schema `{name}` of the contract.");
        let text = schema.description.clone().unwrap_or_else(nameless);
        let item = lines(&docs(&text)) + &item;
        indented(&format!(
            "bvnk_gen::{macro_name}! {{\n{}}}\n",
            indented(&item)
        ))
    };
    lowered.schemas.iter().map(call).collect()
}

/// A field of a struct, with its kind and its name on the wire.
fn field(lowered: &Lowered, field: &Field) -> String {
    let (kind, ty) = kind(lowered, field);
    let Field { wire, name, .. } = field;
    let docs = lines(&field_docs(lowered, field));
    format!("{docs}#[wire({kind} = {wire:?})]\npub {name}: {ty},\n")
}

/// Lines as a text.
fn lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// An enum of texts. Only the values of an open one can mean the same.
fn enumeration(name: &str, schema: &Schema) -> String {
    let mut names = Distinct::new(&["Unknown", "Self"]);
    let mut predicates = Distinct::new(&["is_terminal"]);
    let is_open = schema.rules.open == Some(true);
    let variants = schema.rules.listed().iter().map(|value| {
        let variant = names.pascal(value, "Value");
        let is = predicates.snake(&format!("is_{variant}"), "value");
        format!("    #[{is}]\n    {variant} = {value:?},\n")
    });
    let unknown = is_open.then(|| "    Unknown(String),\n".to_owned());
    let variants: String = variants.chain(unknown).collect();
    let list = |values: &Vec<String>| {
        let list = format!("{values:?}");
        list.trim_matches(['[', ']']).to_owned()
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
        let literal = bound.as_ref().map(|it| match (&schema.shape, it.as_i64()) {
            (Shape::Integer, Some(integer)) => integer.to_string(),
            _ => format!("{:?}", it.as_f64().unwrap_or_default()),
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
fn alternatives(lowered: &Lowered, fields: &[Field], name: &str) -> (&'static str, String) {
    let call = lowered.responses(name);
    let mut variants = String::new();
    for (index, Field { name, ty, .. }) in fields.iter().enumerate() {
        let status = call.and_then(|call| call.success.statuses.get(index));
        variants += &rule("status", status);
        variants += &format!("{name}({ty}),\n");
    }
    for status in call.into_iter().flat_map(|call| &call.success.empty) {
        variants += &format!("#[no_body({status})]\n{},\n", status_name(*status));
    }
    let macro_name = call.map_or("one_of", |_| "responses");
    let item = format!("pub enum {name} {{\n{}}}\n", indented(&variants));
    (macro_name, item)
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
