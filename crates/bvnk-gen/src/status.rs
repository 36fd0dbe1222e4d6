//! What a customer's status means for whoever waits for it.
//!
//! By text and not by variant: the two spellings of pending are one here, and a status
//! that nobody knows yet is simply none of these.

use crate::types::CustomerStatus;

impl CustomerStatus {
    /// An agreement or further information is missing: the partner has to act.
    pub fn is_pending_agreements(&self) -> bool {
        self.as_str() == "PENDING_AGREEMENTS"
    }

    /// Checks are under way, in either of the documentation's two spellings.
    ///
    /// ```
    /// use bvnk_gen::types::CustomerStatus;
    ///
    /// assert!(CustomerStatus::from("PENDING_VERIFICATION").is_pending());
    /// assert!(CustomerStatus::from("VERIFICATION_PENDING").is_pending());
    /// ```
    pub fn is_pending(&self) -> bool {
        matches!(
            self.as_str(),
            "PENDING_VERIFICATION" | "VERIFICATION_PENDING"
        )
    }

    /// The person passed.
    pub fn is_verified(&self) -> bool {
        self.as_str() == "VERIFIED"
    }

    /// The person did not pass.
    pub fn is_unsuccessful(&self) -> bool {
        self.as_str() == "UNSUCCESSFUL"
    }

    /// Verification is over, with either outcome. A status that the contract does not
    /// list is never taken for an end.
    pub fn is_terminal(&self) -> bool {
        self.is_verified() || self.is_unsuccessful()
    }

    /// Whether the two mean the same, which the two spellings of pending do.
    pub fn means_same_as(&self, other: &Self) -> bool {
        self == other || self.is_pending() && other.is_pending()
    }
}
