//! Carries out a request whose caller is known: validates it, answers repeated keys,
//! creates, finds, advances and removes.

use std::sync::Arc;

use http::{Method, StatusCode};

use super::{Outcome, Simulator};
use crate::answer::Answers;
use crate::api::Endpoint;
use crate::check::Checked;
use crate::config::Replay;
use crate::hook::{Hook, Rules};
use crate::keys::{KeySlot, Remembered, body_digest};
use crate::message::{Request, Response};

impl Simulator {
    pub(super) fn serve(
        &mut self,
        hook: &mut Option<Box<dyn Hook>>,
        request: &Request,
        checked: &mut Checked,
        rules: &Rules,
        now: u64,
        outcome: &mut Outcome,
    ) -> Response {
        let api = Arc::clone(&self.api);
        let answers = Answers {
            api: &api,
            endpoint: checked.endpoint,
        };
        let mut errors = std::mem::take(&mut checked.errors);
        errors.retain(|error| rules.enforces(error));
        if let Some(hook) = hook {
            hook.validation(&self.context(checked, request, now), &mut errors);
        }
        outcome.errors = errors;
        let Some(index) = checked.endpoint else {
            let error = outcome.errors.first();
            return error.map_or_else(|| answers.not_found(), |error| answers.invalid(error));
        };
        let Some(endpoint) = api.endpoints.get(index) else {
            return answers.not_found();
        };
        let caller = match rules.key_per_caller {
            true => outcome.caller.as_str(),
            false => "",
        };
        let key = rules.key.as_ref().filter(|_| rules.idempotency);
        let slot = key.map(|key| KeySlot::new(caller, index, key));
        let first = slot
            .as_ref()
            .and_then(|slot| self.state.keys.get(slot))
            .cloned();
        if let Some(first) = first.as_ref().filter(|it| !it.response.status.is_success()) {
            return first.response.clone();
        }
        if let Some(error) = outcome.errors.first() {
            let response = answers.invalid(error);
            // An invalid request does not use up its key: the vendor states that only
            // successes are remembered.
            if let Some(slot) = slot.filter(|_| rules.remember_errors) {
                self.remember(slot, request, &response, None);
            }
            return response;
        }
        if let (Some(slot), Some(first)) = (&slot, first) {
            return self.replay(&answers, index, slot, &first, request, rules, outcome);
        }
        let response = self.carry_out(
            &answers,
            index,
            endpoint,
            request,
            checked,
            rules,
            now,
            outcome,
            slot.clone(),
        );
        if let Some(slot) = slot.filter(|_| response.status.is_success()) {
            self.remember(slot, request, &response, outcome.reference.clone());
        }
        response
    }

    fn remember(
        &mut self,
        slot: KeySlot,
        request: &Request,
        response: &Response,
        reference: Option<String>,
    ) {
        let remembered = Remembered {
            body: body_digest(&request.body),
            response: response.clone(),
            reference,
        };
        self.state.keys.insert(slot, remembered);
    }

    /// Answers a repeated key.
    fn replay(
        &mut self,
        answers: &Answers<'_>,
        index: usize,
        slot: &KeySlot,
        first: &Remembered,
        request: &Request,
        rules: &Rules,
        outcome: &mut Outcome,
    ) -> Response {
        // Inferred: the page has no statement about a key with another body. Carrying the
        // request out would break "once"; the first success would hide that it was not.
        if rules.same_body && first.body != body_digest(&request.body) {
            let message = "the idempotency key was used with another body";
            return answers.error(StatusCode::BAD_REQUEST, "idempotency_key_reused", message);
        }
        outcome.replayed = true;
        outcome.reference.clone_from(&first.reference);
        let response = match rules.replay {
            Replay::Stored => first.response.clone(),
            Replay::Ok200 => {
                let reference = first.reference.as_deref();
                let customer = reference.and_then(|it| self.state.customer(it));
                let current = customer.map(|it| {
                    answers
                        .api
                        .success(index, Some(&it.value), Some(it.status()))
                });
                Response {
                    status: StatusCode::OK,
                    ..current.unwrap_or_else(|| first.response.clone())
                }
            }
            Replay::AlreadyExists400 => {
                let message = "a request with this idempotency key was carried out already";
                answers.error(StatusCode::BAD_REQUEST, "already_exists", message)
            }
        };
        if rules.forget_after_replay {
            self.state.keys.remove([slot.clone()]);
        }
        response
    }

    #[expect(clippy::too_many_arguments, reason = "the steps of one request")]
    fn carry_out(
        &mut self,
        answers: &Answers<'_>,
        index: usize,
        endpoint: &Endpoint,
        request: &Request,
        checked: &Checked,
        rules: &Rules,
        now: u64,
        outcome: &mut Outcome,
        slot: Option<KeySlot>,
    ) -> Response {
        // Whatever the request names has to exist.
        for address in &endpoint.addresses {
            let mut parameters = endpoint.parameters.iter();
            let parameter = parameters
                .find(|it| it.name == address.parameter && it.location == address.location);
            let texts = parameter
                .map(|it| it.texts(request, &checked.path))
                .unwrap_or_default();
            let found = texts
                .first()
                .and_then(|reference| self.state.customer(reference));
            match found.filter(|it| it.collection == address.collection) {
                Some(customer) => outcome.reference = Some(customer.reference().to_owned()),
                // An optional parameter names nothing.
                None if texts.is_empty() => {}
                None => return answers.not_found(),
            }
        }
        if endpoint.creates.is_some() {
            outcome.reference = self.state.insert(index, slot, now);
            outcome.created = true;
        } else if endpoint
            .addresses
            .last()
            .is_some_and(|address| address.is_itself)
            && let Some(reference) = &outcome.reference
        {
            if request.method == Method::GET && rules.advance {
                self.state.advance(reference, now);
            }
            if request.method == Method::DELETE {
                self.state.delete(reference);
            }
        }
        let reference = outcome.reference.as_deref();
        let customer = reference.and_then(|it| self.state.customer(it));
        let status = customer
            .map(|it| it.status())
            .filter(|status| !status.is_empty());
        answers
            .api
            .success(index, customer.map(|it| &it.value), status)
    }
}
