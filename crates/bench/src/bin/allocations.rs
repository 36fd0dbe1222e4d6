//! Counts allocations: of a signature, of a call, of the same by hand and of its floor, and the memory of a
//! call in flight.
//!
//! A program of its own, because linking the counter makes every allocation slower.

use std::process::ExitCode;

use allocation_counter::{AllocationInfo, measure};
use bench::allocations::IN_FLIGHT;
use bench::by_hand::ByHand;
use bench::work::{Call, Raw, Sign, requests, runtime};
use bench::{Failure, Outcome};
use bvnk::types::CreateCustomerRequest;

/// After the pools, the buffers and the connection are there.
const WARM_UP: u64 = 50;
const ROUNDS: u64 = 200;

#[allow(clippy::print_stderr)]
fn main() -> ExitCode {
    let servers: Vec<String> = std::env::args().skip(1).collect();
    let [server, holding] = servers.as_slice() else {
        eprintln!("usage: allocations SERVER HOLDING_SERVER");
        return ExitCode::from(2);
    };
    match run(server, holding) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[allow(clippy::print_stdout)] // the figures, one a line
fn run(server: &str, holding: &str) -> Outcome<()> {
    let tell = |name: &str, counted: &AllocationInfo| {
        println!("{name} {}", counted.count_total as f64 / ROUNDS as f64);
        println!(
            "{name}-bytes {}",
            counted.bytes_total as f64 / ROUNDS as f64
        );
    };
    let mut sign = Sign::new(None)?;
    let mut rounds = |rounds| (0..rounds).try_for_each(|_| sign.round());
    rounds(WARM_UP)?;
    tell("sign", &measured(|| rounds(ROUNDS))?);

    let runtime = runtime()?;
    let call = Call::new(server)?;
    tell("call", &creations(&runtime, |request| call.round(request))?);
    let hand = ByHand::new(server)?;
    tell(
        "by-hand",
        &creations(&runtime, |request| hand.round(request))?,
    );

    let raw = Raw::new(server)?;
    let rounds = |rounds| {
        runtime.block_on(async {
            for _ in 0..rounds {
                raw.round().await?;
            }
            Ok(())
        })
    };
    rounds(WARM_UP)?;
    tell("raw", &measured(|| rounds(ROUNDS))?);

    let in_flight = |counted: AllocationInfo| counted.bytes_max as f64 / IN_FLIGHT as f64;
    let call = Call::new(holding)?;
    let together = |requests: Vec<_>| {
        runtime.block_on(async {
            let calls = requests.into_iter().map(|request| call.round(request));
            futures_util::future::try_join_all(calls).await.map(drop)
        })
    };
    // The first time, connections are made.
    together(requests(IN_FLIGHT as u64)?)?;
    let prepared = requests(IN_FLIGHT as u64)?;
    let counted = measured(|| together(prepared))?;
    println!("call-in-flight {}", in_flight(counted));

    let raw = Raw::new(holding)?;
    let together = || {
        runtime.block_on(async {
            let calls = (0..IN_FLIGHT).map(|_| raw.round());
            futures_util::future::try_join_all(calls).await.map(drop)
        })
    };
    together()?;
    println!("raw-in-flight {}", in_flight(measured(together)?));
    Ok(())
}

/// What creations allocate, of requests that were made before.
fn creations<F>(
    runtime: &tokio::runtime::Runtime,
    create: impl Fn(CreateCustomerRequest) -> F,
) -> Outcome<AllocationInfo>
where
    F: Future<Output = Outcome<()>>,
{
    let rounds = |requests: Vec<_>| {
        runtime.block_on(async {
            for request in requests {
                create(request).await?;
            }
            Ok::<(), Failure>(())
        })
    };
    rounds(requests(WARM_UP)?)?;
    let prepared = requests(ROUNDS)?;
    measured(|| rounds(prepared))
}

/// What this thread allocates in `work`.
fn measured(work: impl FnOnce() -> Outcome<()>) -> Outcome<AllocationInfo> {
    let mut outcome = Ok(());
    let counted = measure(|| outcome = work());
    outcome.map(|()| counted)
}
