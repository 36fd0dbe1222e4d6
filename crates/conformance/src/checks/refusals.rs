//! What the server refuses besides bad bodies and bad signatures.

use super::Tally;
use crate::raw::Raw;
use crate::suite::World;

pub(super) async fn refusals(world: &World, tally: &mut Tally) {
    if let Err(reason) = try_refusals(world, tally).await {
        tally.hold(false, || reason);
    }
}

async fn try_refusals(world: &World, tally: &mut Tally) -> Result<(), String> {
    let creation = world.creation(&world.maximal()?)?;
    let with = |change: fn(&mut Raw)| {
        let mut raw = creation.clone();
        change(&mut raw);
        raw
    };
    let rows = [
        ("a customer that does not exist", world.look("nobody")?, 404),
        (
            "DELETE on the collection",
            with(|raw| raw.method = "DELETE".to_owned()),
            405,
        ),
        (
            "a path that does not exist",
            with(|raw| raw.target.push_str("/a/b")),
            404,
        ),
        (
            "a body called text",
            with(|raw| raw.media_type = "text/plain"),
            415,
        ),
        (
            "a body called a form",
            with(|raw| raw.media_type = "application/x-www-form-urlencoded"),
            415,
        ),
        (
            "a body that is not JSON",
            with(|raw| raw.body = Some("{".into())),
            400,
        ),
        ("an empty body", with(|raw| raw.body = Some("".into())), 400),
        (
            "a key that is no UUID",
            with(|raw| raw.key = Some("order-7".to_owned())),
            400,
        ),
    ];
    for (what, raw, wanted) in rows {
        let before = world.customers();
        let reply = world.send(&raw).await?;
        tally.hold(reply.status == wanted, || {
            format!("{what}: expected {wanted}, came {}", reply.status.as_u16())
        });
        tally.hold(world.customers() == before, || {
            format!("{what}: a customer was created")
        });
    }
    // The page calls the key an offer: a creation without one is carried out.
    let reply = world.send(&with(|raw| raw.key = None)).await?;
    tally.hold(reply.status == 202, || {
        format!(
            "a creation without a key: expected 202, came {}",
            reply.status.as_u16()
        )
    });
    Ok(())
}
