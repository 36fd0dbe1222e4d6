//! The statuses that a created customer passes through.

use std::sync::Arc;

/// A list of statuses: the creation answers the first, each later GET advances by one, and
/// the last one stays.
///
/// Any text is a status: a client has to accept those that the contract does not list.
///
/// ```
/// use bvnk_simulator::StatusSequence;
///
/// let sequence = StatusSequence::starting("PENDING").then("ON_HOLD");
/// assert_eq!(sequence.statuses(), ["PENDING", "ON_HOLD"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusSequence(Arc<[String]>);

impl StatusSequence {
    /// Creates a sequence of one status.
    pub fn starting(status: impl Into<String>) -> Self {
        Self([status.into()].into())
    }

    /// Returns the same sequence with one more status at its end.
    #[must_use]
    pub fn then(&self, status: impl Into<String>) -> Self {
        let mut statuses = self.0.to_vec();
        statuses.push(status.into());
        Self(statuses.into())
    }

    /// Returns the statuses; there is at least one.
    pub fn statuses(&self) -> &[String] {
        &self.0
    }

    /// Returns the status after a number of steps; beyond the end, the last one.
    pub fn status(&self, steps: usize) -> &str {
        let status = self.0.get(steps).or_else(|| self.0.last());
        status.map_or("", String::as_str)
    }
}

/// Collects statuses; there must be at least one, or its status is empty.
impl FromIterator<String> for StatusSequence {
    fn from_iter<I: IntoIterator<Item = String>>(statuses: I) -> Self {
        Self(statuses.into_iter().collect())
    }
}
