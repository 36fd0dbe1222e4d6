//! What a service that is made of the client's parts makes of webhooks: it believes those
//! that are signed, handles each once, and a wait for a customer ends with its end.

use bvnk::Client;
use bvnk_simulator::webhook::{Signing, WebhookFault, signature};
use futures_util::FutureExt;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use super::scene::{PATH, SECRET, Sender, Service, silent_client, status_of};
use super::{EVENTS, KINDS, Kind, ONCE, ORDER, OWN, REPORTED, SCHEMES, SIGNED, UNKNOWN, name};
use crate::checks::Recorder;
use crate::context::Context;

/// What may happen to a delivery, and the clause that it shows.
const HARMLESS: [(&str, WebhookFault); 5] = [
    (ONCE, WebhookFault::Duplicate),
    (ORDER, WebhookFault::Reversed),
    (REPORTED, WebhookFault::Late),
    (EVENTS, WebhookFault::ZonelessTimestamp),
    (UNKNOWN, WebhookFault::UnknownEvent),
];

/// Deliveries that the sender did not make.
const FORGED: [WebhookFault; 2] = [WebhookFault::Unsigned, WebhookFault::OtherSecret];

/// The participants of a case.
struct Scene {
    sender: Sender,
    service: Service,
    client: Client,
    kind: Kind,
    what: String,
}

pub(in crate::checks) async fn received(context: &Context, recorder: &mut Recorder) {
    if context.specification.clause(REPORTED).is_none() {
        return;
    }
    let steps: [fn(Scene, &mut Recorder) -> Result<(), String>; 5] = [
        ends_waits,
        survives,
        rejects_forged,
        rejects_tampered,
        handles_once,
    ];
    for kind in KINDS {
        for step in steps {
            let scene = || {
                Ok::<_, String>(Scene {
                    sender: Sender::new(context, kind, false)?,
                    service: Service::new(context.mutation.receiver, kind)?,
                    client: silent_client()?,
                    kind,
                    what: name(kind),
                })
            };
            if let Err(reason) = scene().and_then(|scene| step(scene, recorder)) {
                recorder.error(REPORTED, name(kind), reason);
            }
        }
    }
}

/// Each wait ends with the end of its customer, and of no other.
fn ends_waits(scene: Scene, recorder: &mut Recorder) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        client,
        what,
        ..
    } = scene;
    let statuses = sender.statuses.clone();
    let first = sender.create(statuses.ending(0))?;
    let second = sender.create(statuses.ending(1))?;
    let first_wait = service.wait(&client, &sender, &first)?;
    let mut second_wait = service.wait(&client, &sender, &second)?;
    sender.finish(&first);
    service.receive_all(&mut sender);
    let early = (&mut second_wait).now_or_never();
    let about = format_args!("{what}: a wait, when another customer's end is reported");
    recorder.check(OWN, early.is_none(), about, "it goes on", "it ends");
    // What has ended must not be polled again.
    let second_wait = early.is_none().then_some(second_wait);
    sender.finish(&second);
    service.receive_all(&mut sender);
    for (reference, wait) in [(&first, Some(first_wait)), (&second, second_wait)] {
        let Some(wait) = wait else { continue };
        let end = wait.now_or_never().and_then(Result::ok);
        let own = end.as_ref().is_none_or(|end| {
            let value = serde_json::to_value(end).unwrap_or_default();
            value.to_string().contains(reference)
        });
        recorder.check(
            OWN,
            own,
            format_args!("{what}: the customer that a wait returns"),
            "its own",
            "another",
        );
        let actual = end.map_or_else(|| "nothing".to_owned(), |end| status_of(&end, &statuses));
        let about = format_args!("{what}: what a wait returns");
        recorder.check_eq(REPORTED, about, sender.status(reference), actual);
    }
    let handled = service.handled.len();
    let changes = statuses.changes(0).len() + statuses.changes(1).len();
    let right = handled == changes && service.handled.values().all(|times| *times == 1);
    let about = format_args!("{what}: {changes} changes of status");
    recorder.check(
        REPORTED,
        right,
        about,
        "each is handled",
        format_args!("{handled} are"),
    );
    let taken = service.rejected.is_empty();
    let about = format_args!("{what}: genuine deliveries");
    recorder.check(
        SCHEMES,
        taken,
        about,
        "they are accepted",
        service.rejected.join("; "),
    );
    Ok(())
}

/// What may happen to a delivery does no harm.
fn survives(scene: Scene, recorder: &mut Recorder) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        client,
        what,
        ..
    } = scene;
    let statuses = sender.statuses.clone();
    for (clause, fault) in HARMLESS {
        let reference = sender.create(statuses.ending(0))?;
        let wait = service.wait(&client, &sender, &reference)?;
        // An unknown event is one more; the changes themselves have known ones.
        sender.simulator.push_webhook_fault(fault);
        if fault != WebhookFault::UnknownEvent {
            sender.simulator.push_webhook_fault(fault);
        }
        sender.finish(&reference);
        service.receive_all(&mut sender);
        let end = wait.now_or_never().and_then(Result::ok);
        let actual = end.map_or_else(|| "nothing".to_owned(), |end| status_of(&end, &statuses));
        let about = format_args!("{what}, with {fault}: a wait for the customer");
        recorder.check_eq(clause, about, statuses.end(0), actual.as_str());
        let most = service.most(&reference);
        let about = format_args!("{what}, with {fault}: how often a change is handled");
        recorder.check_eq(clause, about, 1, most);
        let rejected = std::mem::take(&mut service.rejected);
        let about = format_args!("{what}, with {fault}: the deliveries");
        recorder.check(
            clause,
            rejected.is_empty(),
            about,
            "they are accepted",
            rejected.join("; "),
        );
    }
    Ok(())
}

/// What the sender did not sign, or signed otherwise, is rejected and has no effect.
fn rejects_forged(scene: Scene, recorder: &mut Recorder) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        client,
        kind,
        what,
    } = scene;
    let statuses = sender.statuses.clone();
    for fault in FORGED.into_iter().map(Some).chain([None]) {
        let reference = sender.create(statuses.one_change())?;
        let wait = service.wait(&client, &sender, &reference)?;
        if let Some(fault) = fault {
            sender.simulator.push_webhook_fault(fault);
        }
        sender.finish(&reference);
        let (_, due) = sender.due().ok_or("nothing was sent")?;
        let clause = if fault.is_some() { SIGNED } else { SCHEMES };
        let words = fault.map_or_else(|| "the other scheme".to_owned(), |fault| fault.to_string());
        for mut delivery in due {
            if fault.is_none() {
                let other = if kind.0 == Signing::Payload {
                    Signing::UrlPath
                } else {
                    Signing::Payload
                };
                let signature = signature(other, SECRET, PATH, "application/json", &delivery.body);
                let value = HeaderValue::from_str(&signature).map_err(|error| error.to_string())?;
                delivery.headers.insert("x-signature", value);
            }
            let answer = service.receive(&delivery.headers, &delivery.body);
            let about = format_args!("{what}, with {words}: a delivery");
            recorder.check_eq(clause, about, StatusCode::UNAUTHORIZED, answer);
        }
        let idle = wait.now_or_never().is_none() && service.handled.is_empty();
        let about = format_args!("{what}, with {words}: what a delivery does");
        recorder.check(clause, idle, about, "nothing", "it is handled");
        service.handled.clear();
    }
    Ok(())
}

/// No byte that the signature covers can change.
fn rejects_tampered(scene: Scene, recorder: &mut Recorder) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        kind,
        what,
        ..
    } = scene;
    let (_, delivery) = sender.one_delivery()?;
    let mut cases = Vec::new();
    for index in 0..delivery.body.len() {
        let mut body = delivery.body.to_vec();
        body[index] ^= 1;
        cases.push((delivery.headers.clone(), body));
    }
    if kind.0 == Signing::UrlPath {
        let mut headers = delivery.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jsom"));
        cases.push((headers, delivery.body.to_vec()));
    }
    for (headers, body) in cases {
        let answer = service.receive(&headers, &body);
        let about = format_args!("{what}: a delivery that was changed on its way");
        recorder.check_eq(SIGNED, about, StatusCode::UNAUTHORIZED, answer);
    }
    let answer = service.receive(&delivery.headers, &delivery.body);
    recorder.check_eq(
        SIGNED,
        format_args!("{what}: the same, unchanged"),
        StatusCode::OK,
        answer,
    );
    Ok(())
}

/// An event whose answer was lost is sent again, and is not handled a second time.
fn handles_once(scene: Scene, recorder: &mut Recorder) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        what,
        ..
    } = scene;
    let (mut now, mut delivery) = sender.one_delivery()?;
    for _ in 0..2 {
        service.receive(&delivery.headers, &delivery.body);
        sender.simulator.webhook_answered(delivery, None, now);
        let (then, due) = sender.due().ok_or("nothing was sent again")?;
        now = then;
        delivery = due.into_iter().next().ok_or("nothing was sent again")?;
    }
    service.receive(&delivery.headers, &delivery.body);
    let times: usize = service.handled.values().sum();
    let about = format_args!("{what}: how often an event is handled whose answers are lost");
    recorder.check_eq(ONCE, about, 1, times);
    Ok(())
}
