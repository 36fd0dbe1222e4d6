//! What the model does not cover is reported with place and help, all at once.

use bvnk_contract::Contract;
use serde_json::{Value, json};

/// A small contract that can be read.
fn sample() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": "1.0.0" },
        "components": {
            "securitySchemes": { "hawk": { "type": "http", "scheme": "Hawk" } },
            "schemas": { "Pet": {
                "type": "object",
                "required": ["id"],
                "properties": { "id": { "type": "string" }, "tags": { "type": "array", "items": { "type": "string" } } }
            } }
        },
        "security": [{ "hawk": [] }],
        "paths": { "/pets/{id}": {
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
            "get": {
                "operationId": "get_pet",
                "responses": { "200": { "description": "The pet", "content": {
                    "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } }
                } } }
            }
        } }
    })
}

/// `sample` with the value at `pointer` replaced.
fn edited(pointer: &str, value: Value) -> Value {
    let mut document = sample();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    document.pointer_mut(parent).unwrap()[name] = value;
    document
}

#[test]
fn a_misspelled_extension_is_a_warning() {
    for (name, warnings) in [("x-terminl", 1), ("x-public", 0), ("x-internal", 0)] {
        let document = edited(&format!("/components/schemas/Pet/{name}"), json!(true));
        let contract = Contract::from_value("pets.json", document).unwrap();
        let found = &contract.warnings;
        assert_eq!(found.len(), warnings, "{name}: {found:?}");
        let help = "write `x-terminal`, if that is meant";
        assert!(found.iter().all(|it| it.help == help), "{found:?}");
    }
}

#[test]
fn an_enum_of_numbers_is_refused_with_what_to_write() {
    let id = "/components/schemas/Pet/properties/id";
    let document = edited(id, json!({ "type": "integer", "enum": [1, 2] }));
    let found = Contract::from_value("pets.json", document).unwrap_err();
    let help = "only texts have one: list the values in a description";
    assert!(found.to_string().contains(help), "{found}");
}

#[test]
fn each_problem_names_its_place() {
    let get = "/paths/~1pets~1{id}/get";
    let pet = "/components/schemas/Pet";
    let at = |place: &str, rest: &str| format!("{place}{rest}");
    for (pointer, value, location) in [
        ("/openapi".to_owned(), json!("3.1.0"), "/openapi".to_owned()),
        (
            "/info/version".to_owned(),
            json!(1.0),
            "/info/version".to_owned(),
        ),
        (at(get, "/operationId"), json!(""), get.to_owned()),
        (at(get, "/callbacks"), json!({}), at(get, "/callbacks")),
        (
            at(get, "/parameters"),
            json!([{ "name": "s", "in": "cookie", "schema": {} }]),
            at(get, "/parameters/0"),
        ),
        (
            at(get, "/requestBody"),
            json!({ "content": { "multipart/form-data": {} } }),
            at(get, "/requestBody/content/multipart~1form-data"),
        ),
        (
            at(get, "/requestBody"),
            json!(null),
            at(get, "/requestBody"),
        ),
        (
            at(get, "/responses"),
            json!({ "404": { "description": "None" } }),
            at(get, "/responses"),
        ),
        (
            at(get, "/responses/20"),
            json!({ "description": "None" }),
            at(get, "/responses/20"),
        ),
        (
            at(get, "/responses/200/links"),
            json!({ "Next": { "operationId": "nothing" } }),
            at(get, "/responses/200/links/Next"),
        ),
        (
            at(get, "/responses/200/links"),
            json!({ "Next": { "operationId": "get_pet", "parameters": { "id": "$response.body#/name" } } }),
            at(get, "/responses/200/links/Next"),
        ),
        (
            at(get, "/responses/200/links"),
            json!({ "Next": { "operationId": "get_pet", "parameters": { "id": "$request.path.name" } } }),
            at(get, "/responses/200/links/Next/parameters/id"),
        ),
        (
            at(get, "/security"),
            json!([{ "oauth": [] }]),
            get.to_owned(),
        ),
        (
            "/paths/~1pets~1{name}".to_owned(),
            sample()["paths"]["/pets/{id}"].clone(),
            "/paths/~1pets~1{name}/get".to_owned(),
        ),
        (
            at(pet, "/properties/a.b"),
            json!({ "type": "string" }),
            at(pet, "/properties/a.b"),
        ),
        (
            at(get, "/parameters"),
            json!([{ "name": "id", "in": "query", "schema": { "type": "string" } }]),
            at(get, "/parameters/0"),
        ),
        (at(pet, "/required"), json!(["name"]), at(pet, "/required")),
        (
            at(pet, "/properties/id"),
            json!({ "$ref": "#/components/schemas/Id" }),
            at(pet, "/properties/id"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": ["string", "null"] }),
            at(pet, "/properties/id/type"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "text" }),
            at(pet, "/properties/id/type"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "string", "not": {} }),
            at(pet, "/properties/id/not"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "string", "enum": [1] }),
            at(pet, "/properties/id/enum"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "string", "minLength": -1 }),
            at(pet, "/properties/id/minLength"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "integer", "minimum": "1" }),
            at(pet, "/properties/id/minimum"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "integer", "minimum": 0.5 }),
            at(pet, "/properties/id/minimum"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "integer", "format": "int32", "maximum": 3_000_000_000_u32 }),
            at(pet, "/properties/id/maximum"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "string", "minLength": 5, "maxLength": 3 }),
            at(pet, "/properties/id"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "string", "enum": ["A", "B", "A"] }),
            at(pet, "/properties/id/enum"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "allOf": [{ "properties": {} }, { "required": ["name"] }] }),
            at(pet, "/properties/id/allOf/1/required"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "oneOf": [{ "type": "string" }] }),
            at(pet, "/properties/id/oneOf/0"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
            at(pet, "/properties/id/anyOf"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "allOf": [{ "type": "object" }, { "type": "string" }] }),
            at(pet, "/properties/id/allOf/1"),
        ),
        (
            at(pet, "/properties/tags"),
            json!({ "type": "array" }),
            at(pet, "/properties/tags/items"),
        ),
        (
            "/components/schemas/Circle".to_owned(),
            json!({ "$ref": "#/components/schemas/Circle" }),
            "/components/schemas/Circle".to_owned(),
        ),
        (
            "/components/schemas/Circle".to_owned(),
            json!({ "allOf": [{ "$ref": "#/components/schemas/Circle" }, {}], "properties": {} }),
            "/components/schemas/Circle/allOf/0".to_owned(),
        ),
        (
            at(pet, "/properties/parent"),
            json!({ "allOf": [{ "$ref": "#/components/schemas/Pet" }], "properties": { "a": {} } }),
            at(pet, "/properties/parent/allOf/0"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "$ref": "#/components/schemas/Pet", "minLength": 1 }),
            at(pet, "/properties/id/minLength"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "type": "number", "multipleOf": 0 }),
            at(pet, "/properties/id/multipleOf"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "allOf": [{ "type": "string", "nullable": true }] }),
            at(pet, "/properties/id/allOf/0/nullable"),
        ),
        (
            at(pet, "/properties/id"),
            json!({ "anyOf": [{ "type": "string", "enum": ["A"] }, { "type": "string", "nullable": true }] }),
            at(pet, "/properties/id/anyOf"),
        ),
        // A value would have to fit itself.
        (
            "/components/schemas/A".to_owned(),
            json!({ "oneOf": [{ "$ref": "#/components/schemas/A" }], "type": "object" }),
            "/components/schemas/A".to_owned(),
        ),
        // Of a name in two members the last description counts.
        (
            at(pet, "/properties/id"),
            json!({ "allOf": [
                { "type": "object", "properties": { "a": { "type": "string", "maxLength": 5 } } },
                { "type": "object", "properties": { "a": { "type": "string", "pattern": "^x" } } },
            ] }),
            at(pet, "/properties/id/allOf/1/properties/a"),
        ),
        // Two attributes with the path `tags[]`.
        (
            at(pet, "/properties/tags[]"),
            json!({ "type": "string" }),
            at(pet, "/properties/tags"),
        ),
    ] {
        let errors = Contract::from_value("api.json", edited(&pointer, value.clone()))
            .expect_err(&format!("{pointer} = {value}"));
        let found = errors
            .iter()
            .any(|error| error.location.starts_with(&location) && !error.help.is_empty());
        assert!(
            found,
            "{pointer} = {value} should be reported at {location}:\n{errors}"
        );
    }
    Contract::from_value("api.json", sample()).unwrap_or_else(|errors| panic!("{errors}"));
}

/// A description that says more replaces one that says less.
#[test]
fn a_name_in_two_members_of_all_of_may_be_refined() {
    for (first, second, legal) in [
        (
            json!({}),
            json!({ "type": "string", "nullable": true }),
            true,
        ),
        (
            json!({ "enum": ["A"] }),
            json!({ "anyOf": [{ "type": "string", "enum": ["A"] }, { "type": "string" }] }),
            false,
        ),
        (
            json!({ "anyOf": [{ "type": "string", "enum": ["A"] }, { "type": "string" }] }),
            json!({ "enum": ["A"] }),
            true,
        ),
        (json!({}), json!({ "type": "string" }), true),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "maxLength": 5 }),
            true,
        ),
        (
            json!({ "type": "string", "maxLength": 5 }),
            json!({ "type": "string" }),
            false,
        ),
        (
            json!({ "enum": ["A", "B"] }),
            json!({ "enum": ["A"] }),
            true,
        ),
        (
            json!({ "enum": ["A"] }),
            json!({ "enum": ["A", "B"] }),
            false,
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "integer" }),
            false,
        ),
        (
            json!({ "type": "string", "nullable": true }),
            json!({ "type": "string" }),
            true,
        ),
        (
            json!({ "type": "string" }),
            json!({ "type": "string", "nullable": true }),
            false,
        ),
    ] {
        let member = |own: &Value| json!({ "type": "object", "properties": { "a": own } });
        let all = json!({ "allOf": [member(&first), member(&second)] });
        let document = edited("/components/schemas/Pet/properties/id", all);
        let read = Contract::from_value("pets.json", document);
        assert_eq!(read.is_ok(), legal, "{first} {second}");
    }
}

#[test]
fn all_problems_are_reported_at_once() {
    let mut document = edited("/info/title", json!(null));
    document["components"]["schemas"]["Pet"]["properties"]["id"]["type"] = json!("text");
    let tags = &mut document["components"]["schemas"]["Pet"]["properties"]["tags"];
    tags["minItems"] = json!("one");
    tags["minLength"] = json!(1);
    let errors = Contract::from_value("api.json", document).unwrap_err();
    assert_eq!(errors.iter().count(), 4, "{errors}");
}

/// Components that refer twice to the next one double what there is at each level; a long chain of
/// them is deep. Either is refused before it takes the memory or the stack.
#[test]
fn what_grows_without_bound_is_refused() {
    let twice = |member: Value| json!({ "allOf": [member, member] });
    let object = |member: Value| json!({ "properties": { "a": member, "b": member } });
    let chain = |member: Value| json!({ "properties": { "a": member } });
    for (levels, level, message) in [
        (40, &twice as &dyn Fn(Value) -> Value, "makes more schemas"),
        (40, &object, "describes more attributes"),
        (5_000, &chain, "describes more attributes"),
    ] {
        let mut document = sample();
        let schemas = &mut document["components"]["schemas"];
        for number in 0..levels {
            let next = json!({ "$ref": format!("#/components/schemas/D{}", number + 1) });
            schemas[format!("D{number}")] = level(next);
        }
        schemas[format!("D{levels}")] = json!({ "type": "object", "properties": {} });
        schemas["Pet"]["properties"]["d"] = json!({ "$ref": "#/components/schemas/D0" });
        let errors = Contract::from_value("pets.json", document).unwrap_err();
        let mut found = errors.iter().map(|error| &error.message);
        assert!(found.any(|it| it.starts_with(message)), "{errors}");
    }
}

#[test]
fn shapes_flatten_to_paths() {
    let mut document = sample();
    document["components"]["schemas"]["Pet"]["properties"] = json!({
        "id": { "type": "string" },
        "tags": { "type": "array", "items": { "type": "object", "properties": { "name": { "type": "string" } } } },
        "labels": { "type": "object", "additionalProperties": { "type": "integer" } },
        "parent": { "allOf": [{ "$ref": "#/components/schemas/Pet" }], "nullable": true },
        "payment": { "oneOf": [{ "$ref": "#/components/schemas/Card" }, { "type": "object", "properties": { "iban": { "type": "string" } } }] },
        "merged": { "allOf": [{ "$ref": "#/components/schemas/Card" }, { "type": "object", "required": ["b"], "properties": { "b": { "type": "number" } } }] }
    });
    document["components"]["schemas"]["Card"] =
        json!({ "type": "object", "properties": { "number": { "type": "string" } } });
    let contract = Contract::from_value("api.json", document).unwrap_or_else(|e| panic!("{e}"));
    let pet = &contract.schemas["Pet"];
    let attributes = contract.attributes(pet);
    let found: Vec<String> = attributes
        .iter()
        .map(|a| {
            format!(
                "{}{} {}{}",
                a.path,
                if a.required { "!" } else { "" },
                a.schema.shape.name(),
                if a.nullable { "?" } else { "" }
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "id! string",
            "labels object",
            "labels{} integer",
            "merged object",
            "merged.b! number",
            "merged.number string",
            "parent object?",
            // The component is followed once where it contains itself.
            "parent.id! string",
            "parent.labels object",
            "parent.labels{} integer",
            "parent.merged object",
            "parent.merged.b! number",
            "parent.merged.number string",
            "parent.parent object?",
            "parent.payment one-of",
            "parent.payment<Card>.number string",
            "parent.payment<2>.iban string",
            "parent.tags array",
            "parent.tags[] object",
            "parent.tags[].name string",
            "payment one-of",
            "payment<Card>.number string",
            "payment<2>.iban string",
            "tags array",
            "tags[] object",
            "tags[].name string",
        ]
    );
}

/// A status with a meaning of its own is no refusal of what is not valid, even if it is the only one.
#[test]
fn the_refusal_of_invalid_input_is_a_status_without_another_meaning() {
    for (listed, refusal) in [
        (&["404"][..], None),
        (&["409", "401"], None),
        (&["404", "418"], Some(418)),
        (&["418", "422"], Some(422)),
        (&["422", "400"], Some(400)),
        (&[], None),
    ] {
        let mut document = sample();
        let responses = &mut document["paths"]["/pets/{id}"]["get"]["responses"];
        for status in listed {
            responses[status] = json!({ "description": "It failed" });
        }
        let contract = Contract::from_value("pets.json", document).unwrap();
        assert_eq!(contract.operations[0].refusal(), refusal, "{listed:?}");
    }
}
