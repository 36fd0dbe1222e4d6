//! Servers that are wrong in one place: the simulator with a hook.
//!
//! A request passes the places of a hook in this order, and a row changes one of them:
//!
//! 1. `rules`: what is enforced, the key that counts, and the faults that the request meets;
//! 2. `signature`: whether its signature is accepted;
//! 3. `validation`: what is wrong with it;
//! 4. `response`: what is answered, and the state afterwards;
//! 5. `webhooks`: what is sent when a status changes.

mod answers;
mod documented;
mod flows;
mod keys;
mod refusals;
mod requests;
mod signatures;
mod webhooks;

use std::sync::Arc;

use bvnk_contract::Operation;
use bvnk_simulator::hawk::Rejection;
use bvnk_simulator::webhook::{Delivery, StatusChange};
use bvnk_simulator::{Customer, Hook, HookContext, Response, Rules, ValidationError};
use http::Method;
use serde_json::Value;

use super::Family;
use super::rows::Rows;
use crate::options::Mutation;

/// A reference that nothing has; well-formed, so that only looking it up can fail.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// Adds all rows about servers.
pub(super) fn rows(rows: &mut Rows<'_>) {
    answers::rows(rows);
    refusals::rows(rows);
    flows::rows(rows);
    keys::rows(rows);
    requests::rows(rows);
    signatures::rows(rows);
    webhooks::rows(rows);
    documented::rows(rows);
}

/// For each place of a hook: a hook that is a closure, and a method of [`Rows`] that adds a
/// server with it. Each simulator gets a copy of the closure.
macro_rules! hooks {
    ($($hook:ident $place:ident($context:ty, $changed:ty);)*) => {$(
        struct $hook<F>(F);

        impl<F: FnMut($context, $changed) + Send> Hook for $hook<F> {
            fn $place(&mut self, context: $context, changed: $changed) {
                (self.0)(context, changed);
            }
        }

        impl Rows<'_> {
            fn $place<F>(&mut self, name: impl Into<String>, change: F)
            where
                F: FnMut($context, $changed) + Clone + Send + Sync + 'static,
            {
                let mutation = Mutation {
                    hook: Some(Arc::new(move |simulator| simulator.set_hook($hook(change.clone())))),
                    ..Mutation::default()
                };
                self.add(Family::Server, name, mutation);
            }
        }
    )*};
}

hooks! {
    OnRules rules(&HookContext<'_>, &mut Rules);
    OnSignature signature(&HookContext<'_>, &mut Result<(), Rejection>);
    OnValidation validation(&HookContext<'_>, &mut Vec<ValidationError>);
    OnResponse response(&mut HookContext<'_>, &mut Response);
    OnWebhooks webhooks(&StatusChange, &mut Vec<Delivery>);
}

impl Rows<'_> {
    /// Changes every success of an operation.
    ///
    /// A refusal stays as it is.
    fn success<F>(&mut self, name: impl Into<String>, mut change: F)
    where
        F: FnMut(&mut HookContext<'_>, &mut Response) + Clone + Send + Sync + 'static,
    {
        self.response(name, move |context, response| {
            if context.operation.is_some() && response.status.is_success() {
                change(context, response);
            }
        });
    }

    /// Changes the JSON of every success.
    ///
    /// A body that is no JSON stays as it is.
    fn json<F>(&mut self, name: impl Into<String>, mut change: F)
    where
        F: FnMut(&mut HookContext<'_>, &mut Value) + Clone + Send + Sync + 'static,
    {
        self.success(name, move |context, response| {
            response.edit_json(|body| change(context, body));
        });
    }

    /// Changes every success of fetching what was created.
    fn fetch<F>(&mut self, name: impl Into<String>, mut change: F)
    where
        F: FnMut(&mut HookContext<'_>, &mut Response) + Clone + Send + Sync + 'static,
    {
        self.success(name, move |context, response| {
            if context.request.method == Method::GET && context.reference.is_some() {
                change(context, response);
            }
        });
    }
}

/// Whether a request is one of the operation with this id.
fn is(operation: Option<&Operation>, id: &str) -> bool {
    operation.is_some_and(|operation| operation.id == id)
}

/// Sets the value at a JSON pointer, if there is one.
fn set(body: &mut Value, pointer: Option<&str>, value: impl Into<Value>) {
    if let Some(own) = pointer.and_then(|pointer| body.pointer_mut(pointer)) {
        *own = value.into();
    }
}

/// Something else that was created.
///
/// `None` while nothing else was created.
fn other<'c>(context: &'c HookContext<'_>) -> Option<&'c Customer> {
    let mut others = context.state.customers().into_iter();
    others.find(|other| Some(other.reference()) != context.reference.as_deref())
}
