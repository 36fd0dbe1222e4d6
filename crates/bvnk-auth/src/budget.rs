//! The budget of retries that all calls of a client share, so that an outage is not made
//! worse by three attempts of every call. It is independent of time: only successes refill it.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What one retry costs; a response that needs none deposits 1.
const COST: u32 = 10;

/// Limits how many retries the calls of a client may make together (a token bucket): see
/// [`RetryPolicy::budget`](crate::RetryPolicy::budget). Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct RetryBudget {
    tokens: Arc<Semaphore>,
    capacity: usize,
}

impl RetryBudget {
    /// Creates a full budget of `reserve` retries.
    pub(crate) fn new(reserve: u32) -> Self {
        let tokens = reserve.saturating_mul(COST) as usize;
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
        assert_eq!(spendable(&RetryBudget::new(u32::MAX)), 1_000);
        assert_eq!(spendable(&RetryBudget::new(3)), 3);
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
