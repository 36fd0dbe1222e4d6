//! Runs the bench `instructions` and fails if the client costs more, relative to the other
//! implementations of the same run, than is allowed.
//!
//! Ratios hold on any machine; the counts themselves depend on the compiler, the C library
//! and the processor. Times are never checked.
//!
//! The exit codes are 0 for no regression, 1 for a ratio above its limit, and 2 if the bench could
//! not be run. The table is Markdown, for the summary of a CI job.

use std::collections::BTreeMap;
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

/// What is compared with what, and the largest ratio that is allowed for each metric: a little
/// above what was measured (`docs/performance.md`).
///
/// The names are those of the benchmark's function and of its case. `None` is printed and not
/// checked.
const PAIRS: [(&str, &str, [Option<f64>; 3]); 4] = [
    (
        "client.create",
        "by_hand.create",
        [Some(1.12), Some(1.25), Some(1.25)],
    ),
    (
        "client.create",
        "middleware.create",
        [Some(0.92), None, None],
    ),
    ("sign.plain", "sign_by_hand.plain", [Some(1.45), None, None]),
    ("sign.hashed", "sign_by_hand.plain", [None; 3]),
];

#[allow(clippy::print_stdout, clippy::print_stderr)] // the table
fn main() -> ExitCode {
    let counts = match measure() {
        Ok(counts) => counts,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    let mut regressions = 0;
    println!("| benchmark | metric | a round | compared with | a round | ratio | limit |");
    println!("|---|---|---|---|---|---|---|");
    for (benchmark, base, limits) in PAIRS {
        for ((metric, _), limit) in METRICS.iter().zip(limits) {
            let count = |of: &str| counts.get(&format!("{of} {metric}")).copied();
            let [value, by] = [benchmark, base].map(|of| count(of).unwrap_or(f64::NAN));
            let ratio = value / by;
            // Also false if one was not measured.
            let is_allowed = limit.is_none_or(|limit| ratio <= limit);
            regressions += u8::from(!is_allowed);
            let limit = limit.map(|limit| format!("{limit:.2}")).unwrap_or_default();
            let mark = if is_allowed { "" } else { " **exceeded**" };
            println!(
                "| {benchmark} | {metric} | {value:.0} | {base} | {by:.0} | {ratio:.3} | {limit}{mark} |"
            );
        }
    }
    if regressions == 0 {
        return ExitCode::SUCCESS;
    }
    eprintln!(
        "{regressions} ratios exceed their limits\n\
         help: find the cause as docs/performance.md describes"
    );
    ExitCode::FAILURE
}

/// Returns the counts of one round by benchmark and metric.
///
/// The keys are such as `client.create instructions`.
fn measure() -> Result<BTreeMap<String, f64>> {
    let mut bench = Command::new(env!("CARGO"));
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    bench.args(["bench", "--manifest-path", manifest, "--bench", "instructions"]);
    bench.args(["--", "--output-format=json"]);
    // The build of ring depends on what `cargo run` sets, and would start anew.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            bench.env_remove(name);
        }
    }
    let output = bench.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the bench `instructions` failed".into());
    }
    let mut counts = BTreeMap::new();
    for summary in serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>() {
        let summary = summary?;
        let text = |key: &str| summary[key].as_str().unwrap_or_default();
        let name = format!("{}.{}", text("function_name"), text("id"));
        let profiles = summary["profiles"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        for (metric, key) in METRICS {
            let count = profiles.iter().find_map(|profile| {
                profile["data"]["total"]["metrics"][key]["values"]["new"].as_f64()
            });
            if let Some(count) = count {
                counts.insert(format!("{name} {metric}"), count / ROUNDS as f64);
            }
        }
    }
    Ok(counts)
}
