//! Collecting: the connection to the server under test, calls through the real client, and
//! raw requests that may be wrong. It knows no check.

mod clock;
mod connection;
mod exercise;
mod proxy;
mod raw;

pub use crate::call::tap;
pub use clock::SkippingRuntime;
pub(crate) use connection::sleep;
pub use connection::{Connection, MakeClient, SetHook, Wait};
pub use exercise::{Call, Exercise};
pub(crate) use raw::{RawRequest, Signature, now, request_line};
