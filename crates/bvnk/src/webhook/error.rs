//! Why a delivery is rejected. Nothing of the delivery is shown.

/// Why a [`Verifier`](super::Verifier) rejects a delivery.
///
/// Answer it with 401, or another status that is not 200: if the delivery is the vendor's
/// after all, it is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum VerificationError {
    /// There is no `x-signature`.
    #[error("the delivery has no x-signature header")]
    MissingSignature,
    /// A header that may occur once occurs more often, so that it is unclear which one was
    /// signed.
    #[error("the delivery has more than one {0} header")]
    RepeatedHeader(&'static str),
    /// The signature is neither in hex nor in base64.
    #[error("the signature is neither hex nor base64")]
    InvalidEncoding,
    /// The signature belongs to another delivery, or was made with another secret or scheme.
    #[error(
        "the signature does not match; help: unless the delivery is forged, compare secret and \
         scheme with the webhook's"
    )]
    WrongSignature,
    /// The signature is right, but the payload is not a JSON object.
    #[error("the payload is signed, but is not an event")]
    NotAnEvent,
    /// The event is older than the age limit and all retries allow, or has no time. Answer it
    /// with 200: it would be sent again and stay too old.
    #[error("the event is too old, or has no time")]
    TooOld,
}
