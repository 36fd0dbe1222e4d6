//! One key, one effect: again, with another body, and many at once.

use bvnk::IdempotencyKey;
use bvnk_contract::{Flow, Operation};
use bvnk_simulator::{Replay, StatusSequence};
use futures_util::future::join_all;
use uuid::Uuid;

use super::Recorder;
use super::signatures::created;
use crate::collect::{Exchanged, RawRequest};
use crate::context::Context;
use crate::flow::{self, StatusAttribute};

/// How many requests with one key are under way at the same time.
const AT_ONCE: usize = 16;

const ONCE: &str = "idempotency.once";
const REPLAY: &str = "idempotency.replay";
const REFUSED: &str = "idempotency.refused";
const OTHER_BODY: &str = "idempotency.other-body";

/// Every operation with a key that creates something.
pub(super) async fn replay(context: &Context, recorder: &mut Recorder) {
    let contract = context.specification.contract();
    for operation in contract.operations() {
        let flow = flow::begun_by(contract, &operation.id).into_iter().next();
        if let (Some(_), Some(flow)) = (operation.idempotency_key(), flow) {
            let ready = context.ready_request(operation).await;
            let mut keys = Keys {
                context,
                recorder,
                operation,
                flow,
                ready,
            };
            keys.repeated().await;
            keys.at_once().await;
            keys.after_refusal().await;
            keys.variations().await;
            keys.status_of_repeated().await;
            keys.through_the_client().await;
        }
    }
}

struct Keys<'a> {
    context: &'a Context,
    recorder: &'a mut Recorder,
    operation: &'a Operation,
    flow: Flow<'a>,
    ready: RawRequest,
}

impl Keys<'_> {
    async fn send(&mut self, what: &str, raw: &RawRequest) -> Exchanged {
        let sent = self.context.connection.send(raw).await;
        self.recorder.sent(&sent);
        self.recorder.on(format!("{}, {what}", self.operation.id));
        sent
    }

    /// What a success names.
    fn name(&self, sent: &Exchanged) -> Option<String> {
        let name = sent.text_at(&self.flow.source.pointer);
        name.filter(|_| sent.is_success())
    }

    /// A repetition never makes something else. To be answered the same again is better.
    fn same(&mut self, first: &Exchanged, again: &Exchanged) {
        let names = (self.name(first), self.name(again));
        let twice = matches!(&names, (Some(first), Some(again)) if first != again);
        self.recorder
            .holds(ONCE, !twice, "what the first request made");
        let same = names.0.is_some() && names.0 == names.1;
        let expected = "success, with the same name";
        self.recorder.check(REPLAY, same, expected, again.outcome());
    }

    async fn repeated(&mut self) {
        let mut raw = self.ready.with_fresh_key();
        let before = self.context.connection.created();
        let first = self.send("a first request with a key", &raw).await;
        self.recorder
            .check(ONCE, first.is_success(), "success", first.outcome());
        let again = self.send("the same request again", &raw).await;
        self.same(&first, &again);
        created(self.context, self.recorder, ONCE, before, 1);

        let cases = self.context.plan.cases(&self.operation.id).iter();
        let bodies = cases.filter_map(|case| Some(case.body.as_ref()?.to_string()));
        let mut others = bodies.filter(|body| Some(body.as_bytes()) != raw.body.as_deref());
        raw.body = others.next().map(Into::into);
        let sent = self.send("the same key with another body", &raw).await;
        // What the first request made may be answered again.
        let right = sent.is_refused() || self.name(&sent) == self.name(&first);
        self.recorder
            .check(OTHER_BODY, right, "4xx", sent.outcome());
        created(self.context, self.recorder, OTHER_BODY, before, 1);
    }

    async fn at_once(&mut self) {
        let raw = self.ready.with_fresh_key();
        let before = self.context.connection.created();
        let sent = join_all((0..AT_ONCE).map(|_| self.context.connection.send(&raw))).await;
        let what = format!(
            "{}, {AT_ONCE} requests with one key at once",
            self.operation.id
        );
        self.recorder.on(what);
        let names: Vec<Option<String>> = sent.iter().map(|sent| self.name(sent)).collect();
        // A careful server may refuse those that arrive while the first is under way.
        let mut made: Vec<&String> = names.iter().flatten().collect();
        made.sort();
        made.dedup();
        self.recorder
            .check(ONCE, made.len() == 1, "one name", made.len());
        let all = names.iter().all(|name| name.is_some() && *name == names[0]);
        self.recorder.holds(REPLAY, all, "the same name for all");
        created(self.context, self.recorder, ONCE, before, 1);
    }

    async fn after_refusal(&mut self) {
        let mut raw = self.ready.with_fresh_key();
        let right = raw.body.replace("true".into());
        let refused = self.send("a wrong request with a new key", &raw).await;
        self.recorder
            .check(REFUSED, refused.is_refused(), "4xx", refused.outcome());
        raw.body = right;
        let sent = self
            .send("the corrected request with the same key", &raw)
            .await;
        self.recorder
            .check(REFUSED, sent.is_success(), "success", sent.outcome());
    }

    /// What makes a key the same key, and what does not.
    async fn variations(&mut self) {
        let mut raw = self.ready.with_fresh_key();
        let first = self.send("a first request with a key", &raw).await;
        let key = raw.key().unwrap_or_default().to_owned();
        raw.set_key(Some(&key.to_uppercase()));
        let again = self.send("the same key in capitals", &raw).await;
        self.same(&first, &again);
        let other = Uuid::new_v4().to_string();
        raw.set_key(Some(&format!("{}{}", &key[..18], &other[18..])));
        let second = self.send("another key with the same beginning", &raw).await;
        let names = (self.name(&first), self.name(&second));
        let differs = names.1.is_some() && names.0 != names.1;
        let expected = "success, with another name";
        self.recorder
            .check(REPLAY, differs, expected, second.outcome());
    }

    /// Repeating a creation does not move what it made.
    async fn status_of_repeated(&mut self) {
        let contract = self.context.specification.contract();
        let status = StatusAttribute::of(contract, self.flow.follow);
        // A foreign server moves a status when it likes.
        let Some(status) = status.filter(|_| !self.context.connection.is_foreign()) else {
            return;
        };
        let mut seen = Vec::new();
        for repetitions in [0, 2] {
            let raw = self.ready.with_fresh_key();
            self.context.connection.with(|simulator| {
                if let Some((first, rest)) = status.known.split_first() {
                    let sequence = StatusSequence::starting(first);
                    simulator.next_sequence(rest.iter().fold(sequence, |it, value| it.then(value)));
                }
            });
            let first = self.send("a creation", &raw).await;
            for _ in 0..repetitions {
                self.send("its repetition", &raw).await;
            }
            let name = self.name(&first).unwrap_or_default();
            let fetch = self.context.fetch(&self.flow, &name);
            let fetched = self.send("a fetch after two repetitions", &fetch).await;
            seen.push(fetched.text_at(&status.pointer).unwrap_or_default());
        }
        self.recorder.equal(REPLAY, &seen[0], &seen[1]);
    }

    /// The client's caller gets the same back, whether a replay is answered with the stored
    /// answer or with 200.
    async fn through_the_client(&mut self) {
        for replay in [Replay::Stored, Replay::Ok200] {
            self.context
                .connection
                .with(|simulator| simulator.set_replay(replay));
            let key = IdempotencyKey::random();
            let before = self.context.connection.created();
            let (mut names, mut actual) = (Vec::new(), String::new());
            for _ in 0..2 {
                let client = &self.context.client;
                match self
                    .context
                    .call_first(client, self.operation, Some(key))
                    .await
                {
                    Ok(called) => {
                        names.extend(called.value.pointer(&self.flow.source.pointer).cloned());
                    }
                    Err(error) => actual = error.to_string(),
                }
            }
            self.recorder
                .on("the same call of the client twice, with one key");
            let same = names.len() == 2 && names[0] == names[1];
            self.recorder
                .holds(ONCE, same || names.len() < 2, "one name");
            self.recorder.check(REPLAY, same, "one name", actual);
            created(self.context, self.recorder, ONCE, before, 1);
        }
        self.context
            .connection
            .with(|simulator| simulator.set_replay(Replay::Stored));
    }
}
