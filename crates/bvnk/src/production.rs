//! Going to production: what to settle before real people's data is sent.
//!
//! This page has no code of its own. It must not repeat what an item's own
//! documentation says; it says what to decide, and where.
//!
//! # Credentials
//!
//! Take id and key from the secret store, not from the image:
//! [`Client::from_env`](crate::Client::from_env) reads `BVNK_HAWK_ID` and `BVNK_HAWK_KEY`,
//! and [`Credentials::new`](crate::Credentials::new) refuses what a secrets file often
//! adds, such as a line break. Neither shows the key, in whatever output.
//!
//! Production is never reached by leaving something out: without
//! [`Environment::Production`](crate::Environment::Production), or a base URL of your
//! own, the client calls the sandbox.
//!
//! To exchange a key without a restart, keep a clone of
//! [`RotatingCredentials`](crate::RotatingCredentials) and
//! [`rotate`](crate::RotatingCredentials::rotate) it. Calls in flight end well.
//!
//! # The clock
//!
//! Every signature holds the time, and the API refuses one that is off; how far is not
//! documented. Keep the machine's clock right (NTP, or the host's clock in a container).
//! The client corrects itself where the API proves its own time; with
//! [`trust_date_header`](crate::ClientBuilder::trust_date_header) it also believes the
//! `Date` of a refusal. [`Error::is_clock`](crate::Error::is_clock) without
//! [`clock_is_corrected`](crate::Error::clock_is_corrected) is for an alarm: it does not
//! go away by itself.
//!
//! Run [`Client::doctor`](crate::Client::doctor) when the service starts, or from its
//! health page: one harmless call tells a wrong clock from a wrong key, and both from a
//! firewall.
//!
//! # Proxies
//!
//! An ordinary proxy (`HTTPS_PROXY`) needs nothing, and is left out for a base URL on
//! this machine. An egress proxy that you call by its
//! own name needs the public host in the signature:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use bvnk::{Client, Credentials, SigningOrigin};
//!
//! let origin: SigningOrigin = "https://api.bvnk.com".parse()?;
//! let client = Client::builder()
//!     .base_url("https://egress.internal/bvnk".parse()?)
//!     .signing_origin(origin.strip_prefix("/bvnk"))
//!     .credentials(Credentials::new("id", "key")?)
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A block at the vendor's edge comes as 401 or 403 with a page of HTML: it is an
//! address that is not allowed, and not a wrong key. The doctor tells the two apart.
//!
//! # Time-outs and repetition
//!
//! [`RetryPolicy`](crate::RetryPolicy) has the defaults in a table: three attempts of at
//! most 20 s within 60 s. If your own caller waits less, say so for those calls with
//! [`Client::with`](crate::Client::with); a call that is cut is in doubt, not undone. The
//! retry budget keeps a fleet from tripling the vendor's load in an outage; clients of
//! one process share it if their policies are clones of one.
//!
//! # Keys
//!
//! Whoever may die between sending and storing decides on the key before sending: either
//! store a random [`IdempotencyKey`](crate::IdempotencyKey) with the job, or
//! [`derive`](crate::IdempotencyKey::derive) it from an id that never comes back for
//! another person. Then a job that is done again makes no second customer. How long the
//! vendor remembers a key is not documented: take jobs up again within hours, not weeks.
//! The example `fleet` is such a worker.
//!
//! Act on doubt before anything else:
//!
//! 1. [`Error::reference`](crate::Error::reference): created, though the answer could not
//!    be read. Store it.
//! 2. [`Error::outcome_unknown`](crate::Error::outcome_unknown): repeat with
//!    [`Error::idempotency_key`](crate::Error::idempotency_key). Whatever the status
//!    says, this is no rejection. Nor is what a repetition is refused with: make it with
//!    [`CallOptions::after_doubt`](crate::CallOptions::after_doubt), and only a success
//!    ends the doubt.
//! 3. [`Error::is_rejected`](crate::Error::is_rejected): the same again is rejected
//!    again; [`Error::field_errors`](crate::Error::field_errors) says why.
//!
//! # Personal data
//!
//! `Debug` and `Display` of this crate's types and errors show nothing of a person, so
//! they may go to your logs. What is reached by name may not: a request's fields, an
//! answer's `extra`, [`Error::message`](crate::Error::message),
//! [`Error::field_errors`](crate::Error::field_errors), [`Error::body`](crate::Error::body),
//! and what `serde_json::to_string` makes of a request. Log
//! [`Error::kind`](crate::Error::kind), [`Error::status`](crate::Error::status),
//! [`Error::attempts`](crate::Error::attempts), the key and the reference, and keep
//! [`Error::trace_id`](crate::Error::trace_id) for the vendor's support.
//!
//! Read stored requests with [`from_json`](crate::from_json): serde's own errors quote
//! the values that they do not like. Only https leaves the machine, unless
//! [`allow_http`](crate::ClientBuilder::allow_http) says otherwise. Memory is not wiped:
//! keep core dumps off.
//!
//! # Webhooks
//!
//! Take the secret from the secret store, and the webhook's URL from the same place that
//! the vendor got it from: one of the two schemes signs it. Let the server in front hand
//! the body on as it came, and read no more of it than an event is long. Two instances
//! need one memory of events, see [`Seen`](crate::webhook::Seen); the waits of an instance
//! hear only what is delivered to that instance, and find out the rest by asking. Log
//! [`Refusal`](crate::webhook::Refusal)s with an alarm on their number: a secret that was
//! exchanged on one side only looks like a forgery. [`Event`](crate::webhook::Event) shows
//! no personal value; its [`data`](crate::webhook::Event::data) may be one.
//!
//! # After the creation
//!
//! Store every status as text. New ones appear:
//! [`CustomerStatus`](crate::types::CustomerStatus) keeps what it does not know, and
//! only `VERIFIED` and `UNSUCCESSFUL` are an end. An optional field that is missing from
//! a later answer is no reason to delete what you have.
