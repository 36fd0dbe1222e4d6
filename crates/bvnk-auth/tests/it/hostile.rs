//! Hostile responses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::support;

use std::sync::Arc;

use bvnk_auth::{
    Body, Credentials, ErrorKind, HawkLayer, IdempotencyLayer, RetryPolicy, Runtime, TestRuntime,
};
use proptest::prelude::*;
use support::{ID, KEY, Network, answer, done, post, start};
use tower::{Layer, ServiceExt};

const URL: &str = "https://api.example/things";

fn header_bytes() -> impl Strategy<Value = Vec<u8>> {
    let soup =
        "((Hawk|Basic|ts|tsm|error|mac|hash|,|=|\"| |\\\\|[0-9]{1,25}|[A-Za-z+/]{1,44}=?){0,30})";
    let visible = |byte: &u8| *byte != 0x7f && (*byte >= 0x20 || *byte == b'\t');
    prop_oneof![
        4 => soup.prop_map(String::into_bytes),
        2 => proptest::collection::vec(any::<u8>().prop_filter("", visible), 0..200),
        1 => (any::<u64>(), "[A-Za-z0-9+/]{43}=").prop_map(|(ts, tsm)|
            format!(r#"Hawk ts="{ts}", tsm="{tsm}""#).into_bytes()),
        1 => "[a-z\",= ]{1,5}".prop_map(|text| text.repeat(10_000 / text.len()).into_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any status, headers and body: no panic, and the clock does not move.
    #[test]
    fn hostile_answers_do_nothing(
        status in prop_oneof![Just(401_u16), 100_u16..=999],
        headers in proptest::collection::vec(
            (
                prop_oneof![
                    Just("www-authenticate"), Just("server-authorization"), Just("date"),
                    Just("age"), Just("retry-after"), Just("content-type"),
                    Just("content-length"), Just("location"), Just("x-idempotency-key"),
                ],
                header_bytes(),
            ),
            0..6,
        ),
        body in proptest::collection::vec(any::<u8>(), 0..100),
        verify in any::<bool>(),
    ) {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        executor.block_on(async {
            let network = Network::default();
            let inner = network.service(move |n, _| {
                if n == 3 {
                    return Some(done(403));
                }
                let answer = headers.iter().fold(answer(status), |answer, (name, value)| {
                    answer.header(*name, value.as_slice())
                });
                Some(Ok(answer.body(Body::from(body.clone())).unwrap()))
            });
            let runtime = Arc::new(TestRuntime::new(start(), 1));
            let hawk = HawkLayer::new(Credentials::new(ID, KEY).unwrap())
                .retry(RetryPolicy::new())
                .runtime(runtime.clone())
                .verify_responses(verify);
            let stack = IdempotencyLayer::new().layer(hawk.layer(inner));
            let result = stack.clone().oneshot(post(URL)).await;
            if let Err(error) = &result {
                let error: &bvnk_auth::Error = error.downcast_ref().unwrap();
                let about_clock = matches!(error.kind(), ErrorKind::Clock { .. });
                prop_assert!(!about_clock);
                let _ = (error.to_string(), format!("{error:?}"));
            }
            // However long the retries took, the next signature has this machine's time.
            let _ = stack.oneshot(post(URL)).await;
            let now = runtime.now();
            let sent = network.sent();
            let last = sent.last().unwrap();
            let ts: u64 = last.verify()["ts"].parse().unwrap();
            let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            let since = last.at.elapsed().as_secs();
            prop_assert!(ts.abs_diff(now - since) <= 1);
            Ok(())
        })?;
    }
}
