//! Collecting: the connection to the server under test, calls through the real client, and
//! raw requests that may be wrong. It knows no check.

mod clock;
mod connection;
mod exercise;
mod raw;
mod recorder;
mod tap;

pub use clock::SkippingRuntime;
pub(crate) use connection::sleep;
pub use connection::{Connection, MakeClient, SetHook, Wait};
pub use exercise::{Call, Exercise};
pub(crate) use raw::{Authorization, RawRequest, Signature, now};
pub use tap::{RawBody, tap};
