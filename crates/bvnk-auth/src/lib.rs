//! Hawk signing, idempotency keys and safe retries, as [tower] layers for
//! `http::Request<`[`Body`]`>`.
//!
//! The order of the layers is the safety argument, outermost first:
//!
//! | layer | what it does |
//! |---|---|
//! | [`IdempotencyLayer`] | one key per logical call; nothing below changes it |
//! | layers of your own | see logical calls, with all their attempts |
//! | [`HawkLayer`] | makes the attempts of a [`RetryPolicy`], each with a fresh timestamp and nonce; reads the response, up to a limit |
//! | layers of your own | see attempts; they must not change a request |
//! | [`HttpService`] | a `reqwest::Client` from [`configure_http`] |
//!
//! ```no_run
//! use bvnk_auth::{
//!     Credentials, HawkLayer, HttpService, IdempotencyLayer, RetryPolicy, configure_http,
//! };
//! use tower::ServiceBuilder;
//!
//! let target = "https://api.example.com".parse()?;
//! let client = configure_http(reqwest::Client::builder(), &target).build()?;
//! let service = ServiceBuilder::new()
//!     .layer(IdempotencyLayer::new())
//!     .layer(HawkLayer::new(Credentials::new("id", "key")?).retry(RetryPolicy::new()))
//!     .service(HttpService::new(client));
//! # drop(service);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A call ends with a response of any status, or with a [`BoxError`] that is an [`Error`].
//! [`Call::info`] returns which key it had, how many attempts there were and whether its
//! outcome is unknown: put a [`Call`] into the request's extensions and keep a clone.
//!
//! The crate is independent of what is sent: it works for any HTTP request.

mod body;
mod budget;
mod call;
mod credentials;
mod error;
mod hawk;
mod http_service;
mod idempotency;
mod key;
mod options;
mod outcome;
mod policy;
mod retry_after;
mod runtime;
mod target;
mod telemetry;

pub use crate::call::{Call, CallInfo};
pub use crate::credentials::{Credentials, InvalidCredentials};
pub use crate::error::{Error, ErrorKind};
pub use crate::hawk::{HawkLayer, HawkService};
pub use crate::http_service::{HttpService, configure_http};
pub use crate::idempotency::{IdempotencyLayer, IdempotencyService};
pub use crate::key::{IdempotencyKey, InvalidIdempotencyKey};
pub use crate::options::CallOptions;
pub use crate::policy::RetryPolicy;
pub use crate::retry_after::retry_after;
pub use crate::runtime::{Runtime, Sleep, SystemRuntime, TestRuntime};
pub use crate::target::is_local;

/// The body of requests, and of responses that were read completely.
pub type Body = http_body_util::Full<bytes::Bytes>;

/// The error of the services of these layers. It is an [`Error`] when it comes from them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The future of the services of these layers, with a response's body of type `B`.
pub type BoxFuture<B> = std::pin::Pin<
    Box<dyn std::future::Future<Output = Result<http::Response<B>, BoxError>> + Send>,
>;
