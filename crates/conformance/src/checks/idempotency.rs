//! One key, one effect: again, with another body, and many at once.

use bvnk::{CallOptions, IdempotencyKey};
use bvnk_contract::Operation;
use bvnk_simulator::{Replay, StatusSequence};
use futures_util::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::Recorder;
use super::signatures::created;
use crate::call::{Arguments, CallError};
use crate::collect::{Exchanged, RawRequest};
use crate::context::Context;
use crate::{dispatch, flow};

/// How many requests with one key are under way at the same time.
const AT_ONCE: usize = 16;

const ONCE: &str = "idempotency.once";
const REPLAY: &str = "idempotency.replay";
const REFUSED: &str = "idempotency.refused";
const OTHER_BODY: &str = "idempotency.other-body";

/// Every operation with a key that creates something.
pub(super) async fn replay(context: &Context, recorder: &mut Recorder) {
    let specification = std::sync::Arc::clone(&context.specification);
    let contract = specification.contract();
    for operation in contract.operations() {
        let flow = flow::begun_by(contract, &operation.id).into_iter().next();
        if let (Some(_), Some(flow)) = (operation.idempotency_key(), flow) {
            let keys = Keys {
                context,
                recorder,
                operation,
                pointer: &flow.source.pointer,
            };
            keys.all().await;
        }
    }
}

struct Keys<'a> {
    context: &'a Context,
    recorder: &'a mut Recorder,
    operation: &'a Operation,
    /// Where an answer names what was created.
    pointer: &'a str,
}

impl Keys<'_> {
    async fn all(mut self) {
        let ready = self.context.ready_request(self.operation).await;
        let (raw, first) = self.repeated(&ready).await;
        self.other_body(&raw, &first).await;
        self.at_once(&ready).await;
        self.after_refusal(&ready).await;
        self.variations(&ready).await;
        self.through_the_client().await;
    }

    async fn send(&mut self, raw: &RawRequest) -> Exchanged {
        let sent = self.context.connection.send(raw).await;
        self.recorder.about(&sent);
        sent
    }

    fn name(&self, sent: &Exchanged) -> Option<String> {
        sent.text_at(self.pointer).filter(|_| sent.is_success())
    }

    /// A repetition never makes something else. Being told the same again is better.
    fn same(&mut self, what: &str, first: &Exchanged, again: &Exchanged) {
        let names = (self.name(first), self.name(again));
        let twice = matches!(&names, (Some(first), Some(again)) if first != again);
        let actual = match twice {
            true => format!("{}, another name", again.outcome()),
            false => again.outcome(),
        };
        self.recorder
            .check(ONCE, !twice, what, "what the first request made", &actual);
        let same = names.0.is_some() && names.0 == names.1;
        self.recorder
            .check(REPLAY, same, what, "success, with the same name", actual);
    }

    async fn repeated(&mut self, ready: &RawRequest) -> (RawRequest, Exchanged) {
        let raw = ready.with_fresh_key();
        let before = self.context.connection.created();
        let first = self.send(&raw).await;
        let what = format!("{}, a first request with a key", self.operation.id);
        self.recorder
            .check(ONCE, first.is_success(), what, "success", first.outcome());
        let again = self.send(&raw).await;
        let what = format!("{}, the same request again", self.operation.id);
        self.same(&what, &first, &again);
        created(self.context, self.recorder, ONCE, &what, before, 1);
        (raw, first)
    }

    async fn other_body(&mut self, raw: &RawRequest, first: &Exchanged) {
        let cases = self.context.plan.cases(&self.operation.id).iter();
        let bodies = cases
            .filter_map(|case| case.body.as_ref())
            .map(ToString::to_string);
        let mut other = bodies.filter(|body| Some(body.as_bytes()) != raw.body.as_deref());
        let Some(body) = other.next() else { return };
        let mut raw = raw.clone();
        raw.body = Some(body.into());
        let before = self.context.connection.created();
        let sent = self.send(&raw).await;
        let what = format!("{}, the same key with another body", self.operation.id);
        let refused = (400..500).contains(&sent.status());
        // What the first request made may be answered again.
        let right = refused || (sent.is_success() && self.name(&sent) == self.name(first));
        self.recorder
            .check(OTHER_BODY, right, &what, "4xx", sent.outcome());
        created(self.context, self.recorder, OTHER_BODY, &what, before, 0);
    }

    async fn at_once(&mut self, ready: &RawRequest) {
        let raw = ready.with_fresh_key();
        let before = self.context.connection.created();
        let connection = &self.context.connection;
        let sent = join_all((0..AT_ONCE).map(|_| connection.send(&raw))).await;
        let what = format!(
            "{}, {AT_ONCE} requests with one key at once",
            self.operation.id
        );
        let names: Vec<Option<String>> = sent.iter().map(|sent| self.name(sent)).collect();
        // A careful server may refuse those that arrive while the first is under way.
        let mut made: Vec<&String> = names.iter().flatten().collect();
        made.sort();
        made.dedup();
        self.recorder
            .check_eq(ONCE, format_args!("{what}: different names"), 1, made.len());
        let all = names.iter().all(|name| name.is_some() && *name == names[0]);
        self.recorder.check(
            REPLAY,
            all,
            &what,
            "the same name for all",
            "several names, or none for some",
        );
        created(self.context, self.recorder, ONCE, &what, before, 1);
    }

    async fn after_refusal(&mut self, ready: &RawRequest) {
        let mut raw = ready.with_fresh_key();
        let right = raw.body.replace(json!(true).to_string().into());
        let refused = self.send(&raw).await;
        let what = format!("{}, a refused request with a new key", self.operation.id);
        let expected = (400..500).contains(&refused.status());
        self.recorder
            .check(REFUSED, expected, what, "4xx", refused.outcome());
        raw.body = right;
        let corrected = self.send(&raw).await;
        let what = format!(
            "{}, the corrected request with the same key",
            self.operation.id
        );
        self.recorder.check(
            REFUSED,
            corrected.is_success(),
            what,
            "success",
            corrected.outcome(),
        );
    }

    /// What makes a key the same key, and what does not.
    async fn variations(&mut self, ready: &RawRequest) {
        let raw = ready.with_fresh_key();
        let first = self.send(&raw).await;
        let key = raw.key().unwrap_or_default().to_owned();
        let mut capitals = raw.clone();
        capitals.set_key(Some(&key.to_uppercase()));
        let again = self.send(&capitals).await;
        self.same("the same key in capitals", &first, &again);
        let other = Uuid::new_v4().to_string();
        let mut halved = raw.clone();
        halved.set_key(Some(&format!("{}{}", &key[..18], &other[18..])));
        let second = self.send(&halved).await;
        let names = (self.name(&first), self.name(&second));
        let differs = names.1.is_some() && names.0 != names.1;
        let what = "another key with the same beginning";
        self.recorder.check(
            REPLAY,
            differs,
            what,
            "success, with another name",
            second.outcome(),
        );
        self.status_of_repeated(ready).await;
    }

    /// Repeating a creation does not move what it made.
    async fn status_of_repeated(&mut self, ready: &RawRequest) {
        let context = self.context;
        let contract = context.specification.contract();
        let flow = flow::begun_by(contract, &self.operation.id)
            .into_iter()
            .next();
        let status = flow
            .as_ref()
            .and_then(|flow| flow::StatusAttribute::of(contract, flow.follow));
        // A foreign server moves a status when it likes.
        let (Some(flow), Some(status), false) = (flow, status, context.connection.is_foreign())
        else {
            return;
        };
        let mut seen = Vec::new();
        for repetitions in [0, 2] {
            let raw = ready.with_fresh_key();
            let statuses = status.known.iter();
            let sequence = statuses.fold(None, |sequence: Option<StatusSequence>, value| {
                Some(match sequence {
                    None => StatusSequence::starting(value),
                    Some(sequence) => sequence.then(value),
                })
            });
            context.connection.with(|simulator| {
                sequence
                    .into_iter()
                    .for_each(|sequence| simulator.next_sequence(sequence));
            });
            let first = self.send(&raw).await;
            for _ in 0..repetitions {
                self.send(&raw).await;
            }
            let name = self.name(&first).unwrap_or_default();
            let mut parameters = context.plan.parameters(&flow.follow.id);
            parameters.insert(flow.parameter.to_owned(), name.into());
            let fetch =
                RawRequest::new(flow.follow, &parameters, None, context.connection.prefix());
            seen.push(
                self.send(&fetch)
                    .await
                    .text_at(&status.pointer)
                    .unwrap_or_default(),
            );
        }
        let what = "a fetch after a creation that was repeated twice";
        self.recorder
            .check_eq(REPLAY, what, seen[0].as_str(), seen[1].as_str());
    }

    /// The client's caller gets the same back, whether a replay is answered with the stored
    /// answer or with 200.
    async fn through_the_client(&mut self) {
        let Some(case) = self.context.plan.cases(&self.operation.id).first() else {
            return;
        };
        for replay in [Replay::Stored, Replay::Ok200] {
            self.context
                .connection
                .with(|simulator| simulator.set_replay(replay));
            let key = IdempotencyKey::random();
            let before = self.context.connection.created();
            let mut names = Vec::new();
            let mut actual = "two names".to_owned();
            for _ in 0..2 {
                let arguments = Arguments {
                    parameters: case.parameters.clone(),
                    body: case.body.clone(),
                    idempotency_key: Some(key),
                    options: CallOptions::new(),
                };
                match dispatch::call(&self.context.client, &self.operation.id, arguments).await {
                    Some(Ok(called)) => names.push(called.value.pointer(self.pointer).cloned()),
                    Some(Err(CallError::Failed(error))) => actual = error.to_string(),
                    Some(Err(CallError::Refused(error))) => actual = error.to_string(),
                    None => {}
                }
            }
            let what = "the same call of the client twice, with one key";
            let twice = names.len() == 2 && names[0] != names[1];
            self.recorder.check(ONCE, !twice, what, "one name", &actual);
            let same = names.len() == 2 && names[0] == names[1];
            self.recorder.check(REPLAY, same, what, "one name", actual);
            created(self.context, self.recorder, ONCE, what, before, 1);
        }
        self.context
            .connection
            .with(|simulator| simulator.set_replay(Replay::Stored));
    }
}
