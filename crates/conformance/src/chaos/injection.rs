//! The simulator's hook: injects what is planned, and records every attempt.
//!
//! It does not know what the callers know: the invariants compare the two.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bvnk_simulator::{
    Clock, Hook, HookContext, Replay, Request, RequestContext, Response, Rules, hawk,
};
use http::StatusCode;

use super::plan::{Injected, Plan};

/// The header by which the simulator assigns attempts to calls: not by their key, which is
/// what is tested.
pub(super) const CALL_HEADER: &str = "x-chaos-call";

/// How many requests each caller makes, on average, before the clocks differ anew.
const REQUESTS_PER_EPOCH: usize = 40;

/// One attempt, as the simulator received it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The logical call that it belongs to.
    pub call: usize,
    /// Its idempotency key.
    pub key: String,
    /// Its Hawk nonce.
    pub nonce: String,
    /// Whether it met a fault.
    pub faulted: bool,
}

/// What the simulator recorded.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Recorded>);

#[derive(Debug, Default)]
pub(super) struct Recorded {
    pub(super) attempts: Vec<Attempt>,
    /// How often each fault was injected, by name.
    pub(super) faults: BTreeMap<&'static str, usize>,
    /// How often a repeated key was answered with a status.
    pub(super) replays: BTreeMap<u16, usize>,
    /// The key that each customer was created with, by reference.
    pub(super) keys: HashMap<String, String>,
    stopped: bool,
    by_call: HashMap<usize, usize>,
}

impl Ledger {
    /// Ends the injection.
    pub(super) fn stop(&self) {
        self.lock().stopped = true;
    }

    /// Takes what was recorded.
    pub(super) fn take(&self) -> Recorded {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Recorded> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Injects the planned faults.
pub(super) struct Injector {
    plan: Plan,
    ledger: Arc<Ledger>,
    requests_per_epoch: usize,
    rules: fn(&mut Rules),
    offset: Arc<AtomicI64>,
    /// The fault of the request that is being handled, and the status in its place.
    current: Option<(Injected, u16)>,
}

impl Injector {
    pub(super) fn new(
        plan: Plan,
        ledger: Arc<Ledger>,
        callers: usize,
        rules: fn(&mut Rules),
    ) -> Self {
        Self {
            plan,
            ledger,
            requests_per_epoch: callers * REQUESTS_PER_EPOCH,
            rules,
            offset: Arc::default(),
            current: None,
        }
    }

    /// The server's clock. The callers' clocks are the system's; what counts is that the two
    /// differ.
    pub(super) fn clock(&self) -> Clock {
        let (offset, system) = (Arc::clone(&self.offset), Clock::system());
        Clock::new(move || {
            system
                .now()
                .saturating_add_signed(offset.load(Ordering::SeqCst))
        })
    }
}

impl Hook for Injector {
    fn rules(&mut self, context: &RequestContext<'_>, rules: &mut Rules) {
        self.current = None;
        (self.rules)(rules);
        let mut recorded = self.ledger.lock();
        let request = context.request;
        let call = header(request, CALL_HEADER).parse().unwrap_or(usize::MAX);
        let nth = recorded.by_call.entry(call).or_default();
        *nth += 1;
        let nth = *nth - 1;
        let key = context
            .operation
            .and_then(|operation| operation.idempotency_key());
        let key = key.map_or("", |parameter| header(request, &parameter.name));
        let authorization = hawk::Header::parse(header(request, "authorization"));
        let injected = self.plan.injected(call, nth).filter(|_| !recorded.stopped);
        let attempt = Attempt {
            call,
            key: key.to_owned(),
            // One that cannot be read is empty, and the second of those counts as reused.
            nonce: authorization.map_or_else(|_| String::new(), |header| header.nonce),
            faulted: injected.is_some_and(Injected::fails),
        };
        recorded.attempts.push(attempt);
        rules.replay = self.plan.replay(call);
        if recorded.stopped {
            rules.replay = Replay::Ok200;
            return;
        }
        if let Some(injected) = injected {
            *recorded.faults.entry(injected.name()).or_default() += 1;
            self.current = Some((injected, self.plan.server_error(call, nth)));
        }
        if let Some(Injected::Fault(fault)) = injected {
            rules.faults = vec![fault];
        }
        let epoch = recorded.attempts.len() / self.requests_per_epoch;
        self.offset
            .store(self.plan.clock_offset(epoch), Ordering::SeqCst);
    }

    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        let mut recorded = self.ledger.lock();
        if let Some(hawk::Rejection::Stale { .. }) = context.rejection {
            *recorded.faults.entry("clock-offset").or_default() += 1;
            if let Some(attempt) = recorded.attempts.last_mut() {
                attempt.faulted = true;
            }
        }
        if let (true, Some(reference)) = (context.created, context.reference) {
            let key = recorded.attempts.last().map(|attempt| attempt.key.clone());
            recorded
                .keys
                .insert(reference.to_owned(), key.unwrap_or_default());
        }
        if context.replayed && !recorded.stopped {
            *recorded
                .replays
                .entry(response.status.as_u16())
                .or_default() += 1;
        }
        let committed = context.created || context.replayed;
        if let (Some((Injected::OtherServerError, status)), true) = (self.current, committed) {
            let status = StatusCode::from_u16(status);
            *response = Response::new(status.unwrap_or(StatusCode::NOT_IMPLEMENTED));
        }
    }
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    let value = request.headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
