//! The simulator as a program's or a test's HTTP/1 server.
//!
//! It must not know what is answered, nor why: it carries requests in, tells the time,
//! and carries responses out as far as their delivery says.

mod connection;
mod control;
mod courier;
mod listen;
mod received;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::config::{Config, default_credentials};
use crate::contract::Contract;
use crate::hawk::Credentials;
use crate::message::{Request, Response};
use crate::simulator::Simulator;

pub use listen::Listen;
pub use received::Received;

/// A running server. It stops when it is dropped.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// use bvnk_simulator::{Config, Server};
///
/// let bvnk = Server::start(Config::default()).await?;
/// let (url, id, key) = (bvnk.url(), bvnk.id(), bvnk.key());
/// // … point the client under test there, let it work, then look:
/// # let _ = (url, id, key);
/// assert_eq!(bvnk.received().len(), 0);
/// assert_eq!(bvnk.with(|simulator| simulator.customers().len()), 0);
/// # Ok(())
/// # }
/// ```
pub struct Server {
    address: SocketAddr,
    url: String,
    credentials: Credentials,
    shared: Arc<Shared>,
    /// Owns the connections too: they end with it.
    accepting: JoinHandle<()>,
}

/// What the connections share.
struct Shared {
    contract: Arc<Contract>,
    listen: Listen,
    state: Mutex<State>,
    /// Tells whoever sends webhooks that there may be one.
    news: watch::Sender<()>,
}

struct State {
    simulator: Simulator,
    received: VecDeque<Received>,
}

impl Server {
    /// Starts a server of the embedded contract on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// When there is no port, or the embedded contract cannot be compiled.
    pub async fn start(config: Config) -> io::Result<Self> {
        Self::start_on(Listen::default(), config).await
    }

    /// Starts a server of the embedded contract with a port, a clock or limits of its own.
    ///
    /// # Errors
    ///
    /// When the address is taken, or the embedded contract cannot be compiled.
    pub async fn start_on(listen: Listen, config: Config) -> io::Result<Self> {
        let contract = Contract::embedded().map_err(io::Error::other)?;
        Self::start_with(contract, listen, config).await
    }

    /// Starts a server of any contract.
    ///
    /// # Errors
    ///
    /// When the address is taken.
    pub async fn start_with(
        contract: Arc<Contract>,
        listen: Listen,
        config: Config,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(listen.address).await?;
        let address = listener.local_addr()?;
        let simulator = Simulator::with_contract(Arc::clone(&contract), config);
        let credentials = simulator.credentials().first().cloned();
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                simulator,
                received: VecDeque::new(),
            }),
            contract,
            listen,
            news: watch::Sender::new(()),
        });
        Ok(Self {
            address,
            url: format!("http://{address}"),
            credentials: credentials.unwrap_or_else(default_credentials),
            accepting: tokio::spawn(accept(listener, Arc::clone(&shared))),
            shared,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The Hawk id of the first credentials.
    pub fn id(&self) -> &str {
        self.credentials.id()
    }

    /// The Hawk key of the first credentials.
    pub fn key(&self) -> &str {
        self.credentials.key()
    }

    /// The latest requests, oldest first; at most as many as [`Listen::keep`] says.
    pub fn received(&self) -> Vec<Received> {
        self.shared.lock().received.iter().cloned().collect()
    }

    /// The same, and they are kept no longer: cheaper than a copy, and the next call tells
    /// only what came since.
    pub fn take_received(&self) -> Vec<Received> {
        std::mem::take(&mut self.shared.lock().received).into()
    }

    /// Looks at the simulator, or changes it, while no request is answered.
    pub fn with<T>(&self, look: impl FnOnce(&mut Simulator) -> T) -> T {
        let seen = look(&mut self.shared.lock().simulator);
        self.shared.news.send_replace(());
        seen
    }

    /// Waits until every webhook that is due by the clock was sent and answered, or given
    /// up; gives the time at which the next is due, if there is one. Under a
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
        courier::idle(&self.shared).await
    }

    /// Stops, and returns when the port is free again. Open connections are cut.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // The outcome is always that it was aborted.
        let _ = (&mut self.accepting).await;
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
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test's closure that panicked in `with` must not hide its own message behind
        // the panics of other requests.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, request: Request) -> Response {
        // Most of the work needs no state and is done before the lock is taken.
        let checked = self.contract.check(&request);
        let now = self.listen.clock.now();
        let mut state = self.lock();
        let response = state.simulator.settle(&request, &checked, now);
        // Under the same lock, so that what was received has the order of the deeds.
        self.record(&mut state, request, &response);
        drop(state);
        self.news.send_replace(());
        response
    }

    fn record(&self, state: &mut State, request: Request, response: &Response) {
        while state.received.len() >= self.listen.keep {
            if state.received.pop_front().is_none() {
                return;
            }
        }
        state.received.push_back(Received::new(request, response));
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    // Not woken by each request for nothing; among the connections, so that it ends when
    // they do.
    if shared.lock().simulator.sends_webhooks() {
        connections.spawn(courier::run(Arc::clone(&shared)));
    }
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(connection::serve(stream, Arc::clone(&shared)));
            }
            // Out of file descriptors, for one: that ends when connections end.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}
