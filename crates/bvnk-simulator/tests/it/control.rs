//! The control paths, through a bare socket.

use crate::common::*;
use bvnk_simulator::{Clock, Config, Fault, Listen, Request, Server};
use http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const ATTEMPTS: &str = "/_simulator/attempts";
const FAULTS: &str = "/_simulator/faults";

async fn server(control: bool) -> Server {
    let listen = Listen {
        clock: Clock::new(|| NOW),
        control,
        ..Listen::default()
    };
    Server::start_on(listen, config()).await.unwrap()
}

/// Sends one request on a new connection and returns status and body.
async fn call(server: &Server, request: &Request) -> (u16, Value) {
    let mut text = format!(
        "{} {} HTTP/1.1\r\nconnection: close\r\n",
        request.method, request.target
    );
    for (name, value) in &request.headers {
        text.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream.write_all(&request.body).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

async fn control(server: &Server, method: Method, target: &str, body: &str) -> (u16, Value) {
    let mut request = request(method, target, body.to_owned());
    set(&mut request, "host", "localhost:8080");
    set(&mut request, "content-type", "application/json");
    call(server, &request).await
}

async fn attempts(server: &Server) -> Vec<Value> {
    let (status, body) = control(server, Method::GET, ATTEMPTS, "").await;
    assert_eq!(status, 200);
    body["attempts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn attempts_are_listed_without_their_values() {
    let server = server(true).await;
    let mut wrong = example();
    wrong["individual"]["address"]["countryCode"] = json!("S3CRET");
    let mut mac = sign(get("A"));
    let header = mac.headers["authorization"]
        .to_str()
        .unwrap()
        .replace("mac=\"", "mac=\"S3CRET");
    set(&mut mac, "authorization", &header);
    let mut query = get("A");
    query.target.push_str("?name=S3CRET");
    let mut text = creation(&example(), None);
    text.body = "S3CRET".into();
    for request in [
        sign(creation(&example(), Some(UUID_A))),
        sign(creation(&wrong, Some(UUID_B))),
        mac,
        sign(query),
        sign(text),
    ] {
        call(&server, &request).await;
    }
    let listed = attempts(&server).await;
    let statuses: Vec<_> = listed.iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [202, 400, 401, 404, 400]);
    assert_eq!(listed[0]["method"], "POST");
    assert_eq!(listed[0]["path"], CUSTOMERS);
    assert_eq!(listed[0]["idempotency_key"], UUID_A);
    let places = listed[0]["body"].as_array().unwrap();
    assert!(
        places.contains(&json!("/individual/address/city")),
        "{places:?}"
    );
    assert!(
        listed[0]["headers"]
            .as_array()
            .unwrap()
            .contains(&json!("authorization"))
    );
    let errors = &listed[1]["details"]["errors"];
    let message = errors["/individual/address/countryCode"][0]
        .as_str()
        .unwrap();
    assert!(message.starts_with("pattern: "), "{message}");
    assert_eq!(listed[2]["rejected"], "the MAC is not that of the request");
    assert_eq!(listed[3]["path"], format!("{CUSTOMERS}/A"));
    assert_eq!(listed[4]["body"], "6 bytes that are not JSON");
    let text = json!(listed).to_string();
    for secret in ["S3CRET", "John", KEY, "mac="] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(control(&server, Method::DELETE, ATTEMPTS, "").await.0, 204);
    assert!(attempts(&server).await.is_empty());
}

/// The caller is shown the text that was to be signed; the list of attempts does not have it.
#[tokio::test]
async fn an_explained_rejection_is_listed_without_what_was_signed() {
    let listen = Listen {
        clock: Clock::new(|| NOW),
        control: true,
        ..Listen::default()
    };
    let server = Server::start_on(
        listen,
        Config {
            explain: true,
            ..config()
        },
    )
    .await
    .unwrap();
    let mut query = get("A");
    query.target.push_str("?name=S3CRET%41");
    // One whose mistake can be named, and one that no usual mistake explains.
    let mut named = get("A");
    named.target.push_str("?name=S3CRETA");
    let mut named = sign(named);
    named.target.clone_from(&query.target);
    let unknown = sign_as(query, ID, "another key", NOW, "S3CRETnonce", None);
    let bare = request(Method::GET, "/platform/v1/customers/A?name=S3CRET", "");
    for (request, reason) in [
        (named, "the MAC is right if"),
        (unknown, "no usual mistake"),
        (bare, "is missing"),
    ] {
        let (status, answer) = call(&server, &request).await;
        assert_eq!(status, 401);
        assert!(answer["message"].as_str().unwrap().contains(reason));
        assert!(answer.to_string().contains("S3CRET"));
    }
    let listed = attempts(&server).await;
    let reasons: Vec<_> = listed.iter().map(|attempt| &attempt["rejected"]).collect();
    let mac = "the MAC is not that of the request";
    assert_eq!(reasons, [mac, mac, "the Authorization header is missing"]);
    let text = json!(listed).to_string();
    assert!(!text.contains("S3CRET"), "{text}");
}

#[tokio::test]
async fn faults_can_be_set_and_listed() {
    let server = server(true).await;
    let (_, listed) = control(&server, Method::GET, FAULTS, "").await;
    assert_eq!(listed["set"], json!([]));
    assert_eq!(listed["all"].as_object().unwrap().len(), Fault::ALL.len());
    assert_eq!(
        listed["all"]["internal-error"],
        Fault::InternalError.summary()
    );

    let names = r#"["unlisted-status", "ok-status"]"#;
    assert_eq!(control(&server, Method::PUT, FAULTS, names).await.0, 204);
    let once = r#"["bad-gateway"]"#;
    assert_eq!(control(&server, Method::POST, FAULTS, once).await.0, 204);
    let (_, listed) = control(&server, Method::GET, FAULTS, "").await;
    assert_eq!(listed["set"], json!(["unlisted-status", "ok-status"]));
    let mut statuses = Vec::new();
    for _ in 0..2 {
        statuses.push(call(&server, &sign(creation(&example(), None))).await.0);
    }
    assert_eq!(control(&server, Method::DELETE, FAULTS, "").await.0, 204);
    statuses.push(call(&server, &sign(creation(&example(), None))).await.0);
    assert_eq!(statuses, [502, 200, 202]);
    let listed = attempts(&server).await;
    assert_eq!(listed[1]["faults"], json!(["unlisted-status", "ok-status"]));
    assert!(listed[2].get("faults").is_none());

    for wrong in ["", "{}", r#"["no-such-thing"]"#] {
        let (status, listed) = control(&server, Method::PUT, FAULTS, wrong).await;
        assert_eq!(status, 400, "{wrong}");
        let listed = listed["message"].as_str().unwrap();
        assert_eq!(
            listed.contains("help: the faults are too-many-requests"),
            wrong.contains("no-such"),
            "{listed}"
        );
    }
    assert_eq!(control(&server, Method::PATCH, FAULTS, "").await.0, 405);
    assert_eq!(control(&server, Method::PUT, ATTEMPTS, "").await.0, 405);
    assert_eq!(
        control(&server, Method::GET, "/_simulator/", "").await.0,
        404
    );
}

#[tokio::test]
async fn there_are_no_control_paths_by_default() {
    let server = server(false).await;
    assert_eq!(control(&server, Method::GET, ATTEMPTS, "").await.0, 401);
    assert_eq!(server.take_received().len(), 1);
    assert!(server.received().is_empty());
}

/// A web page must not reach the paths through a developer's browser.
#[tokio::test]
async fn other_origins_and_other_media_types_are_rejected() {
    let server = server(true).await;
    let address = server.address().to_string();
    for (headers, expected) in [
        (vec![("host", "localhost:80")], 204),
        (vec![("host", address.as_str())], 204),
        (vec![("host", "[::1]:80")], 204),
        (vec![("host", "simulator")], 204),
        (vec![("host", "evil.example")], 403),
        (vec![("host", "127.0.0.1.evil.example:80")], 403),
        (
            vec![("host", "localhost"), ("origin", "http://localhost")],
            204,
        ),
        (
            vec![("host", "localhost"), ("origin", "https://evil.example")],
            403,
        ),
        (vec![("host", "localhost"), ("origin", "null")], 403),
        (
            vec![("host", "localhost"), ("sec-fetch-site", "same-origin")],
            204,
        ),
        (
            vec![("host", "localhost"), ("sec-fetch-site", "cross-site")],
            403,
        ),
        (
            vec![("host", "localhost"), ("content-type", "text/plain")],
            415,
        ),
        (
            vec![
                ("host", "localhost"),
                ("content-type", "application/x-www-form-urlencoded"),
            ],
            415,
        ),
    ] {
        let mut put = request(Method::PUT, FAULTS, r#"["bad-gateway"]"#);
        set(&mut put, "content-type", "application/json");
        for (name, value) in &headers {
            set(&mut put, name, value);
        }
        assert_eq!(call(&server, &put).await.0, expected, "{headers:?}");
        let set = server.with(|simulator| std::mem::take(&mut simulator.faults().to_vec()));
        assert_eq!(set.is_empty(), expected != 204, "{headers:?}");
        server.with(|simulator| simulator.set_faults([]));
    }
    let many = format!("[{}]", vec![r#""stall""#; 101].join(","));
    assert_eq!(control(&server, Method::POST, FAULTS, &many).await.0, 400);
}

/// The server keeps more than a response should have: the oldest attempts are omitted.
#[tokio::test]
async fn the_list_of_attempts_is_bounded() {
    let server = server(true).await;
    let long = json!({ "x".repeat(250): vec![0; 100] }).to_string();
    for _ in 0..250 {
        call(&server, &request(Method::POST, CUSTOMERS, long.clone())).await;
    }
    let (status, body) = control(&server, Method::GET, ATTEMPTS, "").await;
    let listed = body["attempts"].as_array().unwrap();
    assert_eq!(status, 200);
    assert_eq!(server.received().len(), 250);
    assert!(listed.len() > 100, "{}", listed.len());
    assert_eq!(body["omitted"], 250 - listed.len());
    let bytes = body.to_string().len();
    assert!((2_000_000..5_000_000).contains(&bytes), "{bytes}");
}

/// Unsigned requests with large bodies and long names do not add up.
#[tokio::test]
async fn what_is_kept_and_listed_is_bounded() {
    let listen = Listen {
        clock: Clock::new(|| NOW),
        control: true,
        ..Listen::default()
    };
    let server = Server::start_on(
        Listen {
            keep_bytes: 200_000,
            ..listen
        },
        config(),
    )
    .await
    .unwrap();
    let members: serde_json::Map<_, _> = (0..2_000)
        .map(|n| {
            (
                format!("{n}{}", "x".repeat(40)),
                json!({ "y".repeat(300): n }),
            )
        })
        .collect();
    for _ in 0..5 {
        call(
            &server,
            &request(Method::POST, CUSTOMERS, json!(members).to_string()),
        )
        .await;
    }
    assert_eq!(
        server.received().len(),
        0,
        "each is larger than all that is kept"
    );
    for _ in 0..5 {
        let body = json!(
            members
                .clone()
                .into_iter()
                .take(150)
                .collect::<serde_json::Map<_, _>>()
        )
        .to_string();
        call(&server, &request(Method::POST, CUSTOMERS, body)).await;
    }
    let kept = server.received();
    assert!((1..5).contains(&kept.len()), "{}", kept.len());
    let listed = attempts(&server).await;
    assert_eq!(listed.len(), kept.len());
    for attempt in listed {
        let places = attempt["body"].as_array().unwrap();
        assert_eq!(places.len(), 100);
        assert!(
            places
                .iter()
                .all(|place| place.as_str().unwrap().len() <= 200)
        );
    }
}
