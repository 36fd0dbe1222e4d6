//! Webhooks: being told of a change instead of asking for it.
//!
//! A [`Verifier`] turns the headers and the bytes of a delivery into an [`Event`], or
//! refuses them. It knows no server: any that hands out a [`HeaderMap`] and the body's
//! bytes, unchanged, will do. The example `webhook` is one on axum.
//!
//! ```
//! use bvnk::webhook::{Refusal, Scheme, Verifier, WebhookSecret};
//! # use reqwest::header::HeaderMap;
//!
//! # fn delivered(headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! let secret = WebhookSecret::new("from the secret store")?;
//! let verifier = Verifier::new(secret, Scheme::url("https://me.example/hooks/bvnk")?);
//!
//! match verifier.event(headers, body) {
//!     Ok(event) => match event.customer() {
//!         Some(change) => println!("{} is {}", change.reference, change.status),
//!         None => println!("{} is of no concern", event.name()), // and is answered 200 too
//!     },
//!     Err(refusal) => println!("answer 401: {refusal}"),
//! }
//! # Ok(())
//! # }
//! # let error = delivered(&HeaderMap::new(), b"{}");
//! # assert!(error.is_ok());
//! ```
//!
//! What to settle:
//!
//! - **Answer at once, work later.** The vendor waits 10 s for a 200 and otherwise sends
//!   the event again, up to 100 times over about a day.
//! - **Handle each event once.** Ask [`Seen::first`] before working on it.
//! - **Trust no order.** An event may be late, or overtaken by its successor. An end is
//!   final; whatever else an event says, [`Client::get_customer`](crate::Client) knows
//!   better.
//! - **Keep asking.** A webhook may never come.
//!   [`WaitForVerification::told_by`](crate::WaitForVerification::told_by) listens to
//!   [`Changes`] and asks as well: whichever tells first.
//! - **Two schemes of signing exist**, see [`Scheme`]. Which one a webhook has is found
//!   out with its first delivery, and [`Verifier::or`] accepts both until then.
//!
//! Of all this, the documentation's page says only that there are webhooks. The rest
//! comes from other pages of the vendor and from what integrations saw;
//! `openapi/webhooks.yaml` says which is which. The few types are written by hand, for
//! an event is read as tolerantly as can be and nothing of it is ever sent: generating
//! them would cost more than they are long. A test holds them against that file.
//!
//! Nothing here needs a feature: all that it stands on is in the client already.
//!
//! [`HeaderMap`]: reqwest::header::HeaderMap

mod changes;
mod event;
mod refusal;
mod scheme;
mod secret;
mod seen;
mod verifier;

pub use changes::Changes;
pub(crate) use changes::Subscription;
pub use event::{CustomerChange, Event};
pub use refusal::Refusal;
pub use scheme::{InvalidWebhookUrl, Scheme};
pub use secret::{InvalidSecret, WebhookSecret};
pub use seen::{Seen, SeenInMemory};
pub use verifier::Verifier;
