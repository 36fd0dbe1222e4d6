//! Ordinary changes of an API, one at a time.

use serde_json::{Value, json};

/// A small contract: a creation that is followed by a fetch.
pub(crate) fn base() -> Value {
    let thing =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } });
    let request =
        json!({ "application/json": { "schema": { "$ref": "#/components/schemas/NewThing" } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Things", "version": "1" },
        "paths": {
            "/v1/things": { "post": {
                "operationId": "create_thing",
                "parameters": [{ "name": "X-Idempotency-Key", "in": "header", "x-idempotency-key": true,
                    "schema": { "type": "string", "format": "uuid" } }],
                "requestBody": { "required": true, "content": request },
                "responses": { "202": { "description": "Made", "content": thing } },
            } },
            "/v1/things/{id}": { "get": {
                "operationId": "get_thing",
                "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "minLength": 1 } }],
                "responses": { "200": { "description": "The thing", "content": thing } },
            } },
        },
        "components": { "schemas": {
            "NewThing": { "type": "object", "required": ["kind", "name"], "properties": {
                "kind": { "type": "string", "enum": ["THING"] },
                "name": { "type": "string" },
            } },
            "Thing": { "type": "object", "required": ["id", "status"], "additionalProperties": true, "properties": {
                "id": { "type": "string", "minLength": 1, "x-public": true },
                "status": { "$ref": "#/components/schemas/Status" },
            } },
            "Status": { "x-public": true, "x-terminal": ["DONE"], "anyOf": [
                { "type": "string", "enum": ["DONE", "PENDING"] }, { "type": "string" } ] },
        } },
    })
}

type Change = fn(&mut Value);

/// Sets a property of the request.
fn field(document: &mut Value, name: &str, schema: Value) {
    document["components"]["schemas"]["NewThing"]["properties"][name] = schema;
}

fn require(document: &mut Value, name: &str) {
    let required = &mut document["components"]["schemas"]["NewThing"]["required"];
    required.as_array_mut().unwrap().push(json!(name));
}

fn component(document: &mut Value, name: &str, schema: Value) {
    document["components"]["schemas"][name] = schema;
}

fn parameter(document: &mut Value, parameter: Value) {
    let get = &mut document["paths"]["/v1/things/{id}"]["get"];
    get["parameters"].as_array_mut().unwrap().push(parameter);
}

fn response(document: &mut Value, status: &str, schema: Value) {
    let post = &mut document["paths"]["/v1/things"]["post"];
    post["responses"][status] = match schema {
        Value::Null => json!({ "description": "Nothing" }),
        schema => {
            json!({ "description": "Something", "content": { "application/json": { "schema": schema } } })
        }
    };
}

fn operation(document: &mut Value, path: &str, method: &str, operation: Value) {
    document["paths"][path][method] = operation;
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

pub(crate) const CHANGES: &[(&str, Change)] = &[
    ("nothing", |_| {}),
    ("optional list", |d| {
        field(
            d,
            "tags",
            json!({ "type": "array", "items": { "type": "string" } }),
        )
    }),
    ("required list", |d| {
        field(
            d,
            "tags",
            json!({ "type": "array", "items": { "type": "string", "format": "date" } }),
        );
        require(d, "tags");
    }),
    ("list with rules", |d| {
        field(
            d,
            "tags",
            json!({ "type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": true,
        "items": { "type": "integer" } }),
        )
    }),
    ("list of objects", |d| {
        field(
            d,
            "parts",
            json!({ "type": "array", "items": { "type": "object",
        "required": ["size"], "properties": { "size": { "type": "integer" } } } }),
        )
    }),
    ("list of lists", |d| {
        field(
            d,
            "grid",
            json!({ "type": "array", "items": { "type": "array", "items": { "type": "number" } } }),
        )
    }),
    ("list of null", |d| {
        field(
            d,
            "gaps",
            json!({ "type": "array", "items": { "type": "string", "nullable": true } }),
        )
    }),
    ("optional null", |d| {
        field(d, "alias", json!({ "type": "string", "nullable": true }))
    }),
    ("required null", |d| {
        field(
            d,
            "alias",
            json!({ "type": "string", "format": "date-time", "nullable": true }),
        );
        require(d, "alias");
    }),
    ("nullable list", |d| {
        field(
            d,
            "tags",
            json!({ "type": "array", "nullable": true, "items": { "type": "string" } }),
        )
    }),
    ("nullable component", |d| {
        component(
            d,
            "Maybe",
            json!({ "type": "object", "nullable": true, "properties": { "a": { "type": "string" } } }),
        );
        field(d, "maybe", reference("Maybe"));
    }),
    ("map of strings", |d| {
        field(
            d,
            "labels",
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        )
    }),
    ("map of objects", |d| {
        field(
            d,
            "sizes",
            json!({ "type": "object", "additionalProperties": { "type": "object",
        "required": ["w"], "properties": { "w": { "type": "integer" } } } }),
        )
    }),
    ("free object", |d| {
        field(d, "meta", json!({ "type": "object" }))
    }),
    ("any value", |d| field(d, "anything", json!({}))),
    ("uuid field", |d| {
        field(
            d,
            "agreement",
            json!({ "type": "string", "format": "uuid" }),
        )
    }),
    ("named date", |d| {
        component(
            d,
            "Day",
            json!({ "type": "string", "format": "date", "description": "A day" }),
        );
        field(d, "day", reference("Day"));
    }),
    ("unknown format", |d| {
        field(d, "site", json!({ "type": "string", "format": "hostname" }))
    }),
    ("unknown format of typify", |d| {
        field(d, "address", json!({ "type": "string", "format": "ipv4" }))
    }),
    ("allOf of two", |d| {
        component(
            d,
            "Base",
            json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } }),
        );
        component(
            d,
            "Both",
            json!({ "allOf": [reference("Base"), { "required": ["b"] },
                { "type": "object", "properties": { "b": { "type": "boolean" } } }] }),
        );
        field(d, "both", reference("Both"));
    }),
    ("allOf around a reference", |d| {
        field(
            d,
            "parent",
            json!({ "allOf": [reference("NewThing")], "nullable": true }),
        )
    }),
    ("oneOf of objects", |d| {
        let kind = |name: &str| {
            json!({ "type": "object", "required": ["by", name], "properties": {
            "by": { "type": "string", "enum": [name] }, name: { "type": "string" } } })
        };
        component(d, "Card", kind("card"));
        component(d, "Bank", kind("bank"));
        component(
            d,
            "Payment",
            json!({ "oneOf": [reference("Card"), reference("Bank")] }),
        );
        field(d, "payment", reference("Payment"));
    }),
    ("oneOf of inline objects in a response", |d| {
        let shape = |name: &str| json!({ "type": "object", "required": [name], "properties": { name: { "type": "string" } } });
        component(d, "Answer", json!({ "oneOf": [shape("yes"), shape("no")] }));
        response(d, "202", reference("Answer"));
    }),
    ("inline object", |d| {
        field(
            d,
            "address",
            json!({ "type": "object", "required": ["city"], "properties": {
        "city": { "type": "string", "minLength": 1 }, "box": { "type": "object", "properties": { "no": { "type": "integer" } } } } }),
        )
    }),
    ("recursive object", |d| {
        component(
            d,
            "Node",
            json!({ "type": "object", "properties": { "next": reference("Node"),
            "children": { "type": "array", "items": reference("Node") } } }),
        );
        field(d, "tree", reference("Node"));
    }),
    ("object without members", |d| {
        field(
            d,
            "empty",
            json!({ "type": "object", "additionalProperties": false }),
        )
    }),
    ("members and a map", |d| {
        component(
            d,
            "Mixed",
            json!({ "type": "object", "properties": { "a": { "type": "string" } },
            "additionalProperties": { "type": "integer" } }),
        );
        response(d, "202", reference("Mixed"));
    }),
    ("integer with bounds", |d| {
        field(
            d,
            "level",
            json!({ "type": "integer", "minimum": 1, "maximum": 5 }),
        )
    }),
    ("required integer of 32 bits", |d| {
        field(d, "level", json!({ "type": "integer", "format": "int32" }));
        require(d, "level");
    }),
    ("number with open bounds", |d| {
        field(
            d,
            "amount",
            json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true,
        "maximum": 10.5, "exclusiveMaximum": true }),
        )
    }),
    ("multiple of", |d| {
        field(d, "cents", json!({ "type": "integer", "multipleOf": 5 }))
    }),
    ("float", |d| {
        field(d, "ratio", json!({ "type": "number", "format": "double" }))
    }),
    ("string with a length", |d| {
        field(
            d,
            "code",
            json!({ "type": "string", "minLength": 2, "maxLength": 4 }),
        )
    }),
    ("string with a pattern", |d| {
        field(
            d,
            "code",
            json!({ "type": "string", "pattern": "^[A-Z]{2}$", "maxLength": 2 }),
        )
    }),
    ("closed enum", |d| {
        field(
            d,
            "colour",
            json!({ "type": "string", "enum": ["RED", "red", "light-blue", "2", "", "Unknown"] }),
        )
    }),
    ("open enum inline", |d| {
        field(
            d,
            "colour",
            json!({ "anyOf": [{ "type": "string", "enum": ["RED", "UNKNOWN", "terminal"] }, { "type": "string" }] }),
        )
    }),
    ("default", |d| {
        field(d, "size", json!({ "type": "integer", "default": 7 }))
    }),
    ("boolean", |d| field(d, "on", json!({ "type": "boolean" }))),
    ("query parameters", |d| {
        parameter(
            d,
            json!({ "name": "page", "in": "query", "schema": { "type": "integer", "minimum": 1 } }),
        );
        parameter(
            d,
            json!({ "name": "q", "in": "query", "required": true, "schema": { "type": "string" } }),
        );
        parameter(
            d,
            json!({ "name": "status", "in": "query", "schema": { "type": "array", "items": reference("Status") } }),
        );
        parameter(
            d,
            json!({ "name": "ids", "in": "query", "explode": false, "schema": { "type": "array", "items": { "type": "integer" } } }),
        );
    }),
    ("header parameters", |d| {
        parameter(
            d,
            json!({ "name": "X-Trace", "in": "header", "schema": { "type": "string", "format": "uuid" } }),
        );
        parameter(
            d,
            json!({ "name": "x_trace", "in": "query", "schema": { "type": "boolean" } }),
        );
        parameter(
            d,
            json!({ "name": "send", "in": "header", "required": true, "schema": { "type": "number" } }),
        );
    }),
    ("several path parameters", |d| {
        operation(
            d,
            "/v1/{owner-id}/things/{type}",
            "get",
            json!({
                "operationId": "getOwned",
                "parameters": [
                    { "name": "owner-id", "in": "path", "required": true, "schema": { "type": "integer" } },
                    { "name": "type", "in": "path", "required": true, "schema": { "type": "string", "enum": ["A", "B"] } },
                ],
                "responses": { "200": { "description": "Owned", "content": { "application/json": { "schema": reference("Thing") } } } },
            }),
        )
    }),
    ("200 or 204", |d| response(d, "204", Value::Null)),
    ("201 next to 202", |d| {
        response(d, "201", reference("Thing"))
    }),
    ("different successes", |d| {
        response(
            d,
            "200",
            json!({ "type": "array", "items": reference("Thing") }),
        );
        response(
            d,
            "201",
            json!({ "type": "object", "properties": { "made": { "type": "string" } } }),
        );
        response(d, "204", Value::Null);
    }),
    ("a success that is one of several", |d| {
        component(
            d,
            "a part",
            json!({ "type": "object", "required": ["size"],
            "properties": { "size": { "type": "integer" } } }),
        );
        let made = json!({ "type": "object", "required": ["made"],
            "properties": { "made": { "type": "string" } } });
        response(d, "202", json!({ "oneOf": [reference("a part"), made] }));
    }),
    ("a range of successes", |d| {
        response(d, "2XX", reference("Thing"))
    }),
    ("several errors", |d| {
        response(
            d,
            "400",
            json!({ "type": "object", "properties": { "code": { "type": "string" } } }),
        );
        response(
            d,
            "409",
            json!({ "type": "array", "items": { "type": "object", "properties": { "field": { "type": "string" } } } }),
        );
        response(d, "default", json!({}));
        response(d, "5XX", Value::Null);
    }),
    ("top-level arrays", |d| {
        operation(
            d,
            "/v1/things",
            "put",
            json!({
                "operationId": "replace_things",
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "array", "items": reference("NewThing") } } } },
                "responses": { "200": { "description": "All", "content": { "application/json": { "schema": { "type": "array", "items": reference("Thing") } } } } },
            }),
        )
    }),
    ("every method", |d| {
        for method in [
            "put", "post", "delete", "options", "head", "patch", "trace", "get",
        ] {
            operation(
                d,
                "/v2/things",
                method,
                json!({ "operationId": method, "responses": { "204": { "description": "Done" } } }),
            );
        }
    }),
    ("optional body of another JSON type", |d| {
        operation(
            d,
            "/v1/things",
            "patch",
            json!({
                "operationId": "patch-things",
                "requestBody": { "content": { "application/merge-patch+json": { "schema": reference("NewThing") } } },
                "responses": { "200": { "description": "Text", "content": { "application/problem+json": { "schema": { "type": "string" } } } } },
            }),
        )
    }),
    ("nullable bodies", |d| {
        let schema = json!({ "type": "string", "nullable": true });
        let content = json!({ "application/json": { "schema": schema } });
        operation(
            d,
            "/v1/note",
            "put",
            json!({
                "operationId": "note",
                "requestBody": { "required": true, "content": content },
                "responses": { "200": { "description": "The note", "content": content } },
            }),
        );
    }),
    ("required key", |d| {
        d["paths"]["/v1/things"]["post"]["parameters"][0]["required"] = json!(true)
    }),
    ("another key", |d| {
        let parameter = &mut d["paths"]["/v1/things"]["post"]["parameters"][0];
        parameter["name"] = json!("Idempotency-Key");
        parameter["schema"] = json!({ "type": "string", "maxLength": 40 });
    }),
    ("terminal and alike", |d| {
        component(
            d,
            "Status",
            json!({ "x-terminal": ["A", "LATER"], "x-alike": [["A", "B"], ["C", "D"]], "anyOf": [
            { "type": "string", "enum": ["A", "B", "C", "D", "TERMINAL"] }, { "type": "string" }] }),
        );
    }),
    ("names of the generated code", |d| {
        for name in [
            "String",
            "Option",
            "A",
            "Result",
            "Members",
            "Uuid",
            "Ok",
            "Vec",
            "Client",
            "ThingBuilder",
        ] {
            component(
                d,
                name,
                json!({ "type": "object", "properties": { "a": { "type": "string" }, "vec": reference("Vec") } }),
            );
            field(d, name, reference(name));
        }
        operation(
            d,
            "/v1/client",
            "get",
            json!({ "operationId": "client", "responses": { "200": {
            "description": "It", "content": { "application/json": { "schema": reference("Result") } } } } }),
        );
    }),
    ("names that are the same in Rust", |d| {
        component(
            d,
            "new_thing",
            json!({ "type": "object", "properties": { "x": { "type": "string" } } }),
        );
        field(d, "first-name", json!({ "type": "string" }));
        field(d, "firstName", reference("new_thing"));
        field(d, "first_name", json!({ "type": "integer" }));
        for name in ["type", "Type", "TYPE", "größe", "2nd", "", "a b"] {
            field(d, name, json!({ "type": "string" }));
        }
        operation(
            d,
            "/v1/x",
            "get",
            json!({ "operationId": "getThing", "responses": { "204": { "description": "" } } }),
        );
    }),
    ("closed enum of a response", |d| {
        component(
            d,
            "Thing",
            json!({ "type": "object", "required": ["state"], "properties": {
            "state": { "type": "string", "enum": ["ON", "OFF"] }, "at": { "type": "string", "format": "date-time" } } }),
        );
    }),
];
