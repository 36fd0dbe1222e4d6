//! What the client makes of refusals and of answers that the page does not describe.

use bvnk::types::{CreateCustomerRequest, CustomerStatus};
use bvnk::{Error, ErrorKind};
use bvnk_simulator::{Fault, Journey};

use super::Tally;
use crate::onboarding::{Answer, answer};
use crate::suite::World;
use serde_json::Value;

async fn create(world: &World) -> Result<Result<Answer, Error>, String> {
    let (body, _) = world.two_bodies()?;
    call(world, uuid::Uuid::new_v4(), body).await
}

/// A creation that is refused because its key served another body before.
async fn refused_replay(world: &World) -> Result<Result<Answer, Error>, String> {
    let (first, second) = world.two_bodies()?;
    let key = uuid::Uuid::new_v4();
    call(world, key, first)
        .await?
        .map_err(|error| error.to_string())?;
    call(world, key, second).await
}

async fn call(
    world: &World,
    key: uuid::Uuid,
    body: Value,
) -> Result<Result<Answer, Error>, String> {
    let body: CreateCustomerRequest =
        serde_json::from_value(body).map_err(|error| error.to_string())?;
    match world
        .client
        .create_customer()
        .x_idempotency_key(key)
        .body(body)
        .send()
        .await
    {
        Ok(response) => answer(Ok::<_, Error>(response)).map(Ok),
        Err(error) => Ok(Err(Error::from(error))),
    }
}

pub(super) async fn refusals(world: &World, tally: &mut Tally) {
    // What a refusal looks like, the fault that makes it look so, and how its body starts.
    let shapes: [(&str, Option<Fault>, &str); 5] = [
        ("an object", None, "{"),
        ("an object with a list", Some(Fault::ErrorList), "{"),
        ("an array", Some(Fault::ErrorArray), "["),
        ("plain text", Some(Fault::ErrorText), ""),
        ("a page of HTML", Some(Fault::HtmlError), "<"),
    ];
    for (what, fault, start) in shapes {
        let result = match fault {
            // This one refuses by itself; the others shape whatever is refused.
            Some(Fault::HtmlError) => {
                world
                    .server
                    .with(|simulator| simulator.push_fault(Fault::HtmlError));
                create(world).await
            }
            fault => {
                world.server.with(|simulator| simulator.set_fault(fault));
                refused_replay(world).await
            }
        };
        world
            .server
            .with(|simulator| simulator.set_fault(world.fault));
        match result {
            Err(reason) => tally.hold(false, || format!("{what}: {reason}")),
            Ok(Ok(_)) => tally.hold(false, || format!("{what}: a refusal came as success")),
            Ok(Err(error)) => {
                let status = error.status().map(|status| status.as_u16());
                tally.hold(matches!(status, Some(400 | 403)), || {
                    format!("{what}: the status is lost: {error}")
                });
                tally.hold(
                    matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Unauthorized),
                    || format!("{what}: the error is {:?}", error.kind()),
                );
                let body = error
                    .response()
                    .map(|response| response.body().clone())
                    .unwrap_or_default();
                tally.hold(
                    !body.is_empty() && body.starts_with(start.as_bytes()),
                    || format!("{what}: the body is lost"),
                );
                tally.hold(!error.outcome_unknown(), || {
                    format!("{what}: a clear refusal is called doubtful")
                });
            }
        }
    }
}

pub(super) async fn changes(world: &World, tally: &mut Tally) {
    for (what, fault, status) in [
        (
            "another success than the documented one",
            Fault::OkOnCreate,
            200,
        ),
        ("members that nobody documented", Fault::ExtraMembers, 202),
    ] {
        world.server.with(|simulator| simulator.push_fault(fault));
        match create(world).await {
            Ok(Ok(answer)) => {
                tally.hold(answer.status == status, || {
                    format!("{what}: the status is {}", answer.status)
                });
                let kept = serde_json::to_vec(&answer.customer)
                    .ok()
                    .and_then(|kept| serde_json::from_slice(&kept).ok());
                let raw: Option<serde_json::Value> = serde_json::from_slice(&answer.raw).ok();
                tally.hold(raw.is_some() && raw == kept, || {
                    format!("{what}: the type does not keep all of it")
                });
            }
            Ok(Err(error)) => tally.hold(false, || format!("{what}: {error}")),
            Err(reason) => tally.hold(false, || format!("{what}: {reason}")),
        }
    }
    let unheard = "ON_HOLD_BY_NOBODY";
    world
        .server
        .with(|simulator| simulator.next_journey(Journey::starting(unheard)));
    match create(world).await {
        Ok(Ok(answer)) => {
            let status = &answer.customer.status;
            tally.hold(
                matches!(status, CustomerStatus::Unknown(_)) && status.as_str() == unheard,
                || format!("an unheard-of status is read as {status}"),
            );
        }
        Ok(Err(error)) => tally.hold(false, || format!("an unheard-of status: {error}")),
        Err(reason) => tally.hold(false, || format!("an unheard-of status: {reason}")),
    }
}
