//! The invariants: what was created and received, compared with what each caller knows.
//!
//! A pure function of records. It does not know how they were made, so that a test can write
//! any of them.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

/// One attempt, as the server received it.
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

/// A customer that the server has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its reference.
    pub reference: String,
    /// The idempotency key that it was created with.
    pub key: String,
}

/// What a caller knows at the end of its call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// The customer with this reference was created.
    Created(String),
    /// The customer may have been created.
    Unknown {
        /// What the call ended with.
        why: String,
        /// The key of the error.
        key: Option<String>,
        /// The reference that repeating the call with that key gave, without faults.
        repeated: Option<String>,
    },
    /// No customer was created, and why.
    NotDone(String),
}

/// Everything that the invariants are about.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Every attempt that the server received, in order.
    pub attempts: Vec<Attempt>,
    /// Every customer that the server has at the end.
    pub commits: Vec<Commit>,
    /// The outcome of each call; its index is the call's number.
    pub outcomes: Vec<CallOutcome>,
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invariant {
    /// No call creates two customers.
    NoDuplicates,
    /// The caller of each customer has its reference, or a key that gives it.
    NoLostCustomers,
    /// Where a caller knows that nothing was created, nothing was; and each reference that a
    /// caller has is a customer of its call.
    TrueClaims,
    /// No nonce is used twice.
    FreshNonces,
    /// A call has one key, and a key one call.
    StableKeys,
    /// The client succeeds for at least 99 % of the calls.
    Success,
    /// At least 30 % of the attempts met a fault: otherwise the run proves little.
    Faults,
}

/// What was found about one invariant.
///
/// It is printed as one line, such as `nonces used again  0  holds`, followed by the violation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvariantResult {
    /// The invariant.
    pub invariant: Invariant,
    /// A number of violations, or a share.
    pub found: String,
    /// Whether it holds.
    pub holds: bool,
    /// One violation, if there is one to show.
    pub violation: Option<String>,
}

impl fmt::Display for InvariantResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = match self.invariant {
            Invariant::NoDuplicates => "calls that created several customers",
            Invariant::NoLostCustomers => "customers unknown to their callers",
            Invariant::TrueClaims => "claims about the outcome that are false",
            Invariant::FreshNonces => "nonces used again",
            Invariant::StableKeys => "keys changed between attempts, or shared",
            Invariant::Success => "calls that succeed, at least 99 %",
            Invariant::Faults => "attempts that met a fault, at least 30 %",
        };
        let verdict = if self.holds { "holds" } else { "VIOLATED" };
        write!(f, "{about:44} {:>8}  {verdict}", self.found)?;
        let mut violation = self.violation.iter();
        violation.try_for_each(|own| write!(f, "\n  {own}"))
    }
}

/// Checks every invariant.
#[must_use]
pub fn check(records: &Records) -> Vec<InvariantResult> {
    let Records {
        attempts,
        commits,
        outcomes,
    } = records;
    // By key and by nonce the calls that used it; by call its keys.
    let (mut calls, mut nonces) = (HashMap::new(), HashMap::new());
    let mut keys = HashMap::new();
    for Attempt {
        call, key, nonce, ..
    } in attempts
    {
        add(&mut calls, key.as_str(), *call);
        add(&mut keys, *call, key.as_str());
        // One call may use a nonce twice, so that its calls are not all different.
        nonces
            .entry(nonce.as_str())
            .or_insert_with(Vec::new)
            .push(*call);
    }
    let calls_of = |key: &str| calls.get(key).into_iter().flatten();
    // The customers of a call are those that were created with one of its keys.
    let mut created: HashMap<usize, Vec<&str>> = HashMap::new();
    for commit in commits {
        for call in calls_of(&commit.key) {
            created.entry(*call).or_default().push(&commit.reference);
        }
    }
    let duplicates = created.iter().filter(|(_, own)| own.len() > 1);
    let duplicates = duplicates.map(|(call, own)| format!("call {call} created {own:?}"));
    let reused = nonces.iter().filter(|(_, calls)| calls.len() > 1);
    let reused = reused.map(|(nonce, calls)| format!("calls {:?} used {nonce:?}", &calls[..2]));

    let knows = |call: &usize, commit: &Commit| match outcomes.get(*call) {
        Some(CallOutcome::Created(reference)) => *reference == commit.reference,
        Some(CallOutcome::Unknown { key, repeated, .. }) => {
            key.as_ref() == Some(&commit.key) && repeated.as_ref() == Some(&commit.reference)
        }
        Some(CallOutcome::NotDone(_)) | None => false,
    };
    let lost = commits.iter();
    let lost = lost.filter(|own| !calls_of(&own.key).any(|call| knows(call, own)));
    let lost = lost.map(|own| {
        let outcomes = calls_of(&own.key).map(|call| (call, outcomes.get(*call)));
        format!("{own:?}: {:?}", outcomes.collect::<Vec<_>>())
    });

    let is_true = |call: usize, outcome: &CallOutcome| {
        let mut own = created.get(&call).into_iter().flatten();
        match outcome {
            CallOutcome::NotDone(_) => own.next().is_none(),
            CallOutcome::Unknown { repeated: None, .. } => true,
            CallOutcome::Created(reference)
            | CallOutcome::Unknown {
                repeated: Some(reference),
                ..
            } => own.any(|created| created == reference),
        }
    };
    let claims = outcomes.iter().enumerate();
    let claims = claims.filter(|(call, outcome)| !is_true(*call, outcome));
    let claims = claims.map(|(call, outcome)| format!("call {call}: {outcome:?}"));

    let changed = keys.iter().filter(|(_, keys)| keys.len() > 1);
    let changed = changed.map(|(call, keys)| format!("call {call} used {keys:?}"));
    let shared = calls.iter().filter(|(_, calls)| calls.len() > 1);
    let shared = shared.map(|(key, calls)| format!("calls {calls:?} shared {key}"));

    let faulted = attempts.iter().filter(|attempt| attempt.faulted).count();
    let succeeded = outcomes.iter();
    let succeeded = succeeded.filter(|outcome| matches!(outcome, CallOutcome::Created(_)));
    vec![
        none(Invariant::NoDuplicates, duplicates),
        none(Invariant::NoLostCustomers, lost),
        none(Invariant::TrueClaims, claims),
        none(Invariant::FreshNonces, reused),
        none(Invariant::StableKeys, changed.chain(shared)),
        share(Invariant::Success, succeeded.count(), outcomes.len(), 99),
        share(Invariant::Faults, faulted, attempts.len(), 30),
    ]
}

/// Adds a value to those of a key, once.
fn add<K: Eq + Hash, V: PartialEq>(values: &mut HashMap<K, Vec<V>>, key: K, value: V) {
    let known = values.entry(key).or_default();
    if !known.contains(&value) {
        known.push(value);
    }
}

/// Returns the finding of an invariant that no violation may contradict.
fn none(invariant: Invariant, violations: impl Iterator<Item = String>) -> InvariantResult {
    let violations: Vec<String> = violations.collect();
    InvariantResult {
        invariant,
        found: violations.len().to_string(),
        holds: violations.is_empty(),
        // Maps have no order: always the same one is shown.
        violation: violations.into_iter().min(),
    }
}

/// Returns the finding of an invariant about a share, in percent. Without anything to count it
/// does not hold: an empty run proves nothing.
fn share(invariant: Invariant, part: usize, all: usize, least: usize) -> InvariantResult {
    InvariantResult {
        invariant,
        found: format!("{:.1} %", part as f64 * 100.0 / all.max(1) as f64),
        holds: all > 0 && part * 100 >= all * least,
        violation: None,
    }
}
