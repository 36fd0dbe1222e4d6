//! Why a signature was rejected. Contains no key, nor anything computed from one but `tsm`.

/// Why a request's signature was rejected.
///
/// `Display` shows no part of the request but the caller's clock offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// There is no `Authorization` header.
    #[error("the Authorization header is missing")]
    MissingHeader,
    /// The header does not follow Hawk's grammar.
    #[error("the Authorization header is malformed at byte {at}: {problem}")]
    Malformed {
        /// Where, in bytes from the start of the header's value.
        at: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// No credentials have the id.
    #[error("no credentials have this Hawk id")]
    UnknownId,
    /// The MAC is not the request's.
    #[error("the MAC is not that of the request")]
    Mac {
        /// The text that the verifier signed. To find a mistake, compare it with the text
        /// that the signer signed.
        normalized: String,
    },
    /// The `hash` attribute is not that of the body and its media type.
    #[error("the payload hash is not that of the body and its media type")]
    PayloadHash,
    /// The nonce was used before.
    #[error("the nonce was used before")]
    ReplayedNonce,
    /// The caller's clock differs too much. The nonce counts as used.
    #[error("the caller's clock is {} s {}", ts.abs_diff(*now), if ts < now { "behind" } else { "ahead" })]
    Stale {
        /// The caller's time, in Unix seconds.
        ts: u64,
        /// The verifier's time, in Unix seconds.
        now: u64,
        /// The proof of the verifier's time, see [`timestamp_mac`](super::timestamp_mac).
        tsm: String,
    },
}

impl Rejection {
    /// Returns the value of the `WWW-Authenticate` header that answers it.
    pub fn challenge(&self) -> String {
        let error = match self {
            // The bare scheme asks for Hawk.
            Self::MissingHeader => return "Hawk".to_owned(),
            Self::Stale { now, tsm, .. } => {
                return format!(r#"Hawk ts="{now}", tsm="{tsm}", error="Stale timestamp""#);
            }
            Self::Malformed { .. } => "Bad header format",
            Self::UnknownId => "Unknown credentials",
            Self::Mac { .. } => "Bad mac",
            Self::PayloadHash => "Bad payload hash",
            Self::ReplayedNonce => "Invalid nonce",
        };
        format!(r#"Hawk error="{error}""#)
    }
}
