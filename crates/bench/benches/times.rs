//! Calls per second with 1, 64 and 512 calls at once, and signatures and their parts per second.
//!
//! The implementations take turns in short rounds, so that whatever else the machine does
//! meets all of them; a benchmark library would measure one after the other. Ratios are
//! medians of the rounds' own ratios.
//!
//! The parts of a signature show which of them a change of the total comes from. A signature by
//! hand is the lower limit of what the layer can reach.
//!
//! The bench is run by hand and its table is copied to `docs/performance.md`. No limit is checked,
//! because times depend on the machine and on its other work.

use std::hint::black_box;
use std::time::Instant;

use bench::clients::{Bvnk, ByHand, Create, Middleware};
use bench::{KEY, Result, Work, creations, repeated, sign_by_hand, sign_by_layer};
use bvnk_auth::{Runtime, SystemRuntime};
use ring::{digest, hmac};

/// Rounds of each implementation that are counted; their medians are printed.
const ROUNDS: usize = 60;
/// Calls of a round, a multiple of those at once. Short rounds also keep the requests, which are
/// made before a round, in the caches.
const CALLS: usize = 1_024;

/// The name of an implementation, and what makes the work of a round.
type Row = (&'static str, Box<dyn Fn() -> Result<Work>>);

#[allow(clippy::print_stdout)] // the table
fn main() -> Result<()> {
    println!("| | implementation | calls/s | of by hand |\n|---|---|---|---|");
    for at_once in [1, 64, 512] {
        let rows = [
            calls::<ByHand>(at_once)?,
            calls::<Bvnk>(at_once)?,
            calls::<Middleware>(at_once)?,
        ];
        compare(&format!("{at_once} at once"), &rows)?;
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    let rows: [Row; 6] = [
        ("by hand", Box::new(|| sign_by_hand(CALLS))),
        ("HawkLayer", Box::new(|| sign_by_layer(CALLS, None))),
        (
            "1 KiB hashed",
            Box::new(|| sign_by_layer(CALLS, Some(1024))),
        ),
        // Each nonce and each key is drawn from the system.
        part("nonce", || SystemRuntime.uuid()),
        part("MAC", move || hmac::sign(&key, black_box(&[b'x'; 140]))),
        part("SHA-256 of 1 KiB", || {
            digest::digest(&digest::SHA256, black_box(&[b'x'; 1024]))
        }),
    ];
    compare("signature", &rows)
}

/// Prepares the rounds of a client.
fn calls<C: Create>(at_once: usize) -> Result<Row> {
    let creations = creations::<C>(at_once)?;
    Ok((C::NAME, Box::new(move || creations(CALLS))))
}

/// Prepares the rounds of a part of a signature.
fn part<T>(name: &'static str, part: impl Fn() -> T + Clone + 'static) -> Row {
    (name, Box::new(move || Ok(repeated(CALLS, part.clone()))))
}

/// Prints the rates of implementations, and their ratios to the first.
#[allow(clippy::print_stdout)] // the table
fn compare(what: &str, rows: &[Row]) -> Result<()> {
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
        println!("| {what} | {name} | {rate:.0} | {ratio:.2} |");
    }
    Ok(())
}

/// Returns the upper median; NaN for no values.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
