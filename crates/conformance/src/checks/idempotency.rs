//! One key, one effect: again, with another body, and many at once.
//!
//! What a request created is known by the name that the answer has; at the simulator the created
//! resources are counted, too. The clauses differ in weight: to create twice is never right, but
//! a careful server may refuse a repetition where the page expects the first answer again.

use std::collections::BTreeSet;

use bvnk::IdempotencyKey;
use bvnk_contract::Flow;
use bvnk_simulator::Replay;
use futures_util::future::join_all;

use super::requests::is_uuid;
use super::{Check, Judge, Probe, Recorder};
use crate::exchange::Exchange;
use crate::flow;
use crate::text::counted;

/// Tries keys on raw requests first, where nothing repeats them, then through the client.
pub(super) const KEYS: Check = Check::new(
    "key-replay",
    "a key creates one resource, however often and however concurrently it is sent",
    Judge::Probe(|recorder| Box::pin(keys(recorder))),
    &[ONCE, REPLAY, REFUSED, OTHER_BODY],
);

/// How many requests with one key are under way at the same time.
///
/// Enough to meet a server that has several workers.
const AT_ONCE: usize = 16;

/// A key creates one resource.
const ONCE: &str = "idempotency.once";
/// A repetition is answered with what the first request created.
const REPLAY: &str = "idempotency.replay";
/// A refused request leaves its key unused.
const REFUSED: &str = "idempotency.refused";
/// A used key with another body creates nothing.
const OTHER_BODY: &str = "idempotency.other-body";

/// Tries every operation with a key that creates something.
async fn keys(recorder: &mut Recorder<'_>) {
    let contract = recorder.context.specification.contract();
    for operation in &contract.operations {
        let flow = flow::begun_by(contract, &operation.id).into_iter().next();
        if let (Some(_), Some(flow)) = (operation.idempotency_key(), flow) {
            let mut probe = Probe::new(recorder, operation).await;
            repeated(&mut probe, &flow).await;
            at_once(&mut probe, &flow).await;
            after_refusal(&mut probe).await;
            variations(&mut probe, &flow).await;
            status_of_repeated(&mut probe, &flow).await;
            through_the_client(&mut probe, &flow).await;
        }
    }
}

/// What a success names: the value by which the contract's link fetches what was created.
///
/// `None` for a refusal, and for a success without the value.
fn name(flow: &Flow<'_>, sent: &Exchange) -> Option<String> {
    let name = sent.text_at(&flow.source.pointer);
    name.filter(|_| sent.is_success())
}

/// The status of an answer with what it names, for a report, such as `202 and reference "7"`.
fn answered(flow: &Flow<'_>, sent: &Exchange) -> String {
    let field = flow.source.pointer.trim_start_matches('/');
    match name(flow, sent) {
        Some(name) => format!("{} and {field} {name:?}", sent.outcome()),
        None if sent.is_success() => format!("{} without a {field}", sent.outcome()),
        None => sent.outcome(),
    }
}

/// A repetition never makes something else. To be answered the same again is better.
///
/// Two clauses are recorded: [`ONCE`] fails for two names, [`REPLAY`] for anything but the same
/// one.
fn same(probe: &mut Probe<'_, '_>, flow: &Flow<'_>, first: &Exchange, again: &Exchange) {
    let names = (name(flow, first), name(flow, again));
    // There is nothing to compare with, for which the clauses about the answer fail.
    if names.0.is_none() && first.is_success() {
        return;
    }
    let twice = matches!(&names, (Some(first), Some(again)) if first != again);
    let [expected, actual] = [answered(flow, first), answered(flow, again)];
    probe.check(ONCE, !twice, &expected, &actual);
    let same = names.0.is_some() && names.0 == names.1;
    probe.check(REPLAY, same, expected, actual);
}

/// The same request twice, then its key with another body. `before` is taken first, as all
/// three requests together may create one resource.
async fn repeated(probe: &mut Probe<'_, '_>, flow: &Flow<'_>) {
    let mut raw = probe.ready.with_fresh_key();
    let before = probe.context.connection.created();
    let what = "a first request with a key";
    let first = probe.accepted(ONCE, what, &raw).await;
    let again = probe.send("the same request again", &raw).await;
    same(probe, flow, &first, &again);
    probe.pause().await;
    let again = probe.send("the same request again, later", &raw).await;
    same(probe, flow, &first, &again);
    probe.created(ONCE, before, 1);

    raw.request.body = probe.other_body().unwrap_or_default();
    let sent = probe.send("the same key with another body", &raw).await;
    // What the first request made may be answered again.
    let right = sent.is_refused() || name(flow, &sent) == name(flow, &first);
    probe.check(OTHER_BODY, right, "4xx", sent.outcome());
    probe.created(OTHER_BODY, before, 1);
}

/// How many resources answers name, for a report.
fn different(count: usize) -> String {
    counted(count as u64, "created resource")
}

/// Sends equal requests concurrently. One of them creates; a server may refuse the others
/// while it does, which the weaker clause [`REPLAY`] reports.
///
/// Each request has its own signature, as the nonce may be used once.
async fn at_once(probe: &mut Probe<'_, '_>, flow: &Flow<'_>) {
    let raw = probe.ready.with_fresh_key();
    let connection = &probe.context.connection;
    let before = connection.created();
    let sent = join_all((0..AT_ONCE).map(|_| connection.send(&raw))).await;
    let id = &probe.operation.id;
    probe.on(format!("{id}, {AT_ONCE} requests with one key at once"));
    let names: Vec<Option<String>> = sent.iter().map(|sent| name(flow, sent)).collect();
    let made: BTreeSet<String> = names.iter().flatten().cloned().collect();
    if made.is_empty() && sent.iter().all(Exchange::is_success) {
        return;
    }
    let other = names.iter().position(|name| name.is_none());
    probe.sent(&sent[other.unwrap_or(0)]);
    let actual = match other {
        Some(other) => answered(flow, &sent[other]),
        None => different(made.len()),
    };
    let same = other.is_none() && made.len() == 1;
    probe.check(REPLAY, same, "the same success for all", actual);
    if !made.is_empty() {
        probe.check(ONCE, made.len() == 1, different(1), different(made.len()));
    }
    probe.created(ONCE, before, 1);
}

/// Sends a wrong request first, so that the key is new to the server when it is refused.
///
/// A server that stores the refusal under the key answers the corrected request with it.
async fn after_refusal(probe: &mut Probe<'_, '_>) {
    let mut raw = probe.ready.with_body("true");
    let what = "a wrong request with a new key";
    probe.refused(REFUSED, what, &raw).await;
    raw.request.body.clone_from(&probe.ready.request.body);
    let what = "the corrected request with the same key";
    probe.accepted(REFUSED, what, &raw).await;
}

/// What makes a key the same key, and what does not: a UUID in capitals is the same UUID, and one
/// that differs in its last digit only is another.
///
/// A server may compare keys as texts, so that the first case is about [`REPLAY`] alone. The second
/// finds a server that compares or stores only a part of the key.
async fn variations(probe: &mut Probe<'_, '_>, flow: &Flow<'_>) {
    let raw = probe.ready.with_fresh_key();
    let key = raw.key().to_owned();
    let first = probe.send("a first request with a key", &raw).await;
    let own = name(flow, &first);
    // There is nothing to compare with.
    if own.is_none() && first.is_success() {
        return;
    }
    let stated = probe.operation.idempotency_key();
    if stated.is_some_and(|stated| is_uuid(probe.context, stated)) {
        let capitals = raw.with_keys(&[&key.to_uppercase()]);
        let again = probe.send("the same key in capitals", &capitals).await;
        let same = own.is_some() && own == name(flow, &again);
        let [expected, actual] = [answered(flow, &first), answered(flow, &again)];
        probe.check(REPLAY, same, expected, actual);
    }
    let (start, last) = key.split_at(key.len() - 1);
    let other = format!("{start}{}", if last == "0" { "1" } else { "0" });
    let other = raw.with_keys(&[&other]);
    let what = "a key with another last digit";
    let second = probe.send(what, &other).await;
    let new = name(flow, &second);
    let differs = new.is_some() && new != own;
    let expected = format!("another answer than {}", answered(flow, &first));
    probe.check(REPLAY, differs, expected, answered(flow, &second));
}

/// Repeating a creation does not move what it made: the status that a fetch returns is the same
/// without a repetition and after two.
async fn status_of_repeated(probe: &mut Probe<'_, '_>, flow: &Flow<'_>) {
    let context = probe.context;
    let status = context.specification.status(&flow.follow.id);
    // A foreign server moves a status when it likes.
    let Some(status) = status.filter(|_| !context.connection.is_foreign()) else {
        return;
    };
    let mut seen = Vec::new();
    for repetitions in [0, 2] {
        let raw = probe.ready.with_fresh_key();
        context.next_statuses(&status.known);
        let first = probe.send("a creation", &raw).await;
        for _ in 0..repetitions {
            probe.send("its repetition", &raw).await;
        }
        let fetch = probe.fetch(flow, &name(flow, &first).unwrap_or_default());
        let fetched = probe.send("a fetch after two repetitions", &fetch).await;
        seen.push(fetched.text_at(&status.pointer).unwrap_or_default());
    }
    probe.equal(REPLAY, &seen[0], &seen[1]);
}

/// The client's caller gets the same back, whether a replay is answered with the stored
/// answer or with 200.
///
/// Which of the two the server sends is a question that the documentation leaves open.
async fn through_the_client(probe: &mut Probe<'_, '_>, flow: &Flow<'_>) {
    let (context, operation) = (probe.context, probe.operation);
    let resource = probe.resource.clone().unwrap_or_default();
    let set_replay = |replay| context.connection.with(|it| it.set_replay(replay));
    for replay in [Replay::Stored, Replay::Ok200] {
        set_replay(replay);
        let key = Some(IdempotencyKey::random());
        let before = context.connection.created();
        let (mut names, mut actual) = (Vec::new(), String::new());
        for _ in 0..2 {
            let call = context.call_valid(&context.client, operation, &resource, key);
            let call = call.await;
            probe.sent(call.attempts.last());
            match call.result {
                Ok(called) => names.extend(called.value.pointer(&flow.source.pointer).cloned()),
                Err(error) => actual = error.to_string(),
            }
        }
        probe.on("the same call of the client twice, with one key");
        let same = names.len() == 2 && names[0] == names[1];
        let shown = names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let shown = shown.join(" and ") + &actual;
        probe.check(ONCE, same || names.len() < 2, "the same twice", &shown);
        probe.check(REPLAY, same, "the same twice", shown);
        probe.created(ONCE, before, 1);
    }
    set_replay(Replay::Stored);
}
