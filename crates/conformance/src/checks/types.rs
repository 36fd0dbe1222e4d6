//! The client's types against the contract: the schema that each type derives, and what
//! each type makes of valid bodies. What a derived schema cannot say of a type (patterns,
//! lengths) is judged by what the type refuses, in `attributes`.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{Expectation, Operation};
use serde_json::Value;

use super::Recorder;
use super::body::difference;
use crate::cases::Case;
use crate::dispatch;
use crate::flow::pointer;
use crate::specification::{Specification, bodies};

/// Each valid body goes through the client's type unchanged.
pub(super) fn bodies_kept(
    specification: &Specification,
    operation: &Operation,
    case: &Case,
    recorder: &mut Recorder,
) {
    let id = operation.id.as_str();
    let Some(body) = &case.body else { return };
    recorder.on("a valid body, read into the client's type and written again");
    let differs = match dispatch::read_request(id, body.to_string().as_bytes()) {
        None => Some((String::new(), "there is no such operation".to_owned())),
        Some(Ok(typed)) => difference(body, &typed),
        Some(Err(error)) => {
            let first = error.violations().first();
            let path = first.map_or("", |violation| violation.path());
            let place = path.replace('[', ".").replace(']', "").replace('.', "/");
            Some((format!("/{place}"), format!("refused: {error}")))
        }
    };
    if let Some((place, actual)) = differs {
        let clause = specification.clause_at(id, "request", place.trim_end_matches('/'));
        return recorder.check(&clause, false, "the same body", actual);
    }
    for attribute in specification.attributes(id, "request") {
        if attribute.applies_to(body) {
            recorder.observe(&attribute.clause);
        }
    }
    for clause in specification.clauses().iter() {
        if let Expectation::Sample {
            operation,
            of,
            path,
            value,
        } = &clause.expect
            && (operation.as_str(), of.as_str()) == (id, "request")
            && body.pointer(&pointer(path)) == Some(value)
        {
            recorder.observe(&clause.id);
        }
    }
}

/// The derived schema of each type states what the contract states.
pub(super) fn schemas(specification: &Specification, recorder: &mut Recorder) {
    let derived: BTreeMap<String, Value> = bvnk::types::schemas()
        .into_iter()
        .map(|(name, schema)| (plain(name), schema.to_value()))
        .collect();
    for operation in specification.contract().operations() {
        for (of, schema) in bodies(operation) {
            // A type without a name in the contract has its name from the generator.
            let typed = of == "request" || of.starts_with('2');
            let Some(name) = schema.reference().filter(|_| typed) else {
                continue;
            };
            let ours = specification.contract().json_schema(schema);
            let mut differences = Vec::new();
            match derived.get(&plain(name)) {
                Some(own) => compare((&ours, &ours), (own, own), "", &mut differences),
                None => differences.push((String::new(), format!("there is no type `{name}`"))),
            }
            for attribute in specification.attributes(&operation.id, &of) {
                recorder.observe(&attribute.clause);
            }
            for (place, actual) in differences {
                recorder.on(format!(
                    "the type of {place} in the {of} of {}",
                    operation.id
                ));
                let clause = specification.clause_at(&operation.id, &of, &place);
                recorder.fail(&clause, "what the contract states", actual);
            }
        }
    }
}

/// A name without what the generator's spelling changes.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.collect::<String>().to_lowercase()
}

/// A schema and the document that its references lead into.
type In<'a> = (&'a Value, &'a Value);

fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let target = schema.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|target| root.pointer(target.strip_prefix('#')?));
    target.unwrap_or(schema)
}

fn compare(ours: In<'_>, derived: In<'_>, place: &str, differences: &mut Vec<(String, String)>) {
    let (ours_root, ours) = (ours.0, without_null(ours.0, ours.1));
    let (derived_root, derived) = (derived.0, without_null(derived.0, derived.1));
    let mut differ = |actual: String| {
        if !differences.iter().any(|(known, _)| known == place) {
            differences.push((place.to_owned(), actual));
        }
    };
    for (aspect, ours, derived) in [
        ("type", kind(ours), kind(derived)),
        ("format", text(ours, "format"), format_of(ours, derived)),
        ("listed values", values(ours), values(derived)),
    ] {
        if ours != derived {
            differ(format!("{aspect} `{derived}`, not `{ours}`"));
        }
    }
    let (expected, actual) = (members(ours), members(derived));
    for name in expected
        .keys()
        .chain(actual.keys())
        .collect::<BTreeSet<_>>()
    {
        let place = format!("{place}/{name}");
        let found = match (expected.get(name), actual.get(name)) {
            (Some((schema, required)), Some((own, own_required))) => {
                compare(
                    (ours_root, schema),
                    (derived_root, own),
                    &place,
                    differences,
                );
                (required != own_required)
                    .then(|| if *required { "optional" } else { "required" }.to_owned())
            }
            (Some(_), None) => Some("no such property".to_owned()),
            _ => Some("a property that the contract does not have".to_owned()),
        };
        differences.extend(found.map(|found| (place, found)));
    }
    for name in ["items", "additionalProperties"] {
        let object = |schema: &'_ Value| schema.get(name).is_some_and(Value::is_object);
        if object(ours) && object(derived) {
            let place = format!("{place}/[]");
            compare(
                (ours_root, &ours[name]),
                (derived_root, &derived[name]),
                &place,
                differences,
            );
        }
    }
}

/// The schema without its null: an optional property's type takes null too.
fn without_null<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolve(root, schema);
    let branches = schema.get("anyOf").and_then(Value::as_array);
    let nullable = branches
        .filter(|branches| branches.len() == 2 && branches[1]["type"] == "null")
        .map(|branches| without_null(root, &branches[0]));
    nullable.unwrap_or(schema)
}

fn kind(schema: &Value) -> String {
    match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str);
            kinds
                .filter(|kind| *kind != "null")
                .collect::<Vec<_>>()
                .join(" or ")
        }
        _ => {
            let kinds: BTreeSet<String> = branches(schema).iter().map(kind).collect();
            Vec::from_iter(kinds).join(" or ")
        }
    }
}

fn branches(schema: &Value) -> &[Value] {
    let found = ["anyOf", "oneOf"]
        .iter()
        .find_map(|name| schema.get(name)?.as_array());
    found.map_or(&[], Vec::as_slice)
}

/// The format of a derived schema. A Rust number has a width, which says nothing where the
/// contract asks for none; and a type may check nothing where a format is unknown to it.
fn format_of(ours: &Value, derived: &Value) -> String {
    let number = matches!(ours["type"].as_str(), Some("integer" | "number"));
    match ours.get("format") {
        None if number => String::new(),
        _ => text(derived, "format"),
    }
}

fn text(schema: &Value, name: &str) -> String {
    schema[name].as_str().unwrap_or_default().to_owned()
}

/// The listed values, with `…` where others are legal too.
fn values(schema: &Value) -> String {
    let branches = branches(schema);
    let mut listed = BTreeSet::new();
    let mut open = false;
    for schema in branches.iter().chain([schema]) {
        let values = schema.get("enum").and_then(Value::as_array);
        let constant = schema.get("const").into_iter();
        let values: Vec<String> = values
            .into_iter()
            .flatten()
            .chain(constant)
            .map(Value::to_string)
            .collect();
        open |= values.is_empty() && !branches.is_empty() && schema.get("type").is_some();
        listed.extend(values);
    }
    if open && !listed.is_empty() {
        listed.insert("…".to_owned());
    }
    Vec::from_iter(listed).join(", ")
}

fn members(schema: &Value) -> BTreeMap<&str, (&Value, bool)> {
    let required = schema.get("required").and_then(Value::as_array);
    let properties = schema.get("properties").and_then(Value::as_object);
    let member = |(name, schema)| {
        let name: &String = name;
        let is = required.is_some_and(|names| names.iter().any(|other| other == name));
        (name.as_str(), (schema, is))
    };
    properties.into_iter().flatten().map(member).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_differ_where_their_meaning_does() {
        let object = |required: &str| json!({"type": "object", "required": [required], "properties": {"a": {"type": "string"}}});
        for (ours, derived, same) in [
            (
                json!({"type": "integer"}),
                json!({"type": "integer", "format": "int64"}),
                true,
            ),
            (
                json!({"type": "integer", "format": "int32"}),
                json!({"type": "integer", "format": "int64"}),
                false,
            ),
            (
                json!({"type": "string"}),
                json!({"type": "string", "format": "date"}),
                false,
            ),
            (object("a"), object("a"), true),
            (object("a"), object("b"), false),
            (
                json!({"type": "array", "items": {"type": "string"}}),
                json!({"type": "array", "items": {"type": "boolean"}}),
                false,
            ),
            (
                json!({"anyOf": [{"enum": ["A"], "type": "string"}, {"type": "string"}]}),
                json!({"enum": ["A"], "type": "string"}),
                false,
            ),
        ] {
            let mut differences = Vec::new();
            compare((&ours, &ours), (&derived, &derived), "", &mut differences);
            assert_eq!(differences.is_empty(), same, "{ours} {derived}");
        }
    }
}
