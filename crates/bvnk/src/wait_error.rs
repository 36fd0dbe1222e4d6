//! Why a wait ended without an outcome. It keeps what was seen last.

use std::fmt;

use bvnk_gen::types::Customer;

use crate::Error;

/// A wait that ended before the verification was over. The verification itself goes on.
#[derive(Debug)]
pub struct WaitError {
    timed_out: bool,
    last: Option<Customer>,
    cause: Option<Error>,
}

impl WaitError {
    pub(crate) fn timed_out(last: Option<Customer>, cause: Option<Error>) -> Self {
        Self {
            timed_out: true,
            last,
            cause,
        }
    }

    pub(crate) fn failed(cause: Error, last: Option<Customer>) -> Self {
        Self {
            timed_out: false,
            last,
            cause: Some(cause),
        }
    }

    /// Whether it was the deadline; wait again, if you like. If not, the
    /// [`cause`](Self::cause) ended it.
    pub fn is_timed_out(&self) -> bool {
        self.timed_out
    }

    /// The customer as it was seen last, if it was seen at all.
    pub fn last_seen(&self) -> Option<&Customer> {
        self.last.as_ref()
    }

    /// What ended the wait; after the deadline, what the last look failed with, if it
    /// did.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_ref()
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.timed_out {
            true => "the verification was not over in time",
            false => "the wait for the verification failed",
        })?;
        match &self.last {
            Some(customer) => write!(f, "; last seen as {}", customer.status),
            None => f.write_str("; the customer was never seen"),
        }
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Some(cause) => Some(cause),
            None => None,
        }
    }
}
