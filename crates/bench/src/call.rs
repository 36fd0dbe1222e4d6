//! `call`: `create_customer` through all layers, beside reqwest with the same bytes, and
//! beside the same work by hand.

use std::time::Instant;

use crate::by_hand::ByHand;
use crate::process::Server;
use crate::stats::median;
use crate::table::{Table, times, whole};
use crate::work::{Call, Raw, example, runtime};
use crate::{Failure, Outcome, allocations, callgrind};

const ROUNDS: usize = 45;
const OF: usize = 400;

/// Instructions, allocations and times.
///
/// # Errors
///
/// When a call fails.
pub fn run() -> Outcome<String> {
    let mut table = Table::new(["call", "bvnk", "reqwest", "times", "by hand", "times"]);
    let server = Server::fixed(1)?;
    if callgrind::available() {
        let [call, raw] = instructions(server.url())?;
        let hand = counted_instructions("by-hand", server.url())?;
        table.row(row("instructions", whole, [call, raw, hand]));
    }
    let counted = allocations::optimised()?;
    for (name, what) in [("allocations", ""), ("bytes allocated", "-bytes")] {
        let get = |who| counted.get(&format!("{who}{what}"));
        table.row(row(
            name,
            whole,
            [get("call")?, get("raw")?, get("by-hand")?],
        ));
    }
    let [call, raw, hand, of_raw, of_hand] = time(server.url())?;
    let micros = |figure| format!("{figure:.1}");
    let mut timed = row(
        &format!("µs, median of {ROUNDS} rounds"),
        micros,
        [call, raw, hand],
    );
    // The medians of the rounds' own ratios: what disturbs a round disturbs all in it.
    timed[3] = format!("{of_raw:.2}");
    timed[5] = format!("{of_hand:.2}");
    table.row(timed);
    Ok(table.to_string())
}

fn row(name: &str, show: fn(f64) -> String, [call, raw, hand]: [f64; 3]) -> [String; 6] {
    [
        name.to_owned(),
        show(call),
        show(raw),
        times(call, raw),
        show(hand),
        times(call, hand),
    ]
}

/// The instructions of a call and of its floor.
///
/// # Errors
///
/// When valgrind cannot run them.
pub fn instructions(url: &str) -> Outcome<[f64; 2]> {
    Ok([
        counted_instructions("call", url)?,
        counted_instructions("raw", url)?,
    ])
}

fn counted_instructions(what: &str, url: &str) -> Outcome<f64> {
    callgrind::instructions(&[what, "--server", url], 1000)
}

/// Microseconds of a call, of its floor and of the work by hand, and what the first is of
/// the others. Rounds alternate, so that whatever else the machine does meets all; within
/// a round each goes on alone, with the caches that it would have in a service.
fn time(url: &str) -> Outcome<[f64; 5]> {
    let (call, raw, hand) = (Call::new(url)?, Raw::new(url)?, ByHand::new(url)?);
    let request = example()?;
    let mut rounds: [Vec<f64>; 5] = Default::default();
    runtime()?.block_on(async {
        for round in 0..=ROUNDS {
            let mut took = [0.0; 3];
            // Each goes first as often as the others.
            for who in (0..3).map(|turn| (turn + round) % 3) {
                let mut calls = Vec::with_capacity(OF);
                for _ in 0..OF {
                    // Made just before, as a service would: the floor's is at hand.
                    let request = request.clone();
                    let started = Instant::now();
                    match who {
                        0 => call.round(request).await?,
                        1 => raw.round().await?,
                        _ => hand.round(request).await?,
                    }
                    calls.push(started.elapsed().as_nanos() as f64 / 1e3);
                }
                took[who] = median(calls);
            }
            // The first round warms up.
            if round > 0 {
                let [call, raw, hand] = took;
                let figures = [call, raw, hand, call / raw, call / hand];
                for (all, figure) in rounds.iter_mut().zip(figures) {
                    all.push(figure);
                }
            }
        }
        Ok::<(), Failure>(())
    })?;
    Ok(rounds.map(median))
}
