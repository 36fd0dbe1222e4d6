//! What the client makes of refusals and of answers that the page does not describe.

use bvnk::types::{CreateCustomerRequest, CustomerStatus};
use bvnk::{Error, ErrorKind};
use bvnk_simulator::{Fault, Journey};

use super::Tally;
use crate::onboarding::{Answer, ENDS, answer};
use crate::world::World;
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
    const KEPT: &str = "settled.error-body";
    let Some(server) = world.target.control() else {
        return;
    };
    // What a refusal looks like, the fault that makes it look so, and how its body starts.
    let shapes: [(&str, Option<Fault>, &str); 5] = [
        ("an object", None, "{"),
        ("an object with a list", Some(Fault::ErrorList), "{"),
        ("an array", Some(Fault::ErrorArray), "["),
        ("plain text", Some(Fault::ErrorText), ""),
        ("a page of HTML", Some(Fault::HtmlError), "<"),
    ];
    for (shape, fault, start) in shapes {
        let (result, wanted) = match fault {
            // This one refuses by itself; the others shape whatever is refused.
            Some(Fault::HtmlError) => {
                server.with(|simulator| simulator.push_fault(Fault::HtmlError));
                (create(world).await, 403)
            }
            fault => {
                world.target.set_fault(fault);
                (refused_replay(world).await, 400)
            }
        };
        world.target.restore_fault();
        let what = format!("a refusal whose body is {shape}");
        match result {
            Err(reason) => tally.stuck(KEPT, what, reason),
            Ok(Ok(_)) => tally.hold(KEPT, false, what, "an error", "success"),
            Ok(Err(error)) => {
                let status = error.status().map_or(0, |status| status.as_u16());
                tally.equal(
                    if wanted == 400 {
                        "answer.bad-request"
                    } else {
                        KEPT
                    },
                    format_args!("{what}: the status of the error"),
                    wanted,
                    status,
                );
                tally.hold(
                    KEPT,
                    matches!(error.kind(), ErrorKind::Rejected | ErrorKind::Unauthorized),
                    format_args!("{what}: the kind of the error"),
                    "a refusal",
                    format_args!("{:?}", error.kind()),
                );
                let body = error
                    .response()
                    .map(|response| response.body().clone())
                    .unwrap_or_default();
                for clause in [KEPT, "answer.bad-request-media"] {
                    tally.hold(
                        clause,
                        !body.is_empty() && body.starts_with(start.as_bytes()),
                        format_args!("{what}: the body of the error"),
                        "what the server sent",
                        "something else",
                    );
                }
                tally.hold(
                    KEPT,
                    !error.outcome_unknown(),
                    format_args!("{what}: the outcome"),
                    "clear: nothing was done",
                    "doubtful",
                );
            }
        }
    }
}

pub(super) async fn changes(world: &World, tally: &mut Tally) {
    const SUCCESS: &str = "settled.success";
    const BETA: &str = "settled.beta";
    let Some(server) = world.target.control() else {
        return;
    };
    for (clause, what, fault, status) in [
        (
            SUCCESS,
            "another success than the documented one",
            Fault::OkOnCreate,
            200,
        ),
        (
            BETA,
            "members that nobody documented",
            Fault::ExtraMembers,
            202,
        ),
    ] {
        server.with(|simulator| simulator.push_fault(fault));
        match create(world).await {
            Ok(Ok(answer)) => {
                tally.equal(clause, what, status, answer.status.as_u16());
                let kept = serde_json::to_value(&answer.customer).ok();
                let raw: Option<Value> = serde_json::from_slice(&answer.raw).ok();
                tally.hold(
                    clause,
                    raw.is_some() && raw == kept,
                    format_args!("{what}, read into the client's type"),
                    "all of it is kept",
                    "some of it is lost or changed",
                );
            }
            Ok(Err(error)) => tally.stuck(clause, what, error),
            Err(reason) => tally.stuck(clause, what, reason),
        }
    }
    let unheard = "ON_HOLD_BY_NOBODY";
    for (clause, status) in [(BETA, unheard), ("status.unsuccessful", ENDS[1])] {
        server.with(|simulator| simulator.next_journey(Journey::starting(status)));
        match create(world).await {
            Ok(Ok(answer)) => {
                let came = &answer.customer.status;
                let unknown = matches!(came, CustomerStatus::Unknown(_));
                tally.hold(
                    clause,
                    unknown == (status == unheard) && came.as_str() == status,
                    format_args!("the status {status}"),
                    "the status as it came",
                    came,
                );
            }
            Ok(Err(error)) => tally.stuck(clause, format_args!("the status {status}"), error),
            Err(reason) => tally.stuck(clause, format_args!("the status {status}"), reason),
        }
    }
}
