//! Why a wait ended without the expected status.

use std::fmt;

use bvnk_gen::tracking::{self, Object};

use crate::{Error, printable};

/// A wait that ended before the expected status. The verification itself goes on.
///
/// `?` converts it into an [`Error`].
#[derive(Debug)]
pub struct WaitError {
    pub(crate) end: End,
    pub(crate) last: Option<Object>,
    pub(crate) cause: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    TimedOut,
    OtherCustomer,
    /// By its cause.
    Failed,
}

impl WaitError {
    /// Whether the time limit was reached. A new wait continues it.
    pub fn is_timed_out(&self) -> bool {
        self.end == End::TimedOut
    }

    /// Whether a response was about another customer than the one that was asked for.
    pub fn is_other_customer(&self) -> bool {
        self.end == End::OtherCustomer
    }

    /// Returns the customer as last seen, if a poll succeeded.
    pub fn last_seen(&self) -> Option<&Object> {
        self.last.as_ref()
    }

    /// Returns the error that ended the wait; after the time limit, the error of the last
    /// poll, if that failed.
    pub fn cause(&self) -> Option<&Error> {
        self.cause.as_ref()
    }
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.end {
            End::TimedOut => "the verification was not over within the time limit",
            End::OtherCustomer => "the response is about another customer",
            End::Failed => "the wait for the verification failed",
        })?;
        match self
            .last
            .as_ref()
            .map(|last| tracking::status(last).as_str())
        {
            Some(status) if printable::is_status(status) => write!(f, "; last seen as {status}"),
            Some(_) => f.write_str("; last seen with an unknown status"),
            None => f.write_str("; the customer was never seen"),
        }
    }
}

impl std::error::Error for WaitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}
