//! The client against answers that wiremock scripts: an HTTP server that shares nothing with
//! the simulator, and matches what the client sends by its own rules.

use std::collections::BTreeSet;
use std::sync::Arc;

use bvnk::types::CreateCustomerRequest;
use bvnk::{Client, Credentials, IdempotencyKey, Outcome};
use conformance::connection::SkippingRuntime;
use serde_json::Value;
use wiremock::matchers::{body_json, header, header_exists, header_regex, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

const KEY: &str = "5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f";

/// The contract's example of a creation, and of the answer to it.
fn examples() -> (Value, Value) {
    let contract = bvnk_simulator::contract().unwrap();
    let create = contract.flows()[0].create;
    let request = create.body.as_ref().unwrap().example.clone().unwrap();
    let response = create.responses[0].body.as_ref().unwrap();
    (request, response.example.clone().unwrap())
}

async fn create(server: &MockServer) -> Result<bvnk::types::Customer, bvnk::Error> {
    let client = Client::builder()
        .base_url(server.uri().parse().unwrap())
        .credentials(Credentials::new("partner", "the-key").unwrap())
        .runtime(Arc::new(SkippingRuntime::default()))
        .build()
        .unwrap();
    let request = examples().0.to_string();
    let request: CreateCustomerRequest = bvnk::from_json(request.as_bytes()).unwrap();
    let key: IdempotencyKey = KEY.parse().unwrap();
    let call = client.create_customer().body(request).idempotency_key(key);
    call.send().await.map(|created| created.into_inner())
}

/// Answers the matched requests in turn; the last answer repeats.
async fn script(answers: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    let last = answers.len() - 1;
    for (index, answer) in answers.into_iter().enumerate() {
        let mock = Mock::given(method("POST"))
            .and(path("/platform/v1/customers"))
            .and(header("content-type", "application/json"))
            .and(header("x-idempotency-key", KEY))
            .and(header_regex("authorization", "^Hawk id=\"partner\", "))
            .and(header_exists("user-agent"))
            .and(body_json(examples().0))
            .respond_with(answer);
        let mock = if index < last {
            mock.up_to_n_times(1)
        } else {
            mock
        };
        server.register(mock).await;
    }
    server
}

#[tokio::test]
async fn a_creation_is_sent_as_it_is_documented() {
    let server = script(vec![ResponseTemplate::new(202).set_body_json(examples().1)]).await;
    let created = create(&server).await.unwrap();
    assert_eq!(serde_json::to_value(&created).unwrap(), examples().1);
    let requests = server.received_requests().await.unwrap();
    let [request] = requests.as_slice() else {
        panic!("{} requests", requests.len());
    };
    let names: BTreeSet<&str> = request.headers.keys().map(|name| name.as_str()).collect();
    insta::assert_snapshot!(
        Vec::from_iter(names).join(", "),
        @"accept, authorization, content-length, content-type, host, user-agent, x-idempotency-key"
    );
}

/// What each script of answers means for the caller.
#[tokio::test]
async fn answers_mean_the_same_from_any_server() {
    let success = || ResponseTemplate::new(202).set_body_json(examples().1);
    let page = |status| {
        ResponseTemplate::new(status).set_body_raw("<html>maintenance</html>", "text/html")
    };
    let refusal = || {
        let body = serde_json::json!({ "code": "invalid_request", "message": "Ada is not valid" });
        ResponseTemplate::new(400).set_body_json(body)
    };
    let scripts = [
        ("a success", vec![success()]),
        (
            "503, then a success",
            vec![ResponseTemplate::new(503), success()],
        ),
        ("a refusal", vec![refusal()]),
        (
            "503, then a refusal",
            vec![ResponseTemplate::new(503), refusal()],
        ),
        ("a page with status 200", vec![page(200)]),
        ("a page with status 403", vec![page(403)]),
        (
            "a redirect",
            vec![ResponseTemplate::new(307).insert_header("location", "/elsewhere")],
        ),
        ("503 for ever", vec![ResponseTemplate::new(503)]),
    ];
    let mut text = String::new();
    for (name, answers) in scripts {
        let server = script(answers).await;
        let outcome = match create(&server).await {
            Ok(_) => "created".to_owned(),
            Err(error) => {
                let outcome = match error.outcome() {
                    Outcome::NotDone => "not done",
                    Outcome::Unknown { .. } => "unknown",
                    Outcome::Done { .. } => "done",
                };
                format!("{outcome}, {:?}: {error}", error.kind())
            }
        };
        let attempts = server.received_requests().await.unwrap().len();
        text.push_str(&format!("{name}: {attempts} sent, {outcome}\n"));
    }
    assert!(!text.contains("Ada"), "{text}");
    insta::assert_snapshot!(text);
}
