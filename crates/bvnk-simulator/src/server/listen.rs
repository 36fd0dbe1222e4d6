//! Where and within which limits the server listens.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::clock::Clock;

/// Address, clock and limits of a [`Server`](crate::Server).
///
/// ```
/// use bvnk_simulator::{Clock, Listen};
///
/// let listen = Listen::default().keep(10).clock(Clock::new(|| 1_700_000_000));
/// # let _ = listen;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    pub(crate) keep: usize,
    pub(crate) keep_bytes: usize,
    pub(crate) control: bool,
    pub(crate) read_timeout: Option<Duration>,
}

impl Listen {
    /// Sets the address; a free port of 127.0.0.1 by default. A container needs 0.0.0.0, which everybody
    /// reaches who reaches the machine.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Sets the clock by which signatures are verified and responses delayed; the system's
    /// by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets how many requests are kept for [`Server::received`](crate::Server::received);
    /// 1024 by default. The oldest are dropped first.
    pub fn keep(mut self, requests: usize) -> Self {
        self.keep = requests;
        self
    }

    /// Sets how many bytes of requests and responses are kept; 64 MiB by default.
    pub fn keep_bytes(mut self, bytes: usize) -> Self {
        self.keep_bytes = bytes;
        self
    }

    /// Sets how long a request may take to arrive; a slower connection is closed. No limit by
    /// default. An idle connection counts too.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// Sets whether there are control paths, which need no signature; off by default, since
    /// the service has none.
    ///
    /// `GET /_simulator/attempts` lists the requests that are [kept](Self::keep), without
    /// their values (of more than 4 MiB the latest, with the number of those `omitted`), and
    /// `DELETE` drops them. `GET /_simulator/faults` lists the
    /// [faults](crate::Fault), `PUT` sets those whose names are in a JSON array, `POST` gives
    /// one to each of the next requests, `DELETE` ends those that are set. Requests of other
    /// origins are rejected, so that a web page cannot use a developer's browser for them.
    pub fn control(mut self, control: bool) -> Self {
        self.control = control;
        self
    }
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
