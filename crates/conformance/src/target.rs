//! The server that is judged: the simulator, which shows and does everything, or a server
//! somewhere else, of which only the answers are seen.
//!
//! What the client sends to a foreign server is seen by a [`Recorder`] in between. Nothing
//! here knows a check.

mod pace;
mod recorder;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bvnk::{BaseUrl, Client, Credentials, Environment, Runtime, SigningOrigin};
use bvnk_simulator::{Fault, Received, Server};
use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::onboarding::Tap;
use crate::report::SIMULATOR;
use pace::Pace;
use recorder::Recorder;

/// A server to judge.
pub struct Target {
    pub(crate) base: BaseUrl,
    pub(crate) id: String,
    /// The Hawk key; never shown.
    pub(crate) key: String,
    server: Where,
    seen: AtomicUsize,
    pace: Arc<Pace>,
}

enum Where {
    /// Our own, with the fault that it has all along, if it is broken on purpose.
    Simulator(Server, Option<Fault>),
    Elsewhere(Recorder),
}

/// A request as it arrived.
#[derive(Clone)]
pub(crate) struct Arrived {
    pub(crate) method: Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl From<Received> for Arrived {
    fn from(received: Received) -> Self {
        Self {
            method: received.method,
            target: received.target,
            headers: received.headers,
            body: received.body,
        }
    }
}

impl Target {
    /// The simulator. It must keep all requests that it receives.
    ///
    /// # Errors
    ///
    /// When the simulator's address cannot be read as a URL.
    pub fn simulator(server: Server) -> Result<Self, String> {
        Ok(Self {
            base: base_url(server.url())?,
            id: server.id().to_owned(),
            key: server.key().to_owned(),
            server: Where::Simulator(server, None),
            seen: AtomicUsize::new(0),
            pace: Arc::default(),
        })
    }

    /// A server that somebody else runs, called at most `rate` times a second if there is a
    /// rate. Whatever is sent there is synthetic.
    ///
    /// # Errors
    ///
    /// When the URL is none, leads to production, or would be sent unencrypted over a
    /// network; and when the recorder cannot listen.
    pub async fn foreign(
        url: &str,
        id: String,
        key: String,
        rate: Option<u32>,
    ) -> Result<Self, String> {
        let base = base_url(url)?;
        if leads_to(&base) == leads_to(&base_url(Environment::Production.url())?) {
            return Err(format!(
                "{url} is production, where customers are real: judge a test environment"
            ));
        }
        if !base.is_private() {
            return Err(format!(
                "{url} would be sent unencrypted over a network: use https, or a port of this machine"
            ));
        }
        let pace = Arc::new(Pace::of(rate));
        let recorder = Recorder::start(&base, Arc::clone(&pace))
            .await
            .map_err(|error| format!("the recorder in front of {url} does not start: {error}"))?;
        Ok(Self {
            base,
            id,
            key,
            server: Where::Elsewhere(recorder),
            seen: AtomicUsize::new(0),
            pace,
        })
    }

    /// Whether a URL leads to the vendor's own test environment.
    pub fn is_sandbox(url: &str) -> bool {
        let sandbox = base_url(Environment::Sandbox.url());
        base_url(url)
            .is_ok_and(|base| sandbox.is_ok_and(|sandbox| leads_to(&sandbox) == leads_to(&base)))
    }

    /// Whether a URL leads to this machine, where no rate needs to be kept.
    pub fn is_local(url: &str) -> bool {
        let http = base_url(url).map(|base| base.as_url().scheme() == "http");
        http == Ok(true) && base_url(url).is_ok_and(|base| base.is_private())
    }

    /// What reports call it. A path may say more than whoever reads the report may know.
    pub(crate) fn name(&self) -> String {
        match self.server {
            Where::Simulator(..) => SIMULATOR.to_owned(),
            Where::Elsewhere(_) => self.origin(),
        }
    }

    /// The arguments that lead another run here; what may not be shown is left to fill in.
    pub(crate) fn arguments(&self) -> String {
        if self.control().is_some() {
            return String::new();
        }
        let url = match self.prefix() {
            "" => self.origin(),
            _ => "URL".to_owned(),
        };
        let mut arguments = format!(" --target {url} --id ID --key-env VAR");
        if let Some(rate) = self.pace.rate {
            arguments.push_str(&format!(" --rate {rate}"));
        }
        if Self::is_sandbox(self.base.as_url().as_str()) {
            arguments.push_str(" --allow-sandbox");
        }
        arguments
    }

    /// Where it is, for whoever reads along.
    pub fn address(&self) -> String {
        match self.server {
            Where::Simulator(..) => format!("simulator at {}", self.origin()),
            Where::Elsewhere(_) => format!("server at {}", self.base),
        }
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        self.base.as_url().origin().ascii_serialization()
    }

    /// Breaks the simulator for the whole run. It does nothing to another server.
    pub(crate) fn break_server(&mut self, fault: Fault) {
        if let Where::Simulator(server, standing) = &mut self.server {
            *standing = Some(fault);
            server.with(|simulator| simulator.set_fault(Some(fault)));
        }
    }

    /// The client that is judged: as a service makes it, with a layer that keeps the bytes
    /// of the answers.
    ///
    /// # Errors
    ///
    /// When the client cannot be made.
    pub fn client(
        &self,
        http: &reqwest::Client,
        runtime: Arc<dyn Runtime>,
    ) -> Result<Client, String> {
        let credentials = Credentials::new(self.id.as_str(), self.key.as_str())
            .map_err(|error| error.to_string())?;
        let mut builder = Client::builder()
            .credentials(credentials)
            .http_client(http.clone())
            .runtime(runtime)
            .layer(Tap);
        builder = match &self.server {
            Where::Simulator(..) => builder.base_url(self.base.clone()),
            Where::Elsewhere(recorder) => {
                let origin =
                    SigningOrigin::new(self.base.as_url()).map_err(|error| error.to_string())?;
                builder
                    .base_url(base_url(&recorder.url(self.prefix()))?)
                    .signing_origin(origin)
            }
        };
        builder.build().map_err(|error| error.to_string())
    }

    /// The simulator, which does what it is told.
    pub(crate) fn control(&self) -> Option<&Server> {
        match &self.server {
            Where::Simulator(server, _) => Some(server),
            Where::Elsewhere(_) => None,
        }
    }

    /// Gives the simulator a fault, or none.
    pub(crate) fn set_fault(&self, fault: Option<Fault>) {
        if let Where::Simulator(server, _) = &self.server {
            server.with(|simulator| simulator.set_fault(fault));
        }
    }

    /// Takes the simulator back to the fault that it has all along, if it has one.
    pub(crate) fn restore_fault(&self) {
        if let Where::Simulator(server, standing) = &self.server {
            server.with(|simulator| simulator.set_fault(*standing));
        }
    }

    /// How many customers the server has, where that can be seen.
    pub(crate) fn customers(&self) -> Option<usize> {
        self.control()
            .map(|server| server.with(|simulator| simulator.customers().len()))
    }

    /// The requests that arrived since this was asked the last time.
    pub(crate) fn take(&self) -> Vec<Arrived> {
        let arrived: Vec<Arrived> = match &self.server {
            Where::Simulator(server, _) => {
                let arrived = server.take_received().into_iter();
                arrived.map(Arrived::from).collect()
            }
            Where::Elsewhere(recorder) => recorder.take(),
        };
        self.seen.fetch_add(arrived.len(), Ordering::Relaxed);
        arrived
    }

    /// How many requests were taken.
    pub(crate) fn requests(&self) -> usize {
        self.seen.load(Ordering::Relaxed)
    }

    /// Host and port as they are signed.
    pub(crate) fn authority(&self) -> (String, u16) {
        let port = self.base.as_url().port_or_known_default().unwrap_or(443);
        (host(&self.base), port)
    }

    /// The `Host` of the client's requests: where it believes the server to be.
    pub(crate) fn host_header(&self) -> String {
        match &self.server {
            Where::Simulator(server, _) => server.address().to_string(),
            Where::Elsewhere(recorder) => recorder.address().to_string(),
        }
    }

    /// The path under which the API lies, without a slash at its end.
    pub(crate) fn prefix(&self) -> &str {
        self.base.as_url().path().trim_end_matches('/')
    }

    /// Waits until one more request may be sent.
    pub(crate) async fn pace(&self) {
        self.pace.wait().await;
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("name", &self.name())
            .finish_non_exhaustive()
    }
}

fn base_url(text: &str) -> Result<BaseUrl, String> {
    text.parse()
        .map_err(|error: bvnk::InvalidBaseUrl| format!("{text}: {error}"))
}

fn host(base: &BaseUrl) -> String {
    base.as_url().host_str().unwrap_or_default().to_owned()
}

/// Where a URL leads: a dot at the end of a host names the same host.
fn leads_to(base: &BaseUrl) -> String {
    host(base).trim_end_matches('.').to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A failure elsewhere can be repeated as it came, by whoever knows what is not shown.
    #[tokio::test]
    async fn a_run_elsewhere_is_repeated_with_all_that_it_was_told() {
        for (url, rate, expected) in [
            (
                "http://127.0.0.1:9",
                None,
                "http://127.0.0.1:9 --id ID --key-env VAR",
            ),
            (
                "http://127.0.0.1:9/secret",
                None,
                "URL --id ID --key-env VAR",
            ),
            (
                "https://api.sandbox.bvnk.com",
                Some(3),
                "https://api.sandbox.bvnk.com --id ID --key-env VAR --rate 3 --allow-sandbox",
            ),
        ] {
            let (id, key) = ("id".to_owned(), "key".to_owned());
            let target = Target::foreign(url, id, key, rate).await.unwrap();
            assert_eq!(target.arguments(), format!(" --target {expected}"));
        }
    }
}
