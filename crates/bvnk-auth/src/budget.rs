//! A budget of retries that all calls of a client share, so that an outage is not
//! made worse by everybody trying three times.
//!
//! It must not know time: successes alone fill it up.

use std::sync::{Arc, Mutex, PoisonError};

/// What one retry costs; an answer that needs none pays 1 in.
const COST: u32 = 10;

/// How many retries the calls of a client may make together.
///
/// It starts full. Each retry takes one out; ten answers that need no retry put one
/// back. So a lasting outage costs the server the reserve once, and after that
/// nothing but first attempts, while up to a tenth of failures is retried for ever.
/// Clones share what is left.
#[derive(Clone, Debug)]
pub struct RetryBudget(Option<Arc<Pot>>);

#[derive(Debug)]
struct Pot {
    full: u32,
    left: Mutex<u32>,
}

impl RetryBudget {
    /// At most `reserve` retries without a success in between. The default is 50.
    #[must_use]
    pub fn new(reserve: u32) -> Self {
        let full = reserve.saturating_mul(COST);
        Self(Some(Arc::new(Pot {
            full,
            left: Mutex::new(full),
        })))
    }

    /// No budget: only the limits of each call hold.
    #[must_use]
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// Takes one retry out, if there is one.
    pub(crate) fn take(&self) -> bool {
        let Some(pot) = &self.0 else { return true };
        let mut left = pot.left.lock().unwrap_or_else(PoisonError::into_inner);
        match left.checked_sub(COST) {
            Some(rest) => {
                *left = rest;
                true
            }
            None => false,
        }
    }

    /// An answer needed no retry.
    pub(crate) fn pay_in(&self) {
        if let Some(pot) = &self.0 {
            let mut left = pot.left.lock().unwrap_or_else(PoisonError::into_inner);
            *left = pot.full.min(left.saturating_add(1));
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
    use super::RetryBudget;

    #[test]
    fn only_a_budget_ends() {
        let (none, some) = (RetryBudget::unlimited(), RetryBudget::new(3));
        assert!((0..1_000).all(|_| none.take()));
        assert_eq!((0..10).filter(|_| some.take()).count(), 3);
        let default = RetryBudget::default();
        assert_eq!((0..1_000).filter(|_| default.take()).count(), 50);
    }
}
