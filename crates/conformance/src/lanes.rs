//! Calls every operation with all of its cases, and judges each before the next: what a server
//! sends is not kept, however much that is.
//!
//! At the simulator many cases are shared by several lanes that run at once. Each lane has a
//! simulator and a client of its own, since what arrives belongs to the call that is under way.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;
use std::time::Instant;

use bvnk::BoxError;
use bvnk_contract::Operation;
use tokio::task::JoinSet;

use crate::cases::Case;
use crate::checks::{Check, Found, Judge, Recorder};
use crate::context::Context;

/// For how many cases another lane is worth its start.
const CASES_OF_A_LANE: usize = 150;

/// Calls every operation with all of its cases, and adds what the checks of exercises find.
///
/// # Errors
///
/// When a simulator does not start, and when a check panics.
pub(crate) async fn exercise(
    context: &Arc<Context>,
    results: &mut [Recorder<'_>],
) -> Result<(), BoxError> {
    let mut checks: Vec<&'static Check> = results.iter().map(|result| result.check).collect();
    checks.retain(|check| matches!(check.judge, Judge::Exercise(_)));
    if checks.is_empty() {
        return Ok(());
    }
    let cores = available_parallelism().map_or(1, NonZero::get);
    let lanes = match context.connection.is_foreign() {
        true => 1,
        false => (context.plan.total() / CASES_OF_A_LANE).clamp(1, cores),
    };
    let done = Arc::new(AtomicU64::new(0));
    let mut running = JoinSet::new();
    for number in 0..lanes {
        let lane = Lane {
            context: match number {
                0 => Arc::clone(context),
                _ => Arc::new(context.with_own_simulator().await?),
            },
            checks: checks.clone(),
            number,
            lanes,
            done: Arc::clone(&done),
        };
        running.spawn(lane.run());
    }
    let mut ended = Vec::new();
    while let Some(lane) = running.join_next().await {
        ended.push(lane.map_err(|error| format!("the cases were not judged: {error}"))?);
    }
    // The order of the lanes, whichever ended first: a run with the same seed is the same.
    ended.sort_by_key(|(lane, _)| lane.number);
    for (lane, found) in ended {
        for (check, found) in lane.checks.iter().zip(found) {
            if let Some(result) = results.iter_mut().find(|own| own.check.id == check.id) {
                result.found.append(found);
            }
        }
        if lane.number > 0 {
            context.connection.add_requests(&lane.context.connection);
        }
    }
    Ok(())
}

/// A share of the cases, with the client and the server that they are for.
struct Lane {
    context: Arc<Context>,
    /// They judge each case.
    checks: Vec<&'static Check>,
    /// From 0.
    number: usize,
    /// How many lanes there are.
    lanes: usize,
    /// How many cases all lanes have judged.
    done: Arc<AtomicU64>,
}

impl Lane {
    /// Runs the lane's cases: every n-th case, of n lanes. Returns what each check found.
    async fn run(self) -> (Self, Vec<Found>) {
        let context = &self.context;
        let checks = self.checks.iter();
        let mut recorders: Vec<Recorder<'_>> =
            checks.map(|check| Recorder::new(context, check)).collect();
        let total = context.plan.total() as u64;
        let mut cases: Vec<(&Operation, &Case)> = Vec::new();
        for operation in &context.specification.contract().operations {
            let own = context.plan.cases(&operation.id).iter();
            cases.extend(own.map(|case| (operation, case)));
        }
        let cases = cases.into_iter().skip(self.number);
        for (operation, case) in cases.step_by(self.lanes) {
            let exercise = tokio::select! {
                biased;
                () = context.options.stop.stopped() => break,
                exercise = context.exercise(operation, case) => exercise.map(Arc::new),
            };
            for recorder in &mut recorders {
                let started = Instant::now();
                if let Some(exercise) = &exercise {
                    recorder.judge(exercise);
                }
                recorder.found.seconds += started.elapsed().as_secs_f64();
            }
            let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
            (context.options.progress)(done, total);
        }
        context.connection.take("");
        let found = recorders.into_iter().map(|recorder| recorder.found);
        let found = found.collect();
        (self, found)
    }
}
