//! Makes a failing individual smaller: as near to the documentation's own example as it can
//! be while it still fails, so that the difference tells the reason.
//!
//! It knows no attribute; what may be left out or changed is whatever stays valid.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::checks::{Needs, Tally, Wrong};
use crate::findings::Finding;
use crate::onboarding::Onboarding;
use crate::world::World;

/// How many other individuals are tried for one failure.
const MOST_TRIES: usize = 200;

/// Makes the individual of a failure smaller.
pub(crate) async fn shrink(
    world: &World,
    needs: Needs,
    judge: fn(&World, &Onboarding, &mut Tally),
    finding: &mut Finding,
) {
    let (Some(case), Some(example)) = (
        finding.case.as_ref(),
        world.contract.example("create_customer"),
    ) else {
        return;
    };
    let mut search = Search {
        world,
        needs,
        judge,
        body: case.body.clone(),
        wrong: finding.wrong.clone(),
        left: MOST_TRIES,
    };
    // Outer members first: one step may settle all that lies in them.
    let mut places = vec![String::new()];
    let mut texts = Vec::new();
    while let Some(place) = places.pop() {
        if search.body.pointer(&place) == example.pointer(&place) {
            continue;
        }
        if search.takes(&place, example.pointer(&place).cloned()).await {
            continue;
        }
        match search.body.pointer(&place) {
            Some(Value::Object(members)) => {
                let wanted = example.pointer(&place).and_then(Value::as_object);
                let names: BTreeSet<&String> = members
                    .keys()
                    .chain(wanted.into_iter().flat_map(|w| w.keys()))
                    .collect();
                places.extend(names.into_iter().map(|name| format!("{place}/{name}")));
            }
            Some(Value::String(_)) => texts.push(place),
            _ => {}
        }
    }
    for place in texts {
        while search.takes_less(&place).await {}
    }
    finding.wrong = search.wrong;
    if let Some(case) = &mut finding.case {
        case.body = search.body;
    }
}

struct Search<'a> {
    world: &'a World,
    needs: Needs,
    judge: fn(&World, &Onboarding, &mut Tally),
    /// The smallest individual that fails so far.
    body: Value,
    wrong: Wrong,
    left: usize,
}

impl Search<'_> {
    /// Whether it still fails with another value at a place, or with none; if so, it stays.
    async fn takes(&mut self, place: &str, value: Option<Value>) -> bool {
        let Some(next) = with(&self.body, place, value) else {
            return false;
        };
        let schema = self.world.contract.body("create_customer", "request");
        if self.left == 0 || schema.is_none_or(|schema| schema.judge(&next).is_err()) {
            return false;
        }
        self.left -= 1;
        let onboarding = self.world.onboard(next.clone()).await;
        let mut tally = Tally::default();
        if self.needs.met(&onboarding) {
            (self.judge)(self.world, &onboarding, &mut tally);
        }
        let same =
            |wrong: &Wrong| (&wrong.clause, &wrong.what) == (&self.wrong.clause, &self.wrong.what);
        match tally.wrong.into_iter().find(same) {
            Some(wrong) => {
                (self.body, self.wrong) = (next, wrong);
                true
            }
            None => false,
        }
    }

    /// Whether a part of the text at a place is enough.
    async fn takes_less(&mut self, place: &str) -> bool {
        let text = self.body.pointer(place).and_then(Value::as_str);
        let letters: Vec<char> = text.unwrap_or_default().chars().collect();
        let half = letters.len() / 2;
        if half == 0 {
            return false;
        }
        for part in [&letters[..half], &letters[half..], &letters[1..]] {
            let part: String = part.iter().collect();
            if self.takes(place, Some(part.into())).await {
                return true;
            }
        }
        false
    }
}

/// A body with another value at a place, or with none.
fn with(body: &Value, place: &str, value: Option<Value>) -> Option<Value> {
    let Some((parent, name)) = place.rsplit_once('/') else {
        return value;
    };
    let mut body = body.clone();
    let members = body.pointer_mut(parent)?.as_object_mut()?;
    match value {
        Some(value) => members.insert(name.to_owned(), value),
        None => members.remove(name),
    };
    Some(body)
}
