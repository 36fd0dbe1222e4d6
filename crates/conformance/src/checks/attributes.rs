//! What each clause says of an attribute of the request, held against the client's type
//! and against the server: both demand what is required, take what may be left out, and
//! refuse another type; the server refuses another form.
//!
//! The clauses drive it, not the contract: a slip in the contract is a difference here.

use bvnk::types::CreateCustomerRequest;
use serde_json::{Value, json};

use super::Tally;
use crate::clauses::Attribute;
use crate::suite::World;

pub(super) async fn attributes(world: &World, tally: &mut Tally) {
    let maximal = match world.maximal() {
        Ok(body) => body,
        Err(reason) => return tally.hold(false, || reason),
    };
    judge(
        world,
        tally,
        "a body with every attribute",
        &maximal,
        true,
        true,
    )
    .await;
    for attribute in world.clauses.attributes("create_customer", "request") {
        let pointer = format!("/{}", attribute.path.replace('.', "/"));
        if maximal.pointer(&pointer).is_none() {
            tally.hold(false, || {
                format!("`{}` is not in the contract's request", attribute.path)
            });
            continue;
        }
        for Edit {
            what,
            value,
            valid,
            typed,
        } in edits(attribute)
        {
            let mut body = maximal.clone();
            match value {
                Some(value) => set(&mut body, &pointer, value),
                None => remove(&mut body, &pointer),
            }
            let what = format!("`{}` {what}", attribute.path);
            judge(world, tally, &what, &body, valid, typed).await;
        }
    }
}

/// One edit of a valid body.
struct Edit {
    what: String,
    /// The new value, or none to remove it.
    value: Option<Value>,
    /// Whether the clause allows the result.
    valid: bool,
    /// Whether the client's type is held to it as well.
    typed: bool,
}

fn edits(attribute: &Attribute) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut add = |what: &str, value: Option<Value>, valid: bool, typed: bool| {
        edits.push(Edit {
            what: what.to_owned(),
            value,
            valid,
            typed,
        });
    };
    add("left out", None, !attribute.required, true);
    for (kind, value) in [
        ("string", json!("text")),
        ("boolean", json!(true)),
        ("integer", json!(7)),
        ("object", json!({})),
        ("array", json!([])),
    ] {
        // An empty object may lack what it requires: only other types are tried.
        if kind != attribute.r#type {
            add(&format!("as {kind}"), Some(value), false, true);
        }
    }
    match attribute.format.as_deref() {
        Some("date") => {
            add("as another date", Some(json!("2000-02-29")), true, true);
            for wrong in [
                "12/05/1990",
                "1990-02-30",
                "1990-13-01",
                "1990-05-12T00:00:00Z",
                "",
            ] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false, true);
            }
        }
        Some("date-time") => {
            add(
                "as another time",
                Some(json!("2024-02-29T23:59:59Z")),
                true,
                true,
            );
            for wrong in ["2025-01-01", "yesterday", "2025-01-01T25:00:00Z", ""] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false, true);
            }
        }
        Some("email") => {
            add(
                "as another address",
                Some(json!("ada+kyc@mail.example")),
                true,
                true,
            );
            // The generated type takes any string as an address; the server does not.
            for wrong in ["ada", "ada@", "@mail.example"] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false, false);
            }
        }
        _ => {}
    }
    if attribute.pattern.is_some() {
        // The one form that the page describes: two letters for a country.
        add("as another country", Some(json!("GB")), true, true);
        for wrong in ["gb", "G", "GBR", "G1", ""] {
            add(&format!("as `{wrong}`"), Some(json!(wrong)), false, true);
        }
    }
    if attribute.min_length.is_some() {
        add("as one character", Some(json!("x")), true, true);
        add("empty", Some(json!("")), false, true);
    }
    for known in attribute.known.iter().flatten() {
        add(&format!("as `{known}`"), Some(json!(known)), true, true);
    }
    if let Some(open) = attribute.open {
        add(
            "as a value that nobody listed",
            Some(json!("SOMETHING_ELSE")),
            open,
            true,
        );
    }
    let free =
        attribute.format.is_none() && attribute.pattern.is_none() && attribute.known.is_none();
    if attribute.r#type == "string" && free {
        // The page gives neither length nor alphabet: nothing of the kind is refused.
        add("as a long text", Some(json!("é".repeat(5000))), true, true);
    }
    edits
}

async fn judge(
    world: &World,
    tally: &mut Tally,
    what: &str,
    body: &Value,
    valid: bool,
    typed: bool,
) {
    let says = if valid {
        "may be sent"
    } else {
        "may not be sent"
    };
    if typed {
        let taken = serde_json::from_value::<CreateCustomerRequest>(body.clone()).is_ok();
        tally.hold(taken == valid, || {
            format!(
                "{what} {says}; the client's type {} it",
                if taken { "takes" } else { "refuses" }
            )
        });
    }
    let before = world.customers();
    let reply = match world.creation(body) {
        Ok(raw) => world.send(&raw).await,
        Err(reason) => Err(reason),
    };
    match reply {
        Ok(reply) => {
            let wanted = if valid { 202 } else { 400 };
            tally.hold(reply.status == wanted, || {
                format!(
                    "{what} {says}; the server answers {}, not {wanted}",
                    reply.status.as_u16()
                )
            });
            let made = world.customers() - before;
            tally.hold(made == usize::from(valid), || {
                format!("{what} {says}; {made} customers were created")
            });
        }
        Err(reason) => tally.hold(false, || format!("{what}: {reason}")),
    }
}

fn set(body: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
    }
}

fn remove(body: &mut Value, pointer: &str) {
    if let Some((parent, name)) = pointer.rsplit_once('/')
        && let Some(Value::Object(members)) = body.pointer_mut(parent)
    {
        members.remove(name);
    }
}
