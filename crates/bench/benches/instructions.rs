//! Instructions (callgrind) and allocations (DHAT) of 100 calls.
//!
//! Only the thread that calls is counted: both tools start at the benchmark function, and the
//! server runs on a thread of its own. `check-regressions` compares the results.

#![allow(missing_docs)] // of what the macros make

use bench::bare::Reqwest;
use bench::bvnk_client::Bvnk;
use bench::by_hand::ByHand;
use bench::middleware::Middleware;
use bench::{Create, ROUNDS, Result, example, runtime, server};
use bvnk::types::CreateCustomerRequest;
use gungraun::prelude::*;
use gungraun::{Callgrind, Dhat, EventKind};

/// Calls before counting: pools, buffers and the connection exist then.
const WARM_UP: usize = 20;

/// What a service has when it makes a call.
struct Ready<C> {
    runtime: tokio::runtime::Runtime,
    client: C,
    requests: Vec<CreateCustomerRequest>,
}

#[allow(clippy::unwrap_used)] // there is nobody to hand an error to
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
fn client(mut ready: Ready<Bvnk>) -> (Result<()>, Ready<Bvnk>) {
    (ready.call(), ready)
}

#[library_benchmark(setup = ready)]
#[bench::create()]
fn by_hand(mut ready: Ready<ByHand>) -> (Result<()>, Ready<ByHand>) {
    (ready.call(), ready)
}

#[library_benchmark(setup = ready)]
#[bench::create()]
fn middleware(mut ready: Ready<Middleware>) -> (Result<()>, Ready<Middleware>) {
    (ready.call(), ready)
}

#[library_benchmark(setup = ready)]
#[bench::create()]
fn reqwest(mut ready: Ready<Reqwest>) -> (Result<()>, Ready<Reqwest>) {
    (ready.call(), ready)
}

library_benchmark_group!(
    name = create,
    benchmarks = [client, by_hand, middleware, reqwest]
);

main!(
    config = LibraryBenchmarkConfig::default()
        .tool(Callgrind::default().format([EventKind::Ir]))
        // Calls through futures are deep: the benchmark function has to be among the callers.
        .tool(Dhat::with_args(["--num-callers=500"])),
    library_benchmark_groups = create
);
