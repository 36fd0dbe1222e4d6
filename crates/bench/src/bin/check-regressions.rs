//! Runs the bench `instructions` and fails if the client costs more, relative to the other
//! implementations of the same run, than is allowed.
//!
//! Ratios hold on any machine; the counts themselves depend on the compiler, the C library
//! and the processor. Times are never checked.
//!
//! The exit codes are 0 for no regression, 1 for a ratio above its limit, and 2 if the bench could
//! not be run. The table is Markdown, for the summary of a CI job.

use std::process::{Command, ExitCode, Stdio};

use bench::{ROUNDS, Result};
use serde_json::Value;

/// Instructions, allocations and allocated bytes in the summaries of gungraun.
///
/// The first name is for the table, the second is gungraun's.
const METRICS: [(&str, &str); 3] = [
    ("instructions", "Ir"),
    ("allocations", "TotalBlocks"),
    ("bytes allocated", "TotalBytes"),
];

/// What is compared with what, by the names of the benchmarks, and the largest ratio that is
/// allowed for each metric: a little above what was measured (`docs/performance.md`).
///
/// `None` is printed and not checked.
const PAIRS: [(&str, &str, [Option<f64>; 3]); 4] = [
    ("client", "by_hand", [Some(1.12), Some(1.25), Some(1.25)]),
    ("client", "middleware", [Some(0.92), None, None]),
    ("sign", "sign_by_hand", [Some(1.45), None, None]),
    ("sign_hashed", "sign_by_hand", [None; 3]),
];

fn main() -> ExitCode {
    match measure().map(|summaries| regressions(&summaries)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(regressions) => {
            eprintln!("{regressions} ratios exceed their limits");
            eprintln!("help: find the cause as docs/performance.md describes");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Prints the table, and returns how many ratios exceed their limits.
fn regressions(summaries: &[Value]) -> usize {
    let mut regressions = 0;
    println!("| benchmark | metric | a round | compared with | a round | ratio | limit |");
    println!("|---|---|---|---|---|---|---|");
    for (benchmark, base, limits) in PAIRS {
        for ((metric, key), limit) in METRICS.iter().zip(limits) {
            let [value, by] = [benchmark, base].map(|of| count(summaries, of, key));
            let ratio = value / by;
            // Also false if one was not measured.
            let is_allowed = limit.is_none_or(|limit| ratio <= limit);
            regressions += usize::from(!is_allowed);
            let limit = limit.map(|limit| format!("{limit:.2}")).unwrap_or_default();
            let mark = if is_allowed { "" } else { " **exceeded**" };
            println!(
                "| {benchmark} | {metric} | {value:.0} | {base} | {by:.0} | {ratio:.3} | {limit}{mark} |"
            );
        }
    }
    regressions
}

/// Returns the count of one round, or NaN if it was not measured.
fn count(summaries: &[Value], benchmark: &str, metric: &str) -> f64 {
    let own = summaries.iter().filter(|it| it["id"] == benchmark);
    let mut profiles = own.flat_map(|it| it["profiles"].as_array().into_iter().flatten());
    let count = profiles
        .find_map(|profile| profile["data"]["total"]["metrics"][metric]["values"]["new"].as_f64());
    count.unwrap_or(f64::NAN) / ROUNDS as f64
}

/// Runs the bench, and returns gungraun's summary of each benchmark.
fn measure() -> Result<Vec<Value>> {
    let mut bench = Command::new(env!("CARGO"));
    bench.current_dir(env!("CARGO_MANIFEST_DIR"));
    bench.args("bench --bench=instructions -- --output-format=json".split(' '));
    // The build of ring depends on what `cargo run` sets, and would start anew.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            bench.env_remove(name);
        }
    }
    let output = bench.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        let help = "install valgrind and gungraun-runner as docs/performance.md describes";
        return Err(format!("the bench `instructions` failed\nhelp: {help}").into());
    }
    let summaries = serde_json::Deserializer::from_slice(&output.stdout).into_iter();
    Ok(summaries.collect::<std::result::Result<_, _>>()?)
}
