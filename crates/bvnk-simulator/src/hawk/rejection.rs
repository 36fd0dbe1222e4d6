//! Why a signature was rejected. Contains no key, nor anything computed from one but `tsm`.

use std::error::Error;
use std::fmt;

/// Why a request's signature was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// There is no `Authorization` header.
    MissingHeader,
    /// The header does not follow Hawk's grammar.
    Malformed {
        /// Where, in bytes from the start of the header's value.
        at: usize,
        /// What is wrong there.
        problem: &'static str,
    },
    /// No credentials have the id.
    UnknownId,
    /// The MAC is not the request's.
    Mac {
        /// The text that the verifier signed. To find a mistake, compare it with the text
        /// that the signer signed.
        normalized: String,
    },
    /// The `hash` attribute is not that of the body and its media type.
    PayloadHash,
    /// The nonce was used before.
    ReplayedNonce,
    /// The caller's clock differs too much. The nonce counts as used.
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

impl fmt::Display for Rejection {
    /// Shows no part of the request but the caller's clock offset.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingHeader => "the Authorization header is missing",
            Self::Malformed { at, problem } => {
                return write!(
                    f,
                    "the Authorization header is malformed at byte {at}: {problem}"
                );
            }
            Self::UnknownId => "no credentials have this Hawk id",
            Self::Mac { .. } => "the MAC is not that of the request",
            Self::PayloadHash => "the payload hash is not that of the body and its media type",
            Self::ReplayedNonce => "the nonce was used before",
            Self::Stale { ts, now, .. } => {
                let direction = if ts < now { "behind" } else { "ahead" };
                let seconds = ts.abs_diff(*now);
                return write!(f, "the caller's clock is {seconds} s {direction}");
            }
        })
    }
}

impl Error for Rejection {}
