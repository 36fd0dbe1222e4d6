//! What the client does when an attempt fails: what is repeated and how, what is not, and
//! what the caller learns.

use std::sync::Arc;
use std::time::Duration;

use bvnk::{CallOptions, Client, Runtime};
use bvnk_contract::Operation;
use bvnk_simulator::Fault;

use super::Recorder;
use super::signatures::{created, verified};
use crate::call::{Arguments, CallError, Called};
use crate::collect::SkippingRuntime;
use crate::context::Context;
use crate::exchange::Request;
use crate::{dispatch, flow};

const TRANSIENT: &str = "repeat.transient";
const SAME: &str = "repeat.same";
const FRESH: &str = "repeat.fresh";
const AFTER: &str = "repeat.after";
const REFUSAL: &str = "repeat.refusal";
const REDIRECT: &str = "repeat.redirect";
const UNKNOWN: &str = "repeat.doubt";

/// Failures that pass: one attempt meets them, the next does not.
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

/// Failures that a repetition cannot change. A redirect may have been carried out.
const FINAL: [(&str, Fault, bool); 3] = [
    (REFUSAL, Fault::HtmlError, false),
    (REFUSAL, Fault::RejectValid, false),
    (REDIRECT, Fault::Redirect, true),
];

pub(super) async fn repeats(context: &Context, recorder: &mut Recorder) {
    let specification = Arc::clone(&context.specification);
    let contract = specification.contract();
    for operation in contract.operations() {
        let creates = !flow::begun_by(contract, &operation.id).is_empty();
        if !creates || operation.idempotency_key().is_none() {
            continue;
        }
        let runtime = Arc::new(SkippingRuntime::default());
        match context.client_with(Arc::clone(&runtime) as Arc<dyn Runtime>) {
            Err(reason) => recorder.error(TRANSIENT, "a client", reason),
            Ok(client) => {
                let calls = Calls {
                    context,
                    operation,
                    client,
                    runtime,
                };
                calls.passing(recorder).await;
                calls.final_ones(recorder).await;
                calls.unknown(recorder).await;
            }
        }
    }
}

struct Calls<'a> {
    context: &'a Context,
    operation: &'a Operation,
    client: Client,
    runtime: Arc<SkippingRuntime>,
}

/// One call, and all that is known of it.
struct Attempted {
    result: Result<Called, bvnk::Error>,
    attempts: Vec<Request>,
    delays: Vec<Duration>,
}

impl Calls<'_> {
    async fn call(&self, faults: &[Fault]) -> Result<Attempted, String> {
        let context = self.context;
        let case = context.plan.cases(&self.operation.id).first();
        let case = case.ok_or("there is no case of the operation")?;
        context.connection.take();
        self.runtime.take_delays();
        context.connection.with(|simulator| {
            faults.iter().for_each(|fault| simulator.push_fault(*fault));
        });
        let arguments = Arguments {
            parameters: case.parameters.clone(),
            body: case.body.clone(),
            idempotency_key: None,
            options: CallOptions::new(),
        };
        let result = match dispatch::call(&self.client, &self.operation.id, arguments).await {
            None => return Err("the client has no such operation".to_owned()),
            Some(Err(CallError::Refused(error))) => return Err(error.to_string()),
            Some(Err(CallError::Failed(error))) => Err(error),
            Some(Ok(called)) => Ok(called),
        };
        Ok(Attempted {
            result,
            attempts: context.connection.take(),
            delays: self.runtime.take_delays(),
        })
    }

    async fn passing(&self, recorder: &mut Recorder) {
        for fault in PASSING {
            let before = self.context.connection.created();
            let what = format!("{} whose first attempt meets {fault}", self.operation.id);
            let call = match self.call(&[fault]).await {
                Ok(call) => call,
                Err(reason) => return recorder.error(TRANSIENT, what, reason),
            };
            let attempts = call.attempts.len();
            let actual = match &call.result {
                Ok(_) => format!("success after {attempts} attempts"),
                Err(error) => format!("{error} after {attempts} attempts"),
            };
            let right = call.result.is_ok() && attempts == 2;
            recorder.check(TRANSIENT, right, &what, "success after 2 attempts", actual);
            created(self.context, recorder, SAME, &what, before, 1);
            if let [first, second] = call.attempts.as_slice() {
                self.compare(recorder, &what, first, second);
                if fault == Fault::TooManyRequests {
                    delayed(recorder, &what, &call, (first, second));
                }
            }
        }
    }

    async fn final_ones(&self, recorder: &mut Recorder) {
        for (clause, fault, may_be_done) in FINAL {
            let what = format!("{} that meets {fault}", self.operation.id);
            let call = match self.call(&[fault]).await {
                Ok(call) => call,
                Err(reason) => return recorder.error(clause, what, reason),
            };
            let outcome = if call.result.is_ok() {
                "success"
            } else {
                "an error"
            };
            let actual = format!("{outcome} after {} attempts", call.attempts.len());
            recorder.check_eq(clause, &what, "an error after 1 attempts", actual.as_str());
            if let Err(error) = &call.result {
                let words = |unknown| if unknown { "unknown" } else { "known" };
                let actual = words(error.outcome_unknown());
                recorder.check_eq(
                    clause,
                    format_args!("{what}: the outcome"),
                    words(may_be_done),
                    actual,
                );
            }
        }
    }

    /// The first attempt was carried out and its answer lost: a refusal of the second does
    /// not mean that nothing was created.
    async fn unknown(&self, recorder: &mut Recorder) {
        let what = format!(
            "{} that is cut off after sending, then refused",
            self.operation.id
        );
        let call = match self
            .call(&[Fault::CommitThenReset, Fault::RejectValid])
            .await
        {
            Ok(call) => call,
            Err(reason) => return recorder.error(UNKNOWN, what, reason),
        };
        let (unknown, key) = match &call.result {
            Ok(_) => (false, None),
            Err(error) => (error.outcome_unknown(), error.idempotency_key()),
        };
        recorder.check(
            UNKNOWN,
            unknown,
            &what,
            "an error with an unknown outcome",
            "another",
        );
        let key = key.map(|key| key.to_string());
        let sent = call
            .attempts
            .first()
            .map(|first| self.key_of(first).to_owned());
        let what = format!("{what}: the idempotency key in the error");
        recorder.check(
            UNKNOWN,
            key.is_some() && key == sent,
            what,
            "the one that was sent",
            "another, or none",
        );
    }

    fn key_of<'r>(&self, request: &'r Request) -> &'r str {
        let parameter = self.operation.idempotency_key();
        parameter.map_or("", |parameter| request.header(&parameter.name))
    }

    /// What was sent twice is the same, but for the signature.
    fn compare(&self, recorder: &mut Recorder, what: &str, first: &Request, second: &Request) {
        let keys = (self.key_of(first), self.key_of(second));
        let same = keys.0 == keys.1 && !keys.0.is_empty();
        let about = format!("{what}: the idempotency keys of both attempts");
        recorder.check(SAME, same, about, "the same key", "another key, or none");
        let parts = |request: &Request| {
            (
                request.method.clone(),
                request.target.clone(),
                request.body.clone(),
            )
        };
        let same = parts(first) == parts(second);
        let about = format!("{what}: method, path and body of both attempts");
        recorder.check(SAME, same, about, "the same", "something else");
        let both = verified(self.context, first)
            .and_then(|first| Ok((first.0, verified(self.context, second)?.0)));
        match both {
            Ok((first, second)) => {
                let about = format!("{what}: the nonces of both attempts");
                recorder.check(FRESH, first != second, about, "different ones", "the same");
            }
            Err(reason) => {
                let about = format!("{what}: the signatures of both attempts");
                recorder.check(FRESH, false, about, "Hawk headers that hold", reason);
            }
        }
    }
}

/// `Retry-After: 1` was honoured, and the second attempt signed with the time after it.
fn delayed(
    recorder: &mut Recorder,
    what: &str,
    call: &Attempted,
    (first, second): (&Request, &Request),
) {
    let delay = call.delays.first().copied();
    recorder.check(
        AFTER,
        delay.is_some_and(|delay| delay >= Duration::from_secs(1)),
        format_args!("{what}: the delay before the second attempt"),
        "at least the second that Retry-After asks for",
        format_args!("{delay:?}"),
    );
    let time = |request: &Request| {
        let (_, rest) = request.header("authorization").split_once("ts=\"")?;
        rest.split_once('"')?.0.parse::<u64>().ok()
    };
    let later = time(second)
        .zip(time(first))
        .is_some_and(|(second, first)| second > first);
    let about = format!("{what}: the time in the second signature");
    recorder.check(
        FRESH,
        later,
        about,
        "that of the second attempt",
        "that of the first",
    );
}
