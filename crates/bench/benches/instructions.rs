//! Instructions (callgrind) and allocations (DHAT) of 100 calls.
//!
//! Only the thread that calls is counted: both tools start at the benchmark function, and the
//! server runs on its own thread. `check-regressions` compares the results.
//!
//! It measures no time: instructions are nearly the same in each run on one machine, so that a
//! change of one percent is seen. The numbers are only comparable as ratios.

#![allow(missing_docs)] // of what the macros make
#![allow(clippy::unwrap_used)] // an error ends the bench

use bench::clients::{ByHand, Create, Middleware};
use bench::{ROUNDS, Result, Work, creations, sign_by_hand, sign_by_layer};
use gungraun::prelude::*;
use gungraun::{Callgrind, Dhat, EventKind};

/// Calls before counting: pools, buffers and the connection exist then.
const WARM_UP: usize = 20;

/// Warms a client up, and makes the requests that are counted.
fn calls<C: Create>() -> Result<Work> {
    let creations = creations::<C>(1)?;
    creations(WARM_UP)?()?;
    creations(ROUNDS)
}

// What the work owns is dropped after counting, since it is returned.
#[library_benchmark]
#[bench::client(calls::<bvnk::Client>())]
#[bench::by_hand(calls::<ByHand>())]
#[bench::middleware(calls::<Middleware>())]
#[bench::sign(sign_by_layer(ROUNDS, None))]
#[bench::sign_hashed(sign_by_layer(ROUNDS, Some(1024)))]
#[bench::sign_by_hand(sign_by_hand(ROUNDS))]
fn count(work: Result<Work>) -> Work {
    let mut work = work.unwrap();
    work().unwrap();
    work
}

library_benchmark_group!(name = all, benchmarks = count);

main!(
    config = LibraryBenchmarkConfig::default()
        .tool(Callgrind::with_args(["--cache-sim=no"]).format([EventKind::Ir]))
        // Calls through futures are deep: the benchmark function has to be among the callers.
        .tool(Dhat::with_args(["--num-callers=500"])),
    library_benchmark_groups = all
);
