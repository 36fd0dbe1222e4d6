//! Instructions (callgrind) and allocations (DHAT) of 100 calls.
//!
//! Only the thread that calls is counted: both tools start at the benchmark function, and the
//! server runs on its own thread. `check-regressions` compares the results.
//!
//! It measures no time: instructions are nearly the same in each run on one machine, so that a
//! change of one percent is seen. The numbers are only comparable as ratios.

#![allow(missing_docs)] // of what the macros make
#![allow(clippy::unwrap_used)] // an error ends the bench

use bench::bvnk_client::Bvnk;
use bench::by_hand::ByHand;
use bench::middleware::Middleware;
use bench::signature::{self, Sign};
use bench::{Create, ROUNDS, Result, example, runtime, server};
use bvnk::types::CreateCustomerRequest;
use gungraun::prelude::*;
use gungraun::{Callgrind, Dhat, EventKind};

/// Calls before counting: pools, buffers and the connection exist then.
const WARM_UP: usize = 20;

/// What a service has when it makes a call.
///
/// It is dropped after counting, since a benchmark returns it.
struct Ready<C> {
    runtime: tokio::runtime::Runtime,
    client: C,
    requests: Vec<CreateCustomerRequest>,
}

/// Starts a server, warms the client up, and makes the requests that are counted.
fn ready<C: Create>() -> Ready<C> {
    let prepare = || -> Result<_> {
        let mut ready = Ready {
            runtime: runtime()?,
            client: C::new(&server::start()?)?,
            requests: vec![example()?; WARM_UP],
        };
        ready.call()?;
        ready.requests = vec![example()?; ROUNDS];
        Ok(ready)
    };
    prepare().unwrap()
}

impl<C: Create> Ready<C> {
    /// Sends all requests one after the other, and ends with the first that fails.
    fn call(&mut self) -> Result<()> {
        self.runtime.block_on(async {
            for request in self.requests.drain(..) {
                self.client.create(request).await?;
            }
            Ok(())
        })
    }
}

#[library_benchmark(setup = ready)]
#[bench::create()]
fn client(mut ready: Ready<Bvnk>) -> Ready<Bvnk> {
    ready.call().unwrap();
    ready
}

#[library_benchmark(setup = ready)]
#[bench::create()]
fn by_hand(mut ready: Ready<ByHand>) -> Ready<ByHand> {
    ready.call().unwrap();
    ready
}

#[library_benchmark(setup = ready)]
#[bench::create()]
fn middleware(mut ready: Ready<Middleware>) -> Ready<Middleware> {
    ready.call().unwrap();
    ready
}

/// Makes a signature by the layer, with a payload of this many bytes that is hashed.
fn sign_ready(payload: Option<usize>) -> Sign {
    let payload = payload.map(|length| vec![b'x'; length].into());
    signature::by_layer(payload, ROUNDS).unwrap()
}

#[library_benchmark(setup = sign_ready)]
#[bench::plain(None)]
#[bench::hashed(Some(1024))]
fn sign(mut sign: Sign) -> Sign {
    (0..ROUNDS).for_each(|_| sign());
    sign
}

#[library_benchmark]
#[bench::plain(signature::by_hand().unwrap())]
fn sign_by_hand(mut sign: Sign) -> Sign {
    (0..ROUNDS).for_each(|_| sign());
    sign
}

library_benchmark_group!(name = create, benchmarks = [client, by_hand, middleware]);
library_benchmark_group!(name = signature_alone, benchmarks = [sign, sign_by_hand]);

main!(
    config = LibraryBenchmarkConfig::default()
        .tool(Callgrind::with_args(["--cache-sim=no"]).format([EventKind::Ir]))
        // Calls through futures are deep: the benchmark function has to be among the callers.
        .tool(Dhat::with_args(["--num-callers=500"])),
    library_benchmark_groups = [create, signature_alone]
);
