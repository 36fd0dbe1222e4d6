//! The server under test: the simulator, which can do everything on demand, or a server
//! elsewhere, of which only the responses are seen.
//!
//! - `raw` sends requests that the client would not send;
//! - `signature` signs them, and verifies the client's;
//! - `pace` sends requests, with limits of time and bytes, and ends a run that they cannot;
//! - `proxy` stands before another server, and keeps what the client sent;
//! - `clock` skips the delays of clients.

mod clock;
pub mod pace;
mod proxy;
mod raw;
mod signature;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bvnk::{BaseUrl, BoxError, Client, ClientBuilder, Credentials, RetryPolicy, Runtime};
use bvnk_contract::Contract;
use bvnk_simulator::hawk;
use bvnk_simulator::{Config, Listen, Simulator};
use futures_util::future::BoxFuture;

use crate::exchange::{Exchange, Request, Response};
use crate::target::ForeignTarget;
use crate::text::program;

pub use clock::SkippingRuntime;
pub(crate) use clock::WaitingRuntime;
pub use pace::Stop;
use pace::{LONGEST_PAUSE, Pace};
use proxy::Proxy;
pub(crate) use raw::{RawRequest, request_line};
pub(crate) use signature::{Signature, TOLERANCE, now};

/// Makes the client under test, for a connection and with its time. A mutant makes a broken one.
pub type MakeClient =
    Arc<dyn Fn(&Connection, Arc<dyn Runtime>) -> Result<Client, BoxError> + Send + Sync>;

/// Sets a new hook of a simulator.
pub type SetHook = Arc<dyn Fn(&mut Simulator) + Send + Sync>;

/// Waits for a duration. Tests pass one that moves their server's clock instead.
pub type Wait = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// Waits in real time.
pub fn sleep() -> Wait {
    Arc::new(|duration| Box::pin(tokio::time::sleep(duration)))
}

/// An open connection to the server under test.
pub struct Connection {
    /// The URL that a caller of the server would use.
    base: BaseUrl,
    /// The Hawk id, and the key, which is never shown.
    pub(crate) credentials: hawk::Credentials,
    /// The command that signs a request, for reports.
    pub signer: String,
    server: Server,
    /// Shared by all requests.
    http: reqwest::Client,
    /// How requests are sent past the proxy.
    pace: Arc<Pace>,
    /// How many requests were sent so far.
    requests: AtomicU64,
    /// How a request waits before it is repeated.
    pub(crate) wait: Wait,
}

/// Who answers.
enum Server {
    /// A simulator of this process, which can be given faults and answers.
    Simulator(bvnk_simulator::Server),
    /// The server stands behind the proxy.
    Foreign(Proxy),
}

impl Connection {
    /// Starts a simulator of a contract, with a hook if there is one.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub async fn simulator(contract: &Contract, hook: Option<&SetHook>) -> Result<Self, BoxError> {
        let listen = Listen {
            keep: usize::MAX,
            ..Listen::default()
        };
        let config = Config {
            contract: Some(contract.clone()),
            ..Config::default()
        };
        let server = bvnk_simulator::Server::start_on(listen, config).await;
        let server = server.map_err(|error| format!("the simulator does not start: {error}"))?;
        if let Some(set_hook) = hook {
            server.with(|simulator| set_hook(simulator));
        }
        let base: BaseUrl = server.url().parse()?;
        Ok(Self {
            http: http_client(&base, true)?,
            base,
            credentials: hawk::Credentials::new(server.id(), server.key()),
            signer: format!("{} sign", program()),
            server: Server::Simulator(server),
            pace: Arc::default(),
            requests: AtomicU64::new(0),
            wait: sleep(),
        })
    }

    /// Connects to another server. `wait` is how a request waits before it is repeated, and `stop`
    /// ends the run of which it makes the requests.
    ///
    /// # Errors
    ///
    /// When the proxy in front of it does not start.
    pub async fn foreign(target: &ForeignTarget, wait: Wait, stop: Stop) -> Result<Self, BoxError> {
        let ForeignTarget {
            base,
            id,
            key,
            rate,
            key_env,
        } = target;
        let http = http_client(base, false)?;
        let pace = Arc::new(Pace::new(*rate, stop));
        let origin = base.as_url().origin().ascii_serialization();
        let proxy = Proxy::start(http.clone(), origin, Arc::clone(&pace)).await;
        let proxy = proxy.map_err(|error| format!("the proxy does not start: {error}"))?;
        Ok(Self {
            base: base.clone(),
            credentials: hawk::Credentials::new(id, key),
            signer: format!("{} sign{key_env}", program()),
            server: Server::Foreign(proxy),
            http,
            pace,
            requests: AtomicU64::new(0),
            wait,
        })
    }

    /// Waits before a request is repeated.
    pub(crate) async fn wait(&self, duration: Duration) {
        (self.wait)(duration).await;
    }

    /// The client that services use.
    ///
    /// # Errors
    ///
    /// When it cannot be built.
    pub fn client(&self, runtime: Arc<dyn Runtime>) -> Result<Client, BoxError> {
        let builder = self.client_builder(runtime)?;
        Ok(builder.http_client(self.http.clone()).build()?)
    }

    /// A client that is set up for the server, without layers. At a foreign server its requests go
    /// to the proxy, and more attempts are made: a failure on the way is no failure of a clause.
    ///
    /// # Errors
    ///
    /// When the credentials or the URL are not usable.
    pub(crate) fn client_builder(
        &self,
        runtime: Arc<dyn Runtime>,
    ) -> Result<ClientBuilder, BoxError> {
        let credentials = Credentials::new(self.credentials.id(), self.credentials.key());
        let builder = Client::builder().credentials(credentials?).runtime(runtime);
        // What goes to the proxy is signed for the server behind it.
        Ok(match &self.server {
            Server::Simulator(_) => builder.base_url(self.base.clone()),
            Server::Foreign(proxy) => {
                let base = format!("http://{}{}", proxy.address, self.prefix());
                let retry = RetryPolicy::default().max_attempts(5);
                let retry = retry.max_retry_after(LONGEST_PAUSE);
                builder
                    .retry(retry)
                    .base_url(base.parse()?)
                    .signing_origin(self.base.clone())
            }
        })
    }

    /// What requests outside of the client are sent with.
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Whether it is another server than the simulator.
    pub fn is_foreign(&self) -> bool {
        matches!(self.server, Server::Foreign(_))
    }

    /// Gives access to the simulator's state, where there is one.
    pub fn with<T>(&self, act: impl FnOnce(&mut Simulator) -> T) -> Option<T> {
        match &self.server {
            Server::Simulator(server) => Some(server.with(act)),
            Server::Foreign(_) => None,
        }
    }

    /// How many resources were created, where that can be seen.
    pub fn created(&self) -> Option<usize> {
        self.with(|simulator| simulator.customer_count())
    }

    /// The requests that arrived since the last call of this method, which belong to one call of an
    /// operation, each with what was answered.
    pub fn take(&self, operation: &str) -> Vec<Exchange> {
        let arrived: Vec<(Request, Result<Response, String>)> = match &self.server {
            Server::Foreign(proxy) => proxy.take(),
            Server::Simulator(server) => {
                let received = server.take_received().into_iter();
                received.map(|it| (it.request, Ok(it.response))).collect()
            }
        };
        self.requests
            .fetch_add(arrived.len() as u64, Ordering::Relaxed);
        let arrived = arrived.into_iter().enumerate();
        let exchange = |(number, (request, response))| Exchange {
            operation: operation.to_owned(),
            request,
            response,
            repeated: number > 0,
            wrongly_signed: false,
        };
        arrived.map(exchange).collect()
    }

    /// How many requests met a failure that may pass: no response, 429, 502, 503 or 504.
    pub fn transient(&self) -> u64 {
        self.pace.transient()
    }

    /// Whether a request may be sent again: not at a server that fails most of the time, where each
    /// repetition would only make the run longer; and not at the simulator, whose failures are
    /// asked for.
    fn may_repeat(&self) -> bool {
        let few = self.transient() < 20 + self.requests() / 2;
        self.is_foreign() && few && !self.pace.is_stopped()
    }

    /// Counts a request that is sent past the proxy, if it is; those through it are counted when taken.
    fn count(&self) {
        if self.is_foreign() && !self.pace.is_stopped() {
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many requests were sent, those of the client included once they were taken.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Counts the requests of another connection of the same run as well.
    pub(crate) fn add_requests(&self, other: &Self) {
        self.requests.fetch_add(other.requests(), Ordering::Relaxed);
    }

    /// Scheme, host and port of the server.
    pub fn origin(&self) -> String {
        self.base.as_url().origin().ascii_serialization()
    }

    /// Host and port as they are signed; a URL without a port has that of its scheme.
    pub fn authority(&self) -> (String, u16) {
        let url = self.base.as_url();
        let host = url.host_str().unwrap_or_default().to_owned();
        (host, url.port_or_known_default().unwrap_or(443))
    }

    /// The `Host` header of the client's requests.
    pub fn host_header(&self) -> String {
        match &self.server {
            Server::Simulator(server) => server.address().to_string(),
            Server::Foreign(proxy) => proxy.address.to_string(),
        }
    }

    /// The path below which the API is, without a slash at its end.
    pub fn prefix(&self) -> &str {
        self.base.as_url().path().trim_end_matches('/')
    }
}

/// The client's own constructor: no redirects, no repetitions, no proxy for local addresses. A
/// server that serves one connection at a time would wait for the end of an idle one, while a
/// request waits on another: without `reuse` none is kept.
fn http_client(base: &BaseUrl, reuse: bool) -> Result<reqwest::Client, BoxError> {
    let builder = bvnk::http_client_builder(base.as_url())?;
    let idle = if reuse { usize::MAX } else { 0 };
    let built = builder.pool_max_idle_per_host(idle).build();
    Ok(built.map_err(reqwest::Error::without_url)?)
}
