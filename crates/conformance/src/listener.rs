//! How a service listens to webhooks: the client's parts, each of them replaceable, so that
//! a mutant can put a broken one in its place.
//!
//! It must not know checks or the simulator's state.

use std::future::Future;

use bvnk::webhook::{Changes, Event, Refusal, Seen as _, SeenInMemory, Verifier};
use futures_util::FutureExt as _;
use http::HeaderMap;

/// Where webhooks go, and what they are signed with.
pub(crate) const URL: &str = "http://me.example/hooks/bvnk";
pub(crate) const PATH: &str = "/hooks/bvnk";
pub(crate) const SECRET: &str = "a webhook's secret";

/// The parts.
#[derive(Clone, Copy)]
pub(crate) struct Listener {
    /// Takes a delivery for an event, or refuses it.
    pub(crate) verify: fn(&Verifier, &HeaderMap, &[u8]) -> Result<Event, Refusal>,
    /// Whether an event is to be handled.
    pub(crate) is_first: fn(&SeenInMemory, &Event) -> bool,
    /// Tells the waits. It is given how many events were handled about this customer before.
    pub(crate) tell: fn(&Changes, usize, &Event),
    /// For whose events a wait listens: of all customers that there are, for the wanted one.
    pub(crate) whom: for<'a> fn(&'a [String], &'a str) -> &'a str,
}

/// The client's own.
pub(crate) const WHOLE: Listener = Listener {
    verify: Verifier::event,
    is_first: |seen, event| now(seen.first(event.id())).is_some_and(|first| first == Ok(true)),
    tell: |changes, _, event| changes.tell(event),
    whom: |_, wanted| wanted,
};

/// What comes without waiting.
fn now<T>(future: impl Future<Output = T>) -> Option<T> {
    future.now_or_never()
}
