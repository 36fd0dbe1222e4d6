//! Carries out a request whose caller is known: validates it, answers repeated keys,
//! creates, finds, advances and removes.

use http::{Method, StatusCode};
use serde_json::Value;

use super::{Call, Simulator};
use crate::api::{Endpoint, texts};
use crate::config::Replay;
use crate::hook::Hook;
use crate::message::Response;
use crate::state::{KeySlot, Remembered, body_digest};

impl Simulator {
    pub(super) fn serve(&mut self, hook: &mut dyn Hook, call: &mut Call<'_>) -> Response {
        let answers = call.answers;
        let rules = &call.rules;
        call.errors.retain(|error| rules.enforces(error));
        let context = self.context(answers.endpoint, call.request, call.now);
        hook.validation(&context, &mut call.errors);
        let error = call.errors.first();
        let Some(endpoint) = answers.endpoint else {
            return error.map_or_else(|| answers.not_found(), |error| answers.invalid(error));
        };
        let key = rules.key.clone().filter(|_| rules.idempotency);
        let slot = key.map(|key| KeySlot {
            caller: call.caller.clone(),
            operation: endpoint.operation.id.clone(),
            key,
        });
        let first = slot.as_ref().and_then(|slot| self.state.keys.get(slot));
        let (response, remember) = match (first.cloned(), error, &slot) {
            (Some(first), ..) if !first.response.status.is_success() => return first.response,
            (Some(first), None, Some(slot)) => return self.replay(call, endpoint, slot, &first),
            // An invalid request does not use up its key: the vendor states that only
            // successes are remembered.
            (_, Some(error), _) => (answers.invalid(error), rules.remember_errors),
            (_, None, _) => {
                let response = self.carry_out(call, endpoint, slot.clone());
                let is_success = response.status.is_success();
                (response, is_success)
            }
        };
        if let Some(slot) = slot.filter(|_| remember) {
            let remembered = Remembered {
                body: body_digest(&call.request.body),
                response: response.clone(),
                reference: call.reference.clone(),
            };
            self.state.keys.insert(slot, remembered, call.now);
        }
        response
    }

    /// Answers a repeated key.
    fn replay(
        &mut self,
        call: &mut Call<'_>,
        endpoint: &Endpoint,
        slot: &KeySlot,
        first: &Remembered,
    ) -> Response {
        let answers = call.answers;
        // Inferred: the page has no statement about a key with another body. Carrying the
        // request out would break "once"; the first success would hide that it was not.
        if first.body != body_digest(&call.request.body) {
            let message = "the idempotency key was used with another body";
            return answers.rejected("idempotency_key_reused", message, Value::Null);
        }
        call.replayed = true;
        call.reference.clone_from(&first.reference);
        if call.rules.forget_after_replay {
            self.state.keys.remove([slot.clone()]);
        }
        match call.rules.replay {
            Replay::Stored => first.response.clone(),
            Replay::Ok200 => {
                let reference = first.reference.as_deref();
                let customer = reference.and_then(|it| self.state.customer(it));
                let mut response = match customer {
                    Some(it) => answers
                        .api
                        .success(endpoint, Some(&it.value), Some(it.status())),
                    None => first.response.clone(),
                };
                response.status = StatusCode::OK;
                response
            }
            Replay::AlreadyExists400 => {
                let message = "a request with this idempotency key was carried out already";
                answers.rejected("already_exists", message, Value::Null)
            }
        }
    }

    fn carry_out(
        &mut self,
        call: &mut Call<'_>,
        endpoint: &Endpoint,
        slot: Option<KeySlot>,
    ) -> Response {
        // Whatever the request names has to exist.
        for address in &endpoint.addresses {
            let mut parameters = endpoint.operation.parameters_in(address.location);
            let parameter = parameters.find(|it| it.name == address.parameter);
            let given = parameter.map(|it| texts(it, call.request, &call.path));
            // An optional parameter that is not given names nothing.
            let Some(reference) = given.and_then(|texts| texts.into_iter().next()) else {
                continue;
            };
            let found = self.state.customer(&reference);
            if found.is_none_or(|it| it.collection != address.collection) {
                return call.answers.not_found();
            }
            call.reference = Some(reference);
        }
        let is_itself = endpoint.addresses.last().is_some_and(|it| it.is_itself);
        let mut removed = None;
        if endpoint.creates.is_some() {
            call.reference = self.state.insert(endpoint, slot, call.now);
            call.created = true;
        } else if let (Some(reference), true) = (&call.reference, is_itself) {
            if call.request.method == Method::GET && call.rules.advance {
                self.state.advance(reference, call.now);
            }
            if call.request.method == Method::DELETE {
                removed = self.state.delete(reference);
            }
        }
        let reference = call.reference.as_deref();
        let customer = reference.and_then(|it| self.state.customer(it));
        let customer = customer.or(removed.as_ref());
        let status = customer.map(|it| it.status()).filter(|it| !it.is_empty());
        let value = customer.map(|it| &it.value);
        call.answers.api.success(endpoint, value, status)
    }
}
