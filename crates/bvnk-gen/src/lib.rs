//! Types and operations of BVNK's customers API.
//!
//! `generated.rs` is made from `openapi/customers.yaml` by `cargo xtask regen` and is
//! never edited; the modules beside it are the small hand-written runtime that it
//! stands on. This crate knows the API's shapes and paths. It does not know how a
//! request is signed, repeated or sent: that is behind one seam, [`Transport`].
//!
//! Most services want the `bvnk` crate, which brings a transport along. This crate
//! alone serves whoever wants the types only, without any cryptography.
//!
//! ```
//! use bvnk_gen::types::{Customer, CustomerStatus};
//!
//! let customer: Customer =
//!     serde_json::from_str(r#"{"reference": "c-1", "status": "ON_HOLD", "level": 2}"#)?;
//! assert_eq!(customer.status, CustomerStatus::from("ON_HOLD")); // unknown values are kept
//! assert_eq!(customer.extra["level"], 2); // and so are unknown members
//! # Ok::<(), serde_json::Error>(())
//! ```

mod base_url;
mod error;
mod format;
#[allow(missing_docs, unused_mut, clippy::all, clippy::unwrap_used)]
#[rustfmt::skip] // as `cargo xtask regen` prints it
mod generated;
mod invalid;
mod json;
mod response;
mod runtime;
mod status;
mod transport;

pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use error::{Error, RawResponse};
pub use format::{Date, DateTime, Email};
pub use generated::{Client, builder, types};
pub use invalid::InvalidValue;
pub use json::from_json;
pub use response::ResponseValue;
pub use transport::{BoxError, Transport};
