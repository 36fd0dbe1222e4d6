//! The client's tests, in one program: linking one is quicker than linking a dozen. What
//! observes a whole process is a separate program.

mod ambiguity;
mod canary;
mod doctor;
mod errors;
mod hostile;
mod hostile_corpus;
mod options;
mod safety;
mod strict;
mod support;
mod updates;
mod waiting;
mod webhook;
mod webhook_contract;
