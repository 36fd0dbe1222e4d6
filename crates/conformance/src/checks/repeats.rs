//! What the client does when an attempt fails: what is repeated and how, what is not, and
//! what the caller learns.
//!
//! The simulator meets each attempt with a fault that it was given before. The tables are
//! [`PASSING`], for faults after which the next attempt succeeds, and [`FINAL`], for those that
//! end the call. A new fault is a new row.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bvnk::{Client, Runtime};
use bvnk_contract::Operation;
use bvnk_simulator::Fault;
use bvnk_simulator::hawk::Header;
use serde_json::Value;

use super::{Check, Judge, Recorder};
use crate::call::CallError;
use crate::connection::SkippingRuntime;
use crate::exchange::{Call, Request};
use crate::flow;
use crate::text::counted;

/// Judges attempts as they arrived, with the delays between them; no delay takes its time.
pub(super) const REPEATS: Check = Check::new(
    "failure-repeated",
    "a failure that passes is repeated with the same key and a new signature, a refusal is not",
    Judge::Script(|recorder| Box::pin(repeats(recorder))),
    &[TRANSIENT, SAME, FRESH, AFTER, REFUSAL, REDIRECT, AMBIGUOUS],
);

/// A failure that passes is repeated, and the call succeeds.
const TRANSIENT: &str = "repeat.transient";
/// All attempts have the same key, method, target and body, and create one resource.
const SAME: &str = "repeat.same";
/// Each attempt has a signature with a new nonce and a new time.
const FRESH: &str = "repeat.fresh";
/// The delay before the next attempt is at least what `Retry-After` asks for.
const AFTER: &str = "repeat.after";
/// A refusal ends the call at once.
const REFUSAL: &str = "repeat.refusal";
/// A redirect is not followed, and leaves the outcome unknown.
const REDIRECT: &str = "repeat.redirect";
/// A later refusal does not make an unknown outcome a known one.
const AMBIGUOUS: &str = "repeat.ambiguous";

/// Failures that pass: one attempt meets them, the next does not.
///
/// After some of them the request was carried out, which the client cannot know.
const PASSING: [Fault; 12] = [
    Fault::TooManyRequests,
    Fault::InternalError,
    Fault::BadGateway,
    Fault::EmptyError,
    Fault::Unavailable,
    Fault::GatewayTimeout,
    Fault::MalformedHttp,
    Fault::ResetBeforeCommit,
    Fault::CommitThenReset,
    Fault::CommitThenError,
    Fault::TruncateHead,
    Fault::TruncateBody,
];

/// Failures that end a call: the clause, what the attempts meet, and whether the request may
/// have been carried out.
///
/// A fault is given for each attempt, so that an attempt too many meets none and succeeds.
const FINAL: [(&str, &[Fault], bool); 4] = [
    (REFUSAL, &[Fault::HtmlError], false),
    (REFUSAL, &[Fault::RejectValid], false),
    (REDIRECT, &[Fault::Redirect], true),
    // The first attempt was carried out and its answer lost: a refusal of the second does
    // not mean that nothing was created.
    (
        AMBIGUOUS,
        &[Fault::CommitThenReset, Fault::RejectValid],
        true,
    ),
];

/// Tries the operations that create something under a key. Others are repeated by the same
/// code of the client, but their effect cannot be counted.
async fn repeats(recorder: &mut Recorder<'_>) {
    let context = recorder.context;
    let contract = context.specification.contract();
    for operation in &contract.operations {
        let creates = !flow::begun_by(contract, &operation.id).is_empty();
        let Some(key) = operation.idempotency_key().filter(|_| creates) else {
            continue;
        };
        let runtime = Arc::new(SkippingRuntime::default());
        match context.client_with(Arc::clone(&runtime) as Arc<dyn Runtime>) {
            Err(reason) => recorder.error(TRANSIENT, reason),
            Ok(client) => {
                let resource = context.resource_for(operation).await;
                let caller = Calls {
                    operation,
                    resource: resource.unwrap_or_default(),
                    key: &key.name,
                    client,
                    runtime,
                };
                for fault in PASSING {
                    caller.passing(fault, recorder).await;
                }
                for (clause, faults, may_be_done) in FINAL {
                    caller.ending(clause, faults, may_be_done, recorder).await;
                }
            }
        }
    }
}

/// Makes calls of one operation with a client whose delays take no time.
struct Calls<'a> {
    /// The operation.
    operation: &'a Operation,
    /// The parameters that name what must exist first.
    resource: BTreeMap<String, Value>,
    /// The header that carries the key.
    key: &'a str,
    /// A client like the one under test.
    client: Client,
    /// Its time, which records the delays.
    runtime: Arc<SkippingRuntime>,
}

impl Calls<'_> {
    /// Calls while the simulator has these faults, one for each attempt. What is recorded next is
    /// about this call.
    async fn call(&self, faults: &[Fault], recorder: &mut Recorder<'_>) -> Call {
        let context = recorder.context;
        self.runtime.take_delays();
        context
            .connection
            .with(|simulator| faults.iter().for_each(|it| simulator.push_fault(*it)));
        let names: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let (id, names) = (&self.operation.id, names.join(", then "));
        recorder.on(format!("{id} that meets {names}"));
        let call = context.call_valid(&self.client, self.operation, &self.resource, None);
        call.await
    }

    /// One failure that passes: two attempts, one resource, whether or not the first attempt was
    /// carried out before its answer was lost.
    async fn passing(&self, fault: Fault, recorder: &mut Recorder<'_>) {
        let before = recorder.context.connection.created();
        let call = self.call(&[fault], recorder).await;
        let right = call.result.is_ok() && call.attempts.len() == 2;
        recorder.check(TRANSIENT, right, "success after 2 attempts", outcome(&call));
        recorder.created(SAME, before, 1);
        if let [first, second] = call.attempts.as_slice() {
            let [first, second] = [&first.request, &second.request];
            self.compare(recorder, first, second);
            if fault == Fault::TooManyRequests {
                delayed(recorder, &self.runtime.take_delays(), first, second);
            }
        }
    }

    /// Failures that end the call after the last of them. `may_be_done` is whether one of the
    /// attempts may have been carried out: then the error has to say so, and to name the key with
    /// which the call can be repeated.
    async fn ending(
        &self,
        clause: &str,
        faults: &[Fault],
        may_be_done: bool,
        recorder: &mut Recorder<'_>,
    ) {
        let call = self.call(faults, recorder).await;
        let attempts = faults.len();
        let right = call.result.is_err() && call.attempts.len() == attempts;
        let expected = format!("an error after {}", counted(attempts as u64, "attempt"));
        recorder.check(clause, right, expected, outcome(&call));
        let Some(error) = call.result.as_ref().err().and_then(CallError::failed) else {
            return;
        };
        let right = error.outcome_unknown() == may_be_done;
        let expected = "an outcome that is known unless it may be done";
        recorder.holds(clause, right, expected);
        if may_be_done {
            let sent = call.attempts.first();
            let sent = sent.and_then(|first| first.request.header(self.key));
            let same = sent.is_some() && call.key().as_deref() == sent;
            recorder.holds(clause, same, "the key that was sent");
        }
    }

    /// What was sent twice is the same, but for the signature: the server must recognize it, and
    /// must not take the second attempt for a replay of the first.
    ///
    /// Time is part of the signature, but two attempts may be made within a second.
    fn compare(&self, recorder: &mut Recorder<'_>, first: &Request, second: &Request) {
        let key = first.header(self.key);
        let same = key == second.header(self.key) && key.is_some();
        recorder.holds(SAME, same, "attempts with the same key");
        let same = (&first.method, &first.target, &first.body)
            == (&second.method, &second.target, &second.body);
        recorder.holds(SAME, same, "attempts with the same method, path and body");
        let connection = &recorder.context.connection;
        match (connection.verified(first), connection.verified(second)) {
            (Ok(first), Ok(second)) => {
                let fresh = first.nonce != second.nonce;
                recorder.holds(FRESH, fresh, "attempts with different nonces");
            }
            (Err(reason), _) | (_, Err(reason)) => {
                recorder.check(FRESH, false, "attempts with Hawk headers that hold", reason);
            }
        }
    }
}

/// The result of a call and the number of its attempts, for reports: `success after 2 attempts`.
fn outcome(call: &Call) -> String {
    let attempts = counted(call.attempts.len() as u64, "attempt");
    match &call.result {
        Ok(_) => format!("success after {attempts}"),
        Err(error) => format!("{error} after {attempts}"),
    }
}

/// `Retry-After: 1` was honoured, and the second attempt signed with the time after it.
///
/// The time is the client's own, which passes only by its delays.
fn delayed(recorder: &mut Recorder<'_>, delays: &[Duration], first: &Request, second: &Request) {
    let delay = delays.first().copied().unwrap_or_default();
    let long = delay >= Duration::from_secs(1);
    let expected = "the delay that Retry-After asks for";
    recorder.check(AFTER, long, expected, format!("{delays:?}"));
    let time = |request: &Request| Some(Header::parse(request.header("authorization")?).ok()?.ts);
    let times = time(first).zip(time(second));
    let later = times.is_some_and(|(first, second)| first < second);
    let expected = "a second signature with the time of its attempt";
    recorder.holds(FRESH, later, expected);
}
