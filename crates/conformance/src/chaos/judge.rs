//! The judgment: what was committed and sent, held against what each caller was told.
//!
//! A pure function over records. It must not know how they came about, so that a test can
//! make up any of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::ledger::Attempt;

/// A customer that the service has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its reference.
    pub reference: String,
    /// The idempotency key that it was created with.
    pub key: String,
}

/// What one caller was told at the end of its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A customer with this reference.
    Created(String),
    /// That nobody knows whether there is one.
    InDoubt {
        /// What the call ended with.
        why: String,
        /// The key that came with the news.
        key: Option<String>,
        /// The reference that repeating the call with that key gave, in calm weather.
        repeated: Option<String>,
    },
    /// That there is none, and why.
    Failed(String),
}

/// Everything that is judged.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Every attempt that was seen on the wire, in order.
    pub attempts: Vec<Attempt>,
    /// How many of them suffered from a fault.
    pub faulted: usize,
    /// Every customer that the service has at the end.
    pub commits: Vec<Commit>,
    /// What each call was told; its place is the call's number.
    pub told: Vec<Told>,
}

/// One promise, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What is promised.
    pub promise: &'static str,
    /// What was found, as it is printed.
    pub found: String,
    /// Whether the promise was kept.
    pub kept: bool,
    /// The first breach, if there is one to show.
    pub breach: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.kept { "passed" } else { "FAILED" };
        write!(f, "{:44} {:>8}  {verdict}", self.promise, self.found)
    }
}

/// The promise that there are no two customers of one call.
pub const DUPLICATES: &str = "duplicate customers";
/// The promise that no customer is unknown to its caller.
pub const LOST: &str = "customers lost to their callers";
/// The promise that nobody is told of a customer that does not exist or is another's.
pub const INVENTED: &str = "references told that are not the call's own";
/// The promise that a nonce is used once.
pub const NONCES: &str = "nonces reused";
/// The promise that a call has one key, and a key one call.
pub const KEYS: &str = "keys changed between attempts, or shared";
/// The promise that the client gets through.
pub const SUCCESS: &str = "calls that end in success, at least 99 %";
/// The run's promise to be a storm.
pub const FAULTED: &str = "attempts that met a fault, at least 30 %";

/// Judges a run.
#[must_use]
pub fn judge(records: &Records) -> Vec<Finding> {
    let owners = owners(&records.attempts);
    let created = records
        .told
        .iter()
        .filter(|told| matches!(told, Told::Created(_)))
        .count();
    vec![
        none(DUPLICATES, duplicates(records, &owners)),
        none(LOST, lost(records, &owners)),
        none(INVENTED, invented(records, &owners)),
        none(NONCES, nonces(records)),
        none(KEYS, keys(records, &owners)),
        share(SUCCESS, created, records.told.len(), 99),
        share(FAULTED, records.faulted, records.attempts.len(), 30),
    ]
}

/// Which calls used a key.
type Owners<'a> = HashMap<&'a str, BTreeSet<usize>>;

fn owners(attempts: &[Attempt]) -> Owners<'_> {
    let mut owners = Owners::new();
    for attempt in attempts {
        owners.entry(&attempt.key).or_default().insert(attempt.call);
    }
    owners
}

/// The customers of each call: those that were created with one of its keys.
fn of_calls<'a>(records: &'a Records, owners: &Owners) -> BTreeMap<usize, Vec<&'a Commit>> {
    let mut of_calls: BTreeMap<usize, Vec<&Commit>> = BTreeMap::new();
    for commit in &records.commits {
        for call in owners.get(commit.key.as_str()).into_iter().flatten() {
            of_calls.entry(*call).or_default().push(commit);
        }
    }
    of_calls
}

fn duplicates(records: &Records, owners: &Owners) -> Vec<String> {
    let of_calls = of_calls(records, owners).into_iter();
    of_calls
        .flat_map(|(call, commits)| {
            let too_many = commits.len() - 1;
            let breach = format!("call {call} created {} customers", commits.len());
            std::iter::repeat_n(breach, too_many)
        })
        .collect()
}

fn lost(records: &Records, owners: &Owners) -> Vec<String> {
    let knows = |call: &usize, commit: &Commit| match records.told.get(*call) {
        Some(Told::Created(reference)) => *reference == commit.reference,
        Some(Told::InDoubt { key, repeated, .. }) => {
            key.as_ref() == Some(&commit.key) && repeated.as_ref() == Some(&commit.reference)
        }
        Some(Told::Failed(_)) | None => false,
    };
    let lost = records.commits.iter().filter(|commit| {
        let mut calls = owners.get(commit.key.as_str()).into_iter().flatten();
        !calls.any(|call| knows(call, commit))
    });
    lost.map(|commit| {
        let calls = owners.get(commit.key.as_str()).into_iter().flatten();
        let told: Vec<_> = calls.map(|call| (call, records.told.get(*call))).collect();
        format!("of {commit:?} the callers were told {told:?}")
    })
    .collect()
}

fn invented(records: &Records, owners: &Owners) -> Vec<String> {
    let of_calls = of_calls(records, owners);
    let told = records.told.iter().enumerate();
    told.filter_map(|(call, told)| {
        let reference = match told {
            Told::Created(reference) => reference,
            Told::InDoubt { repeated, .. } => repeated.as_ref()?,
            Told::Failed(_) => return None,
        };
        let mut own = of_calls.get(&call).into_iter().flatten();
        let known = own.any(|commit| commit.reference == *reference);
        (!known).then(|| format!("call {call} was told of {reference}"))
    })
    .collect()
}

fn nonces(records: &Records) -> Vec<String> {
    let mut first = HashMap::new();
    let attempts = records.attempts.iter();
    attempts
        .filter_map(|attempt| {
            let earlier = first.insert(attempt.nonce.as_str(), attempt.call)?;
            let call = attempt.call;
            Some(format!("calls {earlier} and {call}: {:?}", attempt.nonce))
        })
        .collect()
}

fn keys(records: &Records, owners: &Owners) -> Vec<String> {
    let mut of_calls: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for attempt in &records.attempts {
        let keys = of_calls.entry(attempt.call).or_default();
        keys.insert(&attempt.key);
    }
    let changed = of_calls.into_iter().flat_map(|(call, keys)| {
        let breach = format!("call {call} used {keys:?}");
        std::iter::repeat_n(breach, keys.len() - 1)
    });
    let shared = owners.iter().filter(|(_, calls)| calls.len() > 1);
    changed
        .chain(shared.map(|(key, calls)| format!("calls {calls:?} shared {key}")))
        .collect()
}

fn none(promise: &'static str, breaches: Vec<String>) -> Finding {
    Finding {
        promise,
        found: breaches.len().to_string(),
        kept: breaches.is_empty(),
        breach: breaches.into_iter().next(),
    }
}

fn share(promise: &'static str, part: usize, whole: usize, least: usize) -> Finding {
    Finding {
        promise,
        found: format!("{:.1} %", part as f64 * 100.0 / whole.max(1) as f64),
        kept: whole > 0 && part * 100 >= whole * least,
        breach: None,
    }
}
