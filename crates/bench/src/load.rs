//! `load`: many calls at once, beside reqwest with the same bytes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::process::Server;
use crate::stats::{median, percentile};
use crate::table::{Table, whole};
use crate::work::{Call, Raw, requests, runtime};
use crate::{Failure, Outcome, allocations};

const ROUNDS: u32 = 9;
const CALLS: u64 = 10_000;

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
        "p50 µs",
        "of reqwest",
        "p99 µs",
        "of reqwest",
    ]);
    for at_once in [1, 8, 64, 512] {
        let server = Server::fixed(1)?;
        let call = Arc::new(Call::new(server.url())?);
        let raw = Arc::new(Raw::new(server.url())?);
        let call = move |request| {
            let call = Arc::clone(&call);
            async move { call.round(request).await }
        };
        let raw = move |()| {
            let raw = Arc::clone(&raw);
            async move { raw.round().await }
        };
        let runtime = runtime()?;
        let (mut ours, mut theirs) = (Measured::default(), Measured::default());
        let mut ratios = Vec::new();
        for round in 0..=ROUNDS {
            let mine = runtime.block_on(storm(at_once, requests(CALLS)?, call.clone()))?;
            let nothing = vec![(); usize::try_from(CALLS)?];
            let bare = runtime.block_on(storm(at_once, nothing, raw.clone()))?;
            // The first round makes the connections.
            if round > 0 {
                let mine = ours.add(mine);
                ratios.push(mine / theirs.add(bare));
            }
        }
        let [p50, p99, bare_p50, bare_p99] = [
            median(ours.p50),
            median(ours.p99),
            median(theirs.p50),
            median(theirs.p99),
        ];
        table.row([
            at_once.to_string(),
            whole(median(ours.rates)),
            whole(median(theirs.rates)),
            format!("{:.2}", median(ratios)),
            whole(p50),
            whole(bare_p50),
            whole(p99),
            whole(bare_p99),
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
