//! Nonces: all different, and one draw of randomness for all of them.
//!
//! Hawk asks that a nonce is not repeated, not that nobody can guess it: the MAC covers
//! it, and nobody without the key can sign another. To ask the system for randomness
//! takes longer than to sign.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::Runtime;

/// A random start, and how many nonces were given out.
#[derive(Debug)]
pub(super) struct Nonces {
    start: u128,
    given: AtomicU64,
}

impl Nonces {
    pub(super) fn new(runtime: &dyn Runtime) -> Self {
        Self {
            start: runtime.uuid().as_u128(),
            given: AtomicU64::new(0),
        }
    }

    /// A nonce that was not given out before, here or by any other start.
    pub(super) fn next(&self) -> Uuid {
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128(self.start.wrapping_add(u128::from(given)))
    }
}
