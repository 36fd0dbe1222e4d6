//! The state machine: from a request and a time to a response. It knows no connection, no
//! clock and no lock.

mod auth;
mod serve;
mod webhooks;

use std::collections::VecDeque;
use std::sync::Arc;

use bvnk_contract::Diagnostics;

use crate::api::Api;
use crate::check::Checked;
use crate::config::{Config, Replay};
use crate::fault::Fault;
use crate::hawk::{Credentials, Header};
use crate::hook::{Hook, HookContext, NoHook, Rules};
use crate::message::{Request, Response};
use crate::sequence::StatusSequence;
use crate::state::{Customer, State};
use crate::webhook::Dispatcher;

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
    pub(crate) config: Arc<Config>,
    replay: Replay,
    state: State,
    pub(crate) dispatcher: Dispatcher,
    faults: Vec<Fault>,
    script: VecDeque<Fault>,
    responses: VecDeque<Response>,
    hook: Box<dyn Hook>,
}

impl Simulator {
    /// Creates a service in its first state.
    ///
    /// # Errors
    ///
    /// When no valid value can be generated for a response.
    pub fn new(mut config: Config) -> Result<Self, Diagnostics> {
        let api = crate::prepare(config.contract.take())?;
        let config = Arc::new(config);
        Ok(Self {
            state: State::new(Arc::clone(&api), Arc::clone(&config)),
            dispatcher: Dispatcher::default(),
            replay: config.replay,
            api,
            config,
            faults: Vec::new(),
            script: VecDeque::new(),
            responses: VecDeque::new(),
            hook: Box::new(NoHook),
        })
    }

    /// Returns the credentials that are accepted.
    pub fn credentials(&self) -> &[Credentials] {
        &self.config.credentials
    }

    /// Returns the customers, in the order of their creation.
    pub fn customers(&self) -> Vec<&Customer> {
        self.state.customers()
    }

    /// Returns how many customers there are, without collecting them.
    pub fn customer_count(&self) -> usize {
        self.state.customer_count()
    }

    /// Returns the customer with this reference.
    pub fn customer(&self, reference: &str) -> Option<&Customer> {
        self.state.customer(reference)
    }

    /// Sets the statuses of the next customer that is created; a further call, those of the
    /// one after it.
    pub fn push_sequence(&mut self, sequence: StatusSequence) {
        self.state.push_sequence(sequence);
    }

    /// Sets how a repeated idempotency key is answered.
    pub fn set_replay(&mut self, replay: Replay) {
        self.replay = replay;
    }

    /// Sets the faults that every request meets from now on. Of those that answer in place of
    /// the service, the first does, and those that change the service's response have no effect.
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
        self.config.explain(&api.hosts, request, &mut response);
        response
    }

    /// Handles a request that was checked already: checking needs no state, so a server does
    /// it outside of its lock.
    pub(crate) fn answer<'a>(
        &mut self,
        api: &'a Api,
        request: &'a Request,
        checked: Checked<'a>,
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
            replay: self.replay,
            faults,
            answer: None,
        };
        let incoming = self.config.incoming(request);
        let header = incoming.authorization.map(Header::parse);
        let mut call = HookContext {
            contract: &api.contract,
            operation: checked.endpoint.map(|it| &it.operation),
            request,
            incoming,
            header: header.and_then(Result::ok),
            config: &self.config,
            state: &mut self.state,
            now,
            errors: Vec::new(),
            rejection: None,
            reference: None,
            created: false,
            replayed: false,
            api,
            endpoint: checked.endpoint,
            path: checked.path,
            rules: rules.clone(),
            caller: None,
        };
        hook.rules(&call, &mut rules);
        rules.answer = self.responses.pop_front().or(rules.answer);
        call.rules = rules;
        let mut errors = checked.errors;
        if !call.rules.method && call.endpoint.is_none() {
            let checked = api.check(request, true);
            (call.endpoint, call.path, errors) = (checked.endpoint, checked.path, checked.errors);
            call.operation = call.endpoint.map(|it| &it.operation);
        }
        hook.validation(&call, &mut errors);
        call.errors = errors;

        // A signature is verified even if a fault answers: each attempt uses up its nonce,
        // so that a repetition of the same header is noticed.
        call.authenticate(hook.as_mut());
        let answer = call.rules.answer.take();
        let answer = answer.or_else(|| call.fault(Fault::answer));
        let mut response = match (answer, &call.rejection) {
            (Some(response), _) => response,
            (None, Some(rejection)) => call.unauthorized(rejection),
            // Only a caller whose signature is valid learns what else is wrong.
            (None, None) => {
                let refused = call.fault(Fault::refuse);
                let mut response = refused.unwrap_or_else(|| call.serve());
                for fault in &call.rules.faults {
                    fault.edit(&mut response, &call);
                }
                response
            }
        };
        hook.response(&mut call, &mut response);
        response.rejection = call.rejection;
        response.faults = call.rules.faults;
        self.hook = hook;
        self.queue_webhooks();
        response
    }
}

impl HookContext<'_> {
    /// The response of the first fault that has one.
    fn fault(&self, change: impl Fn(Fault, &Self) -> Option<Response>) -> Option<Response> {
        let mut faults = self.rules.faults.iter();
        faults.find_map(|fault| change(*fault, self))
    }
}

/// The idempotency key of a request.
fn key(checked: &Checked<'_>, request: &Request) -> Option<String> {
    let parameter = checked.endpoint?.operation.idempotency_key()?;
    let key = request.header(&parameter.name)?;
    // The letters of a UUID have no case.
    Some(match parameter.schema.rules.format.as_deref() {
        Some("uuid") => key.to_ascii_lowercase(),
        _ => key.to_owned(),
    })
}
