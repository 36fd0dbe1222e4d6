//! The simulator, unwell as planned, and what it has to tell afterwards.
//!
//! It must not know the callers, nor judge.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bvnk_simulator::{Clock, Config, Fault, Listen, Server, hawk};

use super::judge::{Commit, Records, Told};
use super::ledger::{Faults, Ledger, nonce_of};

/// How many requests each caller makes, on the average, before the clocks disagree anew.
const REQUESTS_PER_EPOCH: usize = 40;

/// Starts the simulator. Where the plan leaves it whole, `broken` breaks it.
pub(super) async fn start(
    ledger: &Arc<Ledger>,
    callers: usize,
    broken: Option<Fault>,
) -> io::Result<Server> {
    // The callers' clocks are the system's. That the server's jumps is all the same to
    // them: the two differ.
    let skew = Arc::new(AtomicI64::new(0));
    let clock = Clock::new({
        let (skew, system) = (Arc::clone(&skew), Clock::system());
        move || {
            let skew = skew.load(Ordering::SeqCst);
            system.now().saturating_add_signed(skew)
        }
    });
    let listen = Listen::default().keep(usize::MAX).clock(clock);
    let server = Server::start_on(listen, Config::default()).await?;
    let ledger = Arc::clone(ledger);
    let (mut requests, mut customers, mut keys) = (0, 0, HashSet::new());
    let prepare = move |simulator: &mut bvnk_simulator::Simulator, request: &_| {
        for customer in &simulator.customers()[customers..] {
            keys.extend(customer.idempotency_key().map(str::to_owned));
            customers += 1;
        }
        let orders = ledger.orders(request, |key| keys.contains(key));
        simulator.set_replay(orders.replay);
        if let Some(fault) = orders.fault.or(broken) {
            simulator.push_fault(fault);
        }
        if !ledger.is_calm() {
            let epoch = requests / (callers * REQUESTS_PER_EPOCH);
            skew.store(ledger.plan.clock_skew(epoch), Ordering::SeqCst);
            requests += 1;
        }
    };
    server.with(|simulator| simulator.before_each(prepare));
    Ok(server)
}

/// What a run leaves behind.
pub(super) struct Gathered {
    pub(super) faults: Faults,
    /// How often a repeated key was answered with a status.
    pub(super) replays: BTreeMap<u16, usize>,
    pub(super) records: Records,
}

/// Gathers what was written down on the wire and what the simulator has.
pub(super) fn gather(ledger: &Ledger, server: &Server, told: Vec<Told>) -> Gathered {
    let mut book = ledger.book();
    let book = &mut *book;
    let mut replays = BTreeMap::new();
    for received in server.received() {
        let authorization = received.headers.get("authorization");
        let nonce = nonce_of(authorization.and_then(|value| value.to_str().ok()));
        let status = received.status.as_u16();
        if let Some(hawk::Refusal::Stale { .. }) = received.refusal {
            *book.faults.entry(("clock", "off by hours")).or_default() += 1;
            book.faulted.insert(nonce);
        } else if matches!(status, 200 | 202 | 400) && book.replays.contains(&nonce) {
            *replays.entry(status).or_default() += 1;
        }
    }
    let attempts = std::mem::take(&mut book.attempts);
    let spoilt = attempts
        .iter()
        .filter(|attempt| book.faulted.contains(&attempt.nonce));
    let faulted = spoilt.count();
    let commits = server.with(|simulator| {
        let customers = simulator.customers().iter();
        let commits = customers.map(|customer| Commit {
            reference: customer.reference().to_owned(),
            key: customer.idempotency_key().unwrap_or_default().to_owned(),
        });
        commits.collect()
    });
    Gathered {
        faults: std::mem::take(&mut book.faults),
        replays,
        records: Records {
            attempts,
            faulted,
            commits,
            told,
        },
    }
}
