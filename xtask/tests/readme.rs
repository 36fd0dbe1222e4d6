//! The README's `cargo xtask` commands are there. They are run on a copy, or in CI.

#![allow(clippy::unwrap_used)]

use std::process::{Command, Stdio};

#[test]
fn the_readme_s_commands_exist() {
    let readme = include_str!("../../README.md");
    let commands = readme
        .split(['`', '\n'])
        .map(|code| code.trim_start_matches("$ "))
        .filter(|code| code.starts_with("cargo xtask"));
    let mut found = 0;
    for command in commands {
        let arguments = command.split_whitespace().skip(2);
        // `--help` parses all that stands before it, and does nothing.
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .arg("--help")
            .output()
            .unwrap();
        assert!(output.status.success(), "{command}");
        found += 1;
    }
    assert!(found > 2);
}

/// A page that cannot be read is 2, as the README says, and the help says no other thing.
#[test]
fn help_tells_the_exit_codes_of_each_comparison() {
    for (task, codes) in [
        (
            "diff",
            ["1 something breaks", "2 a contract cannot be read"],
        ),
        (
            "compare-page",
            ["1 they differ", "2 the page or the contract"],
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args([task, "--help"])
            .output()
            .unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        for code in codes {
            assert!(told.contains(code), "{told}");
        }
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args([task, "no-such-file"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{task}");
    }
}

/// Whoever reads may stop, as `head` does.
#[test]
fn output_that_nobody_reads_is_no_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let contract = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/workspace/openapi/customers.yaml"
    );
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["diff", contract, contract])
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}
