//! A client for BVNK's customers API (beta): it creates individual customers, which starts
//! their KYC, and follows their status.
//!
//! Requests are signed with Hawk on every attempt, carry one idempotency key for each logical
//! call, and are repeated only where that is safe. Nothing personal is printed: `Debug` of
//! types and errors hides what the contract does not mark public.
//!
//! # Example
//!
//! ```no_run
//! use bvnk::Client;
//! use bvnk::types::{Address, CreateCustomerRequest, Individual};
//!
//! # async fn onboard() -> Result<(), bvnk::Error> {
//! let client = Client::from_env()?; // BVNK_HAWK_ID, BVNK_HAWK_KEY; the sandbox
//! let request = CreateCustomerRequest::builder()
//!     .signed_agreement_id("78eedde1-2402-4a59-8bbd-ccecb6d612d1")
//!     .individual(
//!         Individual::builder()
//!             .first_name("Ada")
//!             .last_name("Lovelace")
//!             .date_of_birth("1985-12-10") // or a jiff::civil::Date
//!             .address(
//!                 Address::builder()
//!                     .address_line1("1 High Street")
//!                     .city("London")
//!                     .post_code("N1 9GU")
//!                     .country_code("GB"),
//!             ),
//!     );
//! let created = client.create_customer().body(request).send().await?;
//! let customer = client.wait_for_verification(created.reference.clone()).await?;
//! println!("{} is {}", customer.reference, customer.status);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to find what
//!
//! | you want to | see |
//! |---|---|
//! | call production, a proxy, a simulator | [`ClientBuilder`] |
//! | check the setup | [`Client::doctor`] |
//! | act on an error | [`Error`], and [`Outcome`] for "did it happen?" |
//! | read attempts, key and trace id of a success | [`ResponseExt`] |
//! | repeat a call safely after a crash | [`IdempotencyKey`], and the example `fleet` |
//! | wait for the outcome | [`Client::wait_for_verification`], and the example `wait` |
//! | receive webhooks | [`webhook`], and the example `webhook` |
//! | set other limits for some calls | [`Client::with`] |
//! | read requests that are kept as JSON | [`from_json`], and the example `onboard` |
//! | add tracing, metrics, a rate limit | [`ClientBuilder::layer`], and the examples `layers`, `own_layer` and `metrics` |
//! | test your service | the crate `bvnk-simulator`, or [`ClientBuilder::service`] without a server |
//! | see a complete service | the example `service` |
//! | go live | [`production`] |
//!
//! # Strict requests, tolerant responses
//!
//! A request that the types accept is valid by the contract. What they refuse is reported at
//! once, each value with its path and the rule:
//! `individual.address.countryCode: must match ^[A-Z]{2}$`. Responses may have undocumented
//! members (reachable in `extra`), unknown statuses (kept as received), and null for what is
//! optional.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `rustls` (default) | TLS by rustls with reqwest's own crypto library, aws-lc |
//! | `ring` | TLS by rustls on ring, the library that also signs: a shorter build. For applications: see below |
//! | `native-tls` | TLS by the platform's library. For applications: see below |
//! | none of them | http only, or a `reqwest::Client` of your own: [`ClientBuilder::http_client`] |
//! | `tracing` | a span for each call (info) and an event for each attempt (debug), never their contents: see [`production`] |
//! | `schemars` | JSON Schema of the API's types |
//!
//! Cargo unites the features of a crate for all its users, so a TLS feature affects other
//! users of reqwest 0.13 in the same program. The default only adds rustls with a crypto
//! library, as reqwest's own default does: no other client stops working or changes its TLS.
//! Libraries should leave the choice to the application. `ring` without `rustls` makes
//! `reqwest::Client::new()` panic elsewhere in the program, unless another crate enables a
//! TLS feature of reqwest or the application installs a rustls provider. `native-tls` makes
//! the platform's library the default of every other reqwest client.
//!
//! The types and operations are generated from the contract and live in `bvnk_gen`; the
//! layers live in `bvnk_auth`. This crate joins the two.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod build_error;
mod builder;
mod call_context;
mod client;
mod details;
mod doctor;
mod env;
mod environment;
mod error;
mod error_display;
mod error_kind;
mod headers;
mod http_client;
mod outcome;
mod poll_settings;
mod poller;
mod printable;
mod response_ext;
mod transport;
mod waiter;
pub mod webhook;

/// The error with which a layer of your own refuses a call before it is sent: see
/// [`ClientBuilder::layer`].
pub use bvnk_auth::Error as LayerError;
pub use bvnk_auth::{
    Body, BoxError, Call, CallInfo, CallOptions, Credentials, HawkLayer, IdempotencyKey,
    InvalidCredentials, InvalidIdempotencyKey, RetryPolicy, Runtime, Sleep, SystemRuntime,
    TestRuntime,
};
/// The generated client: the operations that [`Client`] dereferences to.
pub use bvnk_gen::Client as GeneratedClient;
pub use bvnk_gen::{
    BaseUrl, Date, DateTime, Email, Escaped, Extra, FromJson, InvalidBaseUrl, Nullable, Operation,
    RawResponse, ResponseValue, SERVERS, Transport, Uuid, ValidationError, Violation, from_json,
    from_json_lenient, tracking,
};

pub use crate::build_error::BuildError;
pub use crate::builder::ClientBuilder;
pub use crate::client::Client;
pub use crate::details::FieldError;
pub use crate::doctor::{Diagnosis, Verdict};
pub use crate::environment::Environment;
pub use crate::error::Error;
pub use crate::error_kind::ErrorKind;
pub use crate::http_client::{http_client, http_client_builder};
pub use crate::outcome::Outcome;
pub use crate::poll_settings::PollSettings;
pub use crate::response_ext::ResponseExt;
pub use crate::transport::{ApiService, LayeredTransport};
pub use crate::waiter::Waiter;

/// The version of this crate, which the user agent contains.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The types of the API's requests and responses, and their builders.
pub mod types {
    pub use bvnk_gen::types::*;
}

#[doc = include_str!("../docs/production.md")]
pub mod production {}

/// The examples of the README are tested too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
