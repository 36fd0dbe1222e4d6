//! What the server refuses besides bad bodies and bad signatures.

use super::Tally;
use crate::raw::Raw;
use crate::world::World;

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
    let made = world.send(&world.creation(&world.maximal()?)?).await?;
    let reference = made.body["reference"].as_str().unwrap_or("nobody");
    // By letters, for a foreign server writes its references as it likes.
    let letters = reference.chars().count();
    let beginning: String = reference.chars().take(letters / 2).collect();
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
            "two keys",
            with(|raw| raw.more = vec![("x-idempotency-key", uuid::Uuid::new_v4().to_string())]),
            400,
        ),
        (
            unknown,
            "the beginning of a reference",
            world.look(&beginning)?,
            404,
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
        if wanted == 405 {
            let allow = reply.headers.get("allow");
            let allow = allow.and_then(|value| value.to_str().ok());
            tally.hold(
                clause,
                allow.is_some_and(|methods| methods.contains("POST")),
                format_args!("{what}: the methods that Allow names"),
                "POST among them",
                allow.unwrap_or("none"),
            );
        }
    }
    accepted(world, tally, &creation).await
}

/// What must not be refused although it is not the usual.
async fn accepted(world: &World, tally: &mut Tally, creation: &Raw) -> Result<(), String> {
    let fresh = || Raw {
        key: Some(uuid::Uuid::new_v4().to_string()),
        ..creation.clone()
    };
    let mut more: serde_json::Value = creation
        .body
        .as_deref()
        .and_then(|body| serde_json::from_slice(body).ok())
        .unwrap_or_default();
    more["aMemberThatNobodyDocumented"] = true.into();
    let derived = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_URL, fresh().target.as_bytes());
    let derived = uuid::Uuid::new_v5(&derived, fresh().key.unwrap_or_default().as_bytes());
    for (clause, what, raw) in [
        // The page calls the key an offer: a creation without one is carried out.
        (
            "idempotency.header",
            "a creation without a key",
            Raw {
                key: None,
                ..fresh()
            },
        ),
        (
            "idempotency.header",
            "a key that is derived (version 5)",
            Raw {
                key: Some(derived.to_string()),
                ..fresh()
            },
        ),
        (
            "refused.media",
            "JSON that names its charset",
            Raw {
                media_type: "application/json; charset=utf-8",
                ..fresh()
            },
        ),
        (
            "request.extra",
            "a member that nobody documented",
            Raw {
                body: Some(more.to_string().into()),
                ..fresh()
            },
        ),
    ] {
        let reply = world.send(&raw).await?;
        tally.equal(clause, what, 202, reply.status.as_u16());
    }
    Ok(())
}
