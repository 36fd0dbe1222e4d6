//! Types and operations of BVNK's customers API.
//!
//! `generated.rs` is written from `openapi/customers.yaml` by `cargo xtask regen` and is
//! never edited. It lists schemas and operations as calls of the macros in `macros/`; the
//! other modules are the runtime that these expand to. This crate knows the API's
//! shapes and paths. It does not know how a request is signed, repeated or sent: that is
//! behind one trait, [`Transport`].
//!
//! Most services want the `bvnk` crate, which includes a transport. This crate alone is for
//! programs that need only the types, without any cryptography.
//!
//! ```
//! use bvnk_gen::types::{Customer, CustomerStatus};
//!
//! let customer: Customer =
//!     serde_json::from_str(r#"{"reference": "c-1", "status": "ON_HOLD", "level": 2}"#)?;
//! assert_eq!(customer.status, CustomerStatus::from("ON_HOLD")); // unknown values are kept
//! assert_eq!(customer.extra.get("level").unwrap(), 2); // and so are unknown members
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # Where to find what
//!
//! | you want to | see |
//! |---|---|
//! | build a request | the types' `builder()`, such as [`types::Individual::builder`] |
//! | read a request that is kept as JSON | [`from_json`], which refuses misspelled members |
//! | read what the contract does not name | the field `extra` of a type: [`Extra`] |
//! | know everything that does not fit | [`ValidationError::violations`] |
//! | send requests in your own way | [`Transport`] |
//! | act on any error | [`Error`], and [`RawResponse`] for its response |
//! | follow the object whose status ends | [`tracking`], whose names do not change with the contract |
//!
//! # Privacy
//!
//! `Debug` of every type hides strings, numbers and dates, unless the contract marks their schema
//! public: a status and a reference are shown, a name is not. Errors name paths and rules, never
//! values. What is public is shown escaped and cut to 100 characters: see [`Escaped`].

// Generated code refers to this crate by its name, so that it compiles in other crates too.
extern crate self as bvnk_gen;

mod base_url;
mod convert;
mod error;
mod escaped;
mod extra;
mod format;
#[rustfmt::skip] // as `cargo xtask regen` prints it
mod generated;
mod json;
mod json_parts;
mod json_types;
mod macros;
mod nullable;
mod private;
mod request;
mod response;
mod rules;
mod transport;
mod validation;

pub use base_url::{BaseUrl, InvalidBaseUrl};
pub use convert::IntoField;
pub use error::{Error, RawResponse};
pub use escaped::Escaped;
pub use extra::Extra;
pub use format::{Date, DateTime, Email};
pub use generated::{Client, SERVERS, builder, tracking, types};
pub use json::{FromJson, from_json, from_json_lenient};
pub use json_parts::json_items;
pub use nullable::Nullable;
pub use response::ResponseValue;
pub use serde_json::Value;
pub use transport::{Body, BoxError, Operation, Transport};
pub use uuid::Uuid;
pub use validation::{ValidationError, Violation};

/// What the macros expand to. Not a public interface.
#[doc(hidden)]
pub mod __private {
    pub use crate::convert::{JsonBody, Slot, convert, kind, marker};
    pub use crate::json::{Reader, deserialize, read_one_of, read_text};
    pub use crate::private::{Hidden, Shown};
    pub use crate::request::{List, RequestParts};
    pub use crate::response::{decode_by_status, no_body};
    pub use crate::rules::{TextRules, bounds, items, multiple_of, must_be};
    #[cfg(feature = "schemars")]
    pub use schemars;
    pub use {serde, serde_json};
}
