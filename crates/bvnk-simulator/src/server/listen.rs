//! Where and within which limits the server listens.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::clock::Clock;

/// Address, clock and limits of a [`Server`](crate::Server).
///
/// Set what differs from the default, since a later version may have more fields:
///
/// ```
/// use bvnk_simulator::{Clock, Listen};
///
/// let listen = Listen {
///     clock: Clock::new(|| 1_700_000_000),
///     keep: 10,
///     ..Listen::default()
/// };
/// # let _ = listen;
/// ```
#[derive(Clone, Debug)]
pub struct Listen {
    /// The address; a free port of 127.0.0.1 by default. A container needs 0.0.0.0, which
    /// other machines can reach.
    pub address: SocketAddr,
    /// The clock by which signatures are verified and responses delayed; the system's by
    /// default.
    pub clock: Clock,
    /// How many requests are kept for [`Server::received`](crate::Server::received); 1024 by
    /// default. The oldest are dropped first.
    pub keep: usize,
    /// How many bytes of requests and responses are kept; 64 MiB by default.
    pub keep_bytes: usize,
    /// Whether there are control paths, which need no signature; off by default, since the
    /// service has none.
    ///
    /// `GET /_simulator/attempts` lists the requests that are [kept](Self::keep), without
    /// their values (of more than 4 MiB the latest, with the number of those `omitted`), and
    /// `DELETE` drops them. `GET /_simulator/faults` lists the
    /// [faults](crate::Fault), `PUT` sets those whose names are in a JSON array, `POST` gives
    /// one to each of the next requests, `DELETE` ends those that are set. Requests of other
    /// origins are rejected, so that a web page cannot use a developer's browser for them.
    pub control: bool,
    /// How long a request may take to arrive; a slower connection is closed. No limit by
    /// default. An idle connection counts too.
    pub read_timeout: Option<Duration>,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Clock::system(),
            keep: 1024,
            keep_bytes: 64 * 1024 * 1024,
            control: false,
            read_timeout: None,
        }
    }
}
