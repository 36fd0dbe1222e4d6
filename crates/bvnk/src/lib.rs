//! A client for BVNK's customers API (beta): it creates individual customers, which
//! starts their KYC, and follows their status.
//!
//! Requests are signed with Hawk on every attempt, carry one idempotency key for each
//! logical call, and are repeated only where that is safe. Nothing personal is printed:
//! `Debug` of types and errors hides what the contract does not mark public.
//!
//! # Onboarding, complete
//!
//! ```no_run
//! use bvnk::types::{Address, CreateCustomerRequest, Individual};
//! use bvnk::Client;
//!
//! # async fn onboard() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::from_env()?; // BVNK_HAWK_ID, BVNK_HAWK_KEY; the sandbox
//! let request = CreateCustomerRequest::builder()
//!     .type_("INDIVIDUAL")
//!     .signed_agreement_id("78eedde1-2402-4a59-8bbd-ccecb6d612d1")
//!     .individual(
//!         Individual::builder()
//!             .first_name("Ada")
//!             .last_name("Lovelace")
//!             .date_of_birth("1985-12-10") // or a chrono::NaiveDate
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
//! | know whether the setup is right | [`Client::doctor`] |
//! | act on what went wrong | [`Error`]; any operation's error becomes one with `?` |
//! | know attempts, key, trace id of a success | [`Answer`] |
//! | repeat a call safely after a crash | [`IdempotencyKey`], and the example `fleet` |
//! | wait for the outcome | [`Client::wait_for_verification`], and the example `wait` |
//! | be told of the outcome | [`webhook`], and the example `webhook` |
//! | other time-outs for some calls | [`Client::with`] |
//! | read requests that are kept as JSON | [`from_json`], and the example `onboard` |
//! | add metrics, a rate limit, a circuit breaker | [`ClientBuilder::layer`], and the example `own_layer` |
//! | test your service | the crate `bvnk-simulator`, and the example `service_test` |
//! | go live | [`production`] |
//!
//! # Strict out, tolerant in
//!
//! What the types accept is sent as a body that the contract allows. What they refuse is
//! refused when it is put in, and told by the field's path and the rule:
//! `individual.address.countryCode: must match ^[A-Z]{2}$`. Answers may have members
//! that nobody has documented (reachable in `extra`), statuses that nobody knows (kept as
//! they came), and nulls for what is optional.
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `rustls` (default) | TLS by rustls, on the crypto library that signs too |
//! | `native-tls` | TLS by the platform's library |
//! | neither | bring a `reqwest::Client` of your own: [`ClientBuilder::http_client`] |
//! | `tracing` | events about attempts, delays and clocks; never about contents |
//! | `schemars` | JSON Schema of the API's types, for schemas of your own |
//!
//! The types and operations are generated from the contract and live in `bvnk_gen`;
//! the layers live in `bvnk_auth`. This crate joins the two.

mod answer;
mod build_error;
mod builder;
mod client;
mod details;
mod doctor;
mod env;
mod environment;
mod error;
mod headers;
mod kind;
pub mod production;
mod tls;
mod wait;
mod wait_error;
pub mod webhook;

/// What a layer of one's own fails with that refuses a call before it is sent, see
/// [`ClientBuilder::layer`].
pub use bvnk_auth::Error as LayerError;
pub use bvnk_auth::{
    CallInfo, CallOptions, Credentials, HawkLayer, IdempotencyKey, InvalidCredentials,
    InvalidIdempotencyKey, InvalidOrigin, RetryBudget, RetryPolicy, RotatingCredentials, Runtime,
    SigningOrigin, Sleep, SystemRuntime, TestRuntime,
};
/// The generated client on a transport of one's own, see [`Client::from`].
pub use bvnk_gen::Client as GeneratedClient;
pub use bvnk_gen::{
    BaseUrl, BoxError, Date, DateTime, Email, InvalidBaseUrl, InvalidValue, RawResponse,
    ResponseValue, Transport, from_json,
};

pub use crate::answer::Answer;
pub use crate::build_error::BuildError;
/// The version of this crate, as its user agent says it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

pub use crate::builder::{ClientBuilder, http_client, http_client_builder};
pub use crate::client::Client;
pub use crate::details::FieldError;
pub use crate::doctor::{Diagnosis, Verdict};
pub use crate::environment::Environment;
pub use crate::error::Error;
pub use crate::kind::ErrorKind;
pub use crate::wait::WaitForVerification;
pub use crate::wait_error::WaitError;

/// The types of the API's requests and answers, and their builders.
pub mod types {
    pub use bvnk_gen::types::*;
}
