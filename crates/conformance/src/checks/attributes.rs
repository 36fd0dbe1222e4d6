//! What each clause says of an attribute of the request, held against the client's type
//! and against the server: both demand what is required, take what may be left out, and
//! refuse another type; the server refuses another form.
//!
//! The clauses drive it, not the contract: a slip in the contract is a difference here.

mod edits;

use bvnk::types::CreateCustomerRequest;
use serde_json::Value;

use self::edits::{Edit, edits};
use super::Tally;
use crate::contract::Misfit;
use crate::world::World;

pub(super) use self::edits::NULL;

pub(super) async fn attributes(world: &World, tally: &mut Tally) {
    const WHOLE: &str = "request.individual";
    let what = "a body with every attribute";
    let maximal = match world.maximal() {
        Ok(body) => body,
        Err(reason) => return tally.stuck(WHOLE, what, reason),
    };
    for clause in [WHOLE, "prerequisite.data", "prerequisite.edd"] {
        judge_type(tally, clause, what, &maximal, true);
        judge_server(world, tally, clause, what, &maximal, true).await;
    }
    for (clause, attribute) in world.clauses.attributes("create_customer", "request") {
        let pointer = pointer(&attribute.path);
        if maximal.pointer(&pointer).is_none() {
            tally.hold(
                clause,
                false,
                format_args!("`{}`", attribute.path),
                "an attribute of the contract's request",
                "none",
            );
            continue;
        }
        for edit in edits(attribute) {
            let clause = edit.clause.unwrap_or(clause);
            let Edit {
                what, value, valid, ..
            } = edit;
            // The type reads null as left out, and never sends it: only the server refuses.
            let lax = value == Some(Value::Null) && !attribute.required;
            let mut body = maximal.clone();
            match value {
                Some(value) => set(&mut body, &pointer, value),
                None => remove(&mut body, &pointer),
            }
            let what = format!("`{}` {what}", attribute.path);
            if !lax {
                judge_type(tally, clause, &what, &body, valid);
            }
            judge_server(world, tally, clause, &what, &body, valid).await;
            // The prerequisites of the page are attributes too.
            if attribute.path.ends_with("selfieVerifiedAt") && edit.clause.is_none() {
                judge_server(world, tally, "prerequisite.selfie", &what, &body, valid).await;
            }
        }
    }
}

/// Holds a body against the contract, attribute by attribute: what is wrong at one breaks
/// its clause, anything else breaks the clause of the whole.
pub(super) fn judge_body(
    world: &World,
    operation: &str,
    of: &str,
    body: &Value,
    tally: &mut Tally,
) {
    let wrong = match world.contract.body(operation, of) {
        Some(schema) => schema.judge(body).err().unwrap_or_default(),
        None => vec![Misfit::whole("the contract has no such body")],
    };
    let mut clauses = world.clauses.attributes(operation, of).peekable();
    let mut first = clauses.peek().map(|(clause, _)| *clause);
    let mut told = vec![false; wrong.len()];
    for (clause, attribute) in clauses {
        let pointer = pointer(&attribute.path);
        let (parent, _) = pointer.rsplit_once('/').unwrap_or_default();
        if body.pointer(parent).is_none() {
            continue;
        }
        let mine = wrong.iter().position(|wrong| wrong.pointer == pointer);
        if let Some(index) = mine {
            told[index] = true;
        }
        tally.hold(
            clause,
            mine.is_none(),
            format_args!("`{}` in the {of} of {operation}", attribute.path),
            "what the contract says",
            mine.map(|index| wrong[index].to_string())
                .unwrap_or_default(),
        );
    }
    for (wrong, _) in wrong.iter().zip(told).filter(|(_, told)| !told) {
        tally.hold(
            first.take().unwrap_or("settled.beta"),
            false,
            format_args!("the {of} of {operation}"),
            "what the contract says",
            wrong,
        );
    }
}

/// Where an attribute is in a body, as a JSON pointer.
pub(super) fn pointer(path: &str) -> String {
    format!("/{}", path.replace('.', "/"))
}

fn judge_type(tally: &mut Tally, clause: &str, what: &str, body: &Value, valid: bool) {
    let taken = bvnk::from_json::<CreateCustomerRequest>(body.to_string().as_bytes()).is_ok();
    let does = |does| if does { "takes it" } else { "refuses it" };
    tally.hold(
        clause,
        taken == valid,
        format_args!("{what}, given to the client's type"),
        does(valid),
        does(taken),
    );
}

async fn judge_server(
    world: &World,
    tally: &mut Tally,
    clause: &str,
    what: &str,
    body: &Value,
    valid: bool,
) {
    let before = world.target.customers();
    let reply = match world.creation(body) {
        Ok(raw) => world.send(&raw).await,
        Err(reason) => Err(reason),
    };
    match reply {
        Ok(reply) => {
            let wanted = if valid { 202 } else { 400 };
            let what = format!("{what}, sent to the server");
            tally.equal(clause, &what, wanted, reply.status.as_u16());
            world.made(tally, clause, &what, before, usize::from(valid));
        }
        Err(reason) => tally.stuck(clause, what, reason),
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
