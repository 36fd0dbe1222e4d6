//! Why a delivery is not taken for an event. It shows nothing of the delivery.

use std::fmt;

/// Why a [`Verifier`](super::Verifier) refuses a delivery.
///
/// Answer it with 401 or another status that is not 200: should it be the vendor's after
/// all, it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no `x-signature`.
    Unsigned,
    /// A header that may be there once is there more often; which one was signed is
    /// anybody's guess.
    Repeated(&'static str),
    /// The signature is not written in the scheme's encoding.
    Encoding,
    /// The signature is not that of this delivery, or was made with another secret or by
    /// another scheme.
    Signature,
    /// The signature is right, but the payload is no JSON object.
    NoEvent,
    /// The event is older than the age limit and all retries allow, or does not say how
    /// old it is.
    Old,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the delivery has no x-signature"),
            Self::Repeated(header) => write!(f, "the delivery has more than one {header}"),
            Self::Encoding => f.write_str(
                "the signature is not written as expected: the webhook may have the other encoding or scheme",
            ),
            Self::Signature => f.write_str(
                "the signature is wrong: the delivery is forged, or the secret or the scheme is not the webhook's",
            ),
            Self::NoEvent => f.write_str("the payload is signed, but is no JSON object"),
            Self::Old => f.write_str("the event is too old, or does not tell its time"),
        }
    }
}

impl std::error::Error for Refusal {}
