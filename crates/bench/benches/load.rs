//! Calls per second with 1, 64 and 512 calls at once.
//!
//! The implementations take turns in short rounds, so that whatever else the machine does
//! meets all of them; a benchmark library would measure one after the other. Ratios are
//! medians of the rounds' own ratios.
//!
//! The bench is run by hand and its table is copied to `docs/performance.md`. No limit is checked,
//! because times depend on the machine and on its other work.

use std::sync::Arc;
use std::time::Instant;

use bench::bvnk_client::Bvnk;
use bench::by_hand::ByHand;
use bench::middleware::Middleware;
use bench::{Create, Result, example, runtime, server};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// Rounds of each implementation that are counted; their medians are printed.
const ROUNDS: usize = 60;
/// Calls of a round, a multiple of those at once. Short rounds also keep the requests, which are
/// made before a round, in the caches.
const CALLS: usize = 1_024;

/// Makes all calls of a round and returns the calls per second.
type Round = Box<dyn Fn(&Runtime) -> Result<f64>>;

#[allow(clippy::print_stdout)] // the table
fn main() -> Result<()> {
    println!("| at once | implementation | calls/s | of by hand |\n|---|---|---|---|");
    for at_once in [1, 64, 512] {
        let url = server::start()?;
        let runtime = runtime()?;
        let (names, rounds): (Vec<_>, Vec<Round>) = [
            round::<ByHand>(&url, at_once)?,
            round::<Bvnk>(&url, at_once)?,
            round::<Middleware>(&url, at_once)?,
        ]
        .into_iter()
        .unzip();
        let mut rates = vec![Vec::new(); rounds.len()];
        for turn in 0..=ROUNDS {
            // Each goes first as often as the others.
            for implementation in (0..rounds.len()).map(|i| (i + turn) % rounds.len()) {
                let rate = rounds[implementation](&runtime)?;
                // The first turn makes the connections.
                if turn > 0 {
                    rates[implementation].push(rate);
                }
            }
        }
        for (name, rates_of_this) in names.iter().zip(&rates) {
            let ratios = rates_of_this.iter().zip(&rates[0]).map(|(a, b)| a / b);
            let (ratio, rate) = (median(ratios.collect()), median(rates_of_this.clone()));
            println!("| {at_once} | {name} | {rate:.0} | {ratio:.2} |");
        }
    }
    Ok(())
}

/// Prepares the rounds of one implementation: one client, which all callers share.
fn round<C: Create>(url: &str, at_once: usize) -> Result<(&'static str, Round)> {
    let client = Arc::new(C::new(url)?);
    let round = move |runtime: &Runtime| {
        let requests = vec![vec![example()?; CALLS / at_once]; at_once];
        let started = Instant::now();
        runtime.block_on(async {
            let mut callers = JoinSet::new();
            for requests in requests {
                let client = Arc::clone(&client);
                callers.spawn(async move {
                    for request in requests {
                        client.create(request).await?;
                    }
                    Ok(())
                });
            }
            callers.join_all().await.into_iter().collect::<Result<()>>()
        })?;
        Ok(CALLS as f64 / started.elapsed().as_secs_f64())
    };
    Ok((C::NAME, Box::new(round)))
}

/// Returns the upper median; NaN for no values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
