//! `Server-Authorization`: which answers must be proven, and what proves them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use bvnk_auth::{Body, BoxError, ErrorKind, RetryPolicy};
use bytes::Bytes;
use http::Response;
use support::verifier::server_authorization;
use support::{KEY, Network, Sent, answer, chunked, failure, get, hawk, post, text};
use tower::{Layer, ServiceExt};

const BODY: &str = r#"{"reference":"x"}"#;
const TYPE: &str = "application/json";

/// What a server does to its answer.
#[derive(Clone, Copy, Debug)]
enum Proof {
    Right,
    Missing,
    Twice,
    WithoutHash,
    OtherKey,
    OtherBody,
    OtherType,
    ForAnotherRequest,
    /// The proof of an answer whose `ext` was changed on the way.
    OtherExt,
    Text(&'static str),
}
use Proof::*;

/// (status, proof, whether the answer is accepted)
const CASES: &[(u16, Proof, bool)] = &[
    (200, Right, true),
    (202, Right, true),
    (400, Right, true),
    (200, Missing, false),
    // Something without the key may have answered.
    (400, Missing, true),
    (502, Missing, true),
    (401, Missing, true),
    (200, Twice, false),
    (200, WithoutHash, false),
    (200, OtherKey, false),
    (200, OtherBody, false),
    (200, OtherType, false),
    (200, ForAnotherRequest, false),
    (200, OtherExt, false),
    (400, OtherKey, false),
    (400, OtherBody, false),
    (200, Text(""), false),
    (200, Text("Hawk"), false),
    (200, Text("Hawk mac=\"\", hash=\"\""), false),
    (200, Text("Hawk mac=\"!\", hash=\"!\""), false),
    (200, Text("Basic mac=\"AAAA\", hash=\"AAAA\""), false),
];

fn headers(proof: Proof, sent: &Sent) -> Vec<String> {
    let made = |key: &str, content_type, body: &str| {
        let header = sent.header("authorization").unwrap();
        server_authorization(
            &sent.wire(),
            header,
            key.as_bytes(),
            content_type,
            body.as_bytes(),
        )
    };
    let right = made(KEY, TYPE, BODY);
    match proof {
        Right => vec![right],
        Missing => vec![],
        Twice => vec![right.clone(), right],
        WithoutHash => {
            let request = support::verifier::attributes(sent.header("authorization").unwrap());
            let wire = sent.wire();
            let normalized = support::verifier::Normalized {
                kind: "response",
                ts: request["ts"].clone(),
                nonce: request["nonce"].clone(),
                method: wire.method.into(),
                resource: wire.resource.into(),
                host: wire.host.into(),
                port: wire.port,
                ..Default::default()
            };
            vec![format!(r#"Hawk mac="{}""#, normalized.mac(KEY.as_bytes()))]
        }
        OtherKey => vec![made("another key", TYPE, BODY)],
        OtherBody => vec![made(KEY, TYPE, r#"{"reference":"y"}"#)],
        OtherType => vec![made(KEY, "text/html", BODY)],
        ForAnotherRequest => {
            let mut other = sent.clone();
            other.resource = "/other".into();
            headers(Right, &other)
        }
        OtherExt => vec![right.replace("server-data", "server-dat4")],
        Text(text) => vec![text.into()],
    }
}

#[tokio::test(start_paused = true)]
async fn successes_must_be_proven() {
    for &(status, proof, accepted) in CASES {
        // Whether the body is collected already.
        for collected in [true, false] {
            let network = Network::default();
            let answer = move |sent: &Sent| {
                let answer =
                    answer(status).header("content-type", "Application/JSON; charset=utf-8");
                headers(proof, sent)
                    .into_iter()
                    .fold(answer, |answer, value| {
                        answer.header("server-authorization", value)
                    })
            };
            let request = post("https://a.example/x?y");
            let hawk = hawk().verify_responses(true);
            let result = if collected {
                let inner = network.service(move |_, sent| Some(Ok(whole(answer(sent)))));
                hawk.layer(inner).oneshot(request).await
            } else {
                let inner = network.service(move |_, sent| Some(Ok(pieces(answer(sent)))));
                hawk.layer(inner).oneshot(request).await
            };
            if accepted {
                let response = result.unwrap();
                assert_eq!(response.status(), status);
                assert_eq!(text(response), BODY, "the body is still there");
            } else {
                let error = failure(result);
                assert_eq!(error.kind(), ErrorKind::Unverified, "{status} {proof:?}");
                assert_eq!(error.status().unwrap(), status);
                assert!(error.info().outcome_unknown, "the sender is not known");
            }
        }
    }
}

fn whole(answer: http::response::Builder) -> Response<Body> {
    answer.body(BODY.into()).unwrap()
}

fn pieces(answer: http::response::Builder) -> Response<support::Chunked> {
    let (one, two) = BODY.split_at(5);
    let pieces = [one, two].map(|piece| Ok::<_, BoxError>(Bytes::from(piece)));
    answer.body(chunked(pieces)).unwrap()
}

#[tokio::test(start_paused = true)]
async fn an_unproven_response_is_not_asked_for_again() {
    for (request, ambiguous) in [
        (post("https://a.example/"), true),
        (get("https://a.example/"), false),
    ] {
        let network = Network::default();
        let inner = network.service(|_, _| Some(Ok(whole(answer(200)))));
        let stack = support::full(hawk().verify_responses(true), RetryPolicy::new(), inner);
        let error = failure(stack.oneshot(request).await);
        assert_eq!((error.kind(), network.count()), (ErrorKind::Unverified, 1));
        assert_eq!(error.info().outcome_unknown, ambiguous);
    }
}
