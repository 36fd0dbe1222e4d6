//! Raw requests of one operation: how checks send them and judge what comes back.
//!
//! Checks of the server's behaviour need no client: they take the valid request of a probe, make
//! it wrong in one place, and send it. What the path of an operation names is created first, and
//! again after a request that should have been refused was carried out.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use bvnk_contract::{Flow, Operation};
use bytes::Bytes;
use serde_json::Value;

use super::Recorder;
use crate::connection::RawRequest;
use crate::exchange::Exchange;

/// How long a request is kept before it is repeated.
///
/// A server that remembers for a second only is found by it.
const PAUSE: Duration = Duration::from_millis(1500);

/// Sends requests of one operation, and records what comes of them: it dereferences to the
/// recorder of the check.
pub(super) struct Probe<'r, 'c> {
    /// Findings are recorded for its check.
    recorder: &'r mut Recorder<'c>,
    /// The operation.
    pub(super) operation: &'c Operation,
    /// A valid request; what must exist first exists.
    pub(super) ready: RawRequest,
    /// The parameters that name what must exist first.
    ///
    /// For example `reference`, with the reference of a customer that was created for this
    /// probe. Empty for an operation that needs nothing; `None` if it was not created.
    pub(super) resource: Option<BTreeMap<String, Value>>,
}

impl<'c> Deref for Probe<'_, 'c> {
    type Target = Recorder<'c>;

    fn deref(&self) -> &Recorder<'c> {
        self.recorder
    }
}

impl DerefMut for Probe<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.recorder
    }
}

impl<'r, 'c> Probe<'r, 'c> {
    /// Prepares a valid request; what must exist first is created.
    pub(super) async fn new(recorder: &'r mut Recorder<'c>, operation: &'c Operation) -> Self {
        let context = recorder.context;
        let resource = context.resource_for(operation).await;
        let mut parameters = context.plan.parameters(&operation.id);
        parameters.extend(resource.clone().unwrap_or_default());
        Self {
            recorder,
            operation,
            ready: context.request_with(operation, &parameters),
            resource,
        }
    }

    /// A request with these parameters and this body, and with what must exist first.
    ///
    /// The request is not signed yet: sending it does that.
    pub(super) fn request(
        &self,
        mut parameters: BTreeMap<String, Value>,
        body: Option<&Value>,
    ) -> RawRequest {
        parameters.extend(self.resource.clone().unwrap_or_default());
        let prefix = self.context.connection.prefix();
        RawRequest::new(self.operation, &parameters, body, prefix)
    }

    /// A request that fetches what the request of the probe has created; `value` names it.
    pub(super) fn fetch(&self, flow: &Flow<'_>, value: &str) -> RawRequest {
        let mut parameters = self.context.plan.parameters(&self.operation.id);
        parameters.extend(self.resource.clone().unwrap_or_default());
        self.context.fetch(flow, &parameters, value)
    }

    /// A valid body that is not that of the request, and that reports may show.
    ///
    /// `None` if all cases have the same body, or none.
    pub(super) fn other_body(&self) -> Option<Bytes> {
        let cases = self.context.plan.cases(&self.operation.id).iter();
        let mut bodies = cases
            .filter(|case| case.shown)
            .filter_map(|case| Some(case.body.as_ref()?.to_string().into()));
        bodies.find(|body| *body != self.ready.request.body)
    }

    /// Waits until another server may have forgotten what it must remember, such as a nonce or a
    /// key. The simulator forgets nothing.
    pub(super) async fn pause(&self) {
        if self.context.connection.is_foreign() {
            self.context.connection.wait(PAUSE).await;
        }
    }

    /// Sends a request; what is recorded next is about it. `what` follows the id of the request's operation in
    /// reports, such as `create_customer, an empty body`.
    pub(super) async fn send(&mut self, what: &str, raw: &RawRequest) -> Exchange {
        let sent = self.context.connection.send(raw).await;
        let what = format!("{}, {what}", raw.operation);
        self.sent(&sent).on(what);
        sent
    }

    /// Records that a request must be answered with a success, unless what it is about could not be
    /// created: that is a failure of the creation alone.
    pub(super) fn success(&mut self, clause: &str, sent: &Exchange) {
        if self.resource.is_some() {
            self.recorder.success(clause, sent);
        }
    }

    /// Sends a request that must succeed.
    pub(super) async fn accepted(
        &mut self,
        clause: &str,
        what: &str,
        raw: &RawRequest,
    ) -> Exchange {
        let sent = self.send(what, raw).await;
        self.success(clause, &sent);
        if self.operation.method == "delete" {
            self.renew().await;
        }
        sent
    }

    /// Creates anew what must exist first: an earlier request may have removed it, and later ones
    /// must not fail for that.
    async fn renew(&mut self) {
        let renewed = Probe::new(self.recorder, self.operation).await;
        (self.ready, self.resource) = (renewed.ready, renewed.resource);
    }

    /// Sends a request that must be refused with a 4xx status and must create nothing. A method
    /// that no path of a server has may be refused with 501.
    pub(super) async fn refused(&mut self, clause: &str, what: &str, raw: &RawRequest) -> Exchange {
        let before = self.context.connection.created();
        let sent = self.send(what, raw).await;
        let method = raw.request.method.as_str();
        let is_unknown =
            sent.status() == 501 && !self.operation.method.eq_ignore_ascii_case(method);
        self.check(
            clause,
            sent.is_refused() || is_unknown,
            "4xx",
            sent.outcome(),
        );
        self.created(clause, before, 0);
        if sent.is_success() {
            self.renew().await;
        }
        sent
    }
}

/// The values of a header of the response, joined by commas: HTTP lets a list be sent as several
/// headers.
pub(super) fn all_values(sent: &Exchange, name: &str) -> String {
    let response = sent.response.as_ref().ok();
    let values = response.map(|it| it.headers.get_all(name));
    let values = values.iter().flatten().filter_map(|it| it.to_str().ok());
    values.collect::<Vec<_>>().join(", ")
}
