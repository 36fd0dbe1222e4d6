//! One key, one customer: again, with another body, and many at once.

use bvnk_simulator::Replay;
use futures_util::future::join_all;

use super::Tally;
use crate::raw::Reply;
use crate::suite::World;

/// How many requests with one key are under way at the same time.
const AT_ONCE: usize = 16;

pub(super) async fn replay(world: &World, tally: &mut Tally) {
    if let Err(reason) = try_replay(world, tally).await {
        tally.hold(false, || reason);
    }
}

async fn try_replay(world: &World, tally: &mut Tally) -> Result<(), String> {
    let (body, other) = world.two_bodies()?;
    let raw = world.creation(&body)?;
    let before = world.customers();
    let first = world.send(&raw).await?;
    tally.hold(first.status == 202, || {
        format!("a first request: expected 202, came {}", first.status)
    });

    let again = world.send(&raw).await?;
    tally.hold(again.status.is_success(), || {
        format!("the same again: expected success, came {}", again.status)
    });
    tally.hold(reference(&again) == reference(&first), || {
        "the same again: another reference".to_owned()
    });

    let mut changed = raw.clone();
    changed.body = Some(other.to_string().into());
    let refused = world.send(&changed).await?;
    tally.hold(refused.status == 400, || {
        format!("another body: expected 400, came {}", refused.status)
    });
    tally.hold(world.customers() == before + 1, || {
        format!("one key made {} customers", world.customers() - before)
    });

    let raw = world.creation(&other)?;
    let before = world.customers();
    let replies = join_all((0..AT_ONCE).map(|_| world.send(&raw))).await;
    let replies: Vec<Reply> = replies.into_iter().collect::<Result<_, _>>()?;
    let told = reference(&replies[0]);
    tally.hold(
        !told.is_empty() && replies.iter().all(|reply| reference(reply) == told),
        || format!("{AT_ONCE} requests with one key were told different references"),
    );
    tally.hold(world.customers() == before + 1, || {
        format!(
            "{AT_ONCE} requests with one key made {} customers",
            world.customers() - before
        )
    });

    // A refused request does not use its key up.
    let mut raw = world.creation(&body)?;
    let right = raw.body.replace("{}".into());
    let refused = world.send(&raw).await?;
    tally.hold(refused.status == 400, || {
        format!("an empty body: expected 400, came {}", refused.status)
    });
    raw.body = right;
    let mended = world.send(&raw).await?;
    tally.hold(mended.status == 202, || {
        format!(
            "a mended request with its old key: expected 202, came {}",
            mended.status
        )
    });

    through_the_client(world, tally, body).await
}

/// The client's caller gets the same customer back, whether a replay is answered with the
/// stored answer or with 200.
async fn through_the_client(
    world: &World,
    tally: &mut Tally,
    body: serde_json::Value,
) -> Result<(), String> {
    let request: bvnk::types::CreateCustomerRequest =
        serde_json::from_value(body).map_err(|error| error.to_string())?;
    for replay in [Replay::Stored, Replay::Ok200] {
        world.server.with(|simulator| simulator.set_replay(replay));
        let key = uuid::Uuid::new_v4();
        let before = world.customers();
        let mut references = Vec::new();
        for _ in 0..2 {
            let call = world
                .client
                .create_customer()
                .x_idempotency_key(key)
                .body(request.clone());
            match call.send().await {
                Ok(customer) => references.push(customer.reference.clone()),
                Err(error) => tally.hold(false, || {
                    format!("a replay through the client: {}", bvnk::Error::from(error))
                }),
            }
        }
        tally.hold(
            references.len() == 2 && references[0] == references[1],
            || "a replay through the client: another customer".to_owned(),
        );
        tally.hold(world.customers() == before + 1, || {
            format!(
                "a replay through the client made {} customers",
                world.customers() - before
            )
        });
    }
    world
        .server
        .with(|simulator| simulator.set_replay(Replay::Stored));
    Ok(())
}

fn reference(reply: &Reply) -> String {
    reply.body["reference"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
