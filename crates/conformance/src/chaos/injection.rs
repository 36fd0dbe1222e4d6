//! The simulator's hook: injects what is planned, and records every attempt.
//!
//! It does not know what the callers know: the invariants compare the two.
//!
//! Both happen in one hook, so that an attempt is recorded with the fault that it met. A commit is
//! recorded when the simulator has created the customer, also where the response is lost after
//! that: this is the truth that the callers' knowledge is compared with.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bvnk_simulator::{Clock, Fault, Hook, HookContext, Replay, Response, Rules, hawk};

use super::plan::Faults;
use super::{Attempt, ChaosReport, Commit};

/// The header by which the simulator assigns attempts to calls: not by their key, which is
/// what is tested.
pub(super) const CALL_HEADER: &str = "x-chaos-call";

/// How many requests each caller makes, on average, before the clocks differ anew.
const REQUESTS_PER_EPOCH: usize = 40;

/// What is recorded while the run lasts.
pub(super) type Ledger = Arc<Mutex<Recorded>>;

/// What the simulator has received and created so far, and what was injected.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// The report so far, without what the callers know.
    pub(super) report: ChaosReport,
    /// Whether the injection has ended.
    pub(super) stopped: bool,
    /// How many attempts each call made.
    by_call: HashMap<usize, usize>,
}

/// Locks the record of a run.
pub(super) fn lock(ledger: &Ledger) -> MutexGuard<'_, Recorded> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Injects the planned faults.
pub(super) struct Injector {
    /// Which fault each attempt meets.
    plan: Faults,
    ledger: Ledger,
    /// How many requests arrive before the clock of the server jumps.
    requests_per_epoch: usize,
    /// What makes the server a wrong one, in tests.
    rules: fn(&mut Rules),
    /// How many seconds the server is ahead of the callers now.
    offset: Arc<AtomicI64>,
}

impl Injector {
    pub(super) fn new(plan: Faults, ledger: Ledger, callers: usize, rules: fn(&mut Rules)) -> Self {
        Self {
            plan,
            ledger,
            requests_per_epoch: callers * REQUESTS_PER_EPOCH,
            rules,
            offset: Arc::default(),
        }
    }

    /// The server's clock. The callers' clocks are the system's; what counts is that the two
    /// differ.
    pub(super) fn clock(&self) -> Clock {
        let (offset, system) = (Arc::clone(&self.offset), Clock::system());
        Clock::new(move || {
            let offset = offset.load(Ordering::SeqCst);
            system.now().saturating_add_signed(offset)
        })
    }
}

impl Hook for Injector {
    fn rules(&mut self, context: &HookContext<'_>, rules: &mut Rules) {
        (self.rules)(rules);
        let mut ledger = lock(&self.ledger);
        let header = |name: &str| context.request.header(name).unwrap_or_default();
        let call = header(CALL_HEADER).parse().unwrap_or(usize::MAX);
        let nth = ledger.by_call.entry(call).or_default();
        *nth += 1;
        let fault = self.plan.fault(call, *nth - 1).filter(|_| !ledger.stopped);
        let operation = context.operation;
        let key = operation.and_then(|operation| operation.idempotency_key());
        let authorization = hawk::Header::parse(header("authorization"));
        let report = &mut ledger.report;
        report.records.attempts.push(Attempt {
            call,
            key: key.map_or("", |key| header(&key.name)).to_owned(),
            // One that cannot be read is empty, and the second of those counts as reused.
            nonce: authorization.map_or_else(|_| String::new(), |header| header.nonce),
            // A connection that is closed after the response is met by the next attempt.
            faulted: fault.is_some_and(|fault| fault != Fault::CloseAfterResponse),
        });
        if let Some(fault) = fault {
            *report.faults.entry(fault.name().to_owned()).or_default() += 1;
            rules.faults = vec![fault];
        }
        let epoch = report.records.attempts.len() / self.requests_per_epoch;
        rules.replay = self.plan.replay(call);
        match ledger.stopped {
            true => rules.replay = Replay::Ok200,
            false => self
                .offset
                .store(self.plan.clock_offset(epoch), Ordering::SeqCst),
        }
    }

    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        let mut ledger = lock(&self.ledger);
        let Recorded {
            report, stopped, ..
        } = &mut *ledger;
        let Some(attempt) = report.records.attempts.last_mut() else {
            return;
        };
        if let Some(hawk::Rejection::Stale { .. }) = &context.rejection {
            *report.faults.entry("clock-offset".to_owned()).or_default() += 1;
            attempt.faulted = true;
        }
        if let (true, Some(reference)) = (context.created, context.reference.as_deref()) {
            report.records.commits.push(Commit {
                reference: reference.to_owned(),
                key: attempt.key.clone(),
            });
        }
        if context.replayed && !*stopped {
            let status = response.status.as_str().to_owned();
            *report.replays.entry(status).or_default() += 1;
        }
    }
}
