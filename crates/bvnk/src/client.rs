//! The client: the generated operations on a transport that signs and repeats.

use std::ops::Deref;
use std::sync::Arc;

use bvnk_auth::{CallOptions, Runtime};

use crate::{BuildError, ClientBuilder, LayeredTransport, PollSettings};

/// A client of the customers API.
///
/// The operations are those of [`GeneratedClient`](crate::GeneratedClient), to which it
/// dereferences. Cloning is cheap; clones share connections, clock correction and retry
/// budget. For several tenants in one process, build one client for each.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) api: bvnk_gen::Client<LayeredTransport>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) poll_settings: PollSettings,
}

impl Client {
    /// Starts building a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Builds a client from the environment variables `BVNK_HAWK_ID`, `BVNK_HAWK_KEY` and,
    /// if set, `BVNK_BASE_URL`. Without a base URL it calls the sandbox: production is never
    /// reached by omission.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the variable that is missing or invalid, never its value.
    pub fn from_env() -> Result<Self, BuildError> {
        Self::builder().env()?.build()
    }

    /// Returns a client with other limits for the calls that are made through it. Where
    /// limits are set twice, the later ones apply; those of a call come last.
    ///
    /// ```no_run
    /// use std::time::Duration;
    /// use bvnk::CallOptions;
    ///
    /// # async fn get(client: bvnk::Client) -> Result<(), bvnk::Error> {
    /// let quick = client.with(CallOptions::new().max_attempts(1).total_timeout(Duration::from_secs(2)));
    /// let customer = quick.get_customer().reference("c-1").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// An idempotency key belongs to one call, not to a client. It is set on the call with
    /// `idempotency_key`, and options have none:
    ///
    /// ```compile_fail,E0599
    /// # fn example(client: bvnk::Client, key: bvnk::IdempotencyKey) {
    /// let client = client.with(bvnk::CallOptions::new().idempotency_key(key));
    /// # }
    /// ```
    #[must_use]
    pub fn with(&self, options: CallOptions) -> Self {
        Self {
            api: self.api.with_transport(self.api.transport().with(options)),
            ..self.clone()
        }
    }
}

impl Deref for Client {
    type Target = bvnk_gen::Client<LayeredTransport>;

    fn deref(&self) -> &Self::Target {
        &self.api
    }
}
