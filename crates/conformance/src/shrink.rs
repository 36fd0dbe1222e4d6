//! Shrinks a failing body: as near to the contract's example as it can be while it still
//! fails alike, so that the difference shows the reason. It knows no attribute; what may be
//! left out or changed is whatever stays valid.

use std::collections::BTreeSet;

use bvnk_contract::Operation;
use serde_json::Value;

use crate::cases::{Case, example, put};
use crate::checks::{Finding, Recorder};
use crate::collect::Exercise;
use crate::context::Context;

/// How many other bodies are tried for one failure.
const MOST_TRIES: usize = 200;

/// How a check judges a case by what was sent and received.
pub(crate) type JudgeExercise = fn(&Context, &Exercise, &mut Recorder);

/// Shrinks the case of a finding.
pub(crate) async fn shrink(context: &Context, judge: JudgeExercise, finding: &mut Finding) {
    let contract = context.specification.contract();
    let Some((id, case)) = finding.case.clone() else {
        return;
    };
    let (Some(operation), Some(example), Some(body)) = (
        contract.operation(&id),
        example(contract, &id),
        case.body.clone(),
    ) else {
        return;
    };
    let mut search = Search {
        context,
        judge,
        operation,
        case,
        body,
        finding: finding.clone(),
        left: MOST_TRIES,
    };
    // Outer places first: one step may settle everything in them.
    let mut places = vec![String::new()];
    let mut texts = Vec::new();
    while let Some(place) = places.pop() {
        if search.body.pointer(&place) == example.pointer(&place) {
            continue;
        }
        if search
            .accepts(&place, example.pointer(&place).cloned())
            .await
        {
            continue;
        }
        match search.body.pointer(&place) {
            Some(Value::Object(members)) => {
                let wanted = example.pointer(&place).and_then(Value::as_object);
                let names: BTreeSet<&String> = members
                    .keys()
                    .chain(wanted.into_iter().flat_map(|wanted| wanted.keys()))
                    .collect();
                places.extend(names.into_iter().map(|name| format!("{place}/{name}")));
            }
            Some(Value::String(_)) => texts.push(place),
            _ => {}
        }
    }
    for place in texts {
        while search.accepts_part(&place).await {}
    }
    *finding = search.finding;
}

/// The state of one search. Each accepted step becomes the new start, so the order of the
/// places decides which of several small bodies is found.
struct Search<'a> {
    context: &'a Context,
    /// The check that has to fail again.
    judge: JudgeExercise,
    /// The operation whose body shrinks.
    operation: &'a Operation,
    /// The case as it was found: its parameters stay.
    case: Case,
    /// The smallest body that fails so far.
    body: Value,
    /// What the smallest body shows. Another finding does not count: it may have another reason.
    finding: Finding,
    /// How many more bodies may be sent.
    left: usize,
}

impl Search<'_> {
    /// Whether it still fails with another value at a place, or with none; if so, that stays.
    async fn accepts(&mut self, place: &str, value: Option<Value>) -> bool {
        let mut body = self.body.clone();
        let validator = self
            .context
            .specification
            .validator(&self.operation.id, "request");
        let valid = put(&mut body, place, value)
            && validator.is_none_or(|validator| validator.is_valid(&body));
        if self.left == 0 || !valid {
            return false;
        }
        self.left -= 1;
        let case = Case {
            body: Some(body.clone()),
            ..self.case.clone()
        };
        let exercise = self.context.exercise(self.operation, &case).await;
        let mut recorder = Recorder::default();
        (self.judge)(self.context, &exercise, &mut recorder);
        recorder.finish(&self.operation.id, &case, || exercise.line(self.context));
        let same = |finding: &&Finding| {
            (&finding.clause, &finding.what) == (&self.finding.clause, &self.finding.what)
        };
        match recorder.findings().iter().find(same).cloned() {
            Some(finding) => {
                (self.body, self.finding) = (body, finding);
                true
            }
            None => false,
        }
    }

    /// Whether a part of the text at a place is enough.
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
