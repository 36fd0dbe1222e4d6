//! `call`: `create_customer` through all layers, beside reqwest with the same bytes.

use std::time::Instant;

use crate::process::Server;
use crate::stats::median;
use crate::table::{Table, times, whole};
use crate::work::{Call, Raw, requests, runtime};
use crate::{Failure, Outcome, allocations, callgrind};

const ROUNDS: u32 = 15;
const OF: u64 = 1_000;

/// Instructions, allocations and times.
///
/// # Errors
///
/// When a call fails.
pub fn run() -> Outcome<String> {
    let mut table = Table::new(["call", "bvnk", "reqwest", "times"]);
    let server = Server::fixed(1)?;
    if callgrind::available() {
        let (call, raw) = instructions(server.url())?;
        table.row([
            "instructions".to_owned(),
            whole(call),
            whole(raw),
            times(call, raw),
        ]);
    }
    let counted = allocations::optimised()?;
    for (name, [call, raw]) in [
        ("allocations", ["call", "raw"]),
        ("bytes allocated", ["call-bytes", "raw-bytes"]),
    ] {
        let (call, raw) = (counted.get(call)?, counted.get(raw)?);
        table.row([name.to_owned(), whole(call), whole(raw), times(call, raw)]);
    }
    let (call, raw, ratio) = time(server.url())?;
    table.row([
        format!("µs, median of {ROUNDS} rounds"),
        format!("{call:.1}"),
        format!("{raw:.1}"),
        format!("{ratio:.2}"),
    ]);
    Ok(table.to_string())
}

/// The instructions of a call and of its floor.
///
/// # Errors
///
/// When valgrind cannot run them.
pub fn instructions(url: &str) -> Outcome<(f64, f64)> {
    let count = |what| callgrind::instructions(&[what, "--server", url], 1000);
    Ok((count("call")?, count("raw")?))
}

/// Microseconds of a call and of its floor, and the median of the rounds' ratios. Within a
/// round, calls alternate, so that whatever else the machine does meets both.
fn time(url: &str) -> Outcome<(f64, f64, f64)> {
    let (call, raw) = (Call::new(url)?, Raw::new(url)?);
    let (mut calls, mut raws, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    runtime()?.block_on(async {
        for round in 0..=ROUNDS {
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            for request in requests(OF)? {
                let started = Instant::now();
                call.round(request).await?;
                ours.push(started.elapsed().as_nanos() as f64 / 1e3);
                let started = Instant::now();
                raw.round().await?;
                theirs.push(started.elapsed().as_nanos() as f64 / 1e3);
            }
            // The first round warms up.
            if round > 0 {
                let (ours, theirs) = (median(ours), median(theirs));
                calls.push(ours);
                raws.push(theirs);
                ratios.push(ours / theirs);
            }
        }
        Ok::<(), Failure>(())
    })?;
    Ok((median(calls), median(raws), median(ratios)))
}
