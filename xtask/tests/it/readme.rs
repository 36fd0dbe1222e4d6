//! The README's `cargo xtask` commands are there. They are run on a copy, or in CI.

use bvnk_contract::Diagnostic;
use std::process::{Command, Stdio};

#[test]
fn the_readme_s_commands_exist() {
    let readme = include_str!("../../../README.md");
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

/// The help of each command has its exit codes and examples, which are as they are.
#[test]
fn help_has_exit_codes_and_examples() {
    for (task, codes) in [
        (
            "diff",
            ["1 something breaks", "2 a contract cannot be read"],
        ),
        (
            "check-docs",
            ["1 they differ", "2 the page or the contract"],
        ),
        ("upgrade", ["1 a contract", "2 wrong usage"]),
        ("regen", ["1 the contract is invalid", "2 wrong usage"]),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args([task, "--help"])
            .output()
            .unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        for part in codes.into_iter().chain(["Examples:\n  cargo xtask"]) {
            assert!(help.contains(part), "{help}");
        }
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args([task, "no-such-file"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "{task}");
    }
}

/// A reader may stop, as `head` does.
#[test]
fn a_closed_pipe_is_not_a_failure() {
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

/// A name with a line break would begin a line that GitHub's runner reads as a command, also after
/// any space of Unicode.
#[test]
fn a_contract_gives_no_commands_to_a_ci_runner() {
    let contract = include_str!("../../../openapi/customers.yaml");
    let name = r#""x\n::error::forged\n\u3000::error::forged\n \u00a0::error::forged": 1"#;
    let contract = contract.replacen("servers:\n  - ", &format!("servers:\n  - {name}\n    "), 1);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("contract.yaml");
    std::fs::write(&file, contract).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("diff")
        .args([&file, &file])
        .output()
        .unwrap();
    let mut shown = String::from_utf8(output.stdout).unwrap();
    shown += &String::from_utf8(output.stderr).unwrap();
    assert!(shown.contains("forged"), "{shown}");
    let command = shown
        .lines()
        .find(|line| line.trim_start().starts_with("::"));
    assert_eq!(command, None);
    // The place of a problem is on one line, whatever the names in it.
    let place = Diagnostic::new("file", "/a\nerror: forged", "").to_string();
    assert_eq!(place.lines().count(), 2, "{place}");
}
