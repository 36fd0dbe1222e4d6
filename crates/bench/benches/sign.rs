//! Times of a signature and of its parts.
//!
//! The parts show which of them a change of the total comes from. A signature by hand is the lower
//! limit of what the layer can reach.

#![allow(missing_docs)] // of what the macros make

use std::hint::black_box;

use bench::{KEY, Result, signature};
use bvnk_auth::{Runtime, SystemRuntime};
use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ring::{digest, hmac};

/// Measures nanoseconds, by criterion's statistics.
fn sign(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sign");
    let kib = Bytes::from(vec![b'x'; 1024]);
    for (name, payload) in [("layer", None), ("layer, 1 KiB hashed", Some(kib.clone()))] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || signature::by_layer(payload.clone(), 1),
                |mut sign: Result<_>| {
                    let _ = sign.as_mut().map(|sign| sign());
                    sign // dropped outside of the measurement
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.bench_function("by hand", |bencher| match signature::by_hand() {
        Ok(mut sign) => bencher.iter(&mut sign),
        Err(_) => bencher.iter(|| ()),
    });
    // Each nonce and each key is drawn from the system.
    let runtime = SystemRuntime;
    group.bench_function("nonce", |bencher| bencher.iter(|| runtime.uuid()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    let text = [b'x'; 140];
    group.bench_function("MAC", |bencher| {
        bencher.iter(|| hmac::sign(&key, black_box(&text)));
    });
    group.bench_function("SHA-256 of 1 KiB", |bencher| {
        bencher.iter(|| digest::digest(&digest::SHA256, black_box(&kib)));
    });
    group.finish();
}

criterion_group!(benches, sign);
criterion_main!(benches);
