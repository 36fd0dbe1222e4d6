//! What a service that is made of the client's parts makes of webhooks: it accepts those
//! that are signed, handles each once, and a wait for a customer ends with its end.

use bvnk::{BoxError, tracking};
use bvnk_simulator::webhook::{Signing, Webhook, WebhookFault};
use futures_util::FutureExt;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};

use super::scene::{SECRET, Sender, Service, URL, WEBHOOK_SIGNATURE};
use super::{EVENTS, Kind, ONCE, ORDER, OWN, REPORTED, SCHEMES, SIGNED, UNKNOWN, named};
use crate::checks::Recorder;
use crate::exchange::text_at;

/// What may happen to deliveries without doing harm, and the clause that it shows.
///
/// `None` is a delivery without a fault.
const HARMLESS: [(&str, Option<WebhookFault>); 7] = [
    (REPORTED, None),
    (SCHEMES, None),
    (ONCE, Some(WebhookFault::Duplicate)),
    (ORDER, Some(WebhookFault::Reversed)),
    (REPORTED, Some(WebhookFault::Late)),
    (EVENTS, Some(WebhookFault::ZonelessTimestamp)),
    (UNKNOWN, Some(WebhookFault::UnknownEvent)),
];

/// Judges how one kind of webhooks is received; the sender is never broken. Each case gets a
/// sender and a new service, as a service remembers what it has handled.
///
/// # Errors
///
/// Why sender or service could not be made, or that nothing was sent.
pub(super) fn received(recorder: &mut Recorder<'_>, kind: Kind) -> Result<(), BoxError> {
    let context = recorder.context;
    let scene = || {
        let sender = Sender::new(context, kind, false)?;
        Ok::<_, BoxError>((sender, Service::new(context, kind)?))
    };
    for (clause, fault) in HARMLESS {
        let words = fault.map_or_else(|| "as it was sent".to_owned(), |it| it.to_string());
        recorder.on(named(kind, &words));
        harmless(scene()?, clause, fault, recorder)?;
    }
    recorder.on(named(kind, "a delivery that the sender did not make"));
    rejected(scene()?, kind, recorder)?;
    recorder.on(named(kind, "an event whose answers are lost"));
    handled_once(scene()?, recorder)
}

/// A wait ends with the end of its customer, and of no other; each change is handled once. Two
/// customers are created, so that an event of the other is there to be confused with.
///
/// All deliveries arrive before the wait is polled, so that nothing depends on time. The client of a
/// contract without an object to wait for has no waits.
fn harmless(
    (mut sender, mut service): (Sender, Service),
    clause: &str,
    fault: Option<WebhookFault>,
    recorder: &mut Recorder<'_>,
) -> Result<(), BoxError> {
    let [path, other] = sender.paths.clone();
    let first = sender.create(&path)?;
    let second = sender.create(&other)?;
    let wait = service.wait(&sender, &first)?;
    let mut other_wait = service.wait(&sender, &second)?;
    for fault in std::iter::repeat_n(fault, path.len() - 1).flatten() {
        sender.simulator.push_webhook_fault(fault);
    }
    sender.finish(&first);
    service.receive_all(&mut sender);
    if tracking::OPERATION.is_some() {
        let end = wait.now_or_never().and_then(Result::ok);
        let end = serde_json::to_value(end).unwrap_or_default();
        let actual = text_at(&end, &sender.pointer);
        let actual = actual.unwrap_or_else(|| "the wait has not ended".to_owned());
        recorder.equal(clause, &path[path.len() - 1], &actual);
        let own = end.is_null() || end.to_string().contains(&first);
        recorder.holds(OWN, own, "its own customer");
    }
    let all = service.handled.len() == path.len() - 1;
    let mut changes = service.handled.iter().enumerate();
    let once = all && changes.all(|(index, it)| !service.handled[..index].contains(it));
    recorder.holds(clause, once, "each change is handled once");
    let reasons = service.rejected.join("; ");
    let none = reasons.is_empty();
    recorder.check(clause, none, "every delivery is accepted", reasons);

    if tracking::OPERATION.is_none() {
        return Ok(());
    }
    let early = (&mut other_wait).now_or_never();
    recorder.holds(OWN, early.is_none(), "a wait for another customer goes on");
    // What has ended must not be polled again.
    if early.is_none() {
        sender.finish(&second);
        service.receive_all(&mut sender);
        let ended = other_wait.now_or_never().is_some_and(|end| end.is_ok());
        recorder.holds(clause, ended, "and then ends too");
    }
    Ok(())
}

/// What the sender did not sign, or signed otherwise, is rejected and has no effect. No byte
/// that the signature covers can change.
///
/// Each byte of the body is changed in turn, by its lowest bit.
fn rejected(
    (mut sender, mut service): (Sender, Service),
    (signing, _): Kind,
    recorder: &mut Recorder<'_>,
) -> Result<(), BoxError> {
    let (reference, _, genuine) = sender.one_delivery()?;
    let wait = service.wait(&sender, &reference)?;
    let body = genuine.body.to_vec();
    let signed = |signing, secret| {
        let webhook = Webhook::new(URL, secret)?;
        let text = webhook.signing(signing).signature(&body);
        let mut headers = genuine.headers.clone();
        let value = HeaderValue::from_str(&text)?;
        headers.insert(WEBHOOK_SIGNATURE, value);
        Ok::<_, BoxError>(headers)
    };
    let other = match signing {
        Signing::Payload => Signing::UrlPath,
        _ => Signing::Payload,
    };
    let mut unsigned = genuine.headers.clone();
    unsigned.remove(WEBHOOK_SIGNATURE);
    let mut cases: Vec<(&str, HeaderMap, Vec<u8>)> = vec![
        (SIGNED, unsigned, body.clone()),
        (SIGNED, signed(signing, "another secret")?, body.clone()),
        (SCHEMES, signed(other, SECRET)?, body.clone()),
    ];
    if signing == Signing::UrlPath {
        let mut headers = genuine.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jsom"));
        cases.push((SIGNED, headers, body.clone()));
    }
    for index in 0..body.len() {
        let mut changed = body.clone();
        changed[index] ^= 1;
        cases.push((SIGNED, genuine.headers.clone(), changed));
    }
    for (clause, headers, body) in cases {
        let answer = service.receive(&headers, &body);
        recorder.equal(clause, StatusCode::UNAUTHORIZED, answer);
    }
    let waits = tracking::OPERATION.is_none() || wait.now_or_never().is_none();
    let idle = waits && service.handled.is_empty();
    recorder.holds(SIGNED, idle, "no effect");
    let answer = service.receive(&genuine.headers, &genuine.body);
    recorder.equal(SIGNED, StatusCode::OK, answer);
    Ok(())
}

/// An event whose answer was lost is sent again, and is not handled a second time. It is received
/// three times in all.
fn handled_once(
    (mut sender, mut service): (Sender, Service),
    recorder: &mut Recorder<'_>,
) -> Result<(), BoxError> {
    let (_, mut now, mut delivery) = sender.one_delivery()?;
    for _ in 0..2 {
        service.receive(&delivery.headers, &delivery.body);
        sender.simulator.webhook_answered(delivery, None, now);
        let (then, due) = sender.due().ok_or("nothing was sent again")?;
        now = then;
        delivery = due.into_iter().next().ok_or("nothing was sent again")?;
    }
    service.receive(&delivery.headers, &delivery.body);
    let times = service.handled.len();
    recorder.check(ONCE, times == 1, "it is handled once", times);
    Ok(())
}
