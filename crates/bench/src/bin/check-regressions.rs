//! Runs the bench `instructions` and fails if the client costs more, relative to the other
//! implementations of the same run, than is allowed.
//!
//! Ratios hold on any machine; the counts themselves depend on the compiler, the C library
//! and the processor. Times are never checked.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode, Stdio};

use bench::{ROUNDS, Result};
use serde_json::Value;

/// Instructions, allocations and allocated bytes in the summaries of gungraun.
const METRICS: [(&str, &str); 3] = [
    ("instructions", "Ir"),
    ("allocations", "TotalBlocks"),
    ("bytes allocated", "TotalBytes"),
];

/// What is compared: a benchmark, a metric, the benchmark that it is divided by, and the
/// largest ratio that is allowed.
const RATIOS: [(&str, &str, &str, Option<f64>); 8] = [
    (
        "client.create",
        "instructions",
        "by_hand.create",
        Some(1.10),
    ),
    (
        "client.create",
        "instructions",
        "middleware.create",
        Some(0.92),
    ),
    ("client.create", "allocations", "by_hand.create", Some(1.25)),
    ("client.create", "allocations", "middleware.create", None),
    (
        "client.create",
        "bytes allocated",
        "by_hand.create",
        Some(1.25),
    ),
    (
        "client.create",
        "bytes allocated",
        "middleware.create",
        None,
    ),
    (
        "sign.plain",
        "instructions",
        "sign_by_hand.plain",
        Some(1.25),
    ),
    ("sign.hashed", "instructions", "sign_by_hand.plain", None),
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
    for (benchmark, metric, base, limit) in RATIOS {
        let count = |benchmark| counts.get(&(benchmark, metric)).copied();
        let (of, by) = (
            count(benchmark).unwrap_or(f64::NAN),
            count(base).unwrap_or(f64::NAN),
        );
        let ratio = of / by;
        // Also false for a benchmark that was not measured.
        let is_allowed = limit.is_none_or(|limit| ratio <= limit);
        regressions += u8::from(!is_allowed);
        let limit = limit.map(|limit| format!("{limit:.2}")).unwrap_or_default();
        let mark = if is_allowed { "" } else { " **exceeded**" };
        println!(
            "| {benchmark} | {metric} | {of:.0} | {base} | {by:.0} | {ratio:.3} | {limit}{mark} |"
        );
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
fn measure() -> Result<BTreeMap<(&'static str, &'static str), f64>> {
    let mut bench = Command::new(env!("CARGO"));
    bench.args(["bench", "--package", "bench", "--bench", "instructions"]);
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
        let known = RATIOS.iter().flat_map(|(of, _, by, _)| [*of, *by]);
        for benchmark in known.filter(|known| *known == name) {
            for (metric, key) in METRICS {
                let count = profiles.iter().find_map(|profile| {
                    profile["data"]["total"]["metrics"][key]["values"]["new"].as_f64()
                });
                if let Some(count) = count {
                    counts.insert((benchmark, metric), count / ROUNDS as f64);
                }
            }
        }
    }
    Ok(counts)
}
