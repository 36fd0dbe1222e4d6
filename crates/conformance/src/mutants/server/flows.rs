//! Servers whose statuses do not move as they should, or that lose, invent or double what is
//! created.
//!
//! A customer goes through a sequence of statuses, one step for each fetch. Rows show the status of
//! another step than the one that was reached, or change the state behind the answers: that shows
//! in a later fetch only.

use bvnk_simulator::{Customer, Fault, HookContext};
use http::StatusCode;

use super::{Rows, other};
use crate::flow::begun_by;
use crate::mutants::rows::replace;

/// The step whose status is shown, by the number of steps that were made and that of the last.
type Shown = fn(usize, usize) -> usize;

/// Each is the mutant's name, and the step whose status it shows.
const SHOWN: [(&str, Shown); 2] = [
    ("the status goes back", |made, _| made % 2),
    ("the first fetch shows the end", |made, last| match made {
        1 => last,
        _ => made.saturating_sub(2),
    }),
];

/// Adds all rows of this file. The order is that of `--list`.
pub(super) fn rows(rows: &mut Rows<'_>) {
    rows.breaks(["flow.forward"]);
    for (name, shown) in SHOWN {
        rows.fetch(name, move |context, response| {
            show(context, response, shown)
        });
    }
    rows.breaks(["answer.get-status"]);
    rows.fetch("a fetch answers another status", |context, response| {
        if let (Some(other), Some(own)) = (other(context), context.reference.as_deref()) {
            *response = context.success(own, other.status());
        }
    });
    rows.breaks(["flow.follow"]);
    rows.fetch("every second fetch fails", |context, response| {
        if own(context).is_some_and(|own| own.steps() % 2 == 0) {
            response.status = StatusCode::CONFLICT;
        }
    });
    rows.breaks(["flow.end"]);
    rows.fetch("the status never reaches the end", |context, response| {
        show(context, response, |made, last| {
            made.min(last.saturating_sub(1))
        });
    });
    rows.breaks(["terminal"]);
    rows.rules("a fetch does not advance the status", |_, rules| {
        rules.faults.push(Fault::FreezeStatus)
    });
    rows.breaks(["flow.start"]);
    rows.json("a creation answers no status", |context, body| {
        if let (Some(place), true) = (context.status(), context.created) {
            replace(body, place, |_| None);
        }
    });
    rows.breaks(["link"]);
    rows.rules("what was created is not found", |_, rules| {
        rules.faults.push(Fault::ForgetCustomer)
    });
    rows.response("a creation creates nothing", |context, _| {
        if let (Some(reference), true) = (context.reference.as_deref(), context.created) {
            context.state.remove(reference);
        }
    });
    let contract = rows.specification.contract();
    let creates = |id: &str| !begun_by(contract, id).is_empty();
    let required = rows.ruled(|rules| rules.required && creates(&rules.operation));
    rows.breaks(required);
    rows.response("an invalid creation creates all the same", |context, _| {
        if !context.errors.is_empty() {
            create(context);
        }
    });
    rows.breaks(["auth.refused"]);
    rows.response("an unsigned creation creates all the same", |context, _| {
        if context.rejection.is_some() {
            create(context);
        }
    });
}

/// Answers with the status of another step.
///
/// `shown` is given the number of steps that were made, and that of the last status; 0 is the first
/// one.
fn show(context: &mut HookContext<'_>, response: &mut bvnk_simulator::Response, shown: Shown) {
    if let Some(own) = own(context) {
        let statuses = own.sequence();
        let last = statuses.statuses().len().saturating_sub(1);
        *response = context.success(own.reference(), statuses.status(shown(own.steps(), last)));
    }
}

/// What the request is about, if it exists.
fn own<'c>(context: &'c HookContext<'_>) -> Option<&'c Customer> {
    context.state.customer(context.reference.as_deref()?)
}

/// Creates something, without a change of the answer.
///
/// No response has its reference: only the count of what was created shows it.
fn create(context: &mut HookContext<'_>) {
    if let Some(operation) = context.operation {
        context.state.create(&operation.id, context.now);
    }
}
