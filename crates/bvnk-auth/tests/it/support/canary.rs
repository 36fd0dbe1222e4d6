//! Calls with a canary wherever a caller or a server puts something private.

use std::fmt;

use bvnk_auth::{
    BoundLayer, BoxError, Credentials, HawkLayer, IdempotencyLayer, RetryLayer, RetryPolicy,
};
use http::HeaderValue;
use tower::{Service, ServiceBuilder, ServiceExt};

use super::{Network, Stack, answer, runtime};

pub const CANARY: &str = "kanarienvogel";

pub fn request(url: &str) -> reqwest::Request {
    let url = format!("{url}?name={CANARY}#{CANARY}");
    let mut request = super::post(&url);
    *request.body_mut() = Some(format!(r#"{{"name":"{CANARY}"}}"#).into());
    let value = HeaderValue::from_static(CANARY);
    request.headers_mut().insert("x-own", value);
    request
}

pub fn hawk() -> HawkLayer {
    HawkLayer::new(Credentials::new("id", CANARY).unwrap()).runtime(runtime())
}

pub fn full<S>(
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

/// Every kind of failure, with a canary wherever the caller or the server put one.
pub async fn all_errors() -> Vec<BoxError> {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    let client = super::http().build().unwrap();
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
    let answers: [fn(&super::Sent) -> Option<http::response::Builder>; 5] = [
        |_| None,
        |_| Some(answer(200)),
        |_| Some(answer(202).header("server-authorization", format!("Hawk mac=\"{CANARY}\""))),
        |sent| {
            let ts = "1600000000";
            let tsm = super::verifier::tsm(CANARY.as_bytes(), ts);
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
