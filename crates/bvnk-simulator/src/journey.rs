//! The statuses that a customer walks through.
//!
//! It must not know customers or time: it is a list that is never empty.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A list of statuses: the creation answers the first, each later look moves one step on,
/// the last one stays.
///
/// Any text is a status: a client has to survive those that nobody has listed.
///
/// ```
/// use bvnk_simulator::Journey;
///
/// let journey = Journey::starting("PENDING_VERIFICATION").then("ON_HOLD");
/// assert_eq!(journey.to_string(), "PENDING_VERIFICATION,ON_HOLD");
/// assert_eq!("verified".parse(), Ok(Journey::verified()));
/// assert_eq!("PENDING_VERIFICATION, ON_HOLD".parse(), Ok(journey));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Journey(Arc<[String]>);

impl Journey {
    /// A journey that starts, and so far ends, with a status.
    pub fn starting(status: impl Into<String>) -> Self {
        Self([status.into()].into())
    }

    /// The same journey with one more status at its end.
    #[must_use]
    pub fn then(&self, status: impl Into<String>) -> Self {
        let mut statuses = self.0.to_vec();
        statuses.push(status.into());
        Self(statuses.into())
    }

    /// Agreements, verification, verified: the way that the page describes.
    pub fn verified() -> Self {
        Self::starting("PENDING_AGREEMENTS")
            .then("PENDING_VERIFICATION")
            .then("VERIFIED")
    }

    /// Agreements, verification, unsuccessful: the other end that the page describes.
    pub fn unsuccessful() -> Self {
        Self::starting("PENDING_AGREEMENTS")
            .then("PENDING_VERIFICATION")
            .then("UNSUCCESSFUL")
    }

    /// Starts with the spelling of the page's sample answer, then goes on with those of
    /// its table.
    pub fn sample() -> Self {
        Self::starting("VERIFICATION_PENDING")
            .then("PENDING_VERIFICATION")
            .then("VERIFIED")
    }

    /// Verification that never comes to an end.
    pub fn never_ending() -> Self {
        Self::starting("PENDING_VERIFICATION")
    }

    /// How many steps lead to its end.
    pub(crate) fn last(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    /// The status after so many steps; beyond the end, the last one.
    pub(crate) fn status(&self, steps: usize) -> &str {
        self.0
            .get(steps)
            .or_else(|| self.0.last())
            .map_or("", String::as_str)
    }
}

impl fmt::Display for Journey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

/// The name of a ready-made journey (`verified`, `unsuccessful`, `sample`,
/// `never-ending`), or statuses with commas between them.
impl FromStr for Journey {
    type Err = EmptyJourney;

    fn from_str(text: &str) -> Result<Self, EmptyJourney> {
        Ok(match text {
            "verified" => Self::verified(),
            "unsuccessful" => Self::unsuccessful(),
            "sample" => Self::sample(),
            "never-ending" => Self::never_ending(),
            _ => {
                let statuses: Vec<_> = text.split(',').map(|status| status.trim()).collect();
                if statuses.iter().any(|status| status.is_empty()) {
                    return Err(EmptyJourney);
                }
                Self(statuses.into_iter().map(str::to_owned).collect())
            }
        })
    }
}

/// A text with no status in it, or with an empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmptyJourney;

impl fmt::Display for EmptyJourney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a journey is a list of statuses with commas between them, none of them empty")
    }
}

impl Error for EmptyJourney {}
