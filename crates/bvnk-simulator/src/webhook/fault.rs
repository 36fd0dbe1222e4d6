//! The ways to send an event wrongly on purpose, by name.
//!
//! They are apart from [`Fault`](crate::Fault): that one befalls a request, this one an
//! event. Here, too, each breaks exactly one thing.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

macro_rules! faults {
    ($( $(#[$doc:meta])* $name:ident = $text:literal, )*) => {
        /// One thing that goes wrong with an event.
        ///
        /// The list grows; `Display` and `FromStr` use names in kebab case.
        ///
        /// ```
        /// use bvnk_simulator::webhook::WebhookFault;
        ///
        /// assert_eq!("webhook-lost".parse(), Ok(WebhookFault::Lost));
        /// for fault in WebhookFault::ALL {
        ///     assert_eq!(fault.to_string().parse(), Ok(*fault));
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum WebhookFault {
            $( $(#[$doc])* $name, )*
        }

        impl WebhookFault {
            /// Every fault.
            pub const ALL: &[WebhookFault] = &[ $( WebhookFault::$name, )* ];

            /// The name, in kebab case.
            pub fn name(self) -> &'static str {
                match self {
                    $( WebhookFault::$name => $text, )*
                }
            }
        }
    };
}

faults! {
    // What a receiver has to survive: nothing promises otherwise.

    /// The event is sent twice.
    Duplicate = "webhook-duplicate",
    /// The events of one minute are sent when it is over, the last one first.
    Reordered = "webhook-reordered",
    /// The event is sent an hour late.
    Late = "webhook-late",
    /// The event's time has no zone.
    ZonelessTime = "webhook-zoneless-time",

    // What a receiver has to refuse.

    /// The event has no signature.
    Unsigned = "webhook-unsigned",
    /// The signature is that of other bytes.
    OtherBytes = "webhook-other-bytes",
    /// The signature is made with another secret.
    OtherSecret = "webhook-other-secret",
    /// The signature is made by the other scheme.
    OtherScheme = "webhook-other-scheme",

    // What a receiver cannot make good: asking is the safety net.

    /// The event is never sent.
    Lost = "webhook-lost",
    /// The event is not sent again when it was not taken.
    NoRetry = "webhook-no-retry",
    /// The event is sent twice, under two ids.
    FreshId = "webhook-fresh-id",
    /// The event has a name that nobody knows.
    UnknownEvent = "webhook-unknown-event",
    /// The event names a customer that is nobody.
    OtherCustomer = "webhook-other-customer",
    /// The event tells the status before the change.
    PreviousStatus = "webhook-previous-status",
}

impl fmt::Display for WebhookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for WebhookFault {
    type Err = UnknownWebhookFault;

    fn from_str(text: &str) -> Result<Self, UnknownWebhookFault> {
        let found = Self::ALL.iter().find(|fault| fault.name() == text);
        found
            .copied()
            .ok_or_else(|| UnknownWebhookFault(text.to_owned()))
    }
}

/// A name that is no webhook fault's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWebhookFault(String);

impl fmt::Display for UnknownWebhookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no fault of webhooks is called {:?}; there are", self.0)?;
        for fault in WebhookFault::ALL {
            write!(f, " {fault}")?;
        }
        Ok(())
    }
}

impl Error for UnknownWebhookFault {}
