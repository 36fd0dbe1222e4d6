//! Shrinks a failing body: as near to the contract's example as it can be while it still
//! fails alike, so that the difference shows the reason. It knows no attribute; what may be
//! left out or changed is whatever stays valid.
//!
//! The search is greedy. It replaces or removes whole parts first, then halves texts; every step
//! is tried at the simulator, so that the result is known to fail.

use std::sync::Arc;

use bvnk_contract::Operation;
use serde_json::Value;

use crate::cases::{Case, example, put};
use crate::checks::{Check, Finding, Recorder};
use crate::context::Context;

/// How many other bodies are tried for one failure.
const MOST_TRIES: usize = 200;

/// Shrinks the case of a finding of a check. Each try sends the body to the simulator and has the
/// check judge it; the finding is replaced whenever a smaller body shows the same.
pub(crate) async fn shrink(context: &Context, check: &'static Check, finding: &mut Finding) {
    let contract = context.specification.contract();
    let Some((id, mut case)) = finding.case.clone() else {
        return;
    };
    let found = (
        contract.operation(&id),
        example(contract, &id),
        case.body.take(),
    );
    let (Some(operation), Some(example), Some(body)) = found else {
        return;
    };
    let mut search = Search {
        context,
        check,
        operation,
        case,
        body,
        finding,
        left: MOST_TRIES,
    };
    // Outer places first: one step may settle everything in them.
    let mut places = vec![String::new()];
    let mut texts = Vec::new();
    while let Some(place) = places.pop() {
        let wanted = example.pointer(&place);
        if search.body.pointer(&place) == wanted || search.accepts(&place, wanted.cloned()).await {
            continue;
        }
        match search.body.pointer(&place) {
            Some(Value::Object(members)) => {
                let wanted = wanted.and_then(Value::as_object);
                let wanted = wanted.into_iter().flat_map(|wanted| wanted.keys());
                let others = wanted.filter(|name| !members.contains_key(*name));
                let names = members.keys().chain(others);
                places.extend(names.map(|name| format!("{place}/{name}")));
            }
            Some(Value::String(_)) => texts.push(place),
            _ => {}
        }
    }
    for place in texts {
        while search.accepts_part(&place).await {}
    }
}

/// The state of one search. Each accepted step becomes the new start, so the order of the
/// places decides which of several small bodies is found.
struct Search<'a> {
    context: &'a Context,
    /// The check that has to fail again.
    check: &'static Check,
    /// The operation whose body shrinks.
    operation: &'a Operation,
    /// The case as it was found, without its body: its parameters stay.
    case: Case,
    /// The smallest body that fails so far.
    body: Value,
    /// What the smallest body shows. Another finding does not count: it may have another reason.
    finding: &'a mut Finding,
    /// How many more bodies may be sent.
    left: usize,
}

impl Search<'_> {
    /// Whether it still fails with another value at a place, or with none; if so, that stays.
    async fn accepts(&mut self, place: &str, value: Option<Value>) -> bool {
        let mut body = self.body.clone();
        let specification = &self.context.specification;
        let valid = put(&mut body, place, value)
            && specification.allows(&self.operation.id, "request", &body);
        if self.left == 0 || !valid {
            return false;
        }
        self.left -= 1;
        let case = Case {
            body: Some(body.clone()),
            ..self.case.clone()
        };
        let Some(exercise) = self.context.exercise(self.operation, &case).await else {
            return false;
        };
        let exercise = Arc::new(exercise);
        let mut recorder = Recorder::new(self.context, self.check);
        recorder.judge(&exercise);
        let mut found = recorder.found.findings.into_iter();
        let Some(mut finding) = found.find(|finding| finding.is_like(self.finding)) else {
            return false;
        };
        finding.failure.repeats = self.finding.failure.repeats;
        (self.body, *self.finding) = (body, finding);
        true
    }

    /// Whether a part of the text at a place is enough: a half, or all but the first letter. If so,
    /// that stays.
    async fn accepts_part(&mut self, place: &str) -> bool {
        let text = self.body.pointer(place).and_then(Value::as_str);
        let letters: Vec<char> = text.unwrap_or_default().chars().collect();
        let half = letters.len() / 2;
        if half == 0 {
            return false;
        }
        for part in [&letters[..half], &letters[half..], &letters[1..]] {
            let part: String = part.iter().collect();
            if self.accepts(place, Some(part.into())).await {
                return true;
            }
        }
        false
    }
}
