//! Calls per second with 1, 64 and 512 calls at once.
//!
//! The implementations take turns in short rounds, so that whatever else the machine does
//! meets all of them; a benchmark library would measure one after the other. Ratios are
//! medians of the rounds' own ratios.
//!
//! The bench is run by hand and its table is copied to `docs/performance.md`. No limit is checked,
//! because times depend on the machine and on its other work.

use std::time::Instant;

use bench::clients::{ByHand, Create, Middleware};
use bench::{Result, Work, creations};

/// Rounds of each implementation that are counted; their medians are printed.
const ROUNDS: usize = 60;
/// Calls of a round, a multiple of those at once. Short rounds also keep the requests, which are
/// made before a round, in the caches.
const CALLS: usize = 1_024;

/// The name of an implementation, and what makes the work of a round.
type Row = (&'static str, Box<dyn Fn() -> Result<Work>>);

fn main() -> Result<()> {
    println!("| | implementation | calls/s | of by hand |\n|---|---|---|---|");
    for at_once in [1, 64, 512] {
        let rows = [
            calls::<ByHand>(at_once)?,
            calls::<bvnk::Client>(at_once)?,
            calls::<Middleware>(at_once)?,
        ];
        compare(at_once, &rows)?;
    }
    Ok(())
}

/// Prepares the rounds of a client.
fn calls<C: Create>(at_once: usize) -> Result<Row> {
    let creations = creations::<C>(at_once)?;
    Ok((C::NAME, Box::new(move || creations(CALLS))))
}

/// Prints the rates of implementations, and their ratios to the first.
fn compare(at_once: usize, rows: &[Row]) -> Result<()> {
    let mut rates = vec![Vec::new(); rows.len()];
    for turn in 0..=ROUNDS {
        // Each goes first as often as the others.
        for implementation in (0..rows.len()).map(|i| (i + turn) % rows.len()) {
            let mut work = rows[implementation].1()?;
            let started = Instant::now();
            work()?;
            let rate = CALLS as f64 / started.elapsed().as_secs_f64();
            // The first turn makes the connections.
            if turn > 0 {
                rates[implementation].push(rate);
            }
        }
    }
    for ((name, _), own) in rows.iter().zip(&rates) {
        let ratios = own.iter().zip(&rates[0]).map(|(a, b)| a / b);
        let (ratio, rate) = (median(ratios.collect()), median(own.clone()));
        println!("| {at_once} at once | {name} | {rate:.0} | {ratio:.2} |");
    }
    Ok(())
}

/// Returns the upper median; NaN for no values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
