//! Every body that is wrong in one place is refused by the client's type and by the server;
//! where the type is laxer than the contract, that is listed here with its reason.

use bvnk::types::CreateCustomerRequest;

use super::Tally;
use super::attributes::{NULL, pointer};
use crate::data::{Negative, negatives as all};
use crate::world::World;

/// What the type takes although the contract refuses it.
const LAX: [(&str, &str); 1] = [(
    "null",
    "an optional member that is null reads as left out, and is never sent",
)];

pub(super) async fn negatives(world: &World, tally: &mut Tally) {
    const WHOLE: &str = "request.individual";
    let negatives = match all(&world.contract) {
        Ok(negatives) => negatives,
        Err(reason) => return tally.stuck(WHOLE, "bodies that are wrong in one place", reason),
    };
    for negative in negatives {
        let own = world
            .clauses
            .attributes("create_customer", "request")
            .find(|(_, attribute)| pointer(&attribute.path) == negative.pointer);
        let lax = LAX.iter().any(|(keyword, _)| *keyword == negative.keyword);
        // That null does not stand for what may be left out, the page does not say.
        let null = lax && own.is_some_and(|(_, attribute)| !attribute.required);
        let clause = match own {
            _ if null => NULL,
            Some((clause, _)) => clause,
            None => WHOLE,
        };
        let what = told(&negative);
        let text = negative.body.to_string();
        let taken = bvnk::from_json::<CreateCustomerRequest>(text.as_bytes()).is_ok();
        if !lax {
            tally.hold(
                clause,
                !taken,
                format_args!("{what}, given to the client's type"),
                "refuses it",
                "takes it",
            );
        }
        let before = world.target.customers();
        let reply = match world.creation(&negative.body) {
            Ok(raw) => world.send(&raw).await,
            Err(reason) => Err(reason),
        };
        let what = format!("{what}, sent to the server");
        match reply {
            Ok(reply) => {
                let refused = (!null).then_some("answer.bad-request");
                for clause in [clause].into_iter().chain(refused) {
                    tally.equal(clause, &what, 400, reply.status.as_u16());
                }
                world.made(tally, clause, &what, before, 0);
            }
            Err(reason) => tally.stuck(clause, what, reason),
        }
    }
}

fn told(negative: &Negative) -> String {
    let place = match negative.pointer.as_str() {
        "" => "the body",
        pointer => pointer,
    };
    match &negative.after {
        Some(after) => format!(
            "{place} as {after} instead of {} ({})",
            short(&negative.before),
            negative.keyword
        ),
        None => format!("{place} left out ({})", negative.keyword),
    }
}

fn short(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(_) => "an object".to_owned(),
        value => value.to_string(),
    }
}
