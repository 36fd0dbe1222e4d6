//! The schemas that schemars derives from the client's types, against the contract's: names,
//! requiredness, types, forms, listed values, nesting. What a schema cannot say of a type
//! (patterns, lengths) is judged by what the type does, in `attributes` and `negatives`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Tally;
use super::attributes::pointer;
use crate::contract::resolve;
use crate::world::World;

pub(super) async fn schemas(world: &World, tally: &mut Tally) {
    let derived: BTreeMap<&str, Value> = bvnk::types::schemas()
        .into_iter()
        .map(|(name, schema)| (name, schema.to_value()))
        .collect();
    for (operation, of) in world.contract.typed_bodies() {
        let Some(body) = world.contract.body(operation, of) else {
            continue;
        };
        let schema = body.schema();
        let name = schema["$ref"].as_str().unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        let mut differences = Vec::new();
        match derived.get(name) {
            Some(own) => compare((schema, schema), (own, own), "", &mut differences),
            None => differences.push((String::new(), format!("no type called `{name}`"))),
        }
        judge(world, operation, of, differences, tally);
    }
}

fn judge(
    world: &World,
    operation: &str,
    of: &str,
    mut differences: Vec<(String, String)>,
    tally: &mut Tally,
) {
    let what = |place: &str| format!("the type of `{place}` in the {of} of {operation}");
    for (clause, attribute) in world.clauses.attributes(operation, of) {
        let pointer = pointer(&attribute.path);
        let mine = differences.iter().position(|(place, _)| *place == pointer);
        let mine = mine.map(|index| differences.swap_remove(index).1);
        tally.hold(
            clause,
            mine.is_none(),
            what(&attribute.path),
            "what the contract says",
            mine.as_deref().unwrap_or_default(),
        );
    }
    // A member that no clause knows is told under the clause of what it lies in.
    for (place, told) in differences {
        let around = world
            .clauses
            .attributes(operation, of)
            .filter(|(_, attribute)| place.starts_with(&format!("{}/", pointer(&attribute.path))))
            .max_by_key(|(_, attribute)| attribute.path.len())
            .or_else(|| world.clauses.attributes(operation, of).next());
        let clause = around.map_or("settled.beta", |(clause, _)| clause);
        tally.hold(clause, false, what(&place), "what the contract says", told);
    }
}

/// A schema and the document that its references lead into.
type In<'a> = (&'a Value, &'a Value);

fn compare(ours: In<'_>, derived: In<'_>, place: &str, differences: &mut Vec<(String, String)>) {
    let (ours_root, ours) = (ours.0, resolve(ours.0, ours.1));
    let (derived_root, derived) = (derived.0, without_null(derived.0, derived.1));
    let mut tell = |told: String| {
        if !differences.iter().any(|(known, _)| known == place) {
            differences.push((place.to_owned(), told));
        }
    };
    for (aspect, ours, derived) in [
        ("type", kind(ours), kind(derived)),
        ("form", text(ours, "format"), form(ours, derived)),
        ("listed values", values(ours), values(derived)),
    ] {
        if ours != derived {
            tell(format!("{aspect} `{derived}`, not `{ours}`"));
        }
    }
    let (wanted, came) = (members(ours), members(derived));
    for name in wanted.keys().chain(came.keys()).collect::<BTreeSet<_>>() {
        let place = format!("{place}/{name}");
        let told = match (wanted.get(name), came.get(name)) {
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
            (Some(_), None) => Some("no such member".to_owned()),
            _ => Some("a member that the contract does not have".to_owned()),
        };
        differences.extend(told.map(|told| (place, told)));
    }
    if let (Some(items), Some(own)) = (ours.get("items"), derived.get("items")) {
        let place = format!("{place}/items");
        compare((ours_root, items), (derived_root, own), &place, differences);
    }
}

/// An optional member's type takes null too, and never gives it: that is how it is left out.
fn without_null<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolve(root, schema);
    let branches = schema.get("anyOf").and_then(Value::as_array);
    let nullable = branches
        .filter(|branches| branches.len() == 2 && branches[1]["type"] == "null")
        .map(|branches| resolve(root, &branches[0]));
    nullable.unwrap_or(schema)
}

fn kind(schema: &Value) -> String {
    match &schema["type"] {
        Value::String(kind) => kind.clone(),
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .filter(|kind| *kind != "null")
            .collect::<Vec<_>>()
            .join(" or "),
        _ => {
            let branches = ["anyOf", "oneOf"].iter().find_map(|name| schema.get(name));
            let branches = branches.and_then(Value::as_array);
            let kinds: BTreeSet<String> = branches.into_iter().flatten().map(kind).collect();
            Vec::from_iter(kinds).join(" or ")
        }
    }
}

/// The form of a derived schema. A Rust number has a width, which says nothing where the
/// contract asks for none.
fn form(ours: &Value, derived: &Value) -> String {
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
    let branches = ["anyOf", "oneOf"].iter().find_map(|name| schema.get(name));
    let branches = branches.and_then(Value::as_array);
    let mut listed = BTreeSet::new();
    let mut open = false;
    for schema in branches.into_iter().flatten().chain([schema]) {
        let values = schema.get("enum").and_then(Value::as_array);
        let constant = schema.get("const").into_iter();
        let values: Vec<String> = values
            .into_iter()
            .flatten()
            .chain(constant)
            .map(Value::to_string)
            .collect();
        open |= values.is_empty() && branches.is_some() && schema.get("type").is_some();
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
    fn a_number_has_the_width_that_the_contract_asks_for_and_any_otherwise() {
        for (ours, derived, same) in [
            (
                json!({"type": "integer"}),
                json!({"type": "integer", "format": "int64"}),
                true,
            ),
            (
                json!({"type": "number"}),
                json!({"type": "number", "format": "double"}),
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
        ] {
            let mut differences = Vec::new();
            compare((&ours, &ours), (&derived, &derived), "", &mut differences);
            assert_eq!(differences.is_empty(), same, "{ours} {derived}");
        }
    }
}
