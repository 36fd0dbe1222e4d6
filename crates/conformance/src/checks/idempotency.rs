//! One key, one customer: again, with another body, and many at once.

use bvnk_simulator::Replay;
use futures_util::future::join_all;
use serde_json::Value;

use super::Tally;
use crate::raw::{Raw, Reply};
use crate::world::World;

/// How many requests with one key are under way at the same time.
const AT_ONCE: usize = 16;

const ONCE: &str = "idempotency.once";
const REPLAY: &str = "idempotency.replay";
const REFUSED: &str = "idempotency.refused";
const OTHER_BODY: &str = "idempotency.other-body";

pub(super) async fn replay(world: &World, tally: &mut Tally) {
    if let Err(reason) = try_replay(world, tally).await {
        tally.stuck(ONCE, "requests with one key", reason);
    }
}

async fn try_replay(world: &World, tally: &mut Tally) -> Result<(), String> {
    let (body, other) = world.two_bodies()?;
    let raw = world.creation(&body)?;
    let before = world.target.customers();
    let first = world.send(&raw).await?;
    tally.equal(
        ONCE,
        "a first request with a key",
        202,
        first.status.as_u16(),
    );

    let again = world.send(&raw).await?;
    tally.hold(
        REPLAY,
        again.status.is_success() && reference(&again) == reference(&first),
        "the same request again",
        "success, with the same reference",
        told(&again),
    );
    world.made(tally, ONCE, "the same request twice", before, 1);

    let mut changed = raw.clone();
    changed.body = Some(other.to_string().into());
    let refused = world.send(&changed).await?;
    let what = "the same key with another body";
    tally.equal(OTHER_BODY, what, 400, refused.status.as_u16());
    world.made(tally, OTHER_BODY, what, before, 1);

    let raw = world.creation(&other)?;
    let before = world.target.customers();
    let replies = join_all((0..AT_ONCE).map(|_| world.send(&raw))).await;
    let replies: Vec<Reply> = replies.into_iter().collect::<Result<_, _>>()?;
    let what = format!("{AT_ONCE} requests with one key at once");
    let told: Vec<String> = replies.iter().map(reference).collect();
    // A careful server may send those away that come while the first is under way: the page
    // says how often the request is carried out, not that everybody is told.
    let mut made: Vec<&String> = told.iter().filter(|told| !told.is_empty()).collect();
    made.sort();
    made.dedup();
    tally.equal(
        ONCE,
        format_args!("{what}: references that came"),
        1,
        made.len(),
    );
    tally.hold(
        REPLAY,
        !told[0].is_empty() && told.iter().all(|other| *other == told[0]),
        &what,
        "the same reference for all",
        "several references, or none for some",
    );
    world.made(tally, ONCE, &what, before, 1);

    let mut raw = world.creation(&body)?;
    let right = raw.body.replace("{}".into());
    let refused = world.send(&raw).await?;
    tally.equal(
        REFUSED,
        "a body without members, with a new key",
        400,
        refused.status.as_u16(),
    );
    raw.body = right;
    let mended = world.send(&raw).await?;
    tally.equal(
        REFUSED,
        "the mended request with its old key",
        202,
        mended.status.as_u16(),
    );

    variations(world, tally, &body).await?;
    through_the_client(world, tally, body).await
}

/// What makes a key the same key, and what does not.
async fn variations(world: &World, tally: &mut Tally, body: &Value) -> Result<(), String> {
    let raw = world.creation(body)?;
    let first = world.send(&raw).await?;
    let key = raw.key.clone().unwrap_or_default();
    let mut queried = raw.clone();
    queried.target.push_str("?page=1");
    for (what, again) in [
        (
            "the same key in capitals",
            Raw {
                key: Some(key.to_uppercase()),
                ..raw.clone()
            },
        ),
        ("the same key, and a query", queried),
    ] {
        let again = world.send(&again).await?;
        tally.hold(
            REPLAY,
            again.status.is_success() && reference(&again) == reference(&first),
            what,
            "success, with the same reference",
            told(&again),
        );
    }
    let mut halved = raw.clone();
    let other = uuid::Uuid::new_v4().to_string();
    halved.key = Some(format!("{}{}", &key[..18], &other[18..]));
    let second = world.send(&halved).await?;
    tally.hold(
        REPLAY,
        second.status == 202 && reference(&second) != reference(&first),
        "another key with the same beginning",
        "202, with another reference",
        second.status.as_u16(),
    );
    if world.target.control().is_none() {
        // Elsewhere a status moves when it will.
        return Ok(());
    }
    let look = world.send(&world.look(&reference(&second))?).await?;
    let raw = world.creation(body)?;
    let third = world.send(&raw).await?;
    for _ in 0..2 {
        world.send(&raw).await?;
    }
    let after = world.send(&world.look(&reference(&third))?).await?;
    tally.hold(
        REPLAY,
        after.body["status"] == look.body["status"],
        "a look after a creation that was repeated twice",
        "the status as without repeats",
        &after.body["status"],
    );
    Ok(())
}

/// The client's caller gets the same customer back, whether a replay is answered with the
/// stored answer or with 200.
async fn through_the_client(world: &World, tally: &mut Tally, body: Value) -> Result<(), String> {
    let request: bvnk::types::CreateCustomerRequest =
        serde_json::from_value(body).map_err(|error| error.to_string())?;
    for replay in [Replay::Stored, Replay::Ok200] {
        if let Some(server) = world.target.control() {
            server.with(|simulator| simulator.set_replay(replay));
        }
        let key = uuid::Uuid::new_v4();
        let before = world.target.customers();
        let mut references = Vec::new();
        let mut came = "two references".to_owned();
        for _ in 0..2 {
            let call = world
                .client
                .create_customer()
                .x_idempotency_key(key)
                .body(request.clone());
            match call.send().await {
                Ok(customer) => references.push(customer.reference.clone()),
                Err(error) => came = bvnk::Error::from(error).to_string(),
            }
        }
        let what = "the same call of the client twice, with one key";
        tally.hold(
            REPLAY,
            references.len() == 2 && references[0] == references[1],
            what,
            "one reference",
            came,
        );
        world.made(tally, REPLAY, what, before, 1);
    }
    if let Some(server) = world.target.control() {
        server.with(|simulator| simulator.set_replay(Replay::Stored));
    }
    Ok(())
}

fn told(reply: &Reply) -> String {
    match reference(reply) {
        reference if reference.is_empty() => format!("{}, no reference", reply.status.as_u16()),
        _ => format!("{}, another reference", reply.status.as_u16()),
    }
}

fn reference(reply: &Reply) -> String {
    reply.body["reference"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}
