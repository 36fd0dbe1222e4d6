//! What happened on the wire, written down by the proxy and by the simulator.
//!
//! It must not know what the callers were told: the judge holds the two against each
//! other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bvnk::types::CreateCustomerRequest;
use bvnk_simulator::{Fault, Replay, Request, hawk};

use super::plan::{Cut, Plan};
use super::wire::Message;

/// The header that carries a call's key.
const KEY_HEADER: &str = "x-idempotency-key";

/// One attempt as the proxy saw it. It is recorded before anything is done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The logical call that it belongs to, told from the body and not from the key.
    pub call: usize,
    /// Its idempotency key.
    pub key: String,
    /// Its Hawk nonce.
    pub nonce: String,
}

/// Where an attempt stands in the plan.
pub(crate) struct Place {
    pub(crate) call: usize,
    pub(crate) nth: usize,
    pub(crate) cut: Option<Cut>,
}

/// How often each fault met an attempt, by where it was made and its name.
pub(crate) type Faults = BTreeMap<(&'static str, &'static str), usize>;

/// The wire's record.
pub(crate) struct Ledger {
    pub(crate) plan: Plan,
    calm: AtomicBool,
    book: Mutex<Book>,
}

#[derive(Default)]
pub(crate) struct Book {
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) faults: Faults,
    /// The nonces of attempts that suffered from a fault.
    pub(crate) faulted: HashSet<String>,
    /// The nonces of attempts whose key stood for a customer already.
    pub(crate) replays: HashSet<String>,
    seen_by_proxy: HashMap<usize, usize>,
    seen_by_service: HashMap<usize, usize>,
}

/// What the simulator is to do with a request.
pub(crate) struct Orders {
    pub(crate) fault: Option<Fault>,
    pub(crate) replay: Replay,
}

impl Ledger {
    pub(crate) fn new(plan: Plan) -> Self {
        Self {
            plan,
            calm: AtomicBool::new(false),
            book: Mutex::default(),
        }
    }

    /// No more faults from now on, and replays are answered.
    pub(crate) fn calm(&self) {
        self.calm.store(true, Ordering::SeqCst);
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes down an attempt that the proxy has read, and says what is to befall it.
    pub(crate) fn attempt(&self, request: &Message) -> Place {
        let call = call_of(request.body());
        let nonce = nonce_of(request.header("authorization"));
        let mut book = self.book();
        let nth = count(&mut book.seen_by_proxy, call);
        let cut = (!self.is_calm())
            .then(|| self.plan.cut(call, nth))
            .flatten();
        book.attempts.push(Attempt {
            call,
            key: request.header(KEY_HEADER).unwrap_or_default().to_owned(),
            nonce: nonce.clone(),
        });
        if let Some(cut) = cut {
            *book.faults.entry(("proxy", cut.name())).or_default() += 1;
            if cut.spoils() {
                book.faulted.insert(nonce);
            }
        }
        Place { call, nth, cut }
    }

    /// Says what is to befall an attempt in the simulator. `has_customer` tells whether a
    /// key stands for a customer already.
    pub(crate) fn orders(
        &self,
        request: &Request,
        has_customer: impl FnOnce(&str) -> bool,
    ) -> Orders {
        let replay = Replay::Ok200;
        if self.is_calm() {
            return Orders {
                fault: None,
                replay,
            };
        }
        let call = call_of(&request.body);
        let header = |name| {
            request
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let nonce = nonce_of(header("authorization"));
        let mut book = self.book();
        let nth = count(&mut book.seen_by_service, call);
        let fault = self.plan.fault(call, nth);
        if header(KEY_HEADER).is_some_and(has_customer) {
            book.replays.insert(nonce.clone());
        }
        if let Some(fault) = fault {
            *book.faults.entry(("service", fault.name())).or_default() += 1;
            book.faulted.insert(nonce);
        }
        Orders {
            fault,
            replay: self.plan.replay(call),
        }
    }
}

/// The count before this one.
fn count(counts: &mut HashMap<usize, usize>, call: usize) -> usize {
    let next = counts.entry(call).or_default();
    *next += 1;
    *next - 1
}

/// Marks a request as a call's, where the contract asks for an opaque text of the
/// caller's.
pub(crate) fn mark(request: &mut CreateCustomerRequest, call: usize) -> Result<(), String> {
    let mark = format!("{MARK}{call}");
    request.signed_agreement_id = mark
        .try_into()
        .map_err(|_| "the contract refuses the mark of a call".to_owned())?;
    Ok(())
}

const MARK: &str = "chaos-call-";

/// The call that a body belongs to; a body without a mark belongs to one that nobody made.
fn call_of(body: &[u8]) -> usize {
    serde_json::from_slice::<CreateCustomerRequest>(body)
        .ok()
        .and_then(|request| request.signed_agreement_id.strip_prefix(MARK)?.parse().ok())
        .unwrap_or(usize::MAX)
}

/// The nonce in a header. One that cannot be read is empty, and the second of those
/// counts as reused.
pub(crate) fn nonce_of(authorization: Option<&str>) -> String {
    authorization
        .and_then(|text| hawk::Header::parse(text).ok())
        .map_or_else(String::new, |header| header.nonce)
}
