//! Where and within which limits the server listens.
//!
//! It must not know how the service behaves: that is [`Config`](crate::Config)'s business.

use std::net::{Ipv4Addr, SocketAddr};

use crate::clock::Clock;

/// Address, clock and limits of a [`Server`](crate::Server).
///
/// ```
/// use bvnk_simulator::{Clock, Listen};
///
/// let listen = Listen::default().port(8080).clock(Clock::new(|| 1_700_000_000));
/// # let _ = listen;
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Listen {
    pub(crate) address: SocketAddr,
    pub(crate) clock: Clock,
    pub(crate) body_limit: usize,
    pub(crate) keep: usize,
    pub(crate) control: bool,
}

impl Listen {
    /// A port of 127.0.0.1; 0, the default, takes a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.address.set_port(port);
        self
    }

    /// Any address. Beyond 127.0.0.1 everyone who reaches the machine can talk to it.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The clock that signatures are judged by; the system's by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The greatest body in bytes, 1 MiB by default; a greater one is answered 413.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How many requests are kept for [`Server::received`](crate::Server::received); 1024
    /// by default, the oldest go first.
    pub fn keep(mut self, requests: usize) -> Self {
        self.keep = requests;
        self
    }

    /// Whether there are paths beside the service's own, for which nobody has to sign; not
    /// by default, for the service has no such paths.
    ///
    /// `GET /_simulator/attempts` lists the requests that are [kept](Self::keep), without
    /// any value of theirs, and `DELETE` forgets them. `GET /_simulator/faults` lists the
    /// [faults](crate::Fault), `PUT` makes those whose names are in a JSON array stand,
    /// `POST` breaks one request with each, `DELETE` ends those that stand.
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
            body_limit: 1024 * 1024,
            keep: 1024,
            control: false,
        }
    }
}
