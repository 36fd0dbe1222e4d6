//! The client's tests, in one program: linking one is quicker than linking a dozen. What
//! listens to all events of its process has a program of its own beside it.

mod canary;
mod doctor;
mod errors;
mod hostile;
mod options;
mod safety;
mod strict;
mod support;
mod told;
mod waiting;
mod webhook;
mod webhook_contract;
