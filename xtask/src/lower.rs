//! Lowering: the contract as the generator can take it.
//!
//! The contract itself is never bent to please a generator. What progenitor and typify
//! cannot express is rewritten here, in memory, one named rewrite for each limit.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::contract::{self, child};
use crate::generate::FORMATS;

/// One rewrite of the contract, and the limit that it works around.
struct Rewrite {
    #[allow(dead_code)] // read by people, and by whoever lists the rewrites
    name: &'static str,
    #[allow(dead_code)]
    limit: &'static str,
    apply: fn(&mut Value),
}

const REWRITES: &[Rewrite] = &[
    Rewrite {
        name: "open-enum",
        limit: "typify makes of `anyOf: [enum, string]` a struct of two options that cannot \
                be decoded; the known values become a closed enum here, which polish opens again",
        apply: open_enums,
    },
    Rewrite {
        name: "any-success",
        limit: "progenitor takes a documented 202 for the only success, while a repeated \
                create may be answered 200; each operation's one kind of success covers 2XX",
        apply: any_success,
    },
    Rewrite {
        name: "untyped-failure",
        limit: "progenitor loses the status of a documented error whose body is not the \
                documented JSON; without documented errors all of them take one path, which \
                the runtime keeps whole",
        apply: untyped_failures,
    },
    Rewrite {
        name: "lenient-answers",
        limit: "typify is as strict with what is read as with what is sent, while one odd \
                timestamp must not cost a whole answer: texts that only answers have lose \
                their rules",
        apply: lenient_answers,
    },
    Rewrite {
        name: "bare-formats",
        limit: "typify finds the type of a checked format by comparing the whole schema; \
                marks and examples beside it would make it an unchecked string",
        apply: bare_formats,
    },
    Rewrite {
        name: "reachable-extras",
        limit: "typify drops unknown members under `additionalProperties: true`, and keeps \
                them under `additionalProperties: {}`, which means the same",
        apply: reachable_extras,
    },
];

/// What the generator is given, with what polish must know of the contract.
pub(crate) struct Lowered {
    /// The rewritten document.
    pub(crate) document: Value,
    /// Schemas whose generated enum must be opened again.
    pub(crate) open_enums: BTreeSet<String>,
    /// Schemas whose values may be printed (`x-public: true`).
    pub(crate) public: BTreeSet<String>,
}

pub(crate) fn lower(contract: &Value) -> Lowered {
    let mut document = contract.clone();
    for rewrite in REWRITES {
        (rewrite.apply)(&mut document);
    }
    let schemas = contract
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let public = schemas
        .into_iter()
        .flatten()
        .filter(|(_, schema)| schema.get("x-public") == Some(&Value::Bool(true)))
        .map(|(name, _)| name.clone())
        .collect();
    Lowered {
        document,
        open_enums: contract::open_enum_names(contract),
        public,
    }
}

fn open_enums(document: &mut Value) {
    for name in contract::open_enum_names(document) {
        let Some(schema) = document.pointer_mut(&contract::child("/components/schemas", &name))
        else {
            continue;
        };
        let mut closed = schema["anyOf"][0].take();
        if let (Some(description), Some(closed)) =
            (schema.get("description"), closed.as_object_mut())
        {
            closed.insert("description".to_owned(), description.clone());
        }
        *schema = closed;
    }
}

fn any_success(document: &mut Value) {
    for responses in all_responses(document) {
        let successes: Vec<String> = responses
            .keys()
            .filter(|status| status.starts_with('2'))
            .cloned()
            .collect();
        // They are of one kind, or the contract would not have been valid: any will do.
        for status in successes {
            if let Some(response) = responses.remove(&status) {
                responses.insert("2XX".to_owned(), response);
            }
        }
    }
}

fn untyped_failures(document: &mut Value) {
    for responses in all_responses(document) {
        responses.retain(|status, _| status.starts_with('2'));
    }
}

fn all_responses(document: &mut Value) -> Vec<&mut serde_json::Map<String, Value>> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    paths
        .into_iter()
        .flat_map(|paths| paths.values_mut())
        .filter_map(Value::as_object_mut)
        .flat_map(|item| item.values_mut())
        .filter_map(|operation| operation.get_mut("responses")?.as_object_mut())
        .collect()
}

fn lenient_answers(document: &mut Value) {
    // What requests have must stay strict, also where answers have it too.
    let sent = contract::sent(document);
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if !sent.contains(&child("#/components/schemas", name)) {
            unrule(schema);
        }
    }
}

fn unrule(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if members.get("type") == Some(&json!("string")) {
                members.retain(|name, _| {
                    !matches!(
                        name.as_str(),
                        "format" | "pattern" | "minLength" | "maxLength"
                    )
                });
            }
            members.values_mut().for_each(unrule);
        }
        Value::Array(items) => items.iter_mut().for_each(unrule),
        _ => {}
    }
}

fn bare_formats(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let checked = members
                .get("format")
                .is_some_and(|format| FORMATS.iter().any(|(name, _)| format == name));
            if checked && members.get("type") == Some(&json!("string")) {
                members.retain(|name, _| {
                    matches!(name.as_str(), "type" | "format" | "title" | "description")
                });
            }
            members.values_mut().for_each(bare_formats);
        }
        Value::Array(items) => items.iter_mut().for_each(bare_formats),
        _ => {}
    }
}

fn reachable_extras(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name == "additionalProperties" && *member == Value::Bool(true) {
                    *member = json!({});
                } else {
                    reachable_extras(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(reachable_extras),
        _ => {}
    }
}
