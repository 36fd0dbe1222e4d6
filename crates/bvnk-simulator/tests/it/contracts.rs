//! Other contracts than the embedded one: what they state is served without an edit.

use bvnk_contract::Contract;
use bvnk_simulator::hawk::Credentials;
use bvnk_simulator::{Config, Simulator, contract};
use http::Method;
use serde_json::{Value, json};

use crate::common::*;

fn read(document: Value) -> Contract {
    Contract::from_value("test", document).unwrap()
}

fn document() -> Value {
    contract().unwrap().document.clone()
}

#[test]
fn what_the_contract_states_is_served_without_an_edit() {
    let mut document = document();
    let schemas = &mut document["components"]["schemas"];
    schemas["Individual"]["properties"]["middleName"] =
        json!({ "type": "string", "nullable": true, "maxLength": 3, "x-public": true });
    schemas["EnhancedDueDiligence"]["properties"]["score"] = json!({
        "type": "integer", "minimum": 0, "exclusiveMinimum": true, "example": 1
    });
    let path = &mut document["paths"][CUSTOMERS];
    path["post"]["responses"]["202"]["content"]["application/json"]["example"]["since"] =
        json!("2025-01-01");
    path["post"]["parameters"] = json!([
        { "name": "page", "in": "query", "schema": { "type": "integer" } },
        { "name": "note", "in": "query", "schema": { "type": "string" } },
    ]);
    let mut simulator = Simulator::new(Config {
        contract: Some(read(document)),
        ..config()
    })
    .unwrap();
    for (pointer, value, expected) in [
        ("middleName", json!("abc"), 202),
        ("middleName", json!(null), 202),
        ("middleName", json!("abcd"), 400),
        ("middleName", json!(5), 400),
        ("edd", json!({ "score": 1 }), 202),
        ("edd", json!({ "score": 0 }), 400),
    ] {
        let mut body = example();
        body["individual"][pointer] = value.clone();
        let (status, answer) = send(&mut simulator, creation(&body, None));
        assert_eq!(status, expected, "{pointer} {value}: {answer}");
        if status == 202 {
            assert_eq!(answer["since"], "2025-01-01");
        }
    }
    for (query, expected) in [
        ("page=7", 202),
        ("note=7", 202),
        ("page=seven", 400),
        ("page=1&page=2", 400),
    ] {
        let mut request = creation(&example(), None);
        request.target = format!("{CUSTOMERS}?{query}");
        assert_eq!(send(&mut simulator, request).0, expected, "{query}");
    }
}

/// The client polls the object's own status, or an inner one that is always there instead of one
/// that may be missing.
#[test]
fn one_of_two_statuses_moves() {
    let outer = (json!(["reference", "status"]), json!([]), "/status");
    let inner = (
        json!(["reference", "account"]),
        json!(["status"]),
        "/account/status",
    );
    for (own, account, moving) in [outer, inner] {
        let mut document = document();
        let customer = &mut document["components"]["schemas"]["Customer"];
        customer["required"] = own;
        customer["properties"]["account"] = json!({
            "type": "object",
            "required": account,
            "properties": { "status": { "$ref": "#/components/schemas/CustomerStatus" } }
        });
        let post = &mut document["paths"][CUSTOMERS]["post"]["responses"]["202"];
        let example = &mut post["content"]["application/json"]["example"];
        example["account"] = json!({ "status": "VERIFICATION_PENDING" });
        let contract = Some(read(document));
        let config = Config {
            contract,
            ..config()
        };
        let mut simulator = Simulator::new(config).unwrap();
        let reference = create(&mut simulator, None);
        let seen: Vec<Value> = (0..9)
            .map(|_| send(&mut simulator, get(&reference)).1)
            .collect();
        for pointer in ["/status", "/account/status"] {
            let ended = seen
                .iter()
                .any(|it| it.pointer(pointer) == Some(&json!("VERIFIED")));
            assert_eq!(ended, pointer == moving, "{pointer}: {seen:?}");
        }
    }
}

fn bookings() -> Simulator {
    let text = include_str!("../bookings.json");
    let contract = Contract::from_json("bookings.json", text).unwrap();
    let config = Config {
        credentials: vec![Credentials::new(ID, KEY)],
        contract: Some(contract),
        ..Config::default()
    };
    Simulator::new(config).unwrap()
}

fn call(
    simulator: &mut Simulator,
    method: Method,
    target: &str,
    body: Value,
    key: &str,
) -> (u16, Value) {
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let mut request = request(method, target, text);
    set(&mut request, "content-type", "application/json");
    if !key.is_empty() {
        set(&mut request, "idempotency-key", key);
    }
    send(simulator, request)
}

/// Each operation of another contract, step by step, as a snapshot.
#[test]
fn another_contract_is_served_with_its_own_names_and_shapes() {
    let mut simulator = bookings();
    let mut text = String::new();
    let mut step = |method: &str, target: &str, body: Value, key: &str| {
        let (status, answer) = call(&mut simulator, method.parse().unwrap(), target, body, key);
        text.push_str(&format!("{method} {target} {key}\n  {status} {answer}\n"));
        answer
    };
    let rooms = || json!({ "rooms": [{ "beds": [[0.5, 2]] }], "note": null, "labels": { "a": 1 } });
    let opened = step("POST", "/v2/bookings", rooms(), "key-number-1");
    let id = opened["booking"]["id"].as_str().unwrap();
    let path = format!("/v2/bookings/{id}");
    step("POST", "/v2/bookings", rooms(), "key-number-1");
    step("POST", "/v2/bookings", rooms(), "KEY-NUMBER-1");
    step("POST", "/v2/bookings", rooms(), "");
    step(
        "POST",
        "/v2/bookings",
        json!({ "rooms": [{ "beds": [[0]] }] }),
        "short",
    );
    for _ in 0..3 {
        step("GET", &path, Value::Null, "");
    }
    step("PATCH", &path, json!({ "note": null }), "");
    step("PATCH", &path, json!({ "note": 7 }), "");
    step("PUT", &format!("{path}/guests/3"), json!([["a"], []]), "");
    step("PUT", &format!("{path}/guests/10"), json!([]), "");
    step("PUT", "/v2/bookings/bk_none/guests/3", json!([["a"]]), "");
    step("GET", "/v2/bookings/bk_none", Value::Null, "");
    step("GET", "/v2/bookings/wrong", Value::Null, "");
    step(
        "GET",
        "/v2/bookings?limit=5&tag=ab&tag=cd&room=1,2&open=true",
        Value::Null,
        "",
    );
    step(
        "GET",
        "/v2/bookings?limit=0&tag=a&room=1,x&open=yes",
        Value::Null,
        "",
    );
    step("DELETE", &path, Value::Null, "");
    step("DELETE", &path, Value::Null, "");
    step("GET", &path, Value::Null, "");
    step("POST", &path, Value::Null, "");
    insta::assert_snapshot!(text);
    let unsigned = simulator.handle(&request(Method::GET, "/v2/ping", ""), NOW);
    assert_eq!(unsigned.status, 200);
}

#[test]
fn a_literal_path_goes_before_a_template() {
    let mut document = document();
    // The tilde sorts after the brace.
    document["paths"][format!("{CUSTOMERS}/~me")] = json!({ "get": {
        "operationId": "me",
        "responses": { "200": { "description": "me", "content": { "application/json": { "schema": { "type": "string", "enum": ["me"] } } } } }
    } });
    let mut simulator = Simulator::new(Config {
        contract: Some(read(document)),
        ..config()
    })
    .unwrap();
    assert_eq!(send(&mut simulator, get("~me")), (200, json!("me")));
}

#[test]
fn what_is_created_in_one_collection_is_not_found_in_another() {
    let mut document = document();
    let paths = document["paths"].as_object_mut().unwrap();
    let mut create_path = json!({ "post": paths[CUSTOMERS]["post"] });
    let mut read_path = json!({ "get": paths[&format!("{CUSTOMERS}/{{reference}}")]["get"] });
    create_path["post"]["operationId"] = json!("create_thing");
    let link = &mut create_path["post"]["responses"]["202"]["links"]["GetCreatedCustomer"];
    link["operationId"] = json!("get_thing");
    read_path["get"]["operationId"] = json!("get_thing");
    paths.insert("/things".to_owned(), create_path);
    paths.insert("/things/{reference}".to_owned(), read_path);
    let mut simulator = Simulator::new(Config {
        contract: Some(read(document)),
        ..config()
    })
    .unwrap();

    let mut thing = creation(&example(), Some(UUID_A));
    thing.target = "/things".to_owned();
    let (status, answer) = send(&mut simulator, thing);
    assert_eq!((status, &answer["reference"]), (202, &json!("customer-1")));
    assert_eq!(send(&mut simulator, get("customer-1")).0, 404);
    let found = request(Method::GET, "/things/customer-1", "");
    assert_eq!(send(&mut simulator, found).0, 200);
    // A key for one operation is not a key for the other.
    assert_eq!(create(&mut simulator, Some(UUID_A)), "customer-2");
    assert_eq!(send(&mut simulator, get("customer-2")).0, 200);
    let other = request(Method::GET, "/things/customer-2", "");
    assert_eq!(send(&mut simulator, other).0, 404);
}

/// Without links and statuses each operation is still answered.
#[test]
fn a_contract_without_links_is_served_too() {
    let mut document = document();
    document["paths"][CUSTOMERS]["post"]["responses"]["202"]
        .as_object_mut()
        .unwrap()
        .remove("links");
    let mut simulator = Simulator::new(Config {
        contract: Some(read(document)),
        ..config()
    })
    .unwrap();
    let shown = json!({ "reference": "f81a5b62-27b8-4b3b-b51e-eb10edeb1731", "status": "VERIFICATION_PENDING" });
    assert_eq!(
        send(&mut simulator, creation(&example(), Some(UUID_A))),
        (202, shown)
    );
    assert_eq!(send(&mut simulator, get("anything")).0, 200);
    assert!(simulator.customers().is_empty());
}

#[test]
fn a_contract_that_cannot_be_served_is_an_error_that_names_the_place() {
    let mut document = document();
    document["components"]["schemas"]["CustomerReference"] =
        json!({ "type": "string", "pattern": "^a$", "minLength": 2 });
    let error = Simulator::new(Config {
        contract: Some(read(document)),
        ..config()
    });
    let error = error.err().unwrap().to_string();
    assert!(
        error.contains("no valid value") && error.contains("help: "),
        "{error}"
    );
}

#[test]
fn a_pattern_with_a_negative_assertion_is_checked() {
    let mut document = document();
    document["components"]["schemas"]["CountryCode"]["pattern"] = json!("^(?!XX)[A-Z]{2}$");
    let mut simulator = Simulator::new(Config {
        contract: Some(read(document)),
        ..config()
    })
    .unwrap();
    for (country, expected) in [("GB", 202), ("XX", 400)] {
        let mut body = example();
        body["individual"]["birthCountryCode"] = json!(country);
        let (status, answer) = send(&mut simulator, creation(&body, None));
        assert_eq!(status, expected, "{country}: {answer}");
    }
}

/// A small generator of schemas, from a number.
struct Shapes(u64);

impl Shapes {
    /// SplitMix64.
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }

    fn schema(&mut self, depth: u64) -> Value {
        let mut schema = match self.next(if depth == 0 { 5 } else { 10 }) {
            0 => json!({ "type": "boolean" }),
            1 => {
                let least = self.next(20) as i64 - 10;
                json!({ "type": "integer", "minimum": least, "maximum": least + 3, "exclusiveMaximum": self.next(2) == 0 })
            }
            2 => {
                json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true, "multipleOf": 0.25 })
            }
            3 => {
                let formats = [
                    "date",
                    "date-time",
                    "uuid",
                    "email",
                    "uri",
                    "ipv4",
                    "hostname",
                    "made-up",
                ];
                json!({ "type": "string", "format": formats[self.next(8) as usize] })
            }
            4 => match self.next(4) {
                0 => json!({ "type": "string", "enum": ["A", "B"] }),
                1 => {
                    json!({ "type": "string", "minLength": self.next(9), "maxLength": 9 + self.next(9) })
                }
                2 => {
                    json!({ "anyOf": [{ "type": "string", "enum": ["A"] }, { "type": "string" }] })
                }
                _ => {
                    let patterns = [
                        "^[A-Z]{2}$",
                        "^\\d{3}-\\d+$",
                        "^(ab|cd)*x?$",
                        "[^a-z]",
                        "^\\p{Lu}.{2,}$",
                        "^a|b$",
                    ];
                    json!({ "type": "string", "pattern": patterns[self.next(6) as usize] })
                }
            },
            5 => {
                json!({ "type": "array", "items": self.schema(depth - 1), "minItems": self.next(4), "maxItems": 4 })
            }
            6 => {
                json!({ "type": "array", "uniqueItems": true, "minItems": 2, "items": { "type": "string" } })
            }
            7 => {
                json!({ "type": "object", "additionalProperties": self.schema(depth - 1), "minProperties": self.next(3) })
            }
            8 => json!({ "oneOf": [
                { "type": "object", "required": ["a"], "properties": { "a": self.schema(0) }, "additionalProperties": false },
                { "type": "object", "required": ["b"], "properties": { "b": self.schema(0) }, "additionalProperties": false },
            ] }),
            _ => {
                let count = self.next(4);
                let names: Vec<String> = (0..count).map(|n| format!("p{n}")).collect();
                let required: Vec<_> = names
                    .iter()
                    .filter(|_| self.next(2) == 0)
                    .cloned()
                    .collect();
                let properties: serde_json::Map<_, _> = names
                    .iter()
                    .map(|name| (name.clone(), self.schema(depth - 1)))
                    .collect();
                let mut object = json!({ "type": "object", "properties": properties });
                if !required.is_empty() {
                    object["required"] = json!(required);
                }
                if self.next(2) == 0 {
                    object["properties"]["again"] = json!({ "$ref": "#/components/schemas/Root" });
                }
                object
            }
        };
        if schema.get("type").is_some() && self.next(4) == 0 {
            schema["nullable"] = json!(true);
        }
        schema
    }
}

/// Any shape is answered with a body that another validator accepts, and a request with that
/// body is accepted too.
#[test]
fn any_shape_is_answered_with_a_valid_body() {
    for seed in 0..400 {
        let mut shapes = Shapes(seed);
        let root = shapes.schema(3);
        let body = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Root" } } } });
        let mut answer = body.clone();
        answer["description"] = json!("an answer");
        let operation = |id: &str| json!({ "operationId": id, "responses": { "200": answer } });
        let mut post = operation("echo");
        post["requestBody"] = body;
        let document = json!({
            "openapi": "3.0.3",
            "info": { "title": "Any", "version": "1" },
            "paths": { "/any": { "get": operation("get_any"), "post": post } },
            "components": { "schemas": { "Root": root } },
        });
        let contract = read(document);
        let schema = contract.document.clone();
        let mut simulator = match Simulator::new(Config {
            contract: Some(contract),
            ..config()
        }) {
            Ok(simulator) => simulator,
            Err(error) => panic!("{error}\n{schema:#}"),
        };
        let response = simulator.handle(&request(Method::GET, "/any", ""), NOW);
        let value = crate::common::body(&response);
        assert_eq!(response.status, 200);
        assert!(accepts(&schema, &value), "{value}\n{schema:#}");
        let mut echo = request(Method::POST, "/any", value.to_string());
        set(&mut echo, "content-type", "application/json");
        let echoed = simulator.handle(&echo, NOW);
        assert_eq!(
            echoed.status,
            200,
            "{value}: {}",
            crate::common::body(&echoed)
        );
    }
}

/// Another validator, of OpenAPI 3.0 and for the shapes above only.
fn accepts(root: &Value, value: &Value) -> bool {
    fn check(root: &Value, schema: &Value, value: &Value) -> bool {
        if value.is_null() && schema["nullable"] == true {
            return true;
        }
        if let Some(name) = schema["$ref"].as_str() {
            let pointer = name.trim_start_matches('#');
            return check(root, root.pointer(pointer).unwrap(), value);
        }
        let list = |name: &str| schema[name].as_array().cloned().unwrap_or_default();
        let any = list("anyOf");
        if !any.is_empty() && !any.iter().any(|it| check(root, it, value)) {
            return false;
        }
        let one = list("oneOf");
        if !one.is_empty() && one.iter().filter(|it| check(root, it, value)).count() != 1 {
            return false;
        }
        let number = |name: &str| schema[name].as_f64();
        let count = |length: usize, least: &str, most: &str| {
            number(least).is_none_or(|it| length as f64 >= it)
                && number(most).is_none_or(|it| length as f64 <= it)
        };
        let kind = schema["type"].as_str();
        let right = match kind {
            None => true,
            Some("boolean") => value.is_boolean(),
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("number") => value.is_number(),
            Some("array") => value.is_array(),
            Some("object") => value.is_object(),
            Some(other) => panic!("{other}"),
        };
        let listed = list("enum");
        right
            && (listed.is_empty() || listed.contains(value))
            && value
                .as_str()
                .is_none_or(|text| count(text.chars().count(), "minLength", "maxLength"))
            && value.as_f64().is_none_or(|it| {
                number("minimum").is_none_or(|least| it >= least)
                    && number("maximum").is_none_or(|most| it <= most)
                    && (schema["exclusiveMinimum"] != true || number("minimum") != Some(it))
                    && (schema["exclusiveMaximum"] != true || number("maximum") != Some(it))
                    && number("multipleOf").is_none_or(|step| (it / step).fract() == 0.0)
            })
            && value.as_array().is_none_or(|items| {
                count(items.len(), "minItems", "maxItems")
                    && items.iter().all(|item| check(root, &schema["items"], item))
                    && (schema["uniqueItems"] != true
                        || (1..items.len()).all(|at| !items[..at].contains(&items[at])))
            })
            && value.as_object().is_none_or(|members| {
                count(members.len(), "minProperties", "maxProperties")
                    && list("required")
                        .iter()
                        .all(|name| members.contains_key(name.as_str().unwrap()))
                    && members.iter().all(|(name, member)| {
                        match (&schema["properties"][name], &schema["additionalProperties"]) {
                            (Value::Null, Value::Bool(more)) => *more,
                            (Value::Null, Value::Null) => true,
                            (Value::Null, more) => check(root, more, member),
                            (property, _) => check(root, property, member),
                        }
                    })
            })
    }
    let schema = &root["components"]["schemas"]["Root"];
    check(root, schema, value)
}
