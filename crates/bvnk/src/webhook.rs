//! Webhooks: the API reports a change, so that a service need not ask for it.
//!
//! A [`Verifier`] turns the headers and the bytes of a delivery into an [`Event`], or rejects
//! them. It works with any server that passes on a [`HeaderMap`] and the body's bytes
//! unchanged. The example `webhook` uses axum.
//!
//! ```
//! use bvnk::webhook::{Scheme, Verifier, WebhookSecret};
//! # use http::HeaderMap;
//!
//! # fn deliver(headers: &HeaderMap, body: &[u8]) -> Result<(), Box<dyn std::error::Error>> {
//! let secret = WebhookSecret::new("from the secret store")?;
//! let verifier = Verifier::new(secret, Scheme::url("https://me.example/hooks/bvnk")?);
//!
//! match verifier.verify(headers, body) {
//!     Ok(event) => match event.customer() {
//!         Some(change) => println!("{} is {}", change.reference, change.status),
//!         None => println!("ignored, and answered with 200 too"),
//!     },
//!     Err(error) => println!("answer 401: {error}"),
//! }
//! # Ok(())
//! # }
//! # let error = deliver(&HeaderMap::new(), b"{}");
//! # assert!(error.is_ok());
//! ```
//!
//! What to consider:
//!
//! - **Answer at once, work later.** The vendor waits 10 s for a 200 and otherwise sends the
//!   event again, up to 100 times within about a day.
//! - **Handle each event once.** Call [`Deduplicator::insert`] before you work on it, and
//!   [`Deduplicator::remove`] if the work fails and is to be tried again.
//! - **Do not rely on the order.** An event may be late, or arrive after a newer one. One that
//!   [ends the verification](CustomerChange::ends_verification) is final; after all others, ask with
//!   the GET operation. They may be about a document of the customer, with the document's status.
//! - **Recognise a customer's change by its shape.** The vendor has renamed its events;
//!   [`Event::customer`] looks for a reference and a status, not for a name.
//! - **Keep polling.** A webhook may never arrive. A wait with
//!   [`updates_from`](crate::Waiter::updates_from) ends with a webhook or with the next poll,
//!   whichever comes first.
//! - **Two signing schemes exist**, see [`Scheme`]. The first delivery shows which one a
//!   webhook uses; [`Verifier::accept_also`] accepts both until then.
//!
//! The documentation page of this API only mentions webhooks. The rest comes from other pages
//! of the vendor and from integrations; `openapi/webhooks.yaml` names the source of each
//! fact. The types here are written by hand, as an event is decoded tolerantly and never
//! sent. A test compares them with that file.
//!
//! [`HeaderMap`]: http::HeaderMap

mod deduplicator;
mod error;
mod event;
mod scheme;
mod secret;
mod updates;
mod verifier;

pub use deduplicator::Deduplicator;
pub use error::VerificationError;
pub use event::{CustomerChange, Event};
pub use scheme::{InvalidWebhookUrl, Scheme};
pub use secret::{InvalidSecret, WebhookSecret};
pub use updates::StatusUpdates;
pub(crate) use updates::Subscription;
pub use verifier::Verifier;
