//! The faults that tests of services need, by name.
//!
//! Each breaks one thing. What only a test of a test needs is a [`Hook`](crate::Hook).
//!
//! A new fault is declared here, with a summary of one line, and takes effect in `apply`: in
//! `answer` in place of the service, in `refuse` in place of carrying out a signed request, in
//! `edit` on the response to a request that was carried out. A snapshot of the tests lists all.

mod apply;
mod webhook;

pub use webhook::WebhookFault;

/// Declares an enum of faults with names and summaries.
macro_rules! faults {
    (
        $(#[$meta:meta])*
        $enum:ident { $($(#[doc = $doc:literal])+ $name:ident = $text:literal,)* }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $enum {
            $($(#[doc = $doc])+ $name,)*
        }

        impl $enum {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Returns the name, in kebab case.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// Returns what it does, in one line.
            pub fn summary(self) -> &'static str {
                match self {
                    // The first space is the doc comment's.
                    $(Self::$name => concat!($($doc),+).trim_start(),)*
                }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }

        impl std::str::FromStr for $enum {
            type Err = $crate::fault::UnknownFault;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().find(|fault| fault.name() == text);
                found.copied().ok_or_else(|| $crate::fault::UnknownFault {
                    name: text.chars().take(64).collect(),
                    names: Self::ALL.iter().map(|fault| fault.name()).collect(),
                })
            }
        }
    };
}
use faults;

faults! {
    /// One thing that the server does wrong.
    ///
    /// `Display` and `FromStr` use names in kebab case.
    ///
    /// ```
    /// use bvnk_simulator::Fault;
    ///
    /// assert_eq!("commit-then-reset".parse(), Ok(Fault::CommitThenReset));
    /// for fault in Fault::ALL {
    ///     assert_eq!(fault.to_string().parse(), Ok(*fault));
    ///     assert!(fault.summary().ends_with('.'));
    /// }
    /// ```
    Fault {
        // In place of the service: nothing is carried out.

        /// 429 with `Retry-After: 1`.
        TooManyRequests = "too-many-requests",
        /// 500.
        InternalError = "internal-error",
        /// 502.
        BadGateway = "bad-gateway",
        /// 503.
        Unavailable = "unavailable",
        /// 503 with `Retry-After` as a date, 1 s after the server's time.
        UnavailableUntil = "unavailable-until",
        /// 504.
        GatewayTimeout = "gateway-timeout",
        /// 403 with an HTML page, as a firewall answers.
        HtmlError = "html-error",
        /// 502 without body and without content type.
        EmptyError = "empty-error",
        /// 307 to the same path on a host that does not exist.
        Redirect = "redirect",
        /// Bytes that are not HTTP.
        MalformedHttp = "malformed-http",
        /// The connection is reset before the request is carried out.
        ResetBeforeCommit = "reset-before-commit",
        /// No response, on a connection that stays open; the request is not carried out.
        Stall = "stall",

        // The caller's request is rejected.

        /// A valid signature is answered 401, as after the credentials were revoked.
        RejectSigned = "reject-signed",
        /// The server's clock is an hour ahead.
        StaleClock = "stale-clock",
        /// A valid request is answered 400.
        RejectValid = "reject-valid",
        /// A request that names a customer is answered 404.
        ForgetCustomer = "forget-customer",

        // The request is carried out, but its response does not arrive.

        /// The connection is reset after the request was carried out.
        CommitThenReset = "commit-then-reset",
        /// 500 after the request was carried out.
        CommitThenError = "commit-then-error",
        /// No response after the request was carried out, on a connection that stays open.
        CommitThenStall = "commit-then-stall",
        /// Half of the response's head; then the connection ends.
        TruncateHead = "truncate-head",
        /// Half of the body that the response announces; then the connection ends.
        TruncateBody = "truncate-body",
        /// Half of the body that the response announces; the connection stays open.
        StallBody = "stall-body",
        /// The whole response; then the connection ends, although it was to stay open.
        CloseAfterResponse = "close-after-response",
        /// The response comes 2 s later.
        Latency = "latency",

        // A success that differs from what is expected.

        /// 200 where the contract has another success.
        OkStatus = "ok-status",
        /// A success with the customer in a status that the contract does not list.
        UnlistedStatus = "unlisted-status",
        /// A GET does not advance the customer.
        FreezeStatus = "freeze-status",
        /// A success without its reference.
        DropReference = "drop-reference",
        /// A success with properties that the contract does not have.
        ExtraProperties = "extra-properties",
        /// A success whose body is not JSON.
        GarbageBody = "garbage-body",
        /// A success without body.
        EmptyBody = "empty-body",
    }
}

/// A text that is not the name of a fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault {name:?}\nhelp: the faults are {}", names.join(" "))]
pub struct UnknownFault {
    name: String,
    names: Vec<&'static str>,
}
