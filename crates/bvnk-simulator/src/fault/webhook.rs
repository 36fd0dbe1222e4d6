//! The faults of webhooks.

use super::faults;

faults! {
    /// One thing that goes wrong with an event.
    ///
    /// `Display` and `FromStr` use names in kebab case.
    ///
    /// ```
    /// use bvnk_simulator::webhook::WebhookFault;
    ///
    /// assert_eq!("webhook-lost".parse(), Ok(WebhookFault::Lost));
    /// ```
    WebhookFault {
        // What a receiver has to accept: the vendor promises nothing else.

        /// The event is sent twice.
        Duplicate = "webhook-duplicate",
        /// The events of one minute are sent at its end, the last one first.
        Reversed = "webhook-reversed",
        /// The event is sent an hour late.
        Late = "webhook-late",
        /// The event's timestamp has no zone.
        ZonelessTimestamp = "webhook-zoneless-timestamp",
        /// An event of another kind, which is about no customer, comes before.
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
}
