//! `Server-Authorization`: which answers must be proven, and what proves them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use bvnk_auth::{BoundLayer, Credentials, ErrorKind, HawkLayer, IdempotencyLayer, RetryLayer};
use support::verifier::server_authorization;
use support::{ID, KEY, Network, Sent, answer, failure, get, post, runtime};
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
        // With and without the layer that has read the body already.
        for bound in [true, false] {
            let network = Network::default();
            let inner = network.service(move |_, sent| {
                let answer =
                    answer(status).header("content-type", "Application/JSON; charset=utf-8");
                let answer = headers(proof, sent)
                    .into_iter()
                    .fold(answer, |answer, value| {
                        answer.header("server-authorization", value)
                    });
                Some(Ok(answer.body(BODY).unwrap().into()))
            });
            let hawk = HawkLayer::new(Credentials::new(ID, KEY).unwrap())
                .runtime(runtime())
                .verify_responses(true);
            let result = if bound {
                hawk.layer(BoundLayer::default().layer(inner))
                    .oneshot(post("https://a.example/x?y"))
                    .await
            } else {
                hawk.layer(inner)
                    .oneshot(post("https://a.example/x?y"))
                    .await
            };
            if accepted {
                let response = result.unwrap();
                assert_eq!(response.status(), status);
                assert_eq!(
                    response.text().await.unwrap(),
                    BODY,
                    "the body is still there"
                );
            } else {
                let error = failure(result);
                assert_eq!(error.kind(), ErrorKind::Unverified, "{status} {proof:?}");
                assert_eq!(error.status().unwrap(), status);
                assert!(
                    error.outcome_unknown(),
                    "something answered, who knows what"
                );
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_unproven_answer_is_not_asked_for_again() {
    for (request, doubt) in [
        (post("https://a.example/"), true),
        (get("https://a.example/"), false),
    ] {
        let network = Network::default();
        let inner = network.service(|_, _| Some(Ok(answer(200).body(BODY).unwrap().into())));
        let hawk = HawkLayer::new(Credentials::new(ID, KEY).unwrap()).verify_responses(true);
        let stack = RetryLayer::default().layer(hawk.layer(inner));
        let error = failure(IdempotencyLayer::new().layer(stack).oneshot(request).await);
        assert_eq!((error.kind(), network.count()), (ErrorKind::Unverified, 1));
        assert_eq!(error.outcome_unknown(), doubt);
    }
}

#[tokio::test(start_paused = true)]
async fn an_unbounded_body_is_not_read_for_its_proof() {
    let network = Network::default();
    let inner = network.service(|_, _| {
        let body = vec![b'x'; 1024 * 1024 + 1];
        Some(Ok(answer(200)
            .header("server-authorization", "Hawk")
            .body(body)
            .unwrap()
            .into()))
    });
    let hawk = HawkLayer::new(Credentials::new(ID, KEY).unwrap()).verify_responses(true);
    let error = failure(hawk.layer(inner).oneshot(post("https://a.example/")).await);
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}
