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
    let what = "a body with every attribute";
    judge_type(tally, what, &maximal, true);
    judge_server(world, tally, what, &maximal, true).await;
    for attribute in world.clauses.attributes("create_customer", "request") {
        let pointer = format!("/{}", attribute.path.replace('.', "/"));
        if maximal.pointer(&pointer).is_none() {
            tally.hold(false, || {
                format!("`{}` is not in the contract's request", attribute.path)
            });
            continue;
        }
        for Edit { what, value, valid } in edits(attribute) {
            // The type reads null as left out, and never sends it: only the server refuses.
            let lax = value == Some(Value::Null) && !attribute.required;
            let mut body = maximal.clone();
            match value {
                Some(value) => set(&mut body, &pointer, value),
                None => remove(&mut body, &pointer),
            }
            let what = format!("`{}` {what}", attribute.path);
            if !lax {
                judge_type(tally, &what, &body, valid);
            }
            judge_server(world, tally, &what, &body, valid).await;
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
}

fn edits(attribute: &Attribute) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut add = |what: &str, value: Option<Value>, valid: bool| {
        edits.push(Edit {
            what: what.to_owned(),
            value,
            valid,
        });
    };
    add("left out", None, !attribute.required);
    add("as null", Some(Value::Null), false);
    for (kind, value) in [
        ("string", json!("text")),
        ("boolean", json!(true)),
        ("integer", json!(7)),
        ("object", json!({})),
        ("array", json!([])),
    ] {
        // An empty object may lack what it requires: only other types are tried.
        if kind != attribute.r#type {
            add(&format!("as {kind}"), Some(value), false);
        }
    }
    match attribute.format.as_deref() {
        Some("date") => {
            add("as another date", Some(json!("2000-02-29")), true);
            for wrong in [
                "12/05/1990",
                "1990-02-30",
                "1990-13-01",
                "1990-05-12T00:00:00Z",
                "",
            ] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false);
            }
        }
        Some("date-time") => {
            add("as another time", Some(json!("2024-02-29T23:59:59Z")), true);
            for wrong in ["2025-01-01", "yesterday", "2025-01-01T25:00:00Z", ""] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false);
            }
        }
        Some("email") => {
            add(
                "as another address",
                Some(json!("ada+kyc@mail.example")),
                true,
            );
            for wrong in ["ada", "ada@", "@mail.example", ""] {
                add(&format!("as `{wrong}`"), Some(json!(wrong)), false);
            }
        }
        _ => {}
    }
    if attribute.pattern.is_some() {
        // The one form that the page describes: two letters for a country.
        add("as another country", Some(json!("GB")), true);
        for wrong in ["gb", "G", "GBR", "G1", ""] {
            add(&format!("as `{wrong}`"), Some(json!(wrong)), false);
        }
    }
    if attribute.min_length.is_some() {
        add("as one character", Some(json!("x")), true);
        add("empty", Some(json!("")), false);
    }
    for known in attribute.known.iter().flatten() {
        add(&format!("as `{known}`"), Some(json!(known)), true);
    }
    if let Some(open) = attribute.open {
        add(
            "as a value that nobody listed",
            Some(json!("SOMETHING_ELSE")),
            open,
        );
    }
    let free =
        attribute.format.is_none() && attribute.pattern.is_none() && attribute.known.is_none();
    if attribute.r#type == "string" && free {
        // The page gives neither length nor alphabet: nothing of the kind is refused.
        add("as a long text", Some(json!("é".repeat(5000))), true);
    }
    edits
}

fn says(valid: bool) -> &'static str {
    if valid {
        "may be sent"
    } else {
        "may not be sent"
    }
}

fn judge_type(tally: &mut Tally, what: &str, body: &Value, valid: bool) {
    let taken = serde_json::from_value::<CreateCustomerRequest>(body.clone()).is_ok();
    tally.hold(taken == valid, || {
        let does = if taken { "takes" } else { "refuses" };
        format!("{what} {}; the client's type {does} it", says(valid))
    });
}

async fn judge_server(world: &World, tally: &mut Tally, what: &str, body: &Value, valid: bool) {
    let says = says(valid);
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
