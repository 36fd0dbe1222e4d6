//! Raw requests of one operation: how checks send them and judge what comes back.

use std::collections::BTreeMap;
use std::time::Duration;

use bvnk_contract::Operation;
use bytes::Bytes;
use serde_json::Value;

use super::Recorder;
use crate::collect::RawRequest;
use crate::context::Context;
use crate::exchange::Exchange;

/// How long a request is kept before it is repeated.
const PAUSE: Duration = Duration::from_millis(1500);

/// Sends requests of one operation.
pub(super) struct Probe<'a> {
    pub(super) context: &'a Context,
    pub(super) operation: &'a Operation,
    pub(super) recorder: &'a mut Recorder,
    /// A valid request; what must exist first exists.
    pub(super) ready: RawRequest,
    /// The parameters that name what must exist first.
    resource: BTreeMap<String, Value>,
}

impl<'a> Probe<'a> {
    /// Prepares a valid request.
    pub(super) async fn new(
        context: &'a Context,
        operation: &'a Operation,
        recorder: &'a mut Recorder,
    ) -> Self {
        let resource = context.resource_for(operation).await;
        let mut parameters = context.plan.parameters(&operation.id);
        parameters.extend(resource.clone());
        Self {
            context,
            operation,
            recorder,
            ready: context.request_with(operation, &parameters),
            resource,
        }
    }

    /// A request with these parameters and this body, and with what must exist first.
    pub(super) fn request(
        &self,
        mut parameters: BTreeMap<String, Value>,
        body: Option<&Value>,
    ) -> RawRequest {
        parameters.extend(self.resource.clone());
        let prefix = self.context.connection.prefix();
        RawRequest::new(self.operation, &parameters, body, prefix)
    }

    /// A valid body that is not that of the request.
    pub(super) fn other_body(&self) -> Option<Bytes> {
        let cases = self.context.plan.cases(&self.operation.id).iter();
        let mut bodies = cases.filter_map(|case| Some(case.body.as_ref()?.to_string().into()));
        bodies.find(|body| Some(body) != self.ready.body.as_ref())
    }

    /// Waits until another server may have forgotten what it must remember.
    pub(super) async fn pause(&self) {
        if self.context.connection.is_foreign() {
            self.context.connection.wait(PAUSE).await;
        }
    }

    /// Sends a request; what is recorded next is about it.
    pub(super) async fn send(&mut self, what: &str, raw: &RawRequest) -> Exchange {
        let sent = self.context.connection.send(raw).await;
        let recorder = self.recorder.sent(&sent);
        recorder.on(format!("{}, {what}", self.operation.id));
        sent
    }

    /// Sends a request that must succeed.
    pub(super) async fn accepted(
        &mut self,
        clause: &str,
        what: &str,
        raw: &RawRequest,
    ) -> Exchange {
        let sent = self.send(what, raw).await;
        let success = sent.is_success();
        self.recorder
            .check(clause, success, "success", sent.outcome());
        sent
    }

    /// Sends a request that must be refused with a 4xx status and must create nothing.
    pub(super) async fn refused(&mut self, clause: &str, what: &str, raw: &RawRequest) -> Exchange {
        let before = self.context.connection.created();
        let sent = self.send(what, raw).await;
        let refused = sent.is_refused();
        self.recorder.check(clause, refused, "4xx", sent.outcome());
        self.created(clause, before, 0);
        if sent.is_success() {
            // It may have removed what later requests need; they must not fail for this one.
            let renewed = Probe::new(self.context, self.operation, &mut *self.recorder).await;
            (self.ready, self.resource) = (renewed.ready, renewed.resource);
        }
        sent
    }

    /// Records that as many resources were created as expected, where that can be seen.
    pub(super) fn created(&mut self, clause: &str, before: Option<usize>, expected: usize) {
        self.recorder
            .created(self.context, clause, before, expected);
    }
}
