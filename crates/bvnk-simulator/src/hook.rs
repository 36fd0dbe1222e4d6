//! The hook: changes what the service enforces and what it answers, request by request.
//!
//! [`Fault`] has what tests of services need. Whatever else is to be tried, such as a server
//! that is wrong in one place, is a [`Hook`].

use http::StatusCode;
use serde_json::Value;

use bvnk_contract::{Contract, Operation};

use crate::check::ValidationError;
use crate::config::Replay;
use crate::fault::Fault;
use crate::hawk::{Credentials, Header, Incoming, Rejection};
use crate::message::{Request, Response};
use crate::state::State;
use crate::webhook::{Delivery, StatusChange};

/// Changes what a [`Simulator`](crate::Simulator) does. Each method does nothing by default.
///
/// ```
/// use bvnk_simulator::hawk::Rejection;
/// use bvnk_simulator::{Config, Hook, HookContext, RequestContext, Response, Rules};
/// use bvnk_simulator::{SignatureContext, Simulator};
///
/// /// A service that accepts any signature and repeats no response.
/// struct Careless;
///
/// impl Hook for Careless {
///     fn rules(&mut self, _: &RequestContext<'_>, rules: &mut Rules) {
///         rules.key = None;
///     }
///
///     fn signature(&mut self, _: &SignatureContext<'_>, outcome: &mut Result<(), Rejection>) {
///         *outcome = Ok(());
///     }
///
///     fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
///         if context.created {
///             response.status = http::StatusCode::CREATED;
///         }
///     }
/// }
///
/// let mut simulator = Simulator::new(Config::default())?;
/// simulator.set_hook(Careless);
/// # Ok::<(), bvnk_simulator::Diagnostics>(())
/// ```
pub trait Hook: Send {
    /// Called first: changes what is enforced for this request.
    fn rules(&mut self, context: &RequestContext<'_>, rules: &mut Rules) {
        let _ = (context, rules);
    }

    /// Called after the signature was verified: changes the outcome. Not called for
    /// operations that need no signature.
    fn signature(&mut self, context: &SignatureContext<'_>, outcome: &mut Result<(), Rejection>) {
        let _ = (context, outcome);
    }

    /// Called after the request was validated against the contract: removes errors, or adds
    /// some. The first one is answered, unless the signature is rejected.
    fn validation(&mut self, context: &RequestContext<'_>, errors: &mut Vec<ValidationError>) {
        let _ = (context, errors);
    }

    /// Called last: changes the response, and the state.
    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        let _ = (context, response);
    }

    /// Called for each change of a status that webhooks report: changes what is sent.
    fn webhooks(&mut self, change: &StatusChange, deliveries: &mut Vec<Delivery>) {
        let _ = (change, deliveries);
    }
}

/// Changes nothing.
pub(crate) struct NoHook;

impl Hook for NoHook {}

/// What is enforced for one request.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rules {
    /// How many seconds the caller's clock may differ.
    pub clock_tolerance: u64,
    /// A request that is rejected for its time uses up its nonce.
    pub stale_uses_nonce: bool,
    /// A method that the path does not have is rejected; otherwise it is taken for one that
    /// the path has.
    pub method: bool,
    /// What the request is remembered under, so that a repetition is answered without
    /// carrying it out again: the key, in lower case if it is a UUID; `None` if the request
    /// has none or the operation takes none.
    pub key: Option<String>,
    /// An invalid request uses up its key: the error is repeated.
    pub remember_errors: bool,
    /// A key is forgotten when it was repeated once.
    pub forget_after_replay: bool,
    /// How a repeated key is answered.
    pub replay: Replay,
    /// The faults that the request meets.
    pub faults: Vec<Fault>,
    /// The response in place of the service's; nothing is carried out.
    pub answer: Option<Response>,
}

/// A request that is about to be handled.
#[non_exhaustive]
pub struct RequestContext<'a> {
    /// The contract that is served.
    pub contract: &'a Contract,
    /// The operation; `None` for an unknown path or method.
    pub operation: Option<&'a Operation>,
    /// The request.
    pub request: &'a Request,
    /// The state before the request.
    pub state: &'a State,
    /// The time, in Unix seconds.
    pub now: u64,
}

/// A request whose signature was verified.
#[non_exhaustive]
pub struct SignatureContext<'a> {
    /// The request.
    pub request: &'a Request,
    /// What the signature covers.
    pub incoming: &'a Incoming<'a>,
    /// The `Authorization` header, if it could be parsed.
    pub header: Option<&'a Header>,
    /// The credentials that are accepted.
    pub credentials: &'a [Credentials],
    /// The hosts of the contract's servers.
    pub hosts: &'a [String],
    /// The state.
    pub state: &'a State,
    /// The time, in Unix seconds.
    pub now: u64,
}

/// A request that was handled.
#[non_exhaustive]
pub struct HookContext<'a> {
    /// The contract that is served.
    pub contract: &'a Contract,
    /// The operation; `None` for an unknown path or method.
    pub operation: Option<&'a Operation>,
    /// The request.
    pub request: &'a Request,
    /// The credentials that are accepted.
    pub credentials: &'a [Credentials],
    /// Why the signature was rejected.
    pub rejection: Option<&'a Rejection>,
    /// What the contract does not allow. The first one was answered.
    pub errors: &'a [ValidationError],
    /// The reference of the customer that was created, or that the request names.
    pub reference: Option<&'a str>,
    /// Whether a customer was created.
    pub created: bool,
    /// Whether the request repeats an idempotency key.
    pub replayed: bool,
    /// The JSON pointer of the reference in a success of the operation.
    pub identity: Option<&'a str>,
    /// The JSON pointer of the status in a success of the operation.
    pub status: Option<&'a str>,
    /// The state after the request.
    pub state: &'a mut State,
    /// The time, in Unix seconds.
    pub now: u64,
}

impl HookContext<'_> {
    /// Returns a valid success of the operation with this reference and status.
    pub fn success(&self, reference: &str, status: &str) -> Response {
        let api = &self.state.api;
        let customer = self.state.customer(reference);
        let value = customer.map_or_else(|| Value::from(reference), |it| it.value.clone());
        let endpoint = self.operation.and_then(|it| api.endpoint(&it.id));
        let success = endpoint.map(|it| api.success(it, Some((&value, status))));
        success.unwrap_or_else(|| Response::new(StatusCode::OK))
    }
}
