//! The client: the generated operations on a transport that signs and repeats.

use std::ops::Deref;

use crate::ClientBuilder;
use crate::builder::BuildError;

/// A client of the customers API.
///
/// The operations are those of [`bvnk_gen::Client`], to which it dereferences. Cloning
/// is cheap; clones share connections, clock correction and retry budget.
#[derive(Clone, Debug)]
pub struct Client(bvnk_gen::Client);

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

    pub(crate) fn new(api: bvnk_gen::Client) -> Self {
        Self(api)
    }
}

impl Deref for Client {
    type Target = bvnk_gen::Client;

    fn deref(&self) -> &bvnk_gen::Client {
        &self.0
    }
}
