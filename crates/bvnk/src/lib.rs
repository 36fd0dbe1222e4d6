//! A client for BVNK's customers API (beta): it creates individual customers, which
//! starts their KYC, and follows their status.
//!
//! Requests are signed with Hawk on every attempt, carry one idempotency key for each
//! logical call, and are repeated only where that is safe. Nothing personal is printed:
//! `Debug` of types and errors hides what the contract does not mark public.
//!
//! ```no_run
//! use bvnk::types::{Address, CreateCustomerRequest, CustomerType, Individual};
//! use bvnk::{Client, Credentials, Environment};
//!
//! # async fn onboard(born: chrono::NaiveDate) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .environment(Environment::Sandbox)
//!     .credentials(Credentials::new("hawk-id", "hawk-key")?)
//!     .build()?;
//!
//! let address = Address::builder()
//!     .address_line1("1 High Street")
//!     .city("London")
//!     .post_code("N1 9GU")
//!     .country_code("GB");
//! let individual = Individual::builder()
//!     .first_name("Ada")
//!     .last_name("Lovelace")
//!     .date_of_birth(born)
//!     .address(address);
//! let request = CreateCustomerRequest::builder()
//!     .type_(CustomerType::Individual)
//!     .individual(individual)
//!     .signed_agreement_id("agreement-7");
//!
//! let created = client.create_customer().body(request).send().await?;
//! let customer = client.get_customer().reference(created.reference.clone()).send().await?;
//! println!("{} is {}", customer.reference, customer.status);
//! # Ok(())
//! # }
//! ```
//!
//! The types and operations are generated from the contract and live in `bvnk_gen`;
//! the layers live in `bvnk_auth`. This crate joins the two.

mod answer;
mod build_error;
mod builder;
mod client;
mod details;
mod doctor;
mod environment;
mod error;
mod headers;
mod tls;
mod wait;
mod wait_error;

pub use bvnk_auth::{
    CallInfo, CallOptions, Credentials, HawkLayer, IdempotencyKey, InvalidCredentials,
    InvalidIdempotencyKey, InvalidOrigin, RetryBudget, RetryPolicy, RotatingCredentials, Runtime,
    SigningOrigin, SystemRuntime, TestRuntime, harden,
};
/// The generated client on a transport of one's own, see [`Client::from`].
pub use bvnk_gen::Client as GeneratedClient;
pub use bvnk_gen::{
    BaseUrl, BoxError, Date, DateTime, Email, InvalidBaseUrl, InvalidValue, RawResponse,
    ResponseValue, Transport, from_json,
};

pub use crate::answer::Answer;
pub use crate::build_error::BuildError;
pub use crate::builder::{ClientBuilder, http_client};
pub use crate::client::Client;
pub use crate::details::FieldError;
pub use crate::doctor::{Diagnosis, Verdict};
pub use crate::environment::Environment;
pub use crate::error::{Error, ErrorKind};
pub use crate::wait::WaitForVerification;
pub use crate::wait_error::WaitError;

/// The types of the API's requests and answers, and their builders.
pub mod types {
    pub use bvnk_gen::types::*;
}
