//! The client: the generated operations on a transport that signs and repeats.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bvnk_auth::{CallOptions, CallOptionsLayer, Runtime, SystemRuntime};
use bvnk_gen::Transport;
use tower::Layer;

use crate::{BuildError, ClientBuilder};

/// A client of the customers API.
///
/// The operations are those of [`GeneratedClient`](crate::GeneratedClient), to which it
/// dereferences. Cloning is cheap; clones share connections, clock correction and retry
/// budget. For several tenants in one process, build one client for each.
#[derive(Clone)]
pub struct Client {
    api: bvnk_gen::Client,
    runtime: Arc<dyn Runtime>,
}

impl Client {
    /// Starts a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Makes a client of the environment variables `BVNK_HAWK_ID`, `BVNK_HAWK_KEY` and,
    /// if set, `BVNK_BASE_URL`. Without a base URL it is the sandbox: production is never
    /// reached by leaving something out.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the variable that is missing or wrong, never its value.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder().env()?.build()
    }

    /// The same client, with other limits for the calls that are made through it. Where
    /// limits are given twice, the later ones win.
    ///
    /// An idempotency key is no limit for many calls and is left out: give it to the
    /// call itself, with `x_idempotency_key`.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use bvnk::CallOptions;
    ///
    /// # async fn look(client: bvnk::Client) -> Result<(), bvnk::Error> {
    /// let hurried = client.with(CallOptions::new().no_retry().total_timeout(Duration::from_secs(2)));
    /// let customer = hurried.get_customer().reference("c-1").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        let layer = CallOptionsLayer::new(options);
        let transport = Transport::new(layer.layer(self.api.transport().clone()));
        Self::new(
            self.api.with_transport(transport),
            Arc::clone(&self.runtime),
        )
    }

    pub(crate) fn new(api: bvnk_gen::Client, runtime: Arc<dyn Runtime>) -> Self {
        Self { api, runtime }
    }

    pub(crate) fn runtime(&self) -> &dyn Runtime {
        &*self.runtime
    }
}

impl From<bvnk_gen::Client> for Client {
    /// A client on any transport, for instance a fake one in a test. What the transport
    /// does not do (sign, repeat, bound) is not done.
    fn from(api: bvnk_gen::Client) -> Self {
        Self::new(api, Arc::new(SystemRuntime::new()))
    }
}

impl Deref for Client {
    type Target = bvnk_gen::Client;

    fn deref(&self) -> &bvnk_gen::Client {
        &self.api
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
