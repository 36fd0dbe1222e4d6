//! The server under test: the simulator, which can do everything on demand, or a server
//! elsewhere, of which only the responses are seen.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bvnk::{BaseUrl, Client, ClientBuilder, Credentials, RetryPolicy, Runtime};
use bvnk_contract::Contract;
use bvnk_simulator::{Config, Listen, Response, Simulator};
use futures_util::future::BoxFuture;

use super::recorder::{Pace, Recorder};
use super::tap::tap;
use crate::exchange::Request;

/// Makes the client under test, for a connection and with its time.
pub type MakeClient =
    Arc<dyn Fn(&Connection, Arc<dyn Runtime>) -> Result<Client, String> + Send + Sync>;

/// Sets a new hook of a simulator.
pub type SetHook = Arc<dyn Fn(&mut Simulator) + Send + Sync>;

/// Waits for a duration.
pub type Wait = Arc<dyn Fn(Duration) -> BoxFuture<'static, ()> + Send + Sync>;

/// Waits in real time.
pub(crate) fn sleep() -> Wait {
    Arc::new(|duration| Box::pin(tokio::time::sleep(duration)))
}

/// An open connection to the server under test.
pub struct Connection {
    base: BaseUrl,
    id: String,
    key: String,
    server: Server,
    http: reqwest::Client,
    pace: Arc<Pace>,
    requests: AtomicU64,
    wait: Wait,
}

enum Server {
    Simulator(bvnk_simulator::Server),
    /// The server stands behind the recorder.
    Foreign(Recorder),
}

impl Connection {
    /// Starts a simulator of a contract, with a hook if there is one.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub async fn simulator(contract: &Contract, hook: Option<&SetHook>) -> Result<Self, String> {
        let listen = Listen::default().keep(usize::MAX);
        let config = Config::default().contract(contract.clone());
        let server = bvnk_simulator::Server::start_on(listen, config);
        let server = server
            .await
            .map_err(|error| format!("the simulator does not start: {error}"))?;
        if let Some(set_hook) = hook {
            server.with(|simulator| set_hook(simulator));
        }
        let base = base_url(server.url())?;
        let http = http_client(&base)?;
        let (id, key) = (server.id().to_owned(), server.key().to_owned());
        Ok(Self::new(base, id, key, http, Server::Simulator(server)))
    }

    /// Connects to another server, with at most `rate` requests a second.
    ///
    /// # Errors
    ///
    /// When the recorder in front of it does not start.
    pub async fn foreign(
        base: BaseUrl,
        id: &str,
        key: &str,
        rate: Option<u32>,
    ) -> Result<Self, String> {
        let http = http_client(&base)?;
        let pace = Arc::new(Pace::new(rate));
        let origin = base.as_url().origin().ascii_serialization();
        let recorder = Recorder::start(http.clone(), origin, Arc::clone(&pace));
        let recorder = recorder
            .await
            .map_err(|error| format!("the recorder does not start: {error}"))?;
        let server = Server::Foreign(recorder);
        let connection = Self::new(base, id.to_owned(), key.to_owned(), http, server);
        Ok(Self { pace, ..connection })
    }

    fn new(base: BaseUrl, id: String, key: String, http: reqwest::Client, server: Server) -> Self {
        Self {
            base,
            id,
            key,
            server,
            http,
            pace: Arc::default(),
            requests: AtomicU64::new(0),
            wait: sleep(),
        }
    }

    /// The connection with another way to wait.
    pub(crate) fn waiting(self, wait: Wait) -> Self {
        Self { wait, ..self }
    }

    /// Waits before a request is repeated.
    pub(crate) async fn wait(&self, duration: Duration) {
        (self.wait)(duration).await;
    }

    /// The client that services use, with a layer that keeps the bytes of responses.
    ///
    /// # Errors
    ///
    /// When it cannot be built.
    pub fn client(&self, runtime: Arc<dyn Runtime>) -> Result<Client, String> {
        let builder = self
            .client_builder(runtime)?
            .http_client(self.http.clone())
            .layer(tap());
        builder.build().map_err(|error| error.to_string())
    }

    /// A client that is set up for the server, without layers.
    ///
    /// # Errors
    ///
    /// When the credentials or the URL are not usable.
    pub(crate) fn client_builder(
        &self,
        runtime: Arc<dyn Runtime>,
    ) -> Result<ClientBuilder, String> {
        let credentials = Credentials::new(self.id.as_str(), self.key.as_str());
        let builder = Client::builder()
            .credentials(credentials.map_err(|error| error.to_string())?)
            .runtime(runtime);
        // What goes to the recorder is signed for the server behind it.
        Ok(match &self.server {
            Server::Simulator(_) => builder.base_url(self.base.clone()),
            Server::Foreign(recorder) => {
                let base = format!("http://{}{}", recorder.address(), self.prefix());
                builder
                    .retry(RetryPolicy::default().max_attempts(5))
                    .base_url(base_url(&base)?)
                    .signing_origin(self.base.clone())
            }
        })
    }

    /// The Hawk id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The Hawk key; never shown.
    pub fn key(&self) -> &str {
        &self.key
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

    /// Makes the simulator answer the next request so, without carrying it out.
    pub fn answer_next(&self, answer: Response) {
        self.with(|simulator| simulator.push_response(answer));
    }

    /// How many resources were created, where that can be seen.
    pub fn created(&self) -> Option<usize> {
        self.with(|simulator| simulator.customers().len())
    }

    /// The requests that arrived since the last call of this method.
    pub fn take(&self) -> Vec<Request> {
        let arrived: Vec<Request> = match &self.server {
            Server::Foreign(recorder) => recorder.take(),
            Server::Simulator(server) => {
                let received = server.take_received().into_iter();
                received
                    .map(|received| Request {
                        method: received.method.to_string(),
                        target: received.target.clone(),
                        headers: received.headers.clone(),
                        body: received.body.clone(),
                    })
                    .collect()
            }
        };
        self.requests
            .fetch_add(arrived.len() as u64, Ordering::Relaxed);
        arrived
    }

    /// How requests are sent past the recorder.
    pub(super) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// How many requests met a failure that may pass.
    pub fn transient(&self) -> u64 {
        self.pace.transient()
    }

    /// Whether a request may be sent again: not at a server that fails all the time.
    pub(super) fn may_repeat(&self) -> bool {
        let few = self.transient() < 20 + self.requests() / 8;
        self.is_foreign() && few && !self.pace.has_stopped()
    }

    /// Counts a request that is sent past the recorder.
    pub(super) fn count(&self) {
        if self.is_foreign() {
            self.requests.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many requests were sent.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Scheme, host and port of the server.
    pub fn origin(&self) -> String {
        self.base.as_url().origin().ascii_serialization()
    }

    /// Host and port as they are signed.
    pub fn authority(&self) -> (String, u16) {
        let url = self.base.as_url();
        let host = url.host_str().unwrap_or_default().to_owned();
        (host, url.port_or_known_default().unwrap_or(443))
    }

    /// The `Host` header of the client's requests.
    pub fn host_header(&self) -> String {
        match &self.server {
            Server::Simulator(server) => server.address().to_string(),
            Server::Foreign(recorder) => recorder.address().to_string(),
        }
    }

    /// The path below which the API is, without a slash at its end.
    pub fn prefix(&self) -> &str {
        self.base.as_url().path().trim_end_matches('/')
    }
}

fn base_url(text: &str) -> Result<BaseUrl, String> {
    text.parse()
        .map_err(|error: bvnk::InvalidBaseUrl| error.to_string())
}

/// The client's own constructor: no redirects, no repetitions, no proxy for local addresses.
fn http_client(base: &BaseUrl) -> Result<reqwest::Client, String> {
    bvnk::http_client(base.as_url()).map_err(|error| error.to_string())
}
