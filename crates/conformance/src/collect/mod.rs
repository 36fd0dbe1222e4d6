//! Collecting: the connection to the server under test, calls through the real client, and
//! raw requests that may be wrong. It knows no check.
//!
//! - `connection` is the server under test, a simulator or another one;
//! - `exercise` calls the client, and takes what arrived at the server;
//! - `raw` sends requests that the client would not send;
//! - `pace` sends requests, with limits of time and bytes, and ends a run that they cannot;
//! - `proxy` stands before another server, and keeps what the client sent;
//! - `clock` skips the delays of clients.

mod clock;
mod connection;
mod exercise;
mod pace;
mod proxy;
mod raw;

pub use clock::SkippingRuntime;
pub(crate) use clock::WaitingRuntime;
pub(crate) use connection::sleep;
pub use connection::{Connection, MakeClient, SetHook, Wait};
pub use exercise::{Call, Exercise};
pub use pace::Stop;
pub(crate) use raw::{RawRequest, Signature, now, request_line};
