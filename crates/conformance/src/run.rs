//! A run: collect, check, report.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bvnk::{Client, Credentials, Verdict as Diagnosed};
use jiff::{Timestamp, Zoned};

use crate::cases::Plan;
use crate::checks::{CHECKS, Check, Judge, Recorder};
use crate::collect::Connection;
pub use crate::collect::Wait;
use crate::context::Context;
pub use crate::options::{Allowance, Progress, RunOptions};
use crate::report::model::{Report, RunInfo};
use crate::report::program;
use crate::shrink::shrink;
use crate::specification::Specification;
pub use crate::target::{ForeignTarget, POLITE_RATE, Target};
use crate::verdicts::{self, CheckResult, Grouped, Rules};

/// How many failures of one check are shrunk.
const WORTH_SHRINKING: usize = 3;

/// Tests a server with the client, and the client with it.
///
/// # Errors
///
/// When the contract cannot be read, and when the preflight fails: the server cannot be
/// reached, rejects the credentials, or its clock differs too much.
pub async fn run(target: Target, options: RunOptions) -> Result<Report, String> {
    let started = Instant::now();
    let date = Timestamp::now().round(jiff::Unit::Second);
    let date = date.unwrap_or_default();
    let specification = match &options.specification {
        Some(specification) => Arc::clone(specification),
        None => Arc::new(Specification::embedded()?),
    };
    let plan = match (&options.plan, &options.body) {
        (Some(plan), _) => Arc::clone(plan),
        (None, Some(body)) => Arc::new(Plan::given(&specification, body)?),
        (None, None) => {
            let plan = Plan::generated(&specification, options.cases, options.seed);
            Arc::new(plan?)
        }
    };
    let connection = connect(&target, &specification, &options).await?;
    let mutation = options.mutation.clone();
    let mut context = Context::new(Arc::clone(&specification), plan, connection, mutation)?;
    context.only.clone_from(&options.only);
    let mut results: Vec<_> = checks(&context).map(CheckResult::new).collect();
    exercise(&context, &options, &mut results).await;
    for result in &mut results {
        judge(&context, result, options.shrink).await;
    }
    context.connection.take();
    let rules = Rules {
        specification: &specification,
        complete: matches!(target, Target::Simulator),
        strict: options.strict,
        allow: &options.allow,
        today: Zoned::now().date(),
    };
    let failures = rules.failures(&results);
    Ok(Report {
        checks: verdicts::checks(&results, &failures),
        clauses: rules.clauses(&results, &failures),
        allowances: rules.allowances(&results, &failures),
        failures,
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
            requests: context.connection.requests(),
            transient: context.connection.transient(),
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

/// Connects to the target. A foreign server is tested before anything else is sent to it.
async fn connect(
    target: &Target,
    specification: &Specification,
    options: &RunOptions,
) -> Result<Connection, String> {
    match target {
        Target::Simulator => {
            let hook = options.mutation.hook.as_ref();
            Connection::simulator(specification.contract(), hook).await
        }
        Target::Foreign(target) => {
            preflight(target).await?;
            let ForeignTarget { base, id, key, .. } = target;
            let connection = Connection::foreign(base.clone(), id, key, target.rate).await?;
            Ok(connection.waiting(Arc::clone(&options.wait)))
        }
    }
}

/// Finds what would fail every case: an unreachable server, wrong credentials, wrong clocks.
async fn preflight(target: &ForeignTarget) -> Result<(), String> {
    let credentials = Credentials::new(target.id.as_str(), target.key.as_str());
    let builder = Client::builder().base_url(target.base.clone());
    let builder = builder.credentials(credentials.map_err(|error| error.to_string())?);
    // The client would correct its time; requests that are signed without it would not.
    let builder = builder.hawk(|hawk| hawk.max_clock_offset(Duration::ZERO));
    let client = builder.build().map_err(|error| error.to_string())?;
    let diagnosis = client.doctor().await;
    match diagnosis.verdict {
        Diagnosed::Network | Diagnosed::Timeout | Diagnosed::Credentials | Diagnosed::Clock => {
            Err(diagnosis.to_string())
        }
        _ => Ok(()),
    }
}

/// Calls every operation with all of its cases, and judges each before the next: what a server
/// sends is not kept, however much that is.
async fn exercise(context: &Context, options: &RunOptions, results: &mut [CheckResult]) {
    let judges = results
        .iter_mut()
        .filter_map(|result| match result.check.judge {
            Judge::Exercise(judge) => Some((judge, result)),
            _ => None,
        });
    let mut judges: Vec<_> = judges.collect();
    if judges.is_empty() {
        return;
    }
    let (mut done, total) = (0, context.plan.total() as u64);
    for operation in context.specification.contract().operations() {
        for case in context.plan.cases(&operation.id) {
            let exercise = context.exercise(operation, case).await;
            for (judge, result) in &mut judges {
                let started = Instant::now();
                let mut recorder = Recorder::default();
                judge(context, &exercise, &mut recorder);
                recorder.finish(&operation.id, case, || exercise.line(context));
                result.add_case(recorder);
                result.seconds += started.elapsed().as_secs_f64();
            }
            done += 1;
            (options.progress)(done, total);
        }
    }
}

/// Which checks run: those that prove a wanted clause of the file.
fn checks(context: &Context) -> impl Iterator<Item = &'static Check> {
    let clauses = context.specification.clauses().iter();
    let only = context.only.as_ref();
    let wanted = clauses.filter(move |own| only.is_none_or(|only| only.contains(&own.id)));
    let wanted: Vec<_> = wanted.collect();
    let proves = move |check: &&Check| wanted.iter().any(|clause| check.proves(clause));
    CHECKS.iter().filter(proves)
}

/// Runs what a check does of its own, and shrinks the cases that failed.
async fn judge(context: &Context, result: &mut CheckResult, shrinks: bool) {
    let is_foreign = context.connection.is_foreign();
    let started = Instant::now();
    let mut recorder = Recorder::default();
    match result.check.judge {
        Judge::Script(_) if is_foreign => {
            let reason = "it needs a server that does what it is asked to, as the simulator does";
            result.skipped = Some(reason.to_owned());
        }
        Judge::Specification(judge) => judge(&context.specification, &mut recorder),
        Judge::Probe(probe) | Judge::Script(probe) => probe(context, &mut recorder).await,
        Judge::Exercise(_) => {}
    }
    result.add_probe(recorder);
    // A foreign server is not asked more than it takes to judge it.
    if let (Judge::Exercise(judge), true) = (result.check.judge, shrinks && !is_foreign) {
        let shown = |grouped: &&mut Grouped| {
            let case = grouped.finding.case.as_ref();
            case.is_some_and(|(_, case)| case.shown)
        };
        let worth = result.findings.iter_mut().filter(shown);
        for grouped in worth.take(WORTH_SHRINKING) {
            shrink(context, judge, &mut grouped.finding).await;
        }
    }
    result.seconds += started.elapsed().as_secs_f64();
}
