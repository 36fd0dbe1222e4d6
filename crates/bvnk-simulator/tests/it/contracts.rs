//! Other contracts than the embedded one: what they say is obeyed with no hand edit.

use std::sync::Arc;

use crate::common::*;
use bvnk_simulator::{Contract, Simulator, contract};
use http::Method;
use serde_json::json;

#[test]
fn what_the_contract_comes_to_say_is_obeyed_with_no_hand_edit() {
    let mut document = contract().clone();
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
    path["get"] = json!({
        "responses": { "200": { "content": { "application/json": { "example": ["documented"] } } } }
    });
    document["paths"]["/health"] = json!({ "get": { "security": [], "responses": {} } });
    let contract = Contract::compile(&document).unwrap();
    let mut simulator = Simulator::with_contract(Arc::new(contract), config());

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
    let (status, answer) = send(&mut simulator, request(Method::GET, CUSTOMERS, ""));
    assert_eq!((status, answer), (200, json!(["documented"])));
    let public = simulator.handle(&request(Method::GET, "/health", ""), NOW);
    assert_eq!(public.status, 200);
}

#[test]
fn a_literal_path_goes_before_a_template_whatever_their_order() {
    let mut document = contract().clone();
    // The tilde sorts after the brace.
    document["paths"][format!("{CUSTOMERS}/~me")] = json!({
        "get": { "responses": { "200": { "content": { "application/json": { "example": "me" } } } } }
    });
    let contract = Contract::compile(&document).unwrap();
    let mut simulator = Simulator::with_contract(Arc::new(contract), config());
    let (status, answer) = send(&mut simulator, look("~me"));
    assert_eq!((status, answer), (200, json!("me")));
}

#[test]
fn what_is_created_in_one_collection_is_not_found_in_another() {
    let mut document = contract().clone();
    let paths = document["paths"].as_object_mut().unwrap();
    let create_path = paths[CUSTOMERS].clone();
    let read_path = paths[&format!("{CUSTOMERS}/{{reference}}")].clone();
    paths.insert("/things".to_owned(), create_path);
    paths.insert("/things/{name}".to_owned(), read_path);
    let contract = Contract::compile(&document).unwrap();
    let mut simulator = Simulator::with_contract(Arc::new(contract), config());

    let mut thing = creation(&example(), Some(UUID_A));
    thing.target = "/things".to_owned();
    let (status, answer) = send(&mut simulator, thing);
    // The path parameter's name is the member's.
    assert_eq!((status, &answer["name"]), (202, &json!("customer-1")));
    assert_eq!(send(&mut simulator, look("customer-1")).0, 404);
    let found = request(Method::GET, "/things/customer-1", "");
    assert_eq!(send(&mut simulator, found).0, 200);
    // Nor does a key of one stand for a creation in the other.
    assert_eq!(create(&mut simulator, Some(UUID_A)), "customer-2");
}

#[test]
fn a_broken_contract_is_an_error_that_names_the_place() {
    for (pointer, value) in [
        ("/paths", json!(null)),
        ("/components/schemas/CountryCode", json!({ "pattern": "(" })),
        ("/components/schemas/Address", json!(1)),
        (
            "/paths/~1platform~1v1~1customers/post/parameters/0",
            json!({ "$ref": "#/nowhere" }),
        ),
    ] {
        let mut document = contract().clone();
        *document.pointer_mut(pointer).unwrap() = value;
        let error = Contract::compile(&document).err().expect(pointer);
        assert!(error.place().starts_with("/paths"), "{error}");
    }
}
