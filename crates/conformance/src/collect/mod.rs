//! Collecting: the connection to the server under test, calls through the real client, and
//! raw requests that may be wrong. It knows no check.

mod clock;
mod connection;
mod exercise;
mod pace;
mod raw;
mod recorder;
mod script;
mod tap;

pub use clock::SkippingRuntime;
pub use connection::{Connection, MakeClient};
pub(crate) use exercise::MOST_POLLS;
pub use exercise::{Answer, Call, Exercise};
pub(crate) use raw::{Exchanged, RawRequest, Signature, now};
pub use script::MakeHook;
pub(crate) use script::Script;
pub use tap::{RawBody, Tap, Tapped};
