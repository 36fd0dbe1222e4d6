//! The faults of webhooks that tests of services need, by name.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal,)*) => {
        /// One thing that goes wrong with an event.
        ///
        /// `Display` and `FromStr` use names in kebab case.
        ///
        /// ```
        /// use bvnk_simulator::webhook::WebhookFault;
        ///
        /// assert_eq!("webhook-lost".parse(), Ok(WebhookFault::Lost));
        /// for fault in WebhookFault::ALL {
        ///     assert_eq!(fault.to_string().parse(), Ok(*fault));
        ///     assert!(fault.summary().ends_with('.'));
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum WebhookFault {
            $($(#[doc = $doc])+ $name,)*
        }

        impl WebhookFault {
            /// Every fault.
            pub const ALL: &[WebhookFault] = &[$(WebhookFault::$name,)*];

            /// Returns the name, in kebab case.
            pub fn name(self) -> &'static str {
                match self {
                    $(WebhookFault::$name => $text,)*
                }
            }

            /// Returns what it does, in one line.
            pub fn summary(self) -> &'static str {
                match self {
                    $(WebhookFault::$name => concat!($($doc),+).trim_start(),)*
                }
            }
        }
    };
}

faults! {
    // What a receiver has to accept: the vendor promises nothing else.

    /// The event is sent twice.
    Duplicate = "webhook-duplicate",
    /// The events of one minute are sent at its end, the last one first.
    Reversed = "webhook-reversed",
    /// The event is sent an hour late.
    Late = "webhook-late",
    /// The event's timestamp has no zone.
    ZonelessTimestamp = "webhook-zoneless-timestamp",
    /// The event has a name that is not documented.
    UnknownEvent = "webhook-unknown-event",

    // What a receiver has to reject.

    /// The event has no signature.
    Unsigned = "webhook-unsigned",
    /// The signature is made with another secret.
    OtherSecret = "webhook-other-secret",

    // What a receiver cannot detect: polling is the safety net.

    /// The event is never sent.
    Lost = "webhook-lost",
    /// The event has the reference of no customer.
    OtherCustomer = "webhook-other-customer",
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

/// A text that is not the name of a webhook fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWebhookFault(String);

impl fmt::Display for UnknownWebhookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name: String = self.0.chars().take(64).collect();
        write!(
            f,
            "there is no webhook fault {name:?}\nhelp: the webhook faults are"
        )?;
        WebhookFault::ALL
            .iter()
            .try_for_each(|fault| write!(f, " {fault}"))
    }
}

impl Error for UnknownWebhookFault {}
