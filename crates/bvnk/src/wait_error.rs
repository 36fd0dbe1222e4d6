//! Why a wait ended without an outcome. It keeps what was seen last.

use std::fmt;

use bvnk_gen::types::Customer;

use crate::Error;

/// A wait that ended before the verification was over. The verification itself goes on.
#[derive(Debug)]
pub struct WaitError {
    end: End,
    last: Option<Customer>,
    cause: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    TimedOut,
    OtherCustomer,
    Failed,
}

impl WaitError {
    pub(crate) fn timed_out(last: Option<Customer>, cause: Option<Error>) -> Self {
        Self {
            end: End::TimedOut,
            last,
            cause,
        }
    }

    pub(crate) fn failed(cause: Error, last: Option<Customer>) -> Self {
        Self {
            end: End::Failed,
            last,
            cause: Some(cause),
        }
    }

    pub(crate) fn other_customer(last: Option<Customer>) -> Self {
        Self {
            end: End::OtherCustomer,
            last,
            cause: None,
        }
    }

    /// Whether it was the deadline; wait again, if you like.
    pub fn is_timed_out(&self) -> bool {
        self.end == End::TimedOut
    }

    /// Whether the API answered about another customer than the one that was asked for.
    pub fn is_other_customer(&self) -> bool {
        self.end == End::OtherCustomer
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
        f.write_str(match self.end {
            End::TimedOut => "the verification was not over in time",
            End::OtherCustomer => "the API answered about another customer",
            End::Failed => "the wait for the verification failed",
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
