//! What the server refuses besides bad bodies and bad signatures.

use super::Tally;
use crate::raw::Raw;
use crate::suite::World;

pub(super) async fn refusals(world: &World, tally: &mut Tally) {
    if let Err(reason) = try_refusals(world, tally).await {
        tally.stuck("refused.method", "requests that are refused", reason);
    }
}

async fn try_refusals(world: &World, tally: &mut Tally) -> Result<(), String> {
    let creation = world.creation(&world.maximal()?)?;
    let with = |change: fn(&mut Raw)| {
        let mut raw = creation.clone();
        change(&mut raw);
        raw
    };
    let (unknown, method) = ("refused.unknown-customer", "refused.method");
    let (media, key) = ("refused.media", "refused.key");
    let rows = [
        (
            unknown,
            "a customer that does not exist",
            world.look("nobody")?,
            404,
        ),
        (
            unknown,
            "a path that does not exist",
            with(|raw| raw.target.push_str("/a/b")),
            404,
        ),
        (
            method,
            "DELETE on the collection",
            with(|raw| raw.method = "DELETE".to_owned()),
            405,
        ),
        (
            method,
            "PUT on the collection",
            with(|raw| raw.method = "PUT".to_owned()),
            405,
        ),
        (
            media,
            "a body called text",
            with(|raw| raw.media_type = "text/plain"),
            415,
        ),
        (
            media,
            "a body called a form",
            with(|raw| raw.media_type = "application/x-www-form-urlencoded"),
            415,
        ),
        (
            media,
            "a body that is not JSON",
            with(|raw| raw.body = Some("{".into())),
            400,
        ),
        (
            media,
            "an empty body",
            with(|raw| raw.body = Some("".into())),
            400,
        ),
        (
            key,
            "a key that is no UUID",
            with(|raw| raw.key = Some("order-7".to_owned())),
            400,
        ),
    ];
    for (clause, what, raw, wanted) in rows {
        let before = world.target.customers();
        let reply = world.send(&raw).await?;
        tally.equal(clause, what, wanted, reply.status.as_u16());
        world.made(tally, clause, what, before, 0);
    }
    // The page calls the key an offer: a creation without one is carried out.
    let reply = world.send(&with(|raw| raw.key = None)).await?;
    tally.equal(
        "idempotency.header",
        "a creation without a key",
        202,
        reply.status.as_u16(),
    );
    Ok(())
}
