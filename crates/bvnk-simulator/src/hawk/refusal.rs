//! Why a signature was refused, for people and for the wire.
//!
//! It must not hold a key, nor anything that a key could be computed from.

use std::error::Error;
use std::fmt;

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no `Authorization` header.
    MissingHeader,
    /// The header does not follow Hawk's grammar.
    Malformed {
        /// Where, in bytes from the start of the header's value.
        at: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// Nobody has the id.
    UnknownId,
    /// The MAC is not that of the request.
    Mac {
        /// The text that the verifier signed. To find a mistake, compare it with the
        /// text that the signer signed.
        normalized: String,
    },
    /// The `hash` attribute is not that of the body and its media type.
    PayloadHash,
    /// The nonce was used before.
    ReplayedNonce,
    /// The caller's clock is too far off. The nonce counts as used.
    Stale {
        /// The caller's time, in Unix seconds.
        ts: u64,
        /// The verifier's time, in Unix seconds.
        now: u64,
        /// The proof of the verifier's time, see [`timestamp_mac`](super::timestamp_mac).
        tsm: String,
    },
}

impl Refusal {
    /// The value of the `WWW-Authenticate` header that answers it.
    pub fn challenge(&self) -> String {
        let error = match self {
            // Nothing was claimed, so nothing is wrong: the bare scheme asks for Hawk.
            Refusal::MissingHeader => return "Hawk".to_owned(),
            Refusal::Stale { now, tsm, .. } => {
                return format!(r#"Hawk ts="{now}", tsm="{tsm}", error="Stale timestamp""#);
            }
            Refusal::Malformed { .. } => "Bad header format",
            Refusal::UnknownId => "Unknown credentials",
            Refusal::Mac { .. } => "Bad mac",
            Refusal::PayloadHash => "Bad payload hash",
            Refusal::ReplayedNonce => "Invalid nonce",
        };
        format!(r#"Hawk error="{error}""#)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::MissingHeader => f.write_str("the Authorization header is missing"),
            Refusal::Malformed { at, problem } => {
                write!(
                    f,
                    "the Authorization header is malformed at byte {at}: {problem}"
                )
            }
            Refusal::UnknownId => f.write_str("nobody has this Hawk id"),
            Refusal::Mac { normalized } => write!(
                f,
                "the MAC is not that of the request; the text signed here is {normalized:?}"
            ),
            Refusal::PayloadHash => {
                f.write_str("the payload hash is not that of the body and its media type")
            }
            Refusal::ReplayedNonce => f.write_str("the nonce was used before"),
            Refusal::Stale { ts, now, .. } => {
                let direction = if ts < now { "behind" } else { "ahead" };
                let seconds = ts.abs_diff(*now);
                write!(f, "the caller's clock is {seconds} s {direction}")
            }
        }
    }
}

impl Error for Refusal {}
