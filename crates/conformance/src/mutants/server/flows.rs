//! Servers whose statuses do not move as they should, or that lose, invent or double what
//! is created.

use bvnk_simulator::{Fault, HookContext};
use http::StatusCode;

use super::{Rows, bodies::other};

/// The step whose status is shown, by the steps that were made and the number of the last.
type Shown = fn(usize, usize) -> usize;

pub(super) fn rows(rows: &mut Rows<'_>) {
    let ends: Vec<String> = {
        let terminal =
            rows.specification
                .clauses()
                .iter()
                .filter_map(|clause| match &clause.expect {
                    bvnk_contract::Expectation::Terminal { values, .. } => Some(values.clone()),
                    _ => None,
                });
        terminal.flatten().collect()
    };
    let ends_clauses = {
        let mut clauses =
            rows.clauses(|expect| matches!(expect, bvnk_contract::Expectation::Terminal { .. }));
        clauses.push("flow.end".to_owned());
        clauses
    };
    let shown: [(&str, &[&str], Shown); 5] = [
        ("the status goes back", &["flow.forward"], |steps, _| {
            if steps > 1 { steps - 2 } else { steps }
        }),
        (
            "the status starts again",
            &["flow.forward"],
            |steps, last| steps % (last + 1),
        ),
        (
            "the first fetch shows the end",
            &["flow.forward"],
            |steps, last| match steps {
                1 => last,
                2 => 0,
                steps => steps,
            },
        ),
        (
            "the status shows the first one every third time",
            &["flow.forward"],
            |steps, _| if steps % 3 == 2 { 0 } else { steps },
        ),
        (
            "the status never reaches the end",
            &["flow.end"],
            |steps, last| steps.min(last.saturating_sub(1)),
        ),
    ];
    for (name, clauses, shown) in shown {
        rows.fetch(name, clauses, move |context, response| {
            let Some((reference, own)) = customer(context) else {
                return;
            };
            let last = own.sequence().statuses().len().saturating_sub(1);
            *response = context.success(reference, own.sequence().status(shown(own.steps(), last)));
        });
    }
    rows.fetch(
        "the end changes into another one and back",
        &["flow.forward"],
        move |context, response| {
            let Some((reference, own)) = customer(context) else {
                return;
            };
            let beyond = own
                .steps()
                .saturating_sub(own.sequence().statuses().len().saturating_sub(1));
            let other = ends.iter().find(|end| *end != own.status());
            if let (Some(other), true) = (other, beyond % 2 == 1) {
                *response = context.success(reference, other);
            }
        },
    );
    rows.rules(
        "a fetch does not advance the status",
        &ends_clauses,
        |_, rules| rules.faults.push(Fault::FreezeStatus),
    );
    rows.fetch(
        "a fetch answers the status of another customer",
        &["flow.forward", "answer.get-status"],
        |context, response| {
            let Some(other) = other(context) else { return };
            let status = context
                .state
                .customer(&other)
                .map_or("", |other| other.status());
            *response = context.success(context.reference.unwrap_or_default(), status);
        },
    );
    rows.fetch(
        "what has ended is not found",
        &["answer.found", "flow.follow", "flow.forward"],
        |context, response| {
            let Some((_, own)) = customer(context) else {
                return;
            };
            if own.steps() + 1 >= own.sequence().statuses().len() {
                response.status = StatusCode::NOT_FOUND;
            }
        },
    );
    rows.fetch(
        "every second fetch fails",
        &["flow.follow"],
        |context, response| {
            if customer(context).is_some_and(|(_, own)| own.steps() % 2 == 0) {
                response.status = StatusCode::CONFLICT;
            }
        },
    );
    let found = rows.successes_of(false);
    let link = rows.clauses(|expect| matches!(expect, bvnk_contract::Expectation::Link { .. }));
    let mut lost = found.clone();
    lost.extend(link);
    rows.rules("what was created is not found", &lost, |_, rules| {
        rules.faults.push(Fault::ForgetCustomer)
    });
    rows.response(
        "a creation is answered, but creates nothing",
        &lost,
        |context, _| {
            if let (Some(reference), true) = (context.reference, context.created) {
                context.state.remove(reference);
            }
        },
    );
    rows.response(
        "a creation creates two",
        &["idempotency.once"],
        |context, _| {
            if let (Some(operation), true) = (context.operation, context.created) {
                context.state.create(&operation.id, context.now);
            }
        },
    );
    let required: Vec<String> = {
        let attributes = rows.attributes("request").into_iter();
        attributes
            .filter(|attribute| attribute.rules.required)
            .map(|attribute| attribute.id)
            .collect()
    };
    rows.response(
        "a refused creation creates all the same",
        &required,
        |context, _| {
            if let (Some(operation), false) = (context.operation, context.errors.is_empty()) {
                context.state.create(&operation.id, context.now);
            }
        },
    );
    rows.response(
        "a creation with a wrong signature creates all the same",
        &["auth.refused"],
        |context, _| {
            if let (Some(operation), Some(_)) = (context.operation, context.rejection) {
                context.state.create(&operation.id, context.now);
            }
        },
    );
}

/// What is fetched, and its reference.
fn customer<'c>(context: &'c HookContext<'_>) -> Option<(&'c str, &'c bvnk_simulator::Customer)> {
    let reference = context.reference?;
    Some((reference, context.state.customer(reference)?))
}
