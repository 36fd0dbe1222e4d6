//! `load`: many calls at once, beside reqwest with the same bytes, and beside the same
//! work by hand.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::by_hand::ByHand;
use crate::process::Server;
use crate::stats::{median, percentile};
use crate::table::{Table, whole};
use crate::work::{Call, Raw, requests, runtime};
use crate::{Failure, Outcome, allocations};

const ROUNDS: usize = 60;
/// Short rounds: whatever else the machine does meets all, and the requests, which are
/// made before a round, are not far from the processor's caches.
const CALLS: u64 = 1_024;

/// Calls per second and their times, at so many at once, and memory in flight.
///
/// # Errors
///
/// When a call fails.
pub fn run() -> Outcome<String> {
    let mut table = Table::new([
        "at once",
        "bvnk/s",
        "reqwest/s",
        "times",
        "by hand/s",
        "times",
        "p50 µs",
        "of reqwest",
        "p99 µs",
        "of reqwest",
    ]);
    for at_once in [1, 8, 64, 512] {
        let server = Server::fixed(1)?;
        let call = Arc::new(Call::new(server.url())?);
        let call = move |request| {
            let call = Arc::clone(&call);
            async move { call.round(request).await }
        };
        let hand = Arc::new(ByHand::new(server.url())?);
        let hand = move |request| {
            let hand = Arc::clone(&hand);
            async move { hand.round(request).await }
        };
        let raw = Arc::new(Raw::new(server.url())?);
        let raw = move |()| {
            let raw = Arc::clone(&raw);
            async move { raw.round().await }
        };
        let runtime = runtime()?;
        let mut measured: [Measured; 3] = Default::default();
        let (mut of_raw, mut of_hand) = (Vec::new(), Vec::new());
        for round in 0..=ROUNDS {
            let mut rates = [0.0; 3];
            // Each goes first as often as the others.
            for who in (0..3).map(|turn| (turn + round) % 3) {
                let took = match who {
                    0 => runtime.block_on(storm(at_once, requests(CALLS)?, call.clone()))?,
                    1 => {
                        let nothing = vec![(); usize::try_from(CALLS)?];
                        runtime.block_on(storm(at_once, nothing, raw.clone()))?
                    }
                    _ => runtime.block_on(storm(at_once, requests(CALLS)?, hand.clone()))?,
                };
                // The first round makes the connections.
                if round > 0 {
                    rates[who] = measured[who].add(took);
                }
            }
            if round > 0 {
                let [call, raw, hand] = rates;
                of_raw.push(call / raw);
                of_hand.push(call / hand);
            }
        }
        let [call, raw, hand] = measured.map(Measured::medians);
        table.row([
            at_once.to_string(),
            whole(call.rate),
            whole(raw.rate),
            format!("{:.2}", median(of_raw)),
            whole(hand.rate),
            format!("{:.2}", median(of_hand)),
            whole(call.p50),
            whole(raw.p50),
            whole(call.p99),
            whole(raw.p99),
        ]);
    }
    let counted = allocations::optimised()?;
    Ok(format!(
        "{table}\nmemory of a call in flight: {} bytes, reqwest's {}\n",
        whole(counted.get("call-in-flight")?),
        whole(counted.get("raw-in-flight")?),
    ))
}

#[derive(Default)]
struct Measured {
    rates: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
}

/// Calls per second, and microseconds.
struct Medians {
    rate: f64,
    p50: f64,
    p99: f64,
}

impl Measured {
    /// Keeps a round's figures, and gives its calls per second.
    fn add(&mut self, (took, mut times): (Duration, Vec<Duration>)) -> f64 {
        times.sort_unstable();
        let rate = times.len() as f64 / took.as_secs_f64();
        let micros = |share| percentile(&times, share).as_nanos() as f64 / 1e3;
        self.rates.push(rate);
        self.p50.push(micros(0.5));
        self.p99.push(micros(0.99));
        rate
    }

    fn medians(self) -> Medians {
        Medians {
            rate: median(self.rates),
            p50: median(self.p50),
            p99: median(self.p99),
        }
    }
}

/// All calls of a round, one for each item, and how long each took.
async fn storm<T, W, F>(
    at_once: usize,
    items: Vec<T>,
    work: W,
) -> Outcome<(Duration, Vec<Duration>)>
where
    T: Send + 'static,
    W: Fn(T) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Outcome<()>> + Send,
{
    let left = Arc::new(Mutex::new(items));
    let started = Instant::now();
    let callers: Vec<_> = (0..at_once)
        .map(|_| {
            let (left, work) = (Arc::clone(&left), work.clone());
            tokio::spawn(async move {
                let next = || left.lock().unwrap_or_else(PoisonError::into_inner).pop();
                let mut times = Vec::new();
                while let Some(item) = next() {
                    let started = Instant::now();
                    work(item).await?;
                    times.push(started.elapsed());
                }
                Ok::<_, Failure>(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await??);
    }
    Ok((started.elapsed(), times))
}
