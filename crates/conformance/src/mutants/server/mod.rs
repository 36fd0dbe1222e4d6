//! Servers that are wrong in one place: the simulator with a hook.

mod answers;
mod attributes;
mod bodies;
mod documented;
mod flows;
mod keys;
mod outages;
mod refusals;
mod signatures;
mod webhooks;

use bvnk_simulator::hawk::Rejection;
use bvnk_simulator::webhook::{Delivery, StatusChange};
use bvnk_simulator::{
    Hook, HookContext, RequestContext, Response, Rules, SignatureContext, ValidationError,
};
use http::Method;
use serde_json::Value;

use super::rows::Rows;

/// A reference that nothing has.
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// All rows about servers.
pub(super) fn rows(rows: &mut Rows<'_>) {
    outages::rows(rows);
    answers::rows(rows);
    bodies::rows(rows);
    refusals::rows(rows);
    flows::rows(rows);
    keys::rows(rows);
    attributes::rows(rows);
    signatures::rows(rows);
    webhooks::rows(rows);
    documented::rows(rows);
}

/// A hook that changes what is enforced.
struct OnRules<F>(F);
/// A hook that changes the outcome of a signature's verification.
struct OnSignature<F>(F);
/// A hook that changes what is wrong with a request.
struct OnValidation<F>(F);
/// A hook that changes responses.
struct OnResponse<F>(F);
/// A hook that changes webhooks.
struct OnWebhooks<F>(F);

impl<F: FnMut(&RequestContext<'_>, &mut Rules) + Send> Hook for OnRules<F> {
    fn rules(&mut self, context: &RequestContext<'_>, rules: &mut Rules) {
        self.0(context, rules);
    }
}

impl<F: FnMut(&SignatureContext<'_>, &mut Result<(), Rejection>) + Send> Hook for OnSignature<F> {
    fn signature(&mut self, context: &SignatureContext<'_>, outcome: &mut Result<(), Rejection>) {
        self.0(context, outcome);
    }
}

impl<F: FnMut(&RequestContext<'_>, &mut Vec<ValidationError>) + Send> Hook for OnValidation<F> {
    fn validation(&mut self, context: &RequestContext<'_>, errors: &mut Vec<ValidationError>) {
        self.0(context, errors);
    }
}

impl<F: FnMut(&mut HookContext<'_>, &mut Response) + Send> Hook for OnResponse<F> {
    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        self.0(context, response);
    }
}

impl<F: FnMut(&StatusChange, &mut Vec<Delivery>) + Send> Hook for OnWebhooks<F> {
    fn webhooks(&mut self, change: &StatusChange, deliveries: &mut Vec<Delivery>) {
        self.0(change, deliveries);
    }
}

/// One method for each place of a hook. Each simulator gets a copy of the closure.
impl Rows<'_> {
    fn rules<F>(&mut self, name: impl Into<String>, clauses: &[impl AsRef<str>], change: F)
    where
        F: FnMut(&RequestContext<'_>, &mut Rules) + Clone + Send + Sync + 'static,
    {
        self.server(name, clauses, move || OnRules(change.clone()));
    }

    fn signature<F>(&mut self, name: impl Into<String>, clauses: &[impl AsRef<str>], change: F)
    where
        F: FnMut(&SignatureContext<'_>, &mut Result<(), Rejection>) + Clone + Send + Sync + 'static,
    {
        self.server(name, clauses, move || OnSignature(change.clone()));
    }

    fn validation<F>(&mut self, name: impl Into<String>, clauses: &[impl AsRef<str>], change: F)
    where
        F: FnMut(&RequestContext<'_>, &mut Vec<ValidationError>) + Clone + Send + Sync + 'static,
    {
        self.server(name, clauses, move || OnValidation(change.clone()));
    }

    fn response<F>(&mut self, name: impl Into<String>, clauses: &[impl AsRef<str>], change: F)
    where
        F: FnMut(&mut HookContext<'_>, &mut Response) + Clone + Send + Sync + 'static,
    {
        self.server(name, clauses, move || OnResponse(change.clone()));
    }

    /// Changes every success of an operation.
    fn success<F>(&mut self, name: impl Into<String>, clauses: &[impl AsRef<str>], mut change: F)
    where
        F: FnMut(&mut HookContext<'_>, &mut Response) + Clone + Send + Sync + 'static,
    {
        self.response(name, clauses, move |context, response| {
            if context.operation.is_some() && response.status.is_success() {
                change(context, response);
            }
        });
    }

    /// Changes the JSON of every success.
    fn json<F>(&mut self, name: impl Into<String>, clauses: &[impl AsRef<str>], mut change: F)
    where
        F: FnMut(&mut HookContext<'_>, &mut Value) + Clone + Send + Sync + 'static,
    {
        self.success(name, clauses, move |context, response| {
            if !response.body.is_empty() {
                response.edit_json(|body| change(context, body));
            }
        });
    }

    /// Changes every success of fetching what was created.
    fn fetch<F>(&mut self, name: impl Into<String>, clauses: &[impl AsRef<str>], mut change: F)
    where
        F: FnMut(&mut HookContext<'_>, &mut Response) + Clone + Send + Sync + 'static,
    {
        self.success(name, clauses, move |context, response| {
            if context.request.method == Method::GET && context.reference.is_some() {
                change(context, response);
            }
        });
    }

    fn sent<F>(&mut self, name: &str, clauses: &[&str], change: F)
    where
        F: FnMut(&StatusChange, &mut Vec<Delivery>) + Clone + Send + Sync + 'static,
    {
        self.server(name, clauses, move || OnWebhooks(change.clone()));
    }
}

/// Changes the value at a JSON pointer, if there is one.
fn edit(body: &mut Value, pointer: Option<&str>, change: impl FnOnce(&mut Value)) {
    if let Some(value) = pointer.and_then(|pointer| body.pointer_mut(pointer)) {
        change(value);
    }
}

/// Removes the value at a JSON pointer.
fn remove(body: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, name) = pointer.rsplit_once('/')?;
    body.pointer_mut(parent)?.as_object_mut()?.remove(name)
}
