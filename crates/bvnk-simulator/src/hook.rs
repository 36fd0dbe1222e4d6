//! The hook: changes what the service enforces and what it answers, request by request.
//!
//! [`Fault`] has what tests of services need. Whatever else is to be tried, such as a server
//! that is wrong in one place, is a [`Hook`].

use http::StatusCode;
use serde_json::Value;

use bvnk_contract::{Contract, Operation};

use crate::api::{Api, Endpoint};
use crate::check::ValidationError;
use crate::config::{Config, Replay};
use crate::fault::Fault;
use crate::hawk::{Header, Incoming, Rejection};
use crate::message::{Request, Response};
use crate::state::State;
use crate::webhook::{Delivery, StatusChange};

/// Changes what a [`Simulator`](crate::Simulator) does. Each method does nothing by default.
///
/// ```
/// use bvnk_simulator::hawk::Rejection;
/// use bvnk_simulator::{Config, Hook, HookContext, Response, Rules, Simulator};
///
/// /// A service that accepts any signature and repeats no response.
/// struct Careless;
///
/// impl Hook for Careless {
///     fn rules(&mut self, _: &HookContext<'_>, rules: &mut Rules) {
///         rules.key = None;
///     }
///
///     fn signature(&mut self, _: &HookContext<'_>, outcome: &mut Result<(), Rejection>) {
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
    fn rules(&mut self, context: &HookContext<'_>, rules: &mut Rules) {
        let _ = (context, rules);
    }

    /// Called after the signature was verified: changes the outcome. Not called for
    /// operations that need no signature.
    fn signature(&mut self, context: &HookContext<'_>, outcome: &mut Result<(), Rejection>) {
        let _ = (context, outcome);
    }

    /// Called after the request was validated against the contract: removes errors, or adds
    /// some. The first one is answered, unless the signature is rejected.
    fn validation(&mut self, context: &HookContext<'_>, errors: &mut Vec<ValidationError>) {
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

/// A request on its way through the service.
#[non_exhaustive]
pub struct HookContext<'a> {
    /// The contract that is served.
    pub contract: &'a Contract,
    /// The operation; `None` for an unknown path or method.
    pub operation: Option<&'a Operation>,
    /// The request.
    pub request: &'a Request,
    /// What its signature covers.
    pub incoming: Incoming<'a>,
    /// The `Authorization` header, if it could be parsed.
    pub header: Option<Header>,
    /// How the service is configured, with the credentials that are accepted.
    pub config: &'a Config,
    /// The state, before the request or after it.
    pub state: &'a mut State,
    /// The time, in Unix seconds.
    pub now: u64,
    /// What the contract does not allow. The first one is answered.
    pub errors: Vec<ValidationError>,
    /// Why the signature was rejected.
    pub rejection: Option<Rejection>,
    /// The reference of the customer that was created, or that the request names.
    pub reference: Option<String>,
    /// Whether a customer was created.
    pub created: bool,
    /// Whether the request repeats an idempotency key.
    pub replayed: bool,
    pub(crate) api: &'a Api,
    pub(crate) endpoint: Option<&'a Endpoint>,
    /// The values of the path's parameters.
    pub(crate) path: Vec<(String, String)>,
    pub(crate) rules: Rules,
    /// The Hawk id of the caller, if the signature was accepted.
    pub(crate) caller: Option<String>,
}

impl<'a> HookContext<'a> {
    /// Returns the JSON pointer of the reference in a success of the operation.
    pub fn identity(&self) -> Option<&'a str> {
        self.endpoint?.identity.as_deref()
    }

    /// Returns the JSON pointer of the status in a success of the operation.
    pub fn status(&self) -> Option<&'a str> {
        self.endpoint?.status.as_deref()
    }

    /// Returns a valid success of the operation with this reference and status.
    pub fn success(&self, reference: &str, status: &str) -> Response {
        let customer = self.state.customer(reference);
        let value = customer.map_or_else(|| Value::from(reference), |it| it.value.clone());
        let thing = Some((&value, status));
        let success = self.endpoint.map(|it| self.api.success(it, thing));
        success.unwrap_or_else(|| Response::new(StatusCode::OK))
    }
}
