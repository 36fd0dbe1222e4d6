//! The simulator as an HTTP/1 server.

mod connection;
mod control;
mod deliver;
mod listen;
mod received;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::api::Api;
use crate::config::Config;
use crate::hawk::Credentials;
use crate::message::{Request, Response};
use crate::simulator::Simulator;

pub use listen::Listen;
pub use received::Received;

/// How long open requests may take after [`Server::run_until`] was asked to end.
const GRACE: Duration = Duration::from_secs(5);

/// A running server. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use bvnk_simulator::{Config, Server};
///
/// let server = Server::start(Config::default()).await?;
/// let (url, id, key) = (server.url(), server.id(), server.key());
/// // … point the client under test there, let it work, then check:
/// # let _ = (url, id, key);
/// assert_eq!(server.received().len(), 0);
/// assert_eq!(server.with(|simulator| simulator.customers().len()), 0);
/// # Ok(())
/// # }
/// ```
pub struct Server {
    address: SocketAddr,
    url: String,
    shared: Arc<Shared>,
    /// Owns the connections too: they end with it.
    accepting: JoinHandle<()>,
}

/// What the connections share.
struct Shared {
    api: Arc<Api>,
    config: Arc<Config>,
    listen: Listen,
    state: Mutex<State>,
    /// Notifies of requests and changes, after which there may be webhooks.
    changed: watch::Sender<()>,
    /// True when the server is asked to end.
    ending: watch::Sender<bool>,
}

struct State {
    simulator: Simulator,
    received: received::Log,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When there is no port, or the contract cannot be used.
    pub async fn start(config: Config) -> io::Result<Self> {
        Self::start_on(Listen::default(), config).await
    }

    /// Starts a server with an address, a clock or limits.
    ///
    /// # Errors
    ///
    /// When the address is in use, or the contract cannot be used.
    pub async fn start_on(listen: Listen, config: Config) -> io::Result<Self> {
        let simulator = Simulator::new(config).map_err(io::Error::other)?;
        let at = listen.address;
        let listener = TcpListener::bind(at).await.map_err(|error| {
            let help = "choose another port, or 0 for a free one";
            let message = format!("cannot listen on {at}: {error}\nhelp: {help}");
            io::Error::new(error.kind(), message)
        })?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            api: Arc::clone(&simulator.api),
            config: Arc::clone(&simulator.config),
            state: Mutex::new(State {
                simulator,
                received: received::Log::default(),
            }),
            listen,
            changed: watch::Sender::new(()),
            ending: watch::Sender::new(false),
        });
        Ok(Self {
            url: format!("http://{}", reachable(address)),
            address,
            accepting: tokio::spawn(accept(listener, Arc::clone(&shared))),
            shared,
        })
    }

    /// Returns the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the Hawk id of the first credentials.
    pub fn id(&self) -> &str {
        let first = self.shared.config.credentials.first();
        first.map_or("", Credentials::id)
    }

    /// Returns the Hawk key of the first credentials.
    pub fn key(&self) -> &str {
        let first = self.shared.config.credentials.first();
        first.map_or("", Credentials::key)
    }

    /// Returns the latest requests, oldest first; see [`Listen::keep`].
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().received.all()
    }

    /// Returns the latest requests and drops them, so that the next call returns only those
    /// that arrived since.
    pub fn take_received(&self) -> Vec<Received> {
        self.shared.lock().received.take()
    }

    /// Inspects or changes the simulator, while no request is handled.
    pub fn with<T>(&self, access: impl FnOnce(&mut Simulator) -> T) -> T {
        let result = access(&mut self.shared.lock().simulator);
        self.shared.changed.send_replace(());
        result
    }

    /// Waits until every webhook that is due by the clock was sent and answered, or given
    /// up. Returns when the next is due, if there is one. With a
    /// [`ManualClock`](crate::ManualClock) this makes days pass:
    ///
    /// ```
    /// # async fn pass(server: bvnk_simulator::Server, time: bvnk_simulator::ManualClock) {
    /// while let Some(next) = server.webhooks_sent().await {
    ///     time.advance_to(next);
    /// }
    /// # }
    /// ```
    pub async fn webhooks_sent(&self) -> Option<u64> {
        deliver::idle(&self.shared).await
    }

    /// Stops, and returns when the port is free again. Open connections are cut.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // The result is always that it was aborted.
        let _ = (&mut self.accepting).await;
    }

    /// Serves until `signal` completes, then accepts no connection any more, lets open
    /// requests finish for at most 5 s, and returns. For a program that ends on SIGTERM.
    pub async fn run_until(mut self, signal: impl Future) {
        signal.await;
        self.shared.ending.send_replace(true);
        let finished = tokio::time::timeout(GRACE, &mut self.accepting).await;
        if finished.is_err() {
            self.shutdown().await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// The address under which this machine reaches the server.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A closure that panicked in `with`, such as a failed assertion, must not make every
        // other request panic too.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes when the server is asked to end.
    async fn ended(&self) {
        let mut ending = self.ending.subscribe();
        // It fails when the server is gone.
        let _ = ending.wait_for(|ending| *ending).await;
    }

    fn answer(&self, request: Request) -> Response {
        // Most of the work needs no state and is done outside of the lock.
        let checked = self.api.check(&request, false);
        let now = self.listen.clock.now();
        let mut state = self.lock();
        let mut response = state.simulator.answer(&self.api, &request, checked, now);
        // Under the same lock, so that the requests are kept in the order in which they were
        // carried out.
        let explained = response.rejection.is_some().then(|| request.clone());
        let kept = response.clone();
        state.received.push(request, kept, &self.listen);
        drop(state);
        if let Some(request) = explained {
            self.config
                .explain(&self.api.hosts, &request, &mut response);
        }
        self.changed.send_replace(());
        response
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let deliveries = async {
        // Not woken by each request without need.
        if shared.config.webhook.is_some() {
            deliver::run(&shared).await;
        }
        std::future::pending::<()>().await;
    };
    let accepting = async {
        let mut number = 0;
        loop {
            tokio::select! {
                biased;
                () = shared.ended() => break,
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        number += 1;
                        connections.spawn(connection::serve(stream, Arc::clone(&shared), number));
                    }
                    // Out of file descriptors, for instance: that ends when connections end.
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                },
            }
            while connections.try_join_next().is_some() {}
        }
        drop(listener);
        while connections.join_next().await.is_some() {}
    };
    tokio::select! {
        () = accepting => {}
        () = deliveries => {}
    }
}
