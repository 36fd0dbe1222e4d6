//! The edits that a clause of an attribute suggests, each with what becomes of a valid body.
//! They follow from the clause alone: no attribute is named here.

use serde_json::{Value, json};

use crate::clauses::Attribute;

/// One edit of a valid body.
pub(super) struct Edit {
    pub(super) what: String,
    /// The new value, or none to remove it.
    pub(super) value: Option<Value>,
    /// Whether the clause allows the result.
    pub(super) valid: bool,
    /// The clause that it is about, where that is not the attribute's own: what the page
    /// does not say of an attribute must not count as documented.
    pub(super) clause: Option<&'static str>,
}

/// Of null where a member may be left out.
pub(in crate::checks) const NULL: &str = "request.null";
/// Of the length of free texts.
const LENGTH: &str = "request.length";

pub(super) fn edits(attribute: &Attribute) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut add = |what: &str, value: Option<Value>, valid: bool| {
        edits.push(Edit {
            what: what.to_owned(),
            value,
            valid,
            clause: None,
        });
    };
    add("left out", None, !attribute.required);
    for (kind, value) in [
        ("string", json!("text")),
        ("boolean", json!(true)),
        ("integer", json!(7)),
        ("object", json!({})),
        ("array", json!([])),
    ] {
        // An empty object may lack what it requires: only other types are tried. Every
        // integer is a number.
        let own = attribute.r#type.as_str();
        if kind != own && (kind, own) != ("integer", "number") {
            add(&format!("as {kind}"), Some(value), false);
        }
    }
    if attribute.r#type == "integer" {
        add("as a fraction", Some(json!(7.5)), false);
    }
    match attribute.format.as_deref() {
        Some("date") => {
            add("as another date", Some(json!("2000-02-29")), true);
            for wrong in [
                "12/05/1990",
                "1990-02-30",
                "1990-13-01",
                "1990-05-12T00:00:00Z",
                "",
            ] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false);
            }
        }
        Some("date-time") => {
            add("as another time", Some(json!("2024-02-29T23:59:59Z")), true);
            for wrong in ["2025-01-01", "yesterday", "2025-01-01T25:00:00Z", ""] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false);
            }
        }
        Some("email") => {
            add(
                "as another address",
                Some(json!("ada+kyc@mail.example")),
                true,
            );
            for wrong in ["ada", "ada@", "@mail.example", ""] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false);
            }
        }
        _ => {}
    }
    let pattern = attribute.pattern.as_deref();
    if let Some(pattern) = pattern.and_then(|pattern| regress::Regex::new(pattern).ok()) {
        // Around the one form that the page describes: two letters for a country.
        for text in ["GB", "gb", "G", "GBR", "G1", ""] {
            let valid = pattern.find(text).is_some();
            add(&format!("as `{text}`"), Some(json!(text)), valid);
        }
    }
    let text = |length: u64| Some(json!("x".repeat(length as usize)));
    if let Some(least) = attribute.min_length.filter(|least| *least > 0) {
        add("as short as it may be", text(least), true);
        add("too short", text(least - 1), false);
    }
    if let Some(most) = attribute.max_length {
        add("as long as it may be", text(most), true);
        add("too long", text(most + 1), false);
    }
    for known in attribute.known.iter().flatten() {
        add(&format!("as `{known}`"), Some(json!(known)), true);
    }
    if let Some(open) = attribute.open {
        add(
            "as a value that nobody listed",
            Some(json!("SOMETHING_ELSE")),
            open,
        );
    }
    edits.push(Edit {
        what: "as null".to_owned(),
        value: Some(Value::Null),
        valid: false,
        clause: (!attribute.required).then_some(NULL),
    });
    let free = attribute.format.is_none()
        && attribute.pattern.is_none()
        && attribute.known.is_none()
        && attribute.max_length.is_none();
    if attribute.r#type == "string" && free {
        // The page gives neither length nor alphabet: nothing of the kind is refused.
        edits.push(Edit {
            what: "as a long text".to_owned(),
            value: Some(json!("é".repeat(5000))),
            valid: true,
            clause: Some(LENGTH),
        });
    }
    edits
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::clauses::{Basis, Clauses};

    /// Neither is in the page, so neither may fail a foreign server as documented.
    #[test]
    fn lengths_and_nulls_are_inferred() {
        let clauses = Clauses::embedded().unwrap();
        let inferred = |id| {
            let clause = clauses.iter().find(|clause| clause.id == id);
            clause.is_some_and(|clause| clause.basis == Basis::Inferred)
        };
        for (id, attribute) in clauses.attributes("create_customer", "request") {
            for edit in edits(attribute) {
                let long = edit.value.as_ref().and_then(Value::as_str);
                let long = long.is_some_and(|text| text.len() > 255);
                let null = edit.value == Some(Value::Null) && !attribute.required;
                let clause = edit.clause.unwrap_or(id);
                assert_eq!(inferred(clause), long || null, "{id} {}", edit.what);
            }
        }
    }

    /// Whatever kind of attribute a clause states, its edits are what its schema says of
    /// them: a new one needs no hand here.
    #[test]
    fn edits_are_valid_where_the_schema_says_so() {
        for (schema, expect) in [
            (json!({"type": "number"}), json!({"type": "number"})),
            (json!({"type": "integer"}), json!({"type": "integer"})),
            (json!({"type": "boolean"}), json!({"type": "boolean"})),
            (
                json!({"type": "string", "minLength": 2, "maxLength": 35}),
                json!({"type": "string", "min_length": 2, "max_length": 35}),
            ),
            (
                json!({"type": "string", "pattern": "^[A-Z]+$"}),
                json!({"type": "string", "pattern": "^[A-Z]+$"}),
            ),
        ] {
            let mut clause = json!({
                "operation": "create_customer", "of": "request", "path": "new", "required": true,
            });
            for (name, value) in expect.as_object().unwrap() {
                clause[name] = value.clone();
            }
            let attribute: Attribute = serde_json::from_value(clause).unwrap();
            let validator = jsonschema::validator_for(&schema).unwrap();
            let edits = edits(&attribute);
            assert!(edits.len() > 5, "{schema}");
            for edit in edits {
                let taken = edit.value.is_some_and(|value| validator.is_valid(&value));
                assert_eq!(taken, edit.valid, "{schema} {}", edit.what);
            }
        }
    }
}
