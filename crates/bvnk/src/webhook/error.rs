//! Why a delivery is rejected. Nothing of the delivery is shown.

use std::fmt;

/// Why a [`Verifier`](super::Verifier) rejects a delivery.
///
/// Answer it with 401, or another status that is not 200: if the delivery is the vendor's
/// after all, it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VerificationError {
    /// There is no `x-signature`.
    MissingSignature,
    /// A header that may occur once occurs more often, so that it is unclear which one was
    /// signed.
    RepeatedHeader(&'static str),
    /// The signature is not written in the scheme's encoding.
    InvalidEncoding,
    /// The signature belongs to another delivery, or was made with another secret or scheme.
    WrongSignature,
    /// The signature is right, but the payload is not a JSON object, or has more than 65,536
    /// values.
    NotAnEvent,
    /// The event is older than the age limit and all retries allow, or has no time.
    TooOld,
}

impl fmt::Display for VerificationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingSignature => f.write_str("the delivery has no x-signature header"),
            Self::RepeatedHeader(header) => {
                write!(f, "the delivery has more than one {header} header")
            }
            Self::InvalidEncoding => f.write_str(
                "the signature is not encoded as expected; help: the webhook may use the other encoding or scheme",
            ),
            Self::WrongSignature => f.write_str(
                "the signature does not match; help: unless the delivery is forged, compare secret and scheme with the webhook's",
            ),
            Self::NotAnEvent => f.write_str("the payload is signed, but is not an event"),
            Self::TooOld => f.write_str("the event is too old, or has no time"),
        }
    }
}

impl std::error::Error for VerificationError {}
