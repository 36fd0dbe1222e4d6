//! Carries out a request whose caller is known: validates it, answers repeated keys,
//! creates, finds, advances and removes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::Value;

use crate::api::{Endpoint, texts};
use crate::config::Replay;
use crate::fault::Fault;
use crate::hook::HookContext;
use crate::message::Response;
use crate::state::{Customer, Remembered};

impl HookContext<'_> {
    /// Answers a call whose signature is valid: a repeated key first, then what the contract
    /// does not allow, then the operation itself.
    pub(super) fn serve(&mut self) -> Response {
        let error = self.errors.first();
        let Some(endpoint) = self.endpoint else {
            return error.map_or_else(|| self.not_found(), |error| self.invalid(error));
        };
        let key = self.rules.key.clone();
        let slot = key.map(|key| (self.caller.clone(), endpoint.operation.id.clone(), key));
        let first = slot
            .as_ref()
            .and_then(|slot| self.state.keys.entries.get(slot));
        let (response, remember) = match (first.cloned(), error) {
            (Some(first), _) if !first.response.status.is_success() => return first.response,
            // An invalid request does not use up its key: the vendor states that only
            // successes are remembered.
            (_, Some(error)) => (self.invalid(error), self.rules.remember_errors),
            (Some(first), None) => {
                if let (Some(slot), true) = (&slot, self.rules.forget_after_replay) {
                    self.state.keys.remove(slot);
                }
                return self.replay(endpoint, &first);
            }
            (None, None) => {
                let response = self.carry_out(endpoint);
                let is_success = response.status.is_success();
                (response, is_success)
            }
        };
        if let Some(slot) = slot.filter(|_| remember) {
            let remembered = Remembered {
                body: digest(&self.request.body),
                response: response.clone(),
                reference: self.reference.clone(),
            };
            self.state.keys.insert(slot, remembered, self.now);
        }
        response
    }

    /// Answers a repeated key.
    fn replay(&mut self, endpoint: &Endpoint, first: &Remembered) -> Response {
        // Inferred: the page has no statement about a key with another body. Carrying the
        // request out would break "once"; the first success would hide that it was not.
        if first.body != digest(&self.request.body) {
            let message = "the idempotency key was used with another body";
            return self.rejected("idempotency_key_reused", message, Value::Null);
        }
        self.replayed = true;
        self.reference.clone_from(&first.reference);
        match self.rules.replay {
            Replay::Stored => first.response.clone(),
            Replay::Ok200 => {
                let reference = first.reference.as_deref();
                let customer = reference.and_then(|it| self.state.customer(it));
                let now =
                    |it: &Customer| self.api.success(endpoint, Some((&it.value, it.status())));
                let mut response = customer.map_or_else(|| first.response.clone(), now);
                response.status = StatusCode::OK;
                response
            }
            Replay::AlreadyExists400 => {
                let message = "a request with this idempotency key was carried out already";
                self.rejected("already_exists", message, Value::Null)
            }
        }
    }

    /// Creates, fetches, advances or removes what the request is about; 404 if that does not
    /// exist. A GET advances the customer by one status.
    fn carry_out(&mut self, endpoint: &Endpoint) -> Response {
        // Whatever the request names has to exist, apart from what it creates under a name of
        // the caller's choice.
        let mut chosen = None;
        for address in &endpoint.addresses {
            let mut parameters = endpoint.operation.parameters_in(address.location);
            let parameter = parameters.find(|it| it.name == address.parameter);
            let given = parameter.map(|it| texts(it, self.request, &self.path));
            // An optional parameter that is not given names nothing.
            let Some(reference) = given.and_then(|texts| texts.into_iter().next()) else {
                continue;
            };
            if address.is_itself && address.creation == endpoint.operation.id {
                chosen = Some(reference);
                continue;
            }
            let found = self.state.customer(&reference);
            if found.is_none_or(|it| it.operation != address.creation) {
                return self.not_found();
            }
            self.reference = Some(reference);
        }
        let is_itself = endpoint.addresses.last().is_some_and(|it| it.is_itself);
        let mut removed = None;
        if self.api.creation(&endpoint.operation.id).is_some() {
            let id = &endpoint.operation.id;
            self.reference = match chosen {
                Some(name) => self.state.create_as(id, &name, self.now),
                None => self.state.create(id, self.now),
            };
            self.created = true;
        } else if let (Some(reference), true) = (&self.reference, is_itself) {
            let is_frozen = self.rules.faults.contains(&Fault::FreezeStatus);
            if self.request.method == Method::GET && !is_frozen {
                self.state.advance(reference, self.now);
            }
            if self.request.method == Method::DELETE {
                removed = self.state.remove(reference);
            }
        }
        let reference = self.reference.as_deref();
        let customer = reference.and_then(|it| self.state.customer(it));
        let customer = customer.or(removed.as_ref());
        let thing = customer.map(|it| (&it.value, it.status()));
        self.api.success(endpoint, thing)
    }
}

/// The digest of a body: the same for all spellings of the same JSON.
fn digest(body: &Bytes) -> u64 {
    let mut hasher = DefaultHasher::new();
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => value.hash(&mut hasher),
        Err(_) => body.hash(&mut hasher),
    }
    hasher.finish()
}
