//! The budget of retries that all calls of a client share, so that an outage is not made
//! worse by three attempts of every call. It is independent of time: only successes refill it.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What one retry costs; a response that needs none deposits 1.
const COST: u32 = 10;

/// Limits how many retries the calls of a client may make together (a token bucket).
///
/// It starts full. Each retry withdraws one; ten responses that need no retry deposit one. So
/// a lasting outage costs the server the reserve once, and after that nothing but first
/// attempts, while up to a tenth of all calls can be retried for ever. A call that is
/// cancelled before its retry starts gives it back. Clones share the budget.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    tokens: Arc<Semaphore>,
    capacity: usize,
}

impl RetryBudget {
    /// Creates a budget of at most `reserve` retries without a success in between. The
    /// default is 50.
    pub fn new(reserve: u32) -> Self {
        Self::with_capacity(reserve.saturating_mul(COST) as usize)
    }

    /// Creates a budget without a limit: only those of each call apply.
    pub fn unlimited() -> Self {
        Self::with_capacity(usize::MAX)
    }

    fn with_capacity(tokens: usize) -> Self {
        // Half of what a semaphore can hold: more may come back than was there.
        let capacity = tokens.min(Semaphore::MAX_PERMITS / 2);
        let tokens = Arc::new(Semaphore::new(capacity));
        Self { tokens, capacity }
    }

    /// Withdraws one retry, if there is one. It goes back when it is dropped; a retry that
    /// starts forgets it.
    pub(crate) fn withdraw(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.tokens).try_acquire_many_owned(COST).ok()
    }

    /// Records a response that needed no retry.
    pub(crate) fn deposit(&self) {
        if self.tokens.available_permits() < self.capacity {
            self.tokens.add_permits(1);
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
    use tokio::sync::OwnedSemaphorePermit;

    use super::RetryBudget;

    /// How many retries there are, of 1,000.
    fn spendable(budget: &RetryBudget) -> usize {
        (0..1_000)
            .filter_map(|_| budget.withdraw().map(OwnedSemaphorePermit::forget))
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
