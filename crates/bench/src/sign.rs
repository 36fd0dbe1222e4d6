//! `sign`: one attempt, all in, beside ring's MAC of the same string.

use std::time::Instant;

use bytes::Bytes;

use crate::stats::median;
use crate::table::{Table, times, whole};
use crate::work::{Mac, Sign};
use crate::{Outcome, callgrind};

const ROUNDS: u32 = 15;
const OF: u32 = 20_000;

/// Times of the layer and of the floor in turns, and their instructions where valgrind
/// is installed.
///
/// # Errors
///
/// When signing fails.
pub fn run() -> Outcome<String> {
    let mut table = Table::new(["sign", "layer", "ring", "times"]);
    for (name, body) in [
        ("no hash", None),
        ("1 KiB hashed", Some(Bytes::from(vec![b'x'; 1024]))),
    ] {
        let (layer, floor) = time(body.clone())?;
        table.row([
            format!("{name}, ns"),
            whole(layer),
            whole(floor),
            times(layer, floor),
        ]);
        if callgrind::available() {
            let [layer, floor] = match body {
                None => ["sign", "mac"],
                Some(_) => ["sign-hashed", "mac-hashed"],
            };
            let layer = callgrind::instructions(&[layer], 1000)?;
            let floor = callgrind::instructions(&[floor], 1000)?;
            table.row([
                format!("{name}, instructions"),
                whole(layer),
                whole(floor),
                times(layer, floor),
            ]);
        }
    }
    Ok(table.to_string())
}

/// The medians of the rounds, in nanoseconds a signature.
fn time(body: Option<Bytes>) -> Outcome<(f64, f64)> {
    let mut sign = Sign::new(body.clone())?;
    let mac = Mac::new(body);
    let (mut layers, mut floors) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..OF {
            sign.round()?;
        }
        layers.push(started.elapsed().as_nanos() as f64 / f64::from(OF));
        let started = Instant::now();
        for _ in 0..OF {
            mac.round();
        }
        floors.push(started.elapsed().as_nanos() as f64 / f64::from(OF));
    }
    Ok((median(layers), median(floors)))
}
