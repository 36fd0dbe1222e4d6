//! Makes a failing individual smaller: as near to the documentation's own example as it can
//! be while it still fails, so that the difference tells the reason.
//!
//! It knows no attribute; what may be left out or changed is whatever stays valid.

use serde_json::Value;

use crate::checks::{Needs, Tally};
use crate::findings::Finding;
use crate::onboarding::Onboarding;
use crate::suite::World;

/// How many smaller individuals are tried for one failure.
const MOST_TRIES: usize = 80;

/// Makes the individual of a failure smaller.
pub(crate) async fn shrink(
    world: &World,
    needs: Needs,
    judge: fn(&World, &Onboarding, &mut Tally),
    finding: &mut Finding,
) {
    let (Some(case), Some(example), Some(schema)) = (
        finding.case.as_mut(),
        world.contract.example("create_customer"),
        world.contract.body("create_customer", "request"),
    ) else {
        return;
    };
    let mut left = MOST_TRIES;
    // Each step that still fails is kept, and the search begins again from there.
    'smaller: while left > 0 {
        for next in nearer(&case.body, example) {
            if left == 0 {
                break;
            }
            if schema.judge(&next).is_err() {
                continue;
            }
            left -= 1;
            let onboarding = world.onboard(next.clone()).await;
            let mut tally = Tally::default();
            if needs.met(&onboarding) {
                judge(world, &onboarding, &mut tally);
            }
            let same = |wrong: &crate::checks::Wrong| {
                (&wrong.clause, &wrong.what) == (&finding.wrong.clause, &finding.wrong.what)
            };
            if let Some(wrong) = tally.wrong.into_iter().find(same) {
                finding.wrong = wrong;
                case.body = next;
                continue 'smaller;
            }
        }
        break;
    }
    finding.near = Some(example.clone());
}

/// Bodies that are one step nearer to another body, the largest steps first.
fn nearer(body: &Value, example: &Value) -> Vec<Value> {
    let mut steps = Vec::new();
    if body != example {
        steps.push(example.clone());
    }
    if let (Value::Object(members), Value::Object(wanted)) = (body, example) {
        let more = wanted.keys().filter(|name| !members.contains_key(*name));
        for name in members.keys().chain(more) {
            for step in member(members.get(name), wanted.get(name)) {
                let mut next = members.clone();
                match step {
                    Some(value) => next.insert(name.clone(), value),
                    None => next.remove(name),
                };
                steps.push(Value::Object(next));
            }
        }
    } else if let Value::String(text) = body {
        let letters: Vec<char> = text.chars().collect();
        let half = letters.len() / 2;
        if half > 0 {
            steps.push(letters[..half].iter().collect::<String>().into());
            steps.push(letters[half..].iter().collect::<String>().into());
            steps.push(letters[1..].iter().collect::<String>().into());
        }
    }
    steps
}

/// Steps of one member; none of them means to leave it out.
fn member(value: Option<&Value>, wanted: Option<&Value>) -> Vec<Option<Value>> {
    match (value, wanted) {
        (Some(value), Some(wanted)) => nearer(value, wanted).into_iter().map(Some).collect(),
        (Some(value), None) => {
            let smaller = nearer(value, value).into_iter().map(Some);
            std::iter::once(None).chain(smaller).collect()
        }
        (None, wanted) => vec![wanted.cloned()],
    }
}
