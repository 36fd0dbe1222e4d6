//! The layers' tests, in one program: linking one is quicker than linking a dozen. What
//! listens to all events of its process is a separate program.

mod calls;
mod clock;
mod hawk;
mod hostile;
mod idempotency;
mod proof;
mod ready;
mod retry_limits;
mod retry_table;
mod secrets;
mod sockets;
mod support;
