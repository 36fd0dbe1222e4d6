//! The budget of retries that all calls of a client share, so that an outage is not made
//! worse by three attempts of every call. It knows no time: only successes fill it up.

use std::sync::{Arc, Mutex, PoisonError};

/// What one retry costs; a response that needs none deposits 1.
const COST: u32 = 10;

/// Limits how many retries the calls of a client may make together (a token bucket).
///
/// It starts full. Each retry withdraws one; ten responses that need no retry deposit one. So
/// a lasting outage costs the server the reserve once, and after that nothing but first
/// attempts, while up to a tenth of all calls can be retried for ever. A call that is
/// cancelled before its retry starts gives it back. Clones share the budget.
#[derive(Clone, Debug)]
pub struct RetryBudget(Option<Arc<Bucket>>);

#[derive(Debug)]
struct Bucket {
    capacity: u32,
    tokens: Mutex<u32>,
}

impl Bucket {
    fn add(&self, tokens: u32) {
        let mut left = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *left = self.capacity.min(left.saturating_add(tokens));
    }
}

impl RetryBudget {
    /// Creates a budget of at most `reserve` retries without a success in between. The
    /// default is 50.
    pub fn new(reserve: u32) -> Self {
        let capacity = reserve.saturating_mul(COST);
        Self(Some(Arc::new(Bucket {
            capacity,
            tokens: Mutex::new(capacity),
        })))
    }

    /// Creates a budget without a limit: only those of each call apply.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// Withdraws one retry, if there is one.
    pub(crate) fn withdraw(&self) -> Option<Withdrawal> {
        let Some(bucket) = &self.0 else {
            return Some(Withdrawal::nothing());
        };
        let mut tokens = bucket.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = tokens.checked_sub(COST)?;
        Some(Withdrawal(Some(Arc::clone(bucket))))
    }

    /// Records a response that needed no retry.
    pub(crate) fn deposit(&self) {
        if let Some(bucket) = &self.0 {
            bucket.add(1);
        }
    }
}

/// A retry that was withdrawn. Dropped before it is spent, it goes back.
#[derive(Debug)]
#[must_use]
pub(crate) struct Withdrawal(Option<Arc<Bucket>>);

impl Withdrawal {
    pub(crate) fn nothing() -> Self {
        Self(None)
    }

    /// The retry starts.
    pub(crate) fn spend(mut self) {
        self.0 = None;
    }
}

impl Drop for Withdrawal {
    fn drop(&mut self) {
        if let Some(bucket) = &self.0 {
            bucket.add(COST);
        }
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new(50)
    }
}

#[cfg(test)]
mod tests {
    use super::{RetryBudget, Withdrawal};

    /// How many retries there are, of 1,000.
    fn spendable(budget: &RetryBudget) -> usize {
        (0..1_000)
            .filter_map(|_| budget.withdraw().map(Withdrawal::spend))
            .count()
    }

    #[test]
    fn only_a_limited_budget_ends() {
        assert_eq!(spendable(&RetryBudget::unlimited()), 1_000);
        assert_eq!(spendable(&RetryBudget::new(3)), 3);
        assert_eq!(spendable(&RetryBudget::default()), 50);
    }

    #[test]
    fn what_is_not_spent_goes_back() {
        let budget = RetryBudget::new(3);
        for _ in 0..60 {
            drop(budget.withdraw());
        }
        budget.deposit();
        assert_eq!(spendable(&budget), 3);
    }
}
