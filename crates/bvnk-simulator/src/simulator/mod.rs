//! The state machine: from a request and a time to a response. It knows no connection, no
//! clock and no lock.

mod auth;
mod serve;
mod webhooks;

use std::collections::VecDeque;
use std::sync::Arc;

use bvnk_contract::{Diagnostics, Shape};

use crate::api::{Api, Endpoint};
use crate::check::{Checked, ValidationError};
use crate::config::{Config, Replay};
use crate::fault::Fault;
use crate::hawk::Credentials;
use crate::hook::{Hook, HookContext, NoHook, RequestContext, Rules};
use crate::message::{Request, Response};
use crate::sequence::StatusSequence;
use crate::state::{Customer, State};
use crate::webhook::Dispatcher;
pub(crate) use auth::Verifier;

/// The documented service with its state.
///
/// ```
/// use bvnk_simulator::{Config, Request, Simulator};
///
/// let mut simulator = Simulator::new(Config::default())?;
/// let unsigned = Request::new(http::Method::GET, "/platform/v1/customers/unknown");
/// let response = simulator.handle(&unsigned, 1_700_000_000);
/// assert_eq!(response.status, 401);
/// assert_eq!(response.headers["www-authenticate"], "Hawk");
/// # Ok::<(), bvnk_simulator::Diagnostics>(())
/// ```
pub struct Simulator {
    pub(crate) api: Arc<Api>,
    pub(crate) verifier: Arc<Verifier>,
    config: Config,
    state: State,
    pub(crate) dispatcher: Dispatcher,
    faults: Vec<Fault>,
    script: VecDeque<Fault>,
    responses: VecDeque<Response>,
    hook: Box<dyn Hook>,
}

/// One request on its way through the service.
pub(crate) struct Call<'a> {
    pub(crate) api: &'a Api,
    pub(crate) request: &'a Request,
    pub(crate) endpoint: Option<&'a Endpoint>,
    /// The values of the path's parameters.
    path: Vec<(String, String)>,
    errors: Vec<ValidationError>,
    rules: Rules,
    pub(crate) now: u64,
    /// The Hawk id of the caller; empty if there is none.
    caller: String,
    /// The reference of the customer that is created or named.
    reference: Option<String>,
    pub(crate) created: bool,
    pub(crate) replayed: bool,
}

impl Simulator {
    /// Creates a service in its first state.
    ///
    /// # Errors
    ///
    /// When a schema of the contract cannot be compiled, or has no value.
    pub fn new(mut config: Config) -> Result<Self, Diagnostics> {
        let api = crate::prepare(config.contract.take())?;
        Ok(Self {
            verifier: Arc::new(Verifier::new(&mut config, api.hosts.clone())),
            state: State::new(Arc::clone(&api), &mut config),
            dispatcher: Dispatcher::default(),
            api,
            config,
            faults: Vec::new(),
            script: VecDeque::new(),
            responses: VecDeque::new(),
            hook: Box::new(NoHook),
        })
    }

    /// Returns the credentials that are accepted; there is at least one.
    pub fn credentials(&self) -> &[Credentials] {
        self.verifier.credentials()
    }

    /// Returns the customers, in the order of their creation.
    pub fn customers(&self) -> &[Customer] {
        self.state.customers()
    }

    /// Returns the customer with this reference.
    pub fn customer(&self, reference: &str) -> Option<&Customer> {
        self.state.customer(reference)
    }

    /// Sets the statuses of the next customer that is created; a further call, those of the
    /// one after it.
    pub fn next_sequence(&mut self, sequence: StatusSequence) {
        self.state.push_sequence(sequence);
    }

    /// Sets how a repeated idempotency key is answered.
    pub fn set_replay(&mut self, replay: Replay) {
        self.config.replay = replay;
    }

    /// Sets a fault that every request meets from now on; `None` ends it.
    pub fn set_fault(&mut self, fault: Option<Fault>) {
        self.set_faults(fault);
    }

    /// Sets several faults that every request meets from now on. Of those that answer in
    /// place of the service, the first does.
    pub fn set_faults(&mut self, faults: impl IntoIterator<Item = Fault>) {
        self.faults = faults.into_iter().collect();
    }

    /// Returns the faults that every request meets.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Sets a fault that the next request meets; a further call, that of the request after
    /// it. It takes the place of those that are [set](Self::set_faults).
    pub fn push_fault(&mut self, fault: Fault) {
        self.script.push_back(fault);
    }

    /// Sets the response that the next request gets, whatever it is: it is not carried out. A
    /// further call sets that of the request after it.
    pub fn push_response(&mut self, response: Response) {
        self.responses.push_back(response);
    }

    /// Sets a hook, in place of the one before.
    pub fn set_hook(&mut self, hook: impl Hook + 'static) {
        self.hook = Box::new(hook);
    }

    /// Returns the state, to inspect or change it.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// Handles a request at a time in Unix seconds.
    pub fn handle(&mut self, request: &Request, now: u64) -> Response {
        let api = Arc::clone(&self.api);
        let mut response = self.answer(&api, request, api.check(request, false), now);
        self.verifier.explain(request, &mut response);
        response
    }

    /// Handles a request that was checked already: checking needs no state, so a server does
    /// it outside of its lock.
    pub(crate) fn answer<'a>(
        &mut self,
        api: &'a Api,
        request: &'a Request,
        mut checked: Checked<'a>,
        now: u64,
    ) -> Response {
        // Taken out, since it is called with the state.
        let mut hook = std::mem::replace(&mut self.hook, Box::new(NoHook));
        let fault = self.script.pop_front();
        let faults = fault.map_or_else(|| self.faults.clone(), |fault| vec![fault]);
        let mut rules = Rules {
            clock_tolerance: self.config.clock_tolerance,
            stale_uses_nonce: true,
            method: true,
            key: key(&checked, request),
            remember_errors: false,
            forget_after_replay: false,
            replay: self.config.replay,
            faults,
            answer: None,
        };
        let context = RequestContext {
            contract: &api.contract,
            operation: checked.endpoint.map(|it| &it.operation),
            request,
            state: &self.state,
            now,
        };
        hook.rules(&context, &mut rules);
        rules.answer = self.responses.pop_front().or(rules.answer);
        if !rules.method && checked.endpoint.is_none() {
            checked = api.check(request, true);
        }
        hook.validation(&context, &mut checked.errors);
        let mut call = Call {
            api,
            request,
            endpoint: checked.endpoint,
            path: checked.path,
            errors: checked.errors,
            rules,
            now,
            caller: String::new(),
            reference: None,
            created: false,
            replayed: false,
        };

        // A signature is verified even if a fault answers: each attempt uses up its nonce,
        // so that a repetition of the same header is noticed.
        let verified = self.authenticate(hook.as_mut(), &mut call);
        let rejection = verified.as_ref().err().cloned();
        let answer = call.rules.answer.take();
        let answer = answer.or_else(|| call.fault(Fault::answer));
        let mut response = match (answer, &rejection) {
            (Some(response), _) => response,
            (None, Some(rejection)) => call.unauthorized(rejection),
            // Only a caller whose signature is valid learns what else is wrong.
            (None, None) => {
                let refused = call.fault(Fault::refuse);
                let mut response = refused.unwrap_or_else(|| self.serve(&mut call));
                for fault in &call.rules.faults {
                    fault.edit(&mut response, &call);
                }
                response
            }
        };
        let mut context = HookContext {
            contract: &api.contract,
            operation: call.endpoint.map(|it| &it.operation),
            request,
            credentials: self.verifier.credentials(),
            rejection: rejection.as_ref(),
            errors: &call.errors,
            reference: call.reference.as_deref(),
            created: call.created,
            replayed: call.replayed,
            identity: call.endpoint.and_then(|it| it.identity.as_deref()),
            status: call.endpoint.and_then(|it| it.status.as_deref()),
            state: &mut self.state,
            now,
        };
        hook.response(&mut context, &mut response);
        // Last: the signature covers the body that is sent.
        if let (Ok(Some(verified)), true) = (verified, self.config.server_authorization) {
            self.verifier.sign(request, &verified, &mut response);
        }
        response.rejection = rejection;
        response.faults = call.rules.faults;
        self.hook = hook;
        self.queue_webhooks();
        response
    }
}

impl Call<'_> {
    /// What the first fault that has something makes of the request.
    fn fault<T>(&self, change: impl Fn(Fault, &Self) -> Option<T>) -> Option<T> {
        self.rules
            .faults
            .iter()
            .find_map(|fault| change(*fault, self))
    }
}

/// The idempotency key of a request.
fn key(checked: &Checked<'_>, request: &Request) -> Option<String> {
    let parameter = checked.endpoint?.operation.idempotency_key()?;
    let key = request.header(&parameter.name)?;
    // The letters of a UUID have no case.
    Some(match &parameter.schema.shape {
        Shape::String(rules) if rules.format.as_deref() == Some("uuid") => key.to_ascii_lowercase(),
        _ => key.to_owned(),
    })
}
