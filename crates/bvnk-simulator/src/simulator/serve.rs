//! Carries out a request whose caller is known: validates it, answers repeated keys,
//! creates, finds, advances and removes.

use http::{Method, StatusCode};
use serde_json::Value;

use super::{Call, Simulator};
use crate::api::{Target, texts};
use crate::config::Replay;
use crate::hook::Hook;
use crate::keys::{KeySlot, Remembered, body_digest};
use crate::message::Response;

impl Simulator {
    pub(super) fn serve(
        &mut self,
        hook: &mut Option<Box<dyn Hook>>,
        call: &mut Call<'_>,
    ) -> Response {
        let answers = call.answers;
        let rules = &call.rules;
        call.errors.retain(|error| rules.enforces(error));
        if let Some(hook) = hook {
            let context = self.context(answers.target, call.request, call.now);
            hook.validation(&context, &mut call.errors);
        }
        let caller = match rules.key_per_caller {
            true => call.caller.as_str(),
            false => "",
        };
        let Some(target) = answers.target else {
            let error = call.errors.first();
            return error.map_or_else(|| answers.not_found(), |error| answers.invalid(error));
        };
        let key = rules.key.as_ref().filter(|_| rules.idempotency);
        let slot = key.map(|key| KeySlot::new(caller, target.endpoint.index, key));
        let first = slot
            .as_ref()
            .and_then(|slot| self.state.keys.get(slot))
            .cloned();
        if let Some(first) = first.as_ref().filter(|it| !it.response.status.is_success()) {
            return first.response.clone();
        }
        let remember = match (call.errors.first(), first, &slot) {
            (None, Some(first), Some(slot)) => return self.replay(call, target, slot, &first),
            // An invalid request does not use up its key: the vendor states that only
            // successes are remembered.
            (Some(_), ..) => rules.remember_errors,
            _ => true,
        };
        let response = match call.errors.first() {
            Some(error) => answers.invalid(error),
            None => self.carry_out(call, target, slot.clone()),
        };
        let keep = remember && (response.status.is_success() || !call.errors.is_empty());
        if let Some(slot) = slot.filter(|_| keep) {
            let remembered = Remembered {
                body: body_digest(&call.request.body),
                response: response.clone(),
                reference: call.reference.clone(),
            };
            self.state.keys.insert(slot, remembered);
        }
        response
    }

    /// Answers a repeated key.
    fn replay(
        &mut self,
        call: &mut Call<'_>,
        target: Target<'_>,
        slot: &KeySlot,
        first: &Remembered,
    ) -> Response {
        let answers = call.answers;
        // Inferred: the page has no statement about a key with another body. Carrying the
        // request out would break "once"; the first success would hide that it was not.
        if call.rules.same_body && first.body != body_digest(&call.request.body) {
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
                let current = customer.map(|it| {
                    answers
                        .api
                        .success(target, Some(&it.value), Some(it.status()))
                });
                let response = current.unwrap_or_else(|| first.response.clone());
                let status = StatusCode::OK;
                Response { status, ..response }
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
        target: Target<'_>,
        slot: Option<KeySlot>,
    ) -> Response {
        let endpoint = target.endpoint;
        // Whatever the request names has to exist.
        for address in &endpoint.addresses {
            let mut parameters = target.operation.parameters_in(address.location);
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
            call.reference = self.state.insert(target, slot, call.now);
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
        let status = customer
            .map(|it| it.status())
            .filter(|status| !status.is_empty());
        let value = customer.map(|it| &it.value);
        call.answers.api.success(target, value, status)
    }
}
