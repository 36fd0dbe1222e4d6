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
