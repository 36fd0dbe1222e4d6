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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_means_one_thing() {
        // Agreements, pending, verified, unsuccessful.
        for (text, means) in [
            ("PENDING_AGREEMENTS", [true, false, false, false]),
            ("PENDING_VERIFICATION", [false, true, false, false]),
            ("VERIFICATION_PENDING", [false, true, false, false]),
            ("VERIFIED", [false, false, true, false]),
            ("UNSUCCESSFUL", [false, false, false, true]),
            ("ON_HOLD", [false; 4]),
            ("verified", [false; 4]),
        ] {
            let status = CustomerStatus::from(text);
            let is = [
                status.is_pending_agreements(),
                status.is_pending(),
                status.is_verified(),
                status.is_unsuccessful(),
            ];
            assert_eq!(is, means, "{text}");
            assert_eq!(status.is_terminal(), means[2] || means[3], "{text}");
            for other in ["VERIFICATION_PENDING", "ON_HOLD"] {
                let same = text == other || means[1] && other == "VERIFICATION_PENDING";
                let other = CustomerStatus::from(other);
                assert_eq!(status.means_same_as(&other), same, "{text} {other}");
            }
        }
    }
}
