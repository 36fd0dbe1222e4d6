//! Edits of the contract: for every attribute those that it can be given, each with what
//! must be said of it, and those that belong to no single attribute.

use serde_json::{Value, json};
use xtask::diff::{Side, Verdict};

/// The contract as it is now: what is said of an attribute does not depend on which there are.
pub(crate) fn contract() -> Value {
    let text = include_str!("../../../crates/bvnk-simulator/contract.json");
    serde_json::from_str(text).unwrap()
}

/// One edit and what must be said of it, alone.
pub(crate) struct Edit {
    pub(crate) old: Value,
    pub(crate) document: Value,
    pub(crate) side: Side,
    pub(crate) verdict: Verdict,
    pub(crate) says: String,
}

/// Every property of a body: the pointer of the object that has it, its name, and what the
/// API calls it.
pub(crate) fn properties(document: &Value, schema: &str, path: &str, found: &mut Vec<[String; 3]>) {
    let object = document.pointer(schema).unwrap();
    for (name, property) in object["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}{name}");
        found.push([schema.to_owned(), name.clone(), path.clone()]);
        if let Some(target) = property["$ref"].as_str() {
            properties(document, &target[1..], &format!("{path}."), found);
        }
    }
}

/// Every edit of one kind or another that one property can be given.
pub(crate) fn edits(side: Side, [object, name, path]: &[String; 3]) -> Vec<Edit> {
    let (is_sent, whom) = match side {
        Side::Requests => (true, "in requests"),
        _ => (false, "in answers"),
    };
    let mut edits = Vec::new();
    let mut edit = |breaks: bool, says: &str, change: &dyn Fn(&mut Value, &mut Value)| {
        let mut document = contract();
        let target = document.pointer(object).unwrap()["properties"][name]["$ref"].clone();
        // The property gets a schema of its own, so that the edit is of nothing else.
        if let Some(target) = target.as_str() {
            let own = document.pointer(&target[1..]).unwrap().clone();
            document.pointer_mut(object).unwrap()["properties"][name] = own;
        }
        let old = document.clone();
        let mut holder = document.pointer(object).unwrap().clone();
        let mut property = holder["properties"][name].take();
        change(&mut property, &mut holder);
        if property.is_null() {
            holder["properties"].as_object_mut().unwrap().remove(name);
        } else {
            holder["properties"][name] = property;
        }
        *document.pointer_mut(object).unwrap() = holder;
        assert_ne!(old, document, "{path} {says}");
        edits.push(Edit {
            old,
            document,
            side,
            verdict: if breaks {
                Verdict::Breaking
            } else {
                Verdict::Compatible
            },
            says: if says == "is gone" {
                format!("{path} is gone from {}", &whom[3..])
            } else {
                format!("{path} {says} {whom}")
            },
        });
    };
    let document = contract();
    let holder = document.pointer(object).unwrap();
    let schema = &holder["properties"][name];
    let schema = match schema["$ref"].as_str() {
        Some(target) => document.pointer(&target[1..]).unwrap(),
        None => schema,
    };
    let needed = holder["required"]
        .as_array()
        .is_some_and(|names| names.contains(&json!(name)));
    let drop = |holder: &mut Value| {
        if let Some(names) = holder["required"].as_array_mut() {
            names.retain(|needed| needed != name);
        }
    };
    match (is_sent, needed) {
        (true, true) => edit(false, "is now optional", &|_, holder| drop(holder)),
        (false, true) => edit(true, "may now be missing", &|_, holder| drop(holder)),
        (_, false) => edit(
            is_sent,
            "is now required",
            &|_, holder| match holder["required"].as_array_mut() {
                Some(names) => names.push(json!(name)),
                None => holder["required"] = json!([name]),
            },
        ),
    }
    edit(true, "is gone", &|property, holder| {
        *property = Value::Null;
        drop(holder);
    });
    edit(!is_sent, "may now be null", &|property, _| {
        property["nullable"] = json!(true)
    });
    let is_text = schema["type"] == "string";
    if is_text {
        edit(true, "is now an integer (was a string)", &|property, _| {
            property["type"] = json!("integer");
        });
    }
    if is_text && schema["format"].is_null() && schema["pattern"].is_null() {
        edit(is_sent, "now has the greatest length 9", &|property, _| {
            property["maxLength"] = json!(9);
        });
        edit(is_sent, "now has the pattern ^a$", &|property, _| {
            property["pattern"] = json!("^a$");
        });
    }
    for rule in ["format", "pattern", "minLength"] {
        if let Some(value) = schema.get(rule) {
            let name = if rule == "minLength" {
                "least length"
            } else {
                rule
            };
            let value = value.as_str().map_or(value.to_string(), str::to_owned);
            let says = format!("no longer has the {name} {value}");
            edit(!is_sent, &says, &|property, _| {
                property.as_object_mut().unwrap().remove(rule);
            });
        }
    }
    if schema["anyOf"].is_array() {
        // An open enum: neither side minds.
        edit(false, "has the new value ANOTHER", &|property, _| {
            property["anyOf"][0]["enum"]
                .as_array_mut()
                .unwrap()
                .push(json!("ANOTHER"));
        });
        let first = schema["anyOf"][0]["enum"][0].as_str().unwrap();
        edit(
            false,
            &format!("no longer lists {first}"),
            &|property, _| {
                property["anyOf"][0]["enum"]
                    .as_array_mut()
                    .unwrap()
                    .remove(0);
            },
        );
        edit(is_sent, "now takes only ONE", &|property, _| {
            let own = property.as_object_mut().unwrap();
            own.remove("anyOf");
            own.extend([
                ("type".to_owned(), json!("string")),
                ("enum".to_owned(), json!(["ONE"])),
            ]);
        });
    } else if schema["enum"].is_array() {
        edit(!is_sent, "has the new value ANOTHER", &|property, _| {
            property["enum"]
                .as_array_mut()
                .unwrap()
                .push(json!("ANOTHER"));
        });
    }
    edits
}

/// A change of the whole contract.
type Change = fn(&mut Value);
const POST: &str = "/paths/~1platform~1v1~1customers/post";
const GET: &str = "/paths/~1platform~1v1~1customers~1{reference}";
fn at<'a>(document: &'a mut Value, place: &str) -> &'a mut Value {
    document.pointer_mut(place).unwrap()
}
/// What belongs to no single attribute, or what `drift` does not compare.
pub(crate) const OTHERS: &[(&str, Change)] = &[
    ("nothing", |_| {}),
    ("a text", |d| {
        d["info"]["description"] = json!("Another text")
    }),
    ("a sample", |d| {
        at(d, POST)["requestBody"]["content"]["application/json"]["example"]["individual"]["firstName"] =
            json!("Jo")
    }),
    ("a server is gone", |d| {
        d["servers"].as_array_mut().unwrap().pop();
    }),
    ("a server is new", |d| {
        d["servers"]
            .as_array_mut()
            .unwrap()
            .push(json!({"url": "https://eu.example"}))
    }),
    ("servers change places", |d| {
        d["servers"].as_array_mut().unwrap().reverse()
    }),
    ("no security", |d| {
        d.as_object_mut().unwrap().remove("security");
    }),
    ("another scheme", |d| {
        d["components"]["securitySchemes"]["hawk"]["scheme"] = json!("bearer")
    }),
    ("another scheme beside", |d| {
        d["components"]["securitySchemes"]["token"] = json!({"type": "http", "scheme": "bearer"});
        d["security"]
            .as_array_mut()
            .unwrap()
            .push(json!({"token": []}));
    }),
    ("another path", |d| {
        let item = d["paths"]
            .as_object_mut()
            .unwrap()
            .remove("/platform/v1/customers")
            .unwrap();
        d["paths"]["/platform/v2/customers"] = item;
    }),
    ("another name for a part of the path", |d| {
        let mut item = d["paths"]
            .as_object_mut()
            .unwrap()
            .remove("/platform/v1/customers/{reference}")
            .unwrap();
        item["get"]["parameters"][0]["name"] = json!("id");
        d["paths"]["/platform/v1/customers/{id}"] = item;
    }),
    ("another name for an operation", |d| {
        at(d, GET)["get"]["operationId"] = json!("fetch")
    }),
    ("an operation is gone", |d| {
        d["paths"]
            .as_object_mut()
            .unwrap()
            .remove("/platform/v1/customers/{reference}");
    }),
    ("an operation is new", |d| {
        let other = at(d, GET)["get"].clone();
        at(d, GET)["delete"] = other;
        at(d, GET)["delete"]["operationId"] = json!("forget");
    }),
    ("a status is new", |d| {
        at(d, POST)["responses"]["409"] = json!({"$ref": "#/components/responses/BadRequest"})
    }),
    ("another success", |d| {
        let answer = at(d, POST)["responses"]
            .as_object_mut()
            .unwrap()
            .remove("202")
            .unwrap();
        at(d, POST)["responses"]["201"] = answer;
    }),
    ("a refusal is gone", |d| {
        at(d, POST)["responses"]
            .as_object_mut()
            .unwrap()
            .remove("400");
    }),
    ("another media type", |d| {
        let content = at(d, POST)["requestBody"]["content"]
            .as_object_mut()
            .unwrap();
        let body = content.remove("application/json").unwrap();
        content.insert("application/xml".to_owned(), body);
    }),
    ("an optional body", |d| {
        at(d, POST)["requestBody"]["required"] = json!(false)
    }),
    ("a header is required", |d| {
        d["components"]["parameters"]["IdempotencyKey"]["required"] = json!(true)
    }),
    ("a header has another name", |d| {
        d["components"]["parameters"]["IdempotencyKey"]["name"] = json!("Idempotency-Key")
    }),
    ("another type for a header", |d| {
        d["components"]["parameters"]["IdempotencyKey"]["schema"] = json!({"type": "integer"})
    }),
    ("no extra members in answers", |d| {
        d["components"]["schemas"]["Customer"]["additionalProperties"] = json!(false)
    }),
    ("a member is renamed", |d| {
        let address = &mut d["components"]["schemas"]["Address"];
        let code = address["properties"]
            .as_object_mut()
            .unwrap()
            .remove("postCode")
            .unwrap();
        address["properties"]["postalCode"] = code;
        address["required"] = json!(["addressLine1", "city", "postalCode", "countryCode"]);
    }),
    ("nested members are new", |d| {
        d["components"]["schemas"]["Individual"]["properties"]["employer"] = json!({
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "sites": {"type": "array", "items": {"type": "string"}}},
        });
    }),
    ("a schema has another name", |d| {
        let schemas = d["components"]["schemas"].as_object_mut().unwrap();
        let schema = schemas.remove("Address").unwrap();
        schemas.insert("Home".to_owned(), schema);
        schemas["Individual"]["properties"]["address"] =
            json!({"$ref": "#/components/schemas/Home"});
    }),
    ("a value may be printed", |d| {
        d["components"]["schemas"]["RiskScore"]["x-public"] = json!(true)
    }),
    ("a choice that nobody has a rule for", |d| {
        d["components"]["schemas"]["Identification"]["oneOf"] =
            json!([{"required": ["taxNumber"]}, {"required": ["documentNumber"]}]);
    }),
    ("a parameter in another style", |d| {
        at(d, GET)["get"]["parameters"][0]["style"] = json!("label")
    }),
    ("any body is answered", |d| {
        d["components"]["schemas"]["ErrorBody"] = json!({"type": "object"})
    }),
    ("a version that says it", |d| {
        d["info"]["version"] = json!("0.2.0");
        d["components"]["schemas"]["Individual"]["required"]
            .as_array_mut()
            .unwrap()
            .push(json!("email"));
    }),
];
