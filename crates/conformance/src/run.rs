//! A run: collect, check, report.
//!
//! What would fail every check is found first and is one error. Then every operation is called with
//! all of its cases, of which each is judged before the next; then the checks run that send requests
//! of their own, in the order of their table. Weights and verdicts are decided at the end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bvnk::{BoxError, Client, Credentials, Verdict as Diagnosed};
use jiff::{Timestamp, Zoned};

use crate::cases::Plan;
use crate::checks::{CHECKS, Check, Finding, Judge, Recorder};
use crate::connection::Connection;
pub use crate::connection::{Stop, Wait};
use crate::context::Context;
use crate::flow;
use crate::lanes::exercise;
pub use crate::options::{Allowance, Finished, Progress, RunOptions};
use crate::results::{Report, RunInfo};
use crate::shrink::shrink;
use crate::specification::Specification;
pub use crate::target::{ForeignTarget, Target};
use crate::text::program;
use crate::verdicts::{self, Rules};

/// How many failures of one check are shrunk: others have the same reason more often than not.
const WORTH_SHRINKING: usize = 3;

/// Tests a server with the client, and the client with it.
///
/// # Errors
///
/// When the contract cannot be read, and when the preflight fails: the server cannot be
/// reached, rejects the credentials, or its clock differs too much.
pub async fn run(target: Target, options: RunOptions) -> Result<Report, BoxError> {
    let started = Instant::now();
    let date = Timestamp::now().round(jiff::Unit::Second);
    let date = date.unwrap_or_default();
    let specification = match &options.specification {
        Some(specification) => Arc::clone(specification),
        None => Arc::new(Specification::embedded()?),
    };
    let mut allowed = options.allow.iter().map(|allowance| &allowance.clause);
    if let Some(unknown) = allowed.find(|id| specification.clause(id).is_none()) {
        let help = format!("`{} clauses` lists them", program());
        return Err(format!("--allow {unknown}: no such clause\nhelp: {help}").into());
    }
    let plan = match (&options.plan, &options.body) {
        (Some(plan), _) => Arc::clone(plan),
        (None, Some(body)) => Arc::new(Plan::given(&specification, body)?),
        (None, None) => {
            let plan = Plan::generated(&specification, options.cases, options.seed);
            Arc::new(plan?)
        }
    };
    let connection = match &target {
        Target::Simulator => {
            let hook = options.mutation.hook.as_ref();
            Connection::simulator(specification.contract(), hook).await?
        }
        Target::Foreign(target) => {
            tokio::select! {
                () = options.stop.stopped() => return Err("the run was ended before it began".into()),
                ready = preflight(target) => ready?,
            }
            let (wait, stop) = (Arc::clone(&options.wait), options.stop.clone());
            Connection::foreign(target, wait, stop).await?
        }
    };
    let context = Context::new(specification, plan, connection, options)?;
    if let Target::Foreign(target) = &target {
        find_api(&context, target).await?;
    }
    let context = Arc::new(context);
    let options = &context.options;
    let mut results: Vec<Recorder<'_>> = checks(&context)
        .map(|check| Recorder::new(&context, check))
        .collect();
    exercise(&context, &mut results).await?;
    for result in &mut results {
        let done = tokio::select! {
            biased;
            () = options.stop.stopped() => false,
            () = judge(result) => true,
        };
        if !done && result.found.cases == 0 {
            result.skipped = Some("the run ended early".to_owned());
        }
        (options.finished)(result.check.id, result.found.cases, result.found.failed);
    }
    context.connection.take("");
    let rules = Rules {
        context: &context,
        today: Zoned::now().date(),
    };
    let failures = rules.failures(&results);
    let checks = results.iter();
    Ok(Report {
        checks: checks
            .map(|result| verdicts::check_row(result, &failures))
            .collect(),
        clauses: rules.clauses(&results, &failures),
        allowances: rules.allowances(&results, &failures),
        failures,
        run: RunInfo {
            date: date.to_string(),
            commit: options.commit.clone(),
            client: format!("bvnk {}", bvnk::VERSION),
            contract: context.specification.contract().title.clone(),
            contract_version: context.specification.contract().version.clone(),
            target: target.name(),
            complete: !target.is_foreign(),
            seed: options.body.is_none().then_some(options.seed),
            cases: options.body.is_none().then_some(options.cases),
            strict: options.strict,
            stopped: options.stop.reason(),
            command: command(&target, options),
            requests: context.connection.requests(),
            transient: context.connection.transient(),
            seconds: started.elapsed().as_secs_f64(),
        },
    })
}

/// The command that repeats the run. What must not be shown is a placeholder, such as the file
/// with a person.
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

/// Finds what would fail every case: an unreachable server, wrong credentials, wrong clocks. The
/// error is what `doctor` prints, with what to do.
async fn preflight(target: &ForeignTarget) -> Result<(), BoxError> {
    let credentials = Credentials::new(target.id.as_str(), target.key.as_str());
    let builder = Client::builder().base_url(target.base.clone());
    let builder = builder.credentials(credentials?);
    // The client would correct its time; requests that are signed without it would not.
    let builder = builder.hawk(|hawk| hawk.max_clock_offset(Duration::ZERO));
    let client = builder.build()?;
    let mut diagnosis = client.doctor().await;
    for _ in 0..2 {
        // What fails on the way breaks no later request either: it is sent again.
        if let Diagnosed::Network | Diagnosed::Timeout = diagnosis.verdict {
            diagnosis = client.doctor().await;
        }
    }
    match diagnosis.verdict {
        Diagnosed::Network | Diagnosed::Timeout | Diagnosed::Credentials | Diagnosed::Clock => {
            Err(diagnosis.to_string().into())
        }
        _ => Ok(()),
    }
}

/// Sends a valid creation. A server that does not know it has the API elsewhere, and every check
/// would fail for this one reason.
///
/// The creation stays at the server, like those of the cases.
async fn find_api(context: &Context, target: &ForeignTarget) -> Result<(), BoxError> {
    let flow = flow::first(context.specification.contract());
    let Ok(create) = flow.map(|flow| flow.create) else {
        return Ok(());
    };
    let sent = context
        .connection
        .send(&context.valid_request(create).await)
        .await;
    match sent.status() {
        status @ 300..400 => Err(format!(
            "the server answers {status} to a valid request of {}, and signed requests follow no \
             redirect\nhelp: give the URL of the API itself; Location is `{}`",
            create.id,
            sent.header("location")
        )
        .into()),
        status @ (404 | 405) => Err(format!(
            "the server answers {status} to a valid request of {}: {} {}\n\
             help: check the path of the URL {}; the contract's {} is appended to it",
            create.id, sent.request.method, sent.request.target, target.base, create.path
        )
        .into()),
        _ => Ok(()),
    }
}

/// Which checks run: those that prove a wanted clause of the file. Another file than that of this
/// workspace may have none for some of them.
fn checks(context: &Context) -> impl Iterator<Item = &'static Check> {
    let clauses = context.specification.clauses().iter();
    let only = context.options.only.as_ref();
    let wanted = clauses.filter(move |own| only.is_none_or(|only| only.contains(&own.id)));
    let wanted: Vec<_> = wanted.collect();
    let proves = move |check: &&Check| wanted.iter().any(|clause| check.proves(clause));
    CHECKS.iter().filter(proves)
}

/// Runs the probe of a check, and shrinks the cases that failed. Cases of a given person
/// are not shrunk: no report shows them.
async fn judge(result: &mut Recorder<'_>) {
    let (context, check) = (result.context, result.check);
    let is_foreign = context.connection.is_foreign();
    let started = Instant::now();
    match check.judge {
        Judge::Script(_) if is_foreign => {
            result.skipped = Some("needs the simulator".to_owned());
        }
        Judge::Static(judge) => judge(result),
        Judge::Probe(probe) | Judge::Script(probe) => probe(result).await,
        // A foreign server is not asked more than it takes to judge it.
        Judge::Exercise(_) if context.options.shrink && !is_foreign => {
            let shown = |finding: &&mut Finding| {
                let case = finding.case.as_ref();
                case.is_some_and(|(_, case)| case.shown)
            };
            let worth = result.found.findings.iter_mut().filter(shown);
            for finding in worth.take(WORTH_SHRINKING) {
                shrink(context, check, finding).await;
            }
        }
        Judge::Exercise(_) => {}
    }
    result.found.seconds += started.elapsed().as_secs_f64();
}
