//! A run: collect, check, report.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use bvnk::{Client, Credentials, Verdict as Diagnosed};
use jiff::{Timestamp, Zoned};

use crate::cases::Plan;
use crate::checks::{CHECKS, Check, Judge, Recorder};
use crate::collect::{Connection, Exercise};
use crate::context::Context;
pub use crate::options::{Allowance, InvalidAllowance, Progress, RunOptions};
use crate::report::model::{Report, RunInfo};
use crate::report::program;
use crate::shrink::shrink;
use crate::specification::Specification;
pub use crate::target::{ForeignTarget, InvalidTarget, POLITE_RATE, Target};
use crate::verdicts::{CheckResult, Rules};

/// How many failures of one check are shrunk.
const WORTH_SHRINKING: usize = 3;

/// Why a run was not possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError(String);

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RunError {}

/// Tests a server with the client, and the client with it.
///
/// # Errors
///
/// When the contract cannot be read, and when the preflight fails: the server cannot be
/// reached, rejects the credentials, or its clock differs too much.
pub async fn run(target: Target, options: RunOptions) -> Result<Report, RunError> {
    let started = Instant::now();
    let date = Timestamp::now()
        .round(jiff::Unit::Second)
        .unwrap_or_default();
    let specification = match &options.specification {
        Some(specification) => Arc::clone(specification),
        None => Arc::new(Specification::embedded().map_err(RunError)?),
    };
    let plan = match (&options.plan, &options.body) {
        (Some(plan), _) => Arc::clone(plan),
        (None, Some(body)) => Arc::new(Plan::given(&specification, body).map_err(RunError)?),
        (None, None) => {
            let plan = Plan::generated(&specification, options.cases, options.seed);
            Arc::new(plan.map_err(RunError)?)
        }
    };
    let (results, requests) = if options.static_only {
        (check_specification(&specification, &options), 0)
    } else {
        let connection = connect(&target, &specification, &options).await?;
        let context = Context::new(
            Arc::clone(&specification),
            plan,
            connection,
            options.mutation.clone(),
        );
        let mut context = context.map_err(RunError)?;
        context.only.clone_from(&options.only);
        let mut chosen = checks(&specification, &options);
        let exercises = match chosen.any(|check| matches!(check.judge, Judge::Exercise(_))) {
            true => exercise_all(&context, &options).await,
            false => Vec::new(),
        };
        let results = check_all(&context, &exercises, &options).await;
        context.connection.take();
        (results, context.connection.requests())
    };
    let rules = Rules {
        specification: &specification,
        complete: matches!(target, Target::Simulator),
        strict: options.strict,
        allow: &options.allow,
        today: Zoned::now().date(),
    };
    Ok(Report {
        checks: rules.checks(&results),
        clauses: rules.clauses(&results),
        failures: rules.failures(&results),
        allowances: rules.allowances(&results),
        run: RunInfo {
            date: date.to_string(),
            commit: options.commit.clone(),
            client: format!("bvnk {}", bvnk::VERSION),
            contract: specification.contract().title().to_owned(),
            contract_version: specification.contract().version().to_owned(),
            target: target.name(),
            complete: rules.complete,
            seed: options.body.is_none().then_some(options.seed),
            cases: options.body.is_none().then_some(options.cases),
            strict: options.strict,
            command: command(&target, &options),
            requests,
            seconds: started.elapsed().as_secs_f64(),
        },
    })
}

/// The command that repeats the run.
fn command(target: &Target, options: &RunOptions) -> String {
    let mut command = format!("{}{}", program(), target.arguments());
    if options.strict {
        command.push_str(" --strict");
    }
    for allowance in &options.allow {
        command.push_str(&format!(" --allow {}", allowance.clause));
        if let Some(until) = allowance.until {
            command.push_str(&format!("={until}"));
        }
    }
    match &options.body {
        Some(_) => command.push_str(" --individual FILE"),
        None => command.push_str(&format!(
            " --cases {} --seed {}",
            options.cases, options.seed
        )),
    }
    command
}

async fn connect(
    target: &Target,
    specification: &Specification,
    options: &RunOptions,
) -> Result<Connection, RunError> {
    match target {
        Target::Simulator => {
            let hook = options.mutation.hook.as_ref();
            let connection = Connection::simulator(specification.contract(), hook).await;
            connection.map_err(RunError)
        }
        Target::Foreign(target) => {
            let ForeignTarget {
                base,
                id,
                key,
                rate,
            } = target;
            preflight(target).await?;
            let connection = Connection::foreign(base.clone(), id, key, *rate).await;
            connection.map_err(RunError)
        }
    }
}

/// Finds what would fail every case: an unreachable server, wrong credentials, wrong clocks.
async fn preflight(target: &ForeignTarget) -> Result<(), RunError> {
    let error = |error: &dyn fmt::Display| RunError(error.to_string());
    let credentials = Credentials::new(target.id.as_str(), target.key.as_str());
    let client = Client::builder()
        .credentials(credentials.map_err(|e| error(&e))?)
        .base_url(target.base.clone())
        .build()
        .map_err(|e| error(&e))?;
    let diagnosis = client.doctor().await;
    match diagnosis.verdict() {
        Diagnosed::Network | Diagnosed::Timeout | Diagnosed::Credentials | Diagnosed::Clock => {
            Err(RunError(format!("{diagnosis}")))
        }
        _ => Ok(()),
    }
}

/// Calls every operation with all of its cases.
async fn exercise_all(context: &Context, options: &RunOptions) -> Vec<Exercise> {
    let total = context.plan.total();
    let mut exercises = Vec::with_capacity(total);
    for operation in context.specification.contract().operations() {
        for case in context.plan.cases(&operation.id) {
            exercises.push(context.exercise(operation, case).await);
            (options.progress)(exercises.len() as u64, total as u64);
        }
    }
    exercises
}

/// What runs: a check without a clause in the file says nothing.
fn checks<'a>(
    specification: &'a Specification,
    options: &'a RunOptions,
) -> impl Iterator<Item = &'static Check> + 'a {
    CHECKS.iter().filter(move |check| {
        let mut clauses = specification.clauses().iter();
        clauses.any(|clause| {
            let wanted = options
                .only
                .as_ref()
                .is_none_or(|only| only.contains(&clause.id));
            wanted && check.proves(clause)
        })
    })
}

fn check_specification(specification: &Specification, options: &RunOptions) -> Vec<CheckResult> {
    let checks = checks(specification, options).filter(|check| check.is_static());
    checks
        .map(|check| {
            timed(check, |result| {
                statically(specification, check.judge, result)
            })
        })
        .collect()
}

fn timed(check: &'static Check, judge: impl FnOnce(&mut CheckResult)) -> CheckResult {
    let started = Instant::now();
    let mut result = CheckResult::new(check);
    judge(&mut result);
    result.seconds = started.elapsed().as_secs_f64();
    result
}

fn statically(specification: &Specification, judge: Judge, result: &mut CheckResult) {
    match judge {
        Judge::Specification(judge) => {
            let mut recorder = Recorder::default();
            judge(specification, &mut recorder);
            result.add_probe(recorder);
        }
        _ => {}
    }
}

async fn check_all(
    context: &Context,
    exercises: &[Exercise],
    options: &RunOptions,
) -> Vec<CheckResult> {
    let mut results = Vec::new();
    for check in checks(&context.specification, options) {
        if matches!(check.judge, Judge::Script(_)) && context.connection.is_foreign() {
            let reason = "it needs a server that does what it is asked to, as the simulator does";
            results.push(CheckResult::skipped(check, reason));
            continue;
        }
        let started = Instant::now();
        let mut result = CheckResult::new(check);
        match check.judge {
            Judge::Specification(_) => {
                statically(&context.specification, check.judge, &mut result);
            }
            Judge::Exercise(judge) => {
                for exercise in exercises {
                    let mut recorder = Recorder::default();
                    judge(context, exercise, &mut recorder);
                    let operation = &exercise.calls[0].operation;
                    recorder.finish(operation, &exercise.case, || exercise.line(context));
                    result.add_case(recorder);
                }
            }
            Judge::Probe(probe) | Judge::Script(probe) => {
                let mut recorder = Recorder::default();
                probe(context, &mut recorder).await;
                result.add_probe(recorder);
            }
        }
        // A foreign server is not asked more than it takes to judge it.
        if options.shrink && !context.connection.is_foreign() {
            let shrinkable = result.findings.iter_mut().filter(|grouped| {
                let case = grouped.finding.case.as_ref();
                case.is_some_and(|(_, case)| case.shown)
            });
            for grouped in shrinkable.take(WORTH_SHRINKING) {
                shrink(context, check.judge, &mut grouped.finding).await;
            }
        }
        result.seconds = started.elapsed().as_secs_f64();
        results.push(result);
    }
    results
}
