//! What checks work with: the specification, the server and the client.
//!
//! There is one context for a run. It is not changed by checks, but for what they do at the server
//! and for the values that were seen.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bvnk::{BoxError, Client, Runtime};

use crate::cases::Plan;
use crate::connection::{Connection, SkippingRuntime, WaitingRuntime};
use crate::options::RunOptions;
use crate::specification::Specification;

/// What checks work with.
pub struct Context {
    /// The contract and the clauses.
    pub specification: Arc<Specification>,
    /// The server under test.
    pub connection: Connection,
    /// The client under test.
    pub client: Client,
    /// The cases.
    pub plan: Arc<Plan>,
    /// What the run is asked to do.
    pub options: RunOptions,
    /// The values that appeared in this run, after their kinds.
    seen: Arc<Mutex<BTreeSet<String>>>,
}

impl Context {
    /// Joins a specification with its cases, a connection and the client under test.
    ///
    /// # Errors
    ///
    /// When the client cannot be built.
    pub fn new(
        specification: Arc<Specification>,
        plan: Arc<Plan>,
        connection: Connection,
        options: RunOptions,
    ) -> Result<Self, BoxError> {
        // At the simulator nothing is gained by waiting.
        let runtime: Arc<dyn Runtime> = match connection.is_foreign() {
            true => Arc::new(WaitingRuntime(Arc::clone(&connection.wait))),
            false => Arc::new(SkippingRuntime::default()),
        };
        let client = (options.mutation.client)(&connection, runtime)?;
        Ok(Self {
            specification,
            connection,
            client,
            plan,
            options,
            seen: Arc::default(),
        })
    }

    /// The same run with a simulator and a client of its own.
    ///
    /// # Errors
    ///
    /// When the simulator does not start.
    pub(crate) async fn with_own_simulator(&self) -> Result<Self, BoxError> {
        let (specification, hook) = (&self.specification, self.options.mutation.hook.as_ref());
        let connection = Connection::simulator(specification.contract(), hook).await?;
        let mut own = Self::new(
            Arc::clone(specification),
            Arc::clone(&self.plan),
            connection,
            self.options.clone(),
        )?;
        own.seen = Arc::clone(&self.seen);
        Ok(own)
    }

    /// A client like the one under test, with its own time: with a runtime that skips the delays,
    /// a call with many attempts takes none.
    ///
    /// # Errors
    ///
    /// When it cannot be built.
    pub fn client_with(&self, runtime: Arc<dyn Runtime>) -> Result<Client, BoxError> {
        (self.options.mutation.client)(&self.connection, runtime)
    }

    /// Lets what the simulator creates next have these statuses, one after the other.
    pub(crate) fn next_statuses<S: AsRef<str>>(&self, path: &[S]) {
        if !path.is_empty() {
            let path = path.iter().map(|status| status.as_ref().to_owned());
            self.connection
                .with(|simulator| simulator.push_sequence(path.collect()));
        }
    }

    /// Whether a value of a kind (a nonce, a key, a reference) appears for the first time in
    /// this run.
    pub fn is_first(&self, kind: &str, value: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.insert(format!("{kind} {value}"))
    }
}
