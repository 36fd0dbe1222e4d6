//! Calls with a canary wherever a caller or a server puts something private.

use bvnk_auth::{Body, BoxError, Credentials, HawkLayer, RetryPolicy};
use bytes::Bytes;
use http::{HeaderValue, Request, Response};
use tower::{Service, ServiceExt};

use super::{Network, Stack, answer, runtime};

pub const CANARY: &str = "kanarienvogel";

pub fn request(url: &str) -> Request<Body> {
    let url = format!("{url}?name={CANARY}#{CANARY}");
    let mut request = super::post(&url).map(|_| format!(r#"{{"name":"{CANARY}"}}"#).into());
    let value = HeaderValue::from_static(CANARY);
    request.headers_mut().insert("x-own", value);
    request
}

pub fn hawk() -> HawkLayer {
    HawkLayer::new(Credentials::new("id", CANARY).unwrap()).runtime(runtime())
}

pub fn full<S, B>(inner: S) -> Stack
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    super::full(hawk().verify_responses(true), RetryPolicy::new(), inner)
}

/// Every kind of failure, with a canary wherever the caller or the server put one.
pub async fn all_errors() -> Vec<BoxError> {
    let closed = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    let client = Stack::new(super::http());
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
    for script in answers {
        let network = Network::default();
        let inner = network.service(move |_, sent| {
            let answer = script(sent)?;
            let is_large = answer.headers_ref().unwrap().contains_key("x-large");
            let chunks = vec![Bytes::from(CANARY); if is_large { 200_000 } else { 1 }];
            let body = super::chunked(chunks.into_iter().map(Ok));
            Some(Ok(answer.body(body).unwrap()))
        });
        errors.push(
            full(inner)
                .oneshot(request("https://a.example/"))
                .await
                .unwrap_err(),
        );
    }
    let network = Network::default();
    let inner: Stack = network.service(|_, _| None);
    for bad in [CANARY, "\u{e9}"] {
        let mut request = request("https://a.example/");
        let value = HeaderValue::from_bytes(bad.as_bytes()).unwrap();
        request.headers_mut().insert("x-idempotency-key", value);
        errors.push(full(inner.clone()).oneshot(request).await.unwrap_err());
    }
    errors
}
