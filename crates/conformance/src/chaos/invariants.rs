//! The invariants: what was created and received, compared with what each caller knows.
//!
//! A pure function of records. It does not know how they were made, so that a test can write
//! any of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::injection::Attempt;

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

impl Invariant {
    fn about(self) -> &'static str {
        match self {
            Self::NoDuplicates => "duplicate customers",
            Self::NoLostCustomers => "customers unknown to their callers",
            Self::TrueClaims => "claims about the outcome that are false",
            Self::FreshNonces => "nonces used again",
            Self::StableKeys => "keys changed between attempts, or shared",
            Self::Success => "calls that succeed, at least 99 %",
            Self::Faults => "attempts that met a fault, at least 30 %",
        }
    }
}

/// What was found about one invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The invariant.
    pub invariant: Invariant,
    /// A number of violations, or a share.
    pub found: String,
    /// Whether it holds.
    pub holds: bool,
    /// The first violation, if there is one to show.
    pub violation: Option<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.holds { "holds" } else { "VIOLATED" };
        write!(
            f,
            "{:44} {:>8}  {verdict}",
            self.invariant.about(),
            self.found
        )?;
        match &self.violation {
            Some(violation) => write!(f, "\n  {violation}"),
            None => Ok(()),
        }
    }
}

/// Checks every invariant.
#[must_use]
pub fn check(records: &Records) -> Vec<Finding> {
    let owners = owners(&records.attempts);
    let commits = commits_by_call(records, &owners);
    let faulted = records.attempts.iter().filter(|attempt| attempt.faulted);
    let created = records.outcomes.iter();
    let created = created.filter(|outcome| matches!(outcome, CallOutcome::Created(_)));
    let (calls, attempts) = (records.outcomes.len(), records.attempts.len());
    vec![
        none(Invariant::NoDuplicates, duplicates(&commits)),
        none(Invariant::NoLostCustomers, lost(records, &owners)),
        none(Invariant::TrueClaims, false_claims(records, &commits)),
        none(Invariant::FreshNonces, reused_nonces(&records.attempts)),
        none(
            Invariant::StableKeys,
            unstable_keys(&records.attempts, &owners),
        ),
        share(Invariant::Success, created.count(), calls, 99),
        share(Invariant::Faults, faulted.count(), attempts, 30),
    ]
}

/// The calls that used each key.
type Owners<'a> = HashMap<&'a str, BTreeSet<usize>>;

fn owners(attempts: &[Attempt]) -> Owners<'_> {
    let mut owners = Owners::new();
    for attempt in attempts {
        owners.entry(&attempt.key).or_default().insert(attempt.call);
    }
    owners
}

/// The customers of each call: those that were created with one of its keys.
type Commits<'a> = BTreeMap<usize, Vec<&'a Commit>>;

fn commits_by_call<'a>(records: &'a Records, owners: &Owners<'_>) -> Commits<'a> {
    let mut commits = Commits::new();
    for commit in &records.commits {
        for call in owners.get(commit.key.as_str()).into_iter().flatten() {
            commits.entry(*call).or_default().push(commit);
        }
    }
    commits
}

fn duplicates(commits: &Commits<'_>) -> Vec<String> {
    let each = commits.iter().flat_map(|(call, commits)| {
        let violation = format!("call {call} created {} customers", commits.len());
        std::iter::repeat_n(violation, commits.len() - 1)
    });
    each.collect()
}

fn lost(records: &Records, owners: &Owners<'_>) -> Vec<String> {
    let knows = |call: &usize, commit: &Commit| match records.outcomes.get(*call) {
        Some(CallOutcome::Created(reference)) => *reference == commit.reference,
        Some(CallOutcome::Unknown { key, repeated, .. }) => {
            key.as_ref() == Some(&commit.key) && repeated.as_ref() == Some(&commit.reference)
        }
        Some(CallOutcome::NotDone(_)) | None => false,
    };
    let callers = |commit: &Commit| owners.get(commit.key.as_str()).into_iter().flatten();
    let lost = records.commits.iter();
    let lost = lost.filter(|commit| !callers(commit).any(|call| knows(call, commit)));
    lost.map(|commit| {
        let outcomes = callers(commit).map(|call| (call, records.outcomes.get(*call)));
        format!(
            "{commit:?}: the outcomes are {:?}",
            outcomes.collect::<Vec<_>>()
        )
    })
    .collect()
}

fn false_claims(records: &Records, commits: &Commits<'_>) -> Vec<String> {
    let each = records.outcomes.iter().enumerate();
    each.filter_map(|(call, outcome)| {
        let mut own = commits.get(&call).into_iter().flatten();
        let claim = match outcome {
            CallOutcome::Created(reference) => Some(reference),
            CallOutcome::Unknown { repeated, .. } => Some(repeated.as_ref()?),
            CallOutcome::NotDone(_) => None,
        };
        let holds = match claim {
            Some(reference) => own.any(|commit| commit.reference == *reference),
            None => own.next().is_none(),
        };
        (!holds).then(|| format!("call {call}: {outcome:?}"))
    })
    .collect()
}

fn reused_nonces(attempts: &[Attempt]) -> Vec<String> {
    let mut first = HashMap::new();
    let each = attempts.iter().filter_map(|attempt| {
        let earlier = first.insert(attempt.nonce.as_str(), attempt.call)?;
        Some(format!(
            "calls {earlier} and {}: {:?}",
            attempt.call, attempt.nonce
        ))
    });
    each.collect()
}

fn unstable_keys(attempts: &[Attempt], owners: &Owners<'_>) -> Vec<String> {
    let mut keys: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for attempt in attempts {
        keys.entry(attempt.call).or_default().insert(&attempt.key);
    }
    let changed = keys.into_iter().flat_map(|(call, keys)| {
        let violation = format!("call {call} used {keys:?}");
        std::iter::repeat_n(violation, keys.len() - 1)
    });
    let shared = owners.iter().filter(|(_, calls)| calls.len() > 1);
    let shared = shared.map(|(key, calls)| format!("calls {calls:?} shared {key}"));
    changed.chain(shared).collect()
}

fn none(invariant: Invariant, violations: Vec<String>) -> Finding {
    Finding {
        invariant,
        found: violations.len().to_string(),
        holds: violations.is_empty(),
        violation: violations.into_iter().next(),
    }
}

fn share(invariant: Invariant, part: usize, all: usize, least: usize) -> Finding {
    Finding {
        invariant,
        found: format!("{:.1} %", part as f64 * 100.0 / all.max(1) as f64),
        holds: all > 0 && part * 100 >= all * least,
        violation: None,
    }
}
