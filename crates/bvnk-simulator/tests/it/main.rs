//! The simulator's tests: as a pure state machine, and as a server on a bare socket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
// Tables of closures.
#![allow(clippy::type_complexity)]

mod common;
mod contracts;
mod control;
mod dispatcher;
mod explain;
mod faults;
mod hawk;
mod hawk_header;
mod hawk_vectors;
mod hooks;
mod idempotency;
mod server;
mod service;
mod signatures;
mod webhooks;
