//! What the client does when an attempt fails: what is repeated and how, what is not, and
//! what the caller is told.

use std::sync::Arc;
use std::time::Duration;

use bvnk::types::{CreateCustomerRequest, Customer};
use bvnk::{Client, Error, ResponseValue, Runtime};
use bvnk_simulator::Fault;

use super::Tally;
use super::signatures::verified;
use crate::hurry::Hurry;
use crate::target::Arrived;
use crate::world::World;

const TRANSIENT: &str = "repeat.transient";
const SAME: &str = "repeat.same";
const FRESH: &str = "repeat.fresh";
const AFTER: &str = "repeat.after";
const REFUSAL: &str = "repeat.refusal";
const REDIRECT: &str = "repeat.redirect";
const DOUBT: &str = "repeat.doubt";

/// Failures that pass: one attempt meets them, the next does not.
const PASSING: [Fault; 11] = [
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
    Fault::TruncateBody,
];

pub(super) async fn repeats(world: &World, tally: &mut Tally) {
    if let Err(reason) = try_repeats(world, tally).await {
        tally.stuck(TRANSIENT, "calls that meet failures", reason);
    }
}

async fn try_repeats(world: &World, tally: &mut Tally) -> Result<(), String> {
    let hurry = Arc::new(Hurry::default());
    let client = world.client_on(Arc::clone(&hurry) as Arc<dyn Runtime>)?;
    for fault in PASSING {
        let before = world.target.customers();
        let call = create(world, &client, &hurry, &[fault]).await?;
        let what = format!("a call whose first attempt meets {fault}");
        let came = match &call.result {
            Ok(_) => format!("success after {} attempts", call.attempts.len()),
            Err(error) => format!("{error} after {} attempts", call.attempts.len()),
        };
        tally.hold(
            TRANSIENT,
            call.result.is_ok() && call.attempts.len() == 2,
            &what,
            "success after 2 attempts",
            came,
        );
        world.made(tally, SAME, &what, before, 1);
        if let [first, second] = call.attempts.as_slice() {
            attempts(world, tally, &what, first, second);
            if fault == Fault::TooManyRequests {
                waited(tally, &what, &call, (first, second));
            }
        }
    }
    for (clause, fault) in [
        (REFUSAL, Fault::HtmlError),
        (REFUSAL, Fault::RejectValid),
        (REDIRECT, Fault::Redirect),
    ] {
        let call = create(world, &client, &hurry, &[fault]).await?;
        let came = match &call.result {
            Ok(_) => format!("success after {} attempts", call.attempts.len()),
            Err(_) => format!("an error after {} attempts", call.attempts.len()),
        };
        let what = format!("a call that meets {fault}");
        tally.equal(clause, what, "an error after 1 attempts", came.as_str());
        if let Err(error) = &call.result {
            tally.hold(
                clause,
                !error.outcome_unknown(),
                format_args!("a call that meets {fault}: the outcome"),
                "clear: nothing was done",
                "doubtful",
            );
        }
    }
    // The first attempt was carried out, and its answer lost: a refusal of the second does
    // not mean that there is no customer.
    let faults = [Fault::CommitThenReset, Fault::RejectValid];
    let call = create(world, &client, &hurry, &faults).await?;
    let what = "a call whose first attempt is cut off after sending, and whose second is refused";
    let (doubtful, key) = match &call.result {
        Ok(_) => (false, None),
        Err(error) => (error.outcome_unknown(), error.idempotency_key()),
    };
    tally.hold(DOUBT, doubtful, what, "an error in doubt", "no doubt");
    let key = key.map(|key| key.to_string()).unwrap_or_default();
    tally.hold(
        DOUBT,
        call.attempts
            .first()
            .is_some_and(|first| key_of(first, world) == key),
        format_args!("{what}: the idempotency key in the error"),
        "the one that was sent",
        "another, or none",
    );
    Ok(())
}

/// What was sent twice is the same, but for the signature.
fn attempts(world: &World, tally: &mut Tally, what: &str, first: &Arrived, second: &Arrived) {
    tally.hold(
        SAME,
        key_of(first, world) == key_of(second, world) && !key_of(first, world).is_empty(),
        format_args!("{what}: the idempotency keys of both attempts"),
        "the same key",
        "another key, or none",
    );
    tally.hold(
        SAME,
        (&first.method, &first.target, &first.body)
            == (&second.method, &second.target, &second.body),
        format_args!("{what}: method, path and body of both attempts"),
        "the same",
        "something else",
    );
    let judged = verified(world, first).and_then(|first| Ok((first, verified(world, second)?)));
    match judged {
        Ok(((first, _), (second, _))) => tally.hold(
            FRESH,
            first != second,
            format_args!("{what}: the nonces of both attempts"),
            "different ones",
            "the same",
        ),
        Err(reason) => tally.hold(
            FRESH,
            false,
            format_args!("{what}: the signatures of both attempts"),
            "Hawk headers that hold",
            reason,
        ),
    }
}

/// `Retry-After: 1` was honoured, and the second attempt signed with the time after it.
fn waited(tally: &mut Tally, what: &str, call: &Call, (first, second): (&Arrived, &Arrived)) {
    tally.hold(
        AFTER,
        call.waits
            .first()
            .is_some_and(|wait| *wait >= Duration::from_secs(1)),
        format_args!("{what}: the wait before the second attempt"),
        "at least the second that Retry-After asks for",
        format_args!("{:?}", call.waits.first()),
    );
    let later = time_of(second)
        .zip(time_of(first))
        .map(|(second, first)| second > first);
    tally.hold(
        FRESH,
        later == Some(true),
        format_args!("{what}: the time in the second signature"),
        "that of the second attempt",
        "that of the first",
    );
}

/// One creation, and all that is known of it.
struct Call {
    result: Result<ResponseValue<Customer>, Error>,
    attempts: Vec<Arrived>,
    waits: Vec<Duration>,
}

async fn create(
    world: &World,
    client: &Client,
    hurry: &Hurry,
    faults: &[Fault],
) -> Result<Call, String> {
    let (body, _) = world.two_bodies()?;
    let body = bvnk::from_json::<CreateCustomerRequest>(body.to_string().as_bytes())
        .map_err(|error| error.to_string())?;
    world.target.take();
    hurry.waits();
    if let Some(server) = world.target.control() {
        server.with(|simulator| faults.iter().for_each(|fault| simulator.push_fault(*fault)));
    }
    let result = client.create_customer().body(body).send().await;
    Ok(Call {
        result: result.map_err(Error::from),
        attempts: world.target.take(),
        waits: hurry.waits(),
    })
}

fn key_of(request: &Arrived, world: &World) -> String {
    super::requests::header(request, world.key_header())
        .trim_start_matches("nothing")
        .to_owned()
}

fn time_of(request: &Arrived) -> Option<u64> {
    let (_, rest) = super::requests::header(request, "authorization").split_once("ts=\"")?;
    rest.split_once('"')?.0.parse().ok()
}
