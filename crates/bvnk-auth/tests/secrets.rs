//! A canary in the key, the query, the bodies and the headers shows up nowhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use bvnk_auth::{
    BoundLayer, BoxError, Credentials, HawkLayer, IdempotencyLayer, RetryLayer, RetryPolicy,
    RotatingCredentials, harden,
};
use http::HeaderValue;
use support::{Network, Stack, answer, runtime};
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tracing::field::{Field, Visit};
use tracing::span;

const CANARY: &str = "kanarienvogel";

fn request(url: &str) -> reqwest::Request {
    let url = format!("{url}?name={CANARY}#{CANARY}");
    let mut request = support::post(&url);
    *request.body_mut() = Some(format!(r#"{{"name":"{CANARY}"}}"#).into());
    let value = HeaderValue::from_static(CANARY);
    request.headers_mut().insert("x-own", value);
    request
}

fn hawk() -> HawkLayer {
    HawkLayer::new(Credentials::new("id", CANARY).unwrap()).runtime(runtime())
}

fn full<S>(
    inner: S,
) -> impl Service<reqwest::Request, Response = reqwest::Response, Error = BoxError> + fmt::Debug
where
    S: Service<reqwest::Request, Response = reqwest::Response>
        + Clone
        + Send
        + fmt::Debug
        + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    ServiceBuilder::new()
        .layer(IdempotencyLayer::new())
        .layer(RetryLayer::new(RetryPolicy::new()).runtime(runtime()))
        .layer(hawk().verify_responses(true))
        .layer(BoundLayer::default())
        .service(inner)
}

/// Everything that a program might print of an error.
fn printed(error: &BoxError) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    text
}

/// Every kind of failure, with a canary wherever the caller or the server put one.
async fn all_errors() -> Vec<BoxError> {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    let client = harden(reqwest::Client::builder()).build().unwrap();
    let mut errors = Vec::new();
    for url in [
        closed,
        format!("http://u:{CANARY}@a.example/"),
        "ftp://a.example/".into(),
    ] {
        errors.push(
            full(client.clone())
                .oneshot(request(&url))
                .await
                .unwrap_err(),
        );
    }
    let answers: [fn(&support::Sent) -> Option<http::response::Builder>; 5] = [
        |_| None,
        |_| Some(answer(200)),
        |_| Some(answer(202).header("server-authorization", format!("Hawk mac=\"{CANARY}\""))),
        |sent| {
            let ts = "1600000000";
            let tsm = support::verifier::tsm(CANARY.as_bytes(), ts);
            assert!(sent.header("authorization").is_some());
            let challenge = format!(r#"Hawk ts="{ts}", tsm="{tsm}", error="{CANARY}""#);
            Some(answer(401).header("www-authenticate", challenge))
        },
        |_| Some(answer(200).header("x-large", CANARY)),
    ];
    for (i, script) in answers.into_iter().enumerate() {
        let network = Network::default();
        let inner: Stack = network.service(move |_, sent| {
            let repeat = if i == 4 { 200_000 } else { 1 };
            let answer = script(sent)?.body(CANARY.repeat(repeat)).unwrap();
            Some(Ok(answer.into()))
        });
        errors.push(
            full(inner)
                .oneshot(request("https://a.example/"))
                .await
                .unwrap_err(),
        );
    }
    let network = Network::default();
    let inner = network.service(|_, _| None);
    for bad in [CANARY, "\u{e9}"] {
        let mut request = request("https://a.example/");
        let value = HeaderValue::from_bytes(bad.as_bytes()).unwrap();
        request.headers_mut().insert("x-idempotency-key", value);
        errors.push(full(inner.clone()).oneshot(request).await.unwrap_err());
    }
    errors
}

#[tokio::test(start_paused = true)]
async fn errors_show_no_secret() {
    let errors = all_errors().await;
    let kinds: std::collections::HashSet<_> = errors
        .iter()
        .map(|error| {
            format!(
                "{:?}",
                error.downcast_ref::<bvnk_auth::Error>().unwrap().kind()
            )
        })
        .collect();
    assert!(kinds.len() >= 6, "{kinds:?}");
    for error in &errors {
        assert!(!printed(error).contains(CANARY), "{}", printed(error));
        assert!(!printed(error).contains("a.example"), "{}", printed(error));
    }
}

#[test]
fn debug_shows_no_secret() {
    let credentials = Credentials::new("id", CANARY).unwrap();
    let rotating = RotatingCredentials::new(credentials.clone());
    let network = Network::default();
    let stack = full(network.service(|_, _| None));
    let service = hawk().layer(reqwest::Client::new());
    let text = format!(
        "{credentials:?} {rotating:?} {:?} {stack:?} {service:#?}",
        hawk()
    );
    assert!(text.contains("id") && !text.contains(CANARY), "{text}");
    for bad in [format!("{CANARY}\n"), format!("{CANARY}\"")] {
        let error = Credentials::new("id", bad.clone()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains(CANARY));
        let error = Credentials::new(bad, "key").unwrap_err();
        assert!(!format!("{error} {error:?}").contains(CANARY));
    }
}

/// The `Authorization` that leaves is hidden by everyone who prints headers.
#[tokio::test]
async fn the_header_is_sensitive() {
    let network = Network::default();
    let stack = hawk().layer(network.service(|_, _| Some(support::done(200))));
    stack.oneshot(request("https://a.example/")).await.unwrap();
    let mut headers = network.sent()[0].headers.clone();
    headers.remove("x-own");
    assert!(!format!("{headers:?}").contains("mac="));
}

/// Keeps the text of all events.
#[derive(Clone, Default)]
struct Capture(Arc<Mutex<String>>);

impl Visit for Capture {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0.lock().unwrap(), " {field}={value:?}").unwrap();
    }
}

impl tracing::Subscriber for Capture {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        attributes.record(&mut self.clone());
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut self.clone());
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        writeln!(self.0.lock().unwrap(), "{}:", event.metadata().target()).unwrap();
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[test]
fn events_show_what_happened_and_no_secret() {
    let capture = Capture::default();
    tracing::subscriber::with_default(capture.clone(), || {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        executor.unwrap().block_on(async {
            all_errors().await;
            let network = Network::default();
            let inner = network.service(|_, _| Some(Ok(answer(503).body(CANARY).unwrap().into())));
            let retry = RetryLayer::default().runtime(runtime());
            let call = retry
                .layer(hawk().layer(inner))
                .oneshot(support::get("https://a.example/"));
            assert_eq!(call.await.unwrap().status(), 503);
        });
    });
    let text = capture.0.lock().unwrap().clone();
    assert!(!text.contains(CANARY), "{text}");
    let expected = [
        "attempt=1",
        "status=401",
        "status=503",
        "delay_ms=",
        "kind=Timeout",
        "offset_seconds=-",
    ];
    for field in expected {
        assert_eq!(
            text.contains(field),
            cfg!(feature = "tracing"),
            "{field}: {text}"
        );
    }
}
