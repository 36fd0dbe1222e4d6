//! Who checks the checks: everything is broken once, and a check must find it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use conformance::mutants::{self, Family, Mutant};

use super::run::progress_bar;
use super::{cannot_run, listed};

#[derive(Args)]
pub(crate) struct Arguments {
    /// Only the mutants of one family: server, client or contract
    #[arg(long, value_name = "FAMILY")]
    family: Option<Family>,
    /// Only the mutant of this name
    #[arg(long, value_name = "NAME", conflicts_with = "family")]
    mutant: Option<String>,
    /// List the mutants, and what each breaks, instead of running
    #[arg(long)]
    list: bool,
    /// Print what became of each mutant as JSON
    #[arg(long)]
    json: bool,
    /// Write mutants.json and mutants.md to a folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

pub(crate) async fn mutants(arguments: Arguments) -> ExitCode {
    let chosen = match choose(&arguments) {
        Ok(chosen) => chosen,
        Err(error) => return cannot_run(error),
    };
    if arguments.list {
        let line = |mutant: &Mutant| {
            let clauses = mutant.clauses.join(", ");
            format!("{:8} {}  ({clauses})\n", mutant.family, mutant.name)
        };
        return listed(chosen.iter().map(line).collect::<String>());
    }
    let started = Instant::now();
    let bar = progress_bar(chosen.len() as u64, "mutants");
    let at_once = std::thread::available_parallelism().map_or(2, usize::from) * 2;
    let outcome = mutants::run(chosen, at_once, || bar.inc(1)).await;
    bar.finish_and_clear();
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(error) => return cannot_run(error),
    };
    if let Some(directory) = &arguments.report
        && let Err(error) = outcome.write_to(directory)
    {
        return cannot_run(format!("{}: {error}", directory.display()));
    }
    if arguments.json {
        match serde_json::to_string_pretty(&outcome) {
            Ok(json) => println!("{json}"),
            Err(error) => return cannot_run(error),
        }
    } else {
        println!("{outcome}");
        if let [only] = outcome.outcomes.as_slice() {
            for kill in &only.kills {
                println!("{}: {}", kill.check, kill.what);
                println!("  clause    {}", kill.clause);
                println!("  expected  {}", kill.expected);
                println!("  came      {}\n", kill.came);
            }
        }
        println!(
            "{} mutants in {:.1} s",
            outcome.outcomes.len(),
            started.elapsed().as_secs_f64()
        );
        let (passed, failed) = outcome.count();
        println!("{passed} passed, {failed} failed");
    }
    if outcome.proven() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn choose(arguments: &Arguments) -> Result<Vec<Mutant>, String> {
    let mut all = mutants::all()?;
    if let Some(name) = &arguments.mutant {
        all.retain(|mutant| mutant.name == *name);
        if all.is_empty() {
            return Err(format!(
                "no mutant is called {name}; cargo conformance mutants --list names them"
            ));
        }
    }
    if let Some(family) = arguments.family {
        all.retain(|mutant| mutant.family == family);
    }
    Ok(all)
}
