//! Hawk signing, idempotency keys and safe retries, as ordinary [tower] layers on
//! `reqwest` requests.
//!
//! The order of the layers is the safety argument, outermost first:
//!
//! | layer | what it does |
//! |---|---|
//! | [`IdempotencyLayer`] | one key per logical call; nothing below may change it |
//! | [`RetryLayer`] | decides, waits, counts; remembers doubt |
//! | [`HawkLayer`] | a fresh timestamp and nonce for every attempt |
//! | [`BoundLayer`] | reads the answer whole, up to a limit |
//! | `reqwest::Client` | made with [`harden`]: no redirects, no retries of its own |
//!
//! ```no_run
//! use bvnk_auth::{BoundLayer, Credentials, HawkLayer, IdempotencyLayer, RetryLayer, harden};
//! use tower::ServiceBuilder;
//!
//! let client = harden(reqwest::Client::builder()).build()?;
//! let service = ServiceBuilder::new()
//!     .layer(IdempotencyLayer::new())
//!     .layer(RetryLayer::default())
//!     .layer(HawkLayer::new(Credentials::new("id", "key")?))
//!     .layer(BoundLayer::default())
//!     .service(client);
//! # drop(service);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A call ends with a response, whatever its status, with a [`CallInfo`] in its
//! extensions; or with a [`BoxError`] that is an [`Error`]. Both say which key the
//! call had, how many attempts there were, and whether its outcome is unknown. A call
//! whose future is dropped says nothing: whoever may drop it chooses the key before
//! sending ([`CallOptions::idempotency_key`]).
//!
//! Layers of your own go anywhere between these. Above [`RetryLayer`] they see calls,
//! below it attempts; below [`HawkLayer`] they must not change a request.
//!
//! This crate does not know customers, or any other thing that is sent.

mod bound;
mod budget;
mod classify;
mod connect;
mod credentials;
mod error;
mod events;
mod hawk;
mod idempotency;
mod options;
mod policy;
mod retry;
mod runtime;

pub use crate::bound::{BoundLayer, BoundService};
pub use crate::budget::RetryBudget;
pub use crate::connect::harden;
pub use crate::credentials::{Credentials, InvalidCredentials, RotatingCredentials};
pub use crate::error::{Error, ErrorKind};
pub use crate::hawk::{HawkLayer, HawkService, InvalidOrigin, SigningOrigin};
pub use crate::idempotency::{
    IdempotencyKey, IdempotencyLayer, IdempotencyService, InvalidIdempotencyKey,
};
pub use crate::options::{CallInfo, CallOptions, CallOptionsLayer, CallOptionsService};
pub use crate::policy::RetryPolicy;
pub use crate::retry::{RetryLayer, RetryService};
pub use crate::runtime::{Runtime, Sleep, SystemRuntime, TestRuntime};

/// What services of these layers fail with. It is an [`Error`] when it comes from
/// them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What services of these layers answer with.
pub type BoxFuture = std::pin::Pin<
    Box<dyn std::future::Future<Output = Result<reqwest::Response, BoxError>> + Send>,
>;
