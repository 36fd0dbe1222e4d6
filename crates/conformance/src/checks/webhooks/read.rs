//! What a service that is made of the client's parts makes of webhooks: it believes those
//! that are signed, handles each once, and whoever waits for a customer hears of its end.

use bvnk::Client;
use bvnk_simulator::Journey;
use bvnk_simulator::webhook::{Signing, WebhookFault};
use futures_util::FutureExt as _;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use super::scene::{Sender, Service, silent_client};
use super::{EVENTS, KINDS, Kind, ONCE, ORDER, OWN, SCHEMES, SIGNED, TOLD, UNKNOWN, name};
use crate::checks::Tally;
use crate::world::World;

/// What nobody promises not to do, and what it shows.
const HARMLESS: [(&str, WebhookFault); 5] = [
    (ONCE, WebhookFault::Duplicate),
    (ORDER, WebhookFault::Reordered),
    (TOLD, WebhookFault::Late),
    (EVENTS, WebhookFault::ZonelessTime),
    (UNKNOWN, WebhookFault::UnknownEvent),
];

/// What is signed by nobody, or for something else.
const FORGED: [(&str, WebhookFault); 4] = [
    (SIGNED, WebhookFault::Unsigned),
    (SIGNED, WebhookFault::OtherBytes),
    (SIGNED, WebhookFault::OtherSecret),
    (SCHEMES, WebhookFault::OtherScheme),
];

/// Who takes part in a case.
struct Scene {
    sender: Sender,
    service: Service,
    client: Client,
    what: String,
}

pub(in crate::checks) async fn read(world: &World, tally: &mut Tally) {
    for kind in KINDS {
        let scene = || {
            Ok(Scene {
                sender: Sender::new(&world.contract, kind, None)?,
                service: Service::new(world.listener, kind)?,
                client: silent_client(&world.http)?,
                what: name(kind),
            })
        };
        let results = [
            scene().and_then(|scene| told(scene, tally)),
            scene().and_then(|scene| survived(scene, tally)),
            scene().and_then(|scene| forged(scene, tally)),
            scene().and_then(|scene| tampered(scene, kind, tally)),
            scene().and_then(|scene| again(scene, tally)),
        ];
        for reason in results.into_iter().filter_map(Result::err) {
            tally.stuck(TOLD, name(kind), reason);
        }
    }
}

/// Each wait hears of the end of its customer, and of nobody else's.
fn told(scene: Scene, tally: &mut Tally) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        client,
        what,
    } = scene;
    let first = sender.create(Journey::verified())?;
    let second = sender.create(Journey::unsuccessful())?;
    let first_wait = service.wait(&client, &sender, &first);
    let mut second_wait = service.wait(&client, &sender, &second);
    sender.walk(&first);
    service.take_all(&mut sender);
    let early = (&mut second_wait).now_or_never();
    tally.hold(
        OWN,
        early.is_none(),
        format_args!("{what}: a wait, when another customer's end is told"),
        "it goes on",
        "it ends",
    );
    // What has ended must not be asked again.
    let second_wait = early.is_none().then_some(second_wait);
    sender.walk(&second);
    service.take_all(&mut sender);
    for (reference, wait) in [(&first, Some(first_wait)), (&second, second_wait)] {
        let Some(wait) = wait else { continue };
        let end = wait.now_or_never().and_then(Result::ok);
        let own = end
            .as_ref()
            .is_none_or(|it| it.reference.as_str() == reference);
        tally.hold(
            OWN,
            own,
            format_args!("{what}: the customer that a wait gives"),
            "its own",
            "another",
        );
        tally.equal(
            TOLD,
            format_args!("{what}: what a wait is told"),
            sender.status(reference),
            end.map_or_else(|| "nothing".to_owned(), |it| it.status.to_string()),
        );
    }
    tally.hold(
        TOLD,
        service.handled.len() == 4 && service.handled.values().all(|times| *times == 1),
        format_args!("{what}: four changes of status"),
        "each is handled",
        format_args!("{} are", service.handled.len()),
    );
    tally.hold(
        SCHEMES,
        service.refused.is_empty(),
        format_args!("{what}: honest deliveries"),
        "they are taken",
        service.refused.join("; "),
    );
    Ok(())
}

/// What nobody promises not to do does no harm.
fn survived(scene: Scene, tally: &mut Tally) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        client,
        what,
    } = scene;
    for (clause, fault) in HARMLESS {
        let reference = sender.create(Journey::verified())?;
        let wait = service.wait(&client, &sender, &reference);
        sender.simulator.push_webhook_fault(fault);
        // The end must have a name that is known.
        if fault != WebhookFault::UnknownEvent {
            sender.simulator.push_webhook_fault(fault);
        }
        sender.walk(&reference);
        service.take_all(&mut sender);
        let end = wait.now_or_never().and_then(Result::ok);
        tally.hold(
            clause,
            end.is_some_and(|customer| customer.status.is_verified()),
            format_args!("{what}, with {fault}: a wait for the customer"),
            "it ends with VERIFIED",
            "it does not",
        );
        tally.hold(
            clause,
            service.most(&reference) == 1,
            format_args!("{what}, with {fault}: how often a change is handled"),
            "once",
            format_args!("{} times", service.most(&reference)),
        );
        let refused = std::mem::take(&mut service.refused);
        tally.hold(
            clause,
            refused.is_empty(),
            format_args!("{what}, with {fault}: the deliveries"),
            "they are taken",
            refused.join("; "),
        );
    }
    Ok(())
}

/// What is signed by nobody, or for something else, is refused and tells nothing.
fn forged(scene: Scene, tally: &mut Tally) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        client,
        what,
    } = scene;
    for (clause, fault) in FORGED {
        let journey = Journey::starting("PENDING_VERIFICATION").then("VERIFIED");
        let reference = sender.create(journey)?;
        let wait = service.wait(&client, &sender, &reference);
        sender.simulator.push_webhook_fault(fault);
        sender.walk(&reference);
        let (_, due) = sender.due().ok_or("nothing was sent")?;
        for attempt in due {
            tally.equal(
                clause,
                format_args!("{what}, with {fault}: a delivery"),
                StatusCode::UNAUTHORIZED,
                service.receive(&attempt.headers, &attempt.body),
            );
        }
        tally.hold(
            clause,
            wait.now_or_never().is_none() && service.handled.is_empty(),
            format_args!("{what}, with {fault}: what a delivery does"),
            "nothing",
            "it is handled",
        );
        service.handled.clear();
    }
    Ok(())
}

/// No byte that is covered can change.
fn tampered(scene: Scene, kind: Kind, tally: &mut Tally) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        what,
        ..
    } = scene;
    let (_, attempt) = sender.one_attempt()?;
    let mut cases = Vec::new();
    for index in 0..attempt.body.len() {
        let mut body = attempt.body.to_vec();
        body[index] ^= 1;
        cases.push((attempt.headers.clone(), body));
    }
    if kind.0 == Signing::Url {
        let mut headers = attempt.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/jsom"));
        cases.push((headers, attempt.body.to_vec()));
    }
    for (headers, body) in cases {
        tally.equal(
            SIGNED,
            format_args!("{what}: a delivery that was changed on its way"),
            StatusCode::UNAUTHORIZED,
            service.receive(&headers, &body),
        );
    }
    tally.equal(
        SIGNED,
        format_args!("{what}: the same, unchanged"),
        StatusCode::OK,
        service.receive(&attempt.headers, &attempt.body),
    );
    Ok(())
}

/// An event whose answer got lost comes again, and is handled no second time.
fn again(scene: Scene, tally: &mut Tally) -> Result<(), String> {
    let Scene {
        mut sender,
        mut service,
        what,
        ..
    } = scene;
    let (mut now, mut attempt) = sender.one_attempt()?;
    for _ in 0..2 {
        service.receive(&attempt.headers, &attempt.body);
        sender.simulator.webhook_answered(attempt, None, now);
        let (then, due) = sender.due().ok_or("nothing was sent again")?;
        now = then;
        attempt = due.into_iter().next().ok_or("nothing was sent again")?;
    }
    service.receive(&attempt.headers, &attempt.body);
    let times: usize = service.handled.values().sum();
    tally.equal(
        ONCE,
        format_args!("{what}: how often an event is handled whose answers get lost"),
        1,
        times,
    );
    Ok(())
}
