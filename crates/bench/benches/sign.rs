//! Times of a signature and of its parts, by criterion's statistics.
//!
//! The parts show which of them a change of the total comes from. A signature by hand is the lower
//! limit of what the layer can reach.

#![allow(missing_docs)] // of what the macros make

use std::hint::black_box;

use bench::{KEY, Result, Work, repeated, sign_by_hand, sign_by_layer};
use bvnk_auth::{Runtime, SystemRuntime};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use ring::{digest, hmac};

/// Signatures of an iteration: one alone would meet cold caches after what prepares it.
const TIMES: usize = 1_024;

fn sign(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sign");
    group.throughput(Throughput::Elements(TIMES as u64));
    let mut measure = |name, work: &dyn Fn() -> Result<Work>| {
        group.bench_function(name, |bencher| {
            let run = |mut work: Result<Work>| {
                let _ = work.as_mut().map(|work| work());
                work // dropped outside of the measurement
            };
            bencher.iter_batched(work, run, BatchSize::SmallInput);
        });
    };
    measure("layer", &|| sign_by_layer(TIMES, None));
    measure("layer, 1 KiB hashed", &|| sign_by_layer(TIMES, Some(1024)));
    measure("by hand", &|| sign_by_hand(TIMES));
    // Each nonce and each key is drawn from the system.
    measure("nonce", &|| Ok(repeated(TIMES, || SystemRuntime.uuid())));
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    measure("MAC", &move || {
        let key = key.clone();
        Ok(repeated(TIMES, move || {
            hmac::sign(&key, black_box(&[b'x'; 140]))
        }))
    });
    let hash = || digest::digest(&digest::SHA256, black_box(&[b'x'; 1024]));
    measure("SHA-256 of 1 KiB", &|| Ok(repeated(TIMES, hash)));
}

criterion_group!(benches, sign);
criterion_main!(benches);
