//! What goes over the wire and what the caller reads, as snapshots: requests, errors, and the
//! schemas of the types. Answers are scripted with wiremock.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;

use bvnk::types::CreateCustomerRequest;
use bvnk::{Client, Credentials, Error, RetryPolicy};
use conformance::Contract;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

async fn answering(template: ResponseTemplate) -> (MockServer, Client) {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(template)
        .mount(&server)
        .await;
    let client = Client::builder()
        .base_url(server.uri().parse().unwrap())
        .credentials(Credentials::new("partner", "key-of-no-door").unwrap())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    (server, client)
}

fn example() -> CreateCustomerRequest {
    let contract = Contract::embedded().unwrap();
    let example = contract.example("create_customer").unwrap();
    bvnk::from_json(example.to_string().as_bytes()).unwrap()
}

/// What differs from run to run is replaced by what it is.
fn redacted(name: &str, value: &str) -> String {
    match name {
        "host" => "(host)".to_owned(),
        "x-idempotency-key" => "(uuid)".to_owned(),
        "user-agent" => value.replace(bvnk::VERSION, "(version)"),
        "authorization" => value
            .split(", ")
            .map(|part| match part.split_once("=\"") {
                Some((name, _)) if !name.ends_with("id") => format!("{name}=\"({name})\""),
                _ => part.to_owned(),
            })
            .collect::<Vec<_>>()
            .join(", "),
        _ => value.to_owned(),
    }
}

#[tokio::test]
async fn requests_on_the_wire() {
    let answer = serde_json::json!({ "reference": "customer-7", "status": "VERIFIED" });
    let (server, client) = answering(ResponseTemplate::new(202).set_body_json(answer)).await;
    let created = client
        .create_customer()
        .body(example())
        .send()
        .await
        .unwrap();
    let reference = created.reference.clone();
    client
        .get_customer()
        .reference(reference)
        .send()
        .await
        .unwrap();
    let mut told = String::new();
    for request in server.received_requests().await.unwrap() {
        let _ = writeln!(told, "{} {}", request.method, request.url.path());
        let mut headers: Vec<(&str, String)> = request
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str(),
                    redacted(name.as_str(), value.to_str().unwrap()),
                )
            })
            .collect();
        headers.sort();
        for (name, value) in headers {
            let _ = writeln!(told, "{name}: {value}");
        }
        let _ = writeln!(told, "\n{}\n", String::from_utf8_lossy(&request.body));
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn errors_as_people_read_them() {
    let json = "application/json";
    let rows: &[(u16, &str, &str)] = &[
        (
            400,
            json,
            r#"{"code":"X-1","message":"Ada Lovelace is not valid","details":{"email":["wrong"]}}"#,
        ),
        (
            400,
            json,
            r#"{"errorList":[{"code":"X-2","parameter":"email","message":"wrong"}]}"#,
        ),
        (400, json, r#"[{"code":"X-3","message":"wrong"}]"#),
        (400, json, ""),
        (401, "text/plain", "no"),
        (403, "text/html", "<html>Ada Lovelace</html>"),
        (404, json, "{}"),
        (409, json, r#"{"message":"there is one"}"#),
        (422, json, "null"),
        (429, json, "{}"),
        (500, json, "{}"),
        (503, "text/html", "<html>"),
        (302, "text/html", ""),
        (202, json, r#"{"reference":7,"status":"VERIFIED"}"#),
        (202, json, r#"{"reference":"","status":"VERIFIED"}"#),
        (202, json, r#"{"status":"VERIFIED"}"#),
        (202, "text/html", "<html>Ada Lovelace</html>"),
        (202, json, "[1,"),
        (204, json, ""),
    ];
    let mut told = String::new();
    for (status, media_type, body) in rows {
        let template = ResponseTemplate::new(*status).set_body_raw(*body, media_type);
        let (_server, client) = answering(template).await;
        let call = client.create_customer().body(example());
        let call = call.x_idempotency_key(
            "86b5f133-9ee8-4f67-8747-7c9d0894a68b"
                .parse::<uuid::Uuid>()
                .unwrap(),
        );
        let error = Error::from(call.send().await.unwrap_err());
        let doubt = if error.outcome_unknown() {
            "doubtful"
        } else {
            "clear"
        };
        let _ = writeln!(
            told,
            "{status} {media_type} {body}\n  {error}\n  {:?}, {doubt}",
            error.kind()
        );
        assert!(
            !format!("{error} {error:?}").contains("Lovelace"),
            "{error:?}"
        );
    }
    insta::assert_snapshot!(told);
}

#[test]
fn schemas_of_the_types() {
    let wanted = ["Address", "Customer", "CustomerStatus"];
    let schemas = bvnk::types::schemas().into_iter();
    let schemas: Vec<String> = schemas
        .filter(|(name, _)| wanted.contains(name))
        .map(|(_, schema)| serde_json::to_string_pretty(&schema).unwrap())
        .collect();
    insta::assert_snapshot!(schemas.join("\n"));
}
