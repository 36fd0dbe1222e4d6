//! Which server is tested: the simulator of this workspace, or another one by its URL.
//!
//! What must never happen is found here, before anything is sent: no run reaches production, and no
//! credentials go over a network without encryption.

use bvnk::{BaseUrl, Credentials, Environment};

/// How many requests a second a server on another machine gets, unless the caller says
/// otherwise.
const POLITE_RATE: u32 = 5;

/// The server to test.
#[derive(Clone)]
pub enum Target {
    /// A simulator of the contract, started for the run.
    Simulator,
    /// Another server.
    Foreign(ForeignTarget),
}

/// A server elsewhere, with the credentials to call it.
#[derive(Clone)]
pub struct ForeignTarget {
    /// What stands before the contract's paths.
    pub(crate) base: BaseUrl,
    /// The Hawk id.
    pub(crate) id: String,
    /// The Hawk key, which no report shows.
    pub(crate) key: String,
    /// The most requests a second; no limit without it.
    pub(crate) rate: Option<u32>,
    /// The argument that names the environment variable with the key, if it is another than the usual.
    pub(crate) key_env: String,
}

impl Target {
    /// Another server. What is sent there is synthetic, at most `rate` requests a second:
    /// without a rate, 5 for another machine and no limit for this one.
    ///
    /// # Errors
    ///
    /// When the URL is not one, has credentials in it, leads to production, or would be
    /// called without encryption over a network; and when the credentials are unusable.
    pub fn foreign(url: &str, id: &str, key: &str, rate: Option<u32>) -> Result<Self, String> {
        let base: BaseUrl = url
            .parse()
            .map_err(|error: bvnk::InvalidBaseUrl| format!("the target's URL: {error}"))?;
        let host = base.as_url().host_str().unwrap_or_default().to_owned();
        if Environment::from_host(&host) == Some(Environment::Production) {
            let message = format!(
                "{host} is production, where customers are real\nhelp: test the sandbox or a server of your own"
            );
            return Err(message);
        }
        let local = bvnk_auth::is_local(base.as_url());
        if base.as_url().scheme() != "https" && !local {
            let message = format!(
                "requests to {host} would not be encrypted\nhelp: use https, or a port of this machine"
            );
            return Err(message);
        }
        Credentials::new(id, key).map_err(|error| error.to_string())?;
        Ok(Self::Foreign(ForeignTarget {
            rate: rate.or((!local).then_some(POLITE_RATE)),
            base,
            id: id.to_owned(),
            key: key.to_owned(),
            key_env: String::new(),
        }))
    }

    /// Sets the environment variable that has the key, for commands that reports show.
    #[must_use]
    pub fn key_env(mut self, name: &str) -> Self {
        if let Self::Foreign(target) = &mut self {
            target.key_env = format!(" --key-env {name}");
        }
        self
    }

    /// Whether it is another server than the simulator.
    pub fn is_foreign(&self) -> bool {
        matches!(self, Self::Foreign(_))
    }

    /// Whether it is the vendor's sandbox, where others may see what the run creates.
    pub fn is_sandbox(&self) -> bool {
        match self {
            Self::Simulator => false,
            Self::Foreign(target) => {
                let host = target.base.as_url().host_str().unwrap_or_default();
                Environment::from_host(host) == Some(Environment::Sandbox)
            }
        }
    }

    /// What reports call it. A path may say more than a report's reader should know.
    pub fn name(&self) -> String {
        match self {
            Self::Simulator => "simulator".to_owned(),
            Self::Foreign(target) => target.base.as_url().origin().ascii_serialization(),
        }
    }

    /// Where it is, for the terminal of the caller, who knows the URL with its path.
    pub fn address(&self) -> String {
        match self {
            Self::Simulator => "the built-in simulator".to_owned(),
            Self::Foreign(target) => format!("the server at {}", target.base),
        }
    }

    /// The arguments that lead another run here, with the credentials in the environment.
    pub fn arguments(&self) -> String {
        let Self::Foreign(target) = self else {
            return String::new();
        };
        let url = target.base.as_url().as_str().trim_end_matches('/');
        let mut arguments = format!(" --target {url}{}", target.key_env);
        if let Some(rate) = target.rate {
            arguments.push_str(&format!(" --rate {rate}"));
        }
        if self.is_sandbox() {
            arguments.push_str(" --allow-sandbox");
        }
        arguments
    }
}
