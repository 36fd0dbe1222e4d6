//! Edits of the contract: for each attribute all that fit it, each with its expected
//! change, and those that belong to no single attribute.

use bvnk_contract::Contract;
use serde_json::{Value, json};
use xtask::diff::{Impact, Side};

/// The contract as the tests know it. A second operation that uses a schema would add
/// changes.
pub(crate) fn contract() -> Value {
    let text = include_str!("../../workspace/openapi/customers.yaml");
    let contract = Contract::from_yaml("customers.yaml", text).unwrap();
    let mut document = contract.document.clone();
    // A link to an attribute that is gone would be its own error.
    document["paths"]["/platform/v1/customers"]["post"]["responses"]["202"]["links"] = json!({});
    document
}

/// One edit and its only change.
pub(crate) struct Edit {
    pub(crate) old: Value,
    pub(crate) document: Value,
    pub(crate) side: Side,
    pub(crate) impact: Impact,
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

/// Every edit that fits a property.
pub(crate) fn edits(side: Side, [object, name, path]: &[String; 3]) -> Vec<Edit> {
    let (is_sent, whom) = match side {
        Side::Requests => (true, "in requests"),
        _ => (false, "in responses"),
    };
    let mut edits = Vec::new();
    let mut edit = |breaks: bool, says: &str, change: &dyn Fn(&mut Value, &mut Value)| {
        let mut document = contract();
        let target = document.pointer(object).unwrap()["properties"][name]["$ref"].clone();
        // The property gets its own schema, so that the edit is of nothing else.
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
            impact: if breaks {
                Impact::Breaking
            } else {
                Impact::Compatible
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
        if let Some(Value::Array(names)) = holder.get_mut("required") {
            names.retain(|needed| needed != name);
        }
    };
    match (is_sent, needed) {
        (true, true) => edit(false, "is now optional", &|_, holder| drop(holder)),
        (false, true) => edit(true, "may now be missing", &|_, holder| drop(holder)),
        (_, false) => edit(
            is_sent,
            "is now required",
            &|_, holder| match holder.get_mut("required") {
                Some(names) => names.as_array_mut().unwrap().push(json!(name)),
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
            let rules = property.as_object_mut().unwrap();
            // Rules of texts.
            for name in ["format", "pattern", "minLength", "enum"] {
                rules.remove(name);
            }
        });
    }
    if is_text && schema["format"].is_null() && schema["pattern"].is_null() {
        edit(is_sent, "now has the maximum length 9", &|property, _| {
            property["maxLength"] = json!(9);
        });
        edit(is_sent, "now has the pattern ^a$", &|property, _| {
            property["pattern"] = json!("^a$");
        });
    }
    for rule in ["format", "pattern", "minLength"] {
        if let Some(value) = schema.get(rule) {
            let name = if rule == "minLength" {
                "minimum length"
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
        // An open enum: both sides tolerate it.
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

/// A change of the contract as a text.
type Change = fn(&mut Value);
const POST: &str = "/paths/~1platform~1v1~1customers/post";
const GET: &str = "/paths/~1platform~1v1~1customers~1{reference}";
fn link(document: &mut Value) -> &mut Value {
    &mut at(document, POST)["responses"]["202"]["links"]["GetCreatedCustomer"]
}

fn individual(document: &mut Value) -> &mut Value {
    &mut document["components"]["schemas"]["Individual"]["properties"]
}

/// A list operation with query parameters.
fn search(more: Value) -> Value {
    let mut parameters = vec![
        json!({"name": "status", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}),
    ];
    parameters.extend(more.as_array().into_iter().flatten().cloned());
    json!({"operationId": "list_customers", "parameters": parameters, "responses": {"200": {
        "description": "Customers", "content": {"application/json": {"schema": {
            "type": "array", "items": {"$ref": "#/components/schemas/Customer"}}}}}}})
}

fn at<'a>(document: &'a mut Value, place: &str) -> &'a mut Value {
    document.pointer_mut(place).unwrap()
}
/// Edits that belong to no single attribute, and shapes that the contract does not have.
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
    (
        "an attribute is renamed, and one that is as similar is new",
        |d| {
            let individual = at(d, "/components/schemas/Individual");
            let name = individual["properties"]["lastName"].clone();
            individual["properties"]
                .as_object_mut()
                .unwrap()
                .remove("lastName");
            individual["properties"]["familyName"] = name.clone();
            individual["properties"]["middleName"] = name;
            let required = individual["required"].as_array_mut().unwrap();
            *required
                .iter_mut()
                .find(|name| *name == "lastName")
                .unwrap() = json!("familyName");
        },
    ),
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
    ("another scheme too", |d| {
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
        link(d)["parameters"] = json!({"id": "$response.body#/reference"});
        d["paths"]["/platform/v1/customers/{id}"] = item;
    }),
    ("another name for an operation", |d| {
        at(d, GET)["get"]["operationId"] = json!("fetch");
        link(d)["operationId"] = json!("fetch");
    }),
    ("an operation is gone", |d| {
        at(d, POST)["responses"]["202"]["links"] = json!({});
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
    ("unknown members are not expected", |d| {
        d["components"]["schemas"]["Customer"]
            .as_object_mut()
            .unwrap()
            .remove("additionalProperties");
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
    ("a shape that the model does not cover", |d| {
        d["components"]["schemas"]["Identification"]["oneOf"] =
            json!([{"required": ["taxNumber"]}, {"required": ["documentNumber"]}]);
    }),
    ("a parameter in another style", |d| {
        at(d, GET)["get"]["parameters"][0]["style"] = json!("label")
    }),
    ("any body is answered", |d| {
        d["components"]["schemas"]["ErrorBody"] = json!({"type": "object"})
    }),
    (
        "a list is new",
        |d| {
            individual(d)["tags"] =
                json!({"type": "array", "items": {"type": "string"}, "maxItems": 5})
        },
    ),
    ("an operation with a query is new", |d| {
        d["paths"]["/platform/v1/customers"]["get"] = search(json!([]))
    }),
    ("another thing has a status, and comes first", |d| {
        let paths = d["paths"].to_string();
        let paths = paths.replace("/v1/customers", "/v1/companies");
        let paths: Value = serde_json::from_str(&paths.replace("_customer", "_company")).unwrap();
        let added = paths.as_object().unwrap().clone();
        d["paths"].as_object_mut().unwrap().extend(added);
    }),
    ("a server and a link are gone, and a value is final", |d| {
        d["servers"].as_array_mut().unwrap().pop();
        at(d, POST)["responses"]["202"]
            .as_object_mut()
            .unwrap()
            .remove("links");
        d["components"]["schemas"]["CustomerStatus"]["x-terminal"] = json!([
            "VERIFIED",
            "UNSUCCESSFUL",
            "REJECTED",
            "TERMINATED",
            "CLOSED"
        ]);
    }),
    ("a value is no longer final", |d| {
        d["components"]["schemas"]["CustomerStatus"]["x-terminal"] =
            json!(["VERIFIED", "UNSUCCESSFUL", "TERMINATED"])
    }),
    ("a link takes another value", |d| {
        at(d, POST)["responses"]["202"]["links"]["GetCreatedCustomer"]["parameters"]["reference"] =
            json!("$response.body#/status")
    }),
    ("the key is in another header", |d| {
        d["components"]["parameters"]["IdempotencyKey"]["name"] = json!("Idempotency-Key")
    }),
    ("no header carries the key", |d| {
        d["components"]["parameters"]["IdempotencyKey"]
            .as_object_mut()
            .unwrap()
            .remove("x-idempotency-key");
    }),
    ("a success with a known body is new", |d| {
        let accepted = at(d, POST)["responses"]["202"].clone();
        at(d, POST)["responses"]["200"] = accepted;
    }),
    ("a success without a body is new", |d| {
        at(d, POST)["responses"]["204"] = json!({"description": "Nothing"})
    }),
    ("a success with another body is new", |d| {
        at(d, POST)["responses"]["200"] = json!({"description": "", "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Address"}}}})
    }),
    ("a response has no body", |d| {
        at(d, GET)["get"]["responses"]["200"]
            .as_object_mut()
            .unwrap()
            .remove("content");
    }),
    ("a body may be null", |d| {
        d["components"]["schemas"]["Customer"]["nullable"] = json!(true)
    }),
    ("a problem's media type", |d| {
        let content = d["components"]["responses"]["BadRequest"]["content"]
            .as_object_mut()
            .unwrap();
        let body = content.remove("application/json").unwrap();
        content.insert("application/problem+json".to_owned(), body);
    }),
    ("a map in place of an object", |d| {
        d["components"]["schemas"]["Identification"] =
            json!({"type": "object", "additionalProperties": {"type": "string"}})
    }),
    ("a raised version", |d| {
        d["info"]["version"] = json!("0.2.0");
        d["components"]["schemas"]["Individual"]["required"]
            .as_array_mut()
            .unwrap()
            .push(json!("email"));
    }),
];

/// Two schemas of one attribute, and its change in requests: whether it breaks there, whether
/// it breaks in responses, and its text.
type Shape = (fn() -> Value, fn() -> Value, bool, bool, &'static str);
/// Changes of shapes that the contract does not have.
pub(crate) const SHAPES: &[Shape] = &[
    (
        || texts(json!({})),
        || texts(json!({"minItems": 1})),
        true,
        false,
        "now has the minimum number of items 1",
    ),
    (
        || texts(json!({"maxItems": 9})),
        || texts(json!({"maxItems": 5})),
        true,
        false,
        "now has the maximum number of items 5 (was 9)",
    ),
    (
        || texts(json!({})),
        || texts(json!({"uniqueItems": true})),
        true,
        false,
        "now has the rule that items differ",
    ),
    (
        || texts(json!({"uniqueItems": true})),
        || texts(json!({})),
        false,
        true,
        "no longer has the rule that items differ",
    ),
    (
        || texts(json!({})),
        || json!({"type": "array", "items": {"type": "integer"}}),
        true,
        true,
        "x[] is now an integer (was a string)",
    ),
    (
        || texts(json!({})),
        || json!({"type": "array", "items": {"type": "string", "nullable": true}}),
        false,
        true,
        "x[] may now be null",
    ),
    (
        || texts(json!({})),
        || json!({"type": "string"}),
        true,
        true,
        "is now a string (was an array)",
    ),
    (
        || number(json!({"minimum": 1})),
        || number(json!({"minimum": 5})),
        true,
        false,
        "now has the minimum 5 (was 1)",
    ),
    (
        || number(json!({"minimum": 5})),
        || number(json!({"minimum": 1})),
        false,
        true,
        "now has the minimum 1 (was 5)",
    ),
    (
        || number(json!({"maximum": 5})),
        || number(json!({})),
        false,
        true,
        "no longer has the maximum 5",
    ),
    (
        || number(json!({"minimum": 0})),
        || number(json!({"minimum": 0, "exclusiveMinimum": true})),
        true,
        false,
        "now has the rule that the minimum is excluded",
    ),
    (
        || number(json!({})),
        || number(json!({"multipleOf": 5})),
        true,
        false,
        "now has the factor 5",
    ),
    (
        || number(json!({"multipleOf": 5})),
        || number(json!({"multipleOf": 3})),
        true,
        true,
        "now has the factor 3 (was 5)",
    ),
    (
        || number(json!({"format": "int32"})),
        || number(json!({"format": "int64"})),
        false,
        true,
        "now has the format int64 (was int32)",
    ),
    (
        || number(json!({})),
        || json!({"type": "number"}),
        false,
        true,
        "is now a number (was an integer)",
    ),
    (
        || number(json!({})),
        || number(json!({"nullable": true})),
        false,
        true,
        "may now be null",
    ),
    (
        || number(json!({"nullable": true})),
        || number(json!({})),
        true,
        false,
        "may no longer be null",
    ),
    (
        || map("string"),
        || map("integer"),
        true,
        true,
        "x{} is now an integer (was a string)",
    ),
    (
        || json!({"type": "object"}),
        || map("string"),
        true,
        false,
        "now has a rule for members that are not listed",
    ),
    (
        || map("string"),
        || json!({"type": "object"}),
        false,
        true,
        "no longer has a rule for members that are not listed",
    ),
    (
        || json!({"type": "object", "additionalProperties": {"type": "object"}}),
        || json!({"type": "object", "additionalProperties": map("string")}),
        true,
        false,
        "x{} now has a rule for members that are not listed",
    ),
    (
        || json!({"type": "object"}),
        || json!({"type": "object", "additionalProperties": false}),
        true,
        false,
        "no longer allows members that are not listed",
    ),
    (
        || json!({"type": "object", "additionalProperties": false}),
        || json!({"type": "object"}),
        false,
        false,
        "now allows members that are not listed",
    ),
    (
        || one_of(&["Address"]),
        || one_of(&["Address", "Identification"]),
        false,
        true,
        "may now be Identification",
    ),
    (
        || one_of(&["Address", "Identification"]),
        || one_of(&["Address"]),
        true,
        false,
        "may no longer be Identification",
    ),
    (
        || json!({"type": "string", "enum": ["A", "B"]}),
        || json!({"type": "string", "enum": ["A"]}),
        true,
        false,
        "no longer lists B",
    ),
    (
        || json!({}),
        || json!({"type": "boolean"}),
        true,
        false,
        "is now a boolean (was a value of any type)",
    ),
    (
        || json!({"type": "object", "properties": {"a": {"type": "string"}}}),
        || json!({"type": "boolean"}),
        true,
        true,
        "is now a boolean (was an object)",
    ),
];

fn merged(mut schema: Value, rules: Value) -> Value {
    if let (Some(schema), Value::Object(rules)) = (schema.as_object_mut(), rules) {
        schema.extend(rules);
    }
    schema
}

fn texts(rules: Value) -> Value {
    merged(json!({"type": "array", "items": {"type": "string"}}), rules)
}

fn number(rules: Value) -> Value {
    merged(json!({"type": "integer"}), rules)
}

fn map(values: &str) -> Value {
    json!({"type": "object", "additionalProperties": {"type": values}})
}

fn one_of(names: &[&str]) -> Value {
    let variants = names
        .iter()
        .map(|name| json!({"$ref": format!("#/components/schemas/{name}")}));
    json!({"oneOf": variants.collect::<Vec<_>>()})
}

/// Two lists of query parameters, whether the change breaks, and its text.
type Query = (fn() -> Value, fn() -> Value, bool, &'static str);
/// Changes of query parameters of an operation that lists.
pub(crate) const QUERIES: &[Query] = &[
    (
        || json!([]),
        || json!([page(false)]),
        false,
        "the query parameter page is new and optional in requests (integer)",
    ),
    (
        || json!([]),
        || json!([page(true)]),
        true,
        "the query parameter page is new and required in requests (integer)",
    ),
    (
        || json!([page(false)]),
        || json!([page(true)]),
        true,
        "the query parameter page is now required in requests",
    ),
    (
        || json!([page(false)]),
        || json!([]),
        true,
        "the query parameter page is gone from requests",
    ),
    (
        || json!([page(true)]),
        || json!([page(false)]),
        false,
        "the query parameter page is now optional in requests",
    ),
    (
        || json!([list(true)]),
        || json!([list(false)]),
        true,
        "the query parameter kinds is now one list joined by commas in requests",
    ),
];

fn page(required: bool) -> Value {
    json!({"name": "page", "in": "query", "required": required, "schema": {"type": "integer"}})
}

fn list(explode: bool) -> Value {
    json!({"name": "kinds", "in": "query", "explode": explode, "schema": texts(json!({}))})
}

/// The contract with an attribute `x` of a shape in a body, or with an operation that lists.
pub(crate) fn with_shape(schema: &str, shape: Value) -> Value {
    let mut document = contract();
    document["components"]["schemas"][schema]["properties"]["x"] = shape;
    document
}

pub(crate) fn with_query(parameters: Value) -> Value {
    let mut document = contract();
    document["paths"]["/platform/v1/customers"]["get"] = search(parameters);
    document
}
