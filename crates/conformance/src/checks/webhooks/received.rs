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
}

type Step = fn(Scene, &mut Recorder) -> Result<(), String>;

pub(in crate::checks) async fn received(context: &Context, recorder: &mut Recorder) {
    if context.specification.clause(REPORTED).is_none() {
        return;
    }
    let steps: [Step; 5] = [
        ends_waits,
        survives,
        rejects_forged,
        rejects_tampered,
        handles_once,
    ];
    for kind in KINDS {
        for step in steps {
            let scene = || {
                Ok(Scene {
                    sender: Sender::new(context, kind, false)?,
                    service: Service::new(context.mutation.receiver, kind)?,
                    client: silent_client()?,
                    kind,
                })
            };
            recorder.on(name(kind));
            if let Err(reason) = scene().and_then(|scene| step(scene, recorder)) {
                recorder.on(name(kind)).error(REPORTED, reason);
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
        kind,
    } = scene;
    let statuses = sender.statuses.clone();
    let first = sender.create(statuses.ending(0))?;
    let second = sender.create(statuses.ending(1))?;
    let first_wait = service.wait(&client, &sender, &first)?;
    let mut second_wait = service.wait(&client, &sender, &second)?;
    sender.finish(&first);
    service.receive_all(&mut sender);
    let early = (&mut second_wait).now_or_never();
    recorder.on(format!(
        "{}: a wait, when another customer's end is reported",
        name(kind)
    ));
    recorder.holds(OWN, early.is_none(), "it goes on");
    // What has ended must not be polled again.
    let second_wait = early.is_none().then_some(second_wait);
    sender.finish(&second);
    service.receive_all(&mut sender);
    for (reference, wait) in [(&first, Some(first_wait)), (&second, second_wait)] {
        let end = wait.and_then(|wait| wait.now_or_never()?.ok());
        recorder.on(format!("{}: what a wait returns", name(kind)));
        let value = end
            .as_ref()
            .map(|end| serde_json::to_value(end).unwrap_or_default());
        let own = value.is_none_or(|value| value.to_string().contains(reference));
        recorder.holds(OWN, own, "its own customer");
        let actual = end.map_or_else(String::new, |end| status_of(&end, &statuses));
        recorder.equal(REPORTED, sender.status(reference), actual);
    }
    recorder.on(format!("{}: what is handled", name(kind)));
    let changes = statuses.changes(0).len() + statuses.changes(1).len();
    let right = service.handled.len() == changes && service.handled.values().all(|it| *it == 1);
    recorder.holds(REPORTED, right, format!("{changes} changes, each once"));
    let rejected = service.rejected.join("; ");
    recorder.check(
        SCHEMES,
        rejected.is_empty(),
        "every delivery is accepted",
        rejected,
    );
    Ok(())
}

/// What may happen to a delivery does no harm.
fn survives(scene: Scene, recorder: &mut Recorder) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        client,
        kind,
    } = scene;
    let statuses = sender.statuses.clone();
    for (clause, fault) in HARMLESS {
        recorder.on(format!("{}, with {fault}", name(kind)));
        let reference = sender.create(statuses.ending(0))?;
        let wait = service.wait(&client, &sender, &reference)?;
        // For each of the two changes.
        sender.simulator.push_webhook_fault(fault);
        sender.simulator.push_webhook_fault(fault);
        sender.finish(&reference);
        service.receive_all(&mut sender);
        let end = wait.now_or_never().and_then(Result::ok);
        let actual = end.map_or_else(String::new, |end| status_of(&end, &statuses));
        recorder.equal(clause, statuses.end(0), actual.as_str());
        recorder.holds(
            clause,
            service.most(&reference) == 1,
            "each change is handled once",
        );
        let rejected = std::mem::take(&mut service.rejected).join("; ");
        recorder.check(
            clause,
            rejected.is_empty(),
            "every delivery is accepted",
            rejected,
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
        let words = fault.map_or_else(|| "the other scheme".to_owned(), |it| it.to_string());
        recorder.on(format!("{}, with {words}: a delivery", name(kind)));
        for mut delivery in due {
            if fault.is_none() {
                let other = match kind.0 {
                    Signing::Payload => Signing::UrlPath,
                    _ => Signing::Payload,
                };
                let signature = signature(other, SECRET, PATH, "application/json", &delivery.body);
                let value = HeaderValue::from_str(&signature).map_err(|error| error.to_string())?;
                delivery.headers.insert("x-signature", value);
            }
            let answer = service.receive(&delivery.headers, &delivery.body);
            recorder.equal(clause, StatusCode::UNAUTHORIZED, answer);
        }
        let idle = wait.now_or_never().is_none() && service.handled.is_empty();
        recorder.holds(clause, idle, "no effect");
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
        ..
    } = scene;
    let (_, delivery) = sender.one_delivery()?;
    let mut cases = vec![(
        StatusCode::OK,
        delivery.headers.clone(),
        delivery.body.to_vec(),
    )];
    for index in 0..delivery.body.len() {
        let mut body = delivery.body.to_vec();
        body[index] ^= 1;
        cases.push((StatusCode::UNAUTHORIZED, delivery.headers.clone(), body));
    }
    if kind.0 == Signing::UrlPath {
        let mut headers = delivery.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jsom"));
        cases.push((StatusCode::UNAUTHORIZED, headers, delivery.body.to_vec()));
    }
    recorder.on(format!(
        "{}: a delivery that was changed on its way, or not",
        name(kind)
    ));
    for (expected, headers, body) in cases {
        recorder.equal(SIGNED, expected, service.receive(&headers, &body));
    }
    Ok(())
}

/// An event whose answer was lost is sent again, and is not handled a second time.
fn handles_once(scene: Scene, recorder: &mut Recorder) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        kind,
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
    recorder.on(format!("{}: an event whose answers are lost", name(kind)));
    recorder.check(ONCE, times == 1, "it is handled once", times);
    Ok(())
}
