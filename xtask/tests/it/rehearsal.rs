//! Rehearsals of changes of the API, in a copy of the workspace and without an edit of Rust:
//! `upgrade` takes an optional field of each kind to a green suite, and another API altogether
//! passes the suite and its mutants.
//!
//! They build the suite, so they are ignored by default. CI runs
//! `cargo test --package xtask --test it rehearsal -- --ignored`.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

use bvnk_contract::Contract;
use xtask::CONTRACT;

use crate::workspace_copy;

/// The fields that are added.
const FIELDS: &str = "        rehearsalNote: { type: string, minLength: 3 }
        rehearsalTitle: { type: string, maxLength: 9 }
        rehearsalAmount: { type: number }
        rehearsalCount: { type: integer, minimum: 1 }
        rehearsalConsent: { type: boolean }
        rehearsalTags: { type: array, items: { type: string } }
";

fn git(folder: &Path, arguments: &[&str]) -> String {
    let output: Output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(["-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The contract with the fields in the first request body that a component describes.
fn with_fields(text: &str) -> String {
    let contract = Contract::from_yaml(CONTRACT, text).unwrap();
    let mut bodies = contract
        .operations
        .iter()
        .filter_map(|operation| operation.body.as_ref());
    let schema = bodies.find_map(|body| body.schema.reference()).unwrap();
    let start = text.find(&format!("\n    {schema}:\n")).unwrap();
    let properties = "\n      properties:\n";
    let at = start + text[start..].find(properties).unwrap() + properties.len();
    format!("{}{FIELDS}{}", &text[..at], &text[at..])
}

/// The suite of all copies is one file: one is built and run at a time.
static SUITE: Mutex<()> = Mutex::new(());

#[test]
#[ignore = "builds the suite; CI runs it"]
fn an_optional_field_of_each_kind_needs_no_edit_of_rust() {
    let _one = SUITE.lock().unwrap_or_else(PoisonError::into_inner);
    let workspace = workspace_copy::copy("rehearsal");
    git(&workspace, &["init", "--quiet"]);
    git(&workspace, &["add", "--all"]);
    git(&workspace, &["commit", "--quiet", "--message", "before"]);
    let contract = workspace.join(CONTRACT);
    let text = fs::read_to_string(&contract).unwrap();
    fs::write(&contract, with_fields(&text)).unwrap();

    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--root")
        .arg(&workspace)
        .args(["upgrade", "--since", "HEAD"])
        .env("CARGO_TARGET_DIR", workspace_copy::target())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{shown}\n{errors}");
    for name in ["Note", "Title", "Amount", "Count", "Consent", "Tags"] {
        let change = format!("rehearsal{name} is new and optional in requests");
        assert!(shown.contains(&change), "{change}: {shown}");
        let clause = format!("path = \"rehearsal{name}\"");
        assert!(shown.contains(&clause), "{clause}: {shown}");
    }
    // Only the contract and what was derived from it.
    let written = shown
        .lines()
        .filter_map(|line| line.strip_prefix("written"));
    let mut expected: Vec<&str> = written.map(str::trim).chain([CONTRACT]).collect();
    expected.sort_unstable();
    let changed = git(&workspace, &["diff", "--name-only"]);
    let mut changed: Vec<&str> = changed.lines().collect();
    changed.sort_unstable();
    assert_eq!(changed, expected);
}

/// An edit of the generated code, and the clause that it breaks.
const BROKEN: [(&str, &str, &str); 4] = [
    (
        r#""changeCard", "PATCH""#,
        r#""changeCard", "POST""#,
        "operation.change-card",
    ),
    (
        "/v2/cards/{cardId}/controls",
        "/v2/cards/{cardId}/control",
        "operation.set-control",
    ),
    (r#""pageSize""#, r#""page""#, "query.page-size"),
    (r#"list = "grid""#, r#"list = "cells""#, "request.grid"),
];

#[test]
#[ignore = "builds the suite; CI runs it"]
fn another_api_needs_no_edit_of_rust() {
    let _one = SUITE.lock().unwrap_or_else(PoisonError::into_inner);
    let workspace = workspace_copy::copy("another");
    let other = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cards"));
    for file in ["customers.yaml", "clauses.toml"] {
        fs::copy(other.join(file), workspace.join("openapi").join(file)).unwrap();
    }
    xtask::regen(&workspace, xtask::Mode::Write).unwrap_or_else(|errors| panic!("{errors}"));
    let suite = |arguments: &[&str]| {
        let output = workspace_copy::cargo(&workspace)
            .args(["run", "--quiet", "--package", "conformance", "--"])
            .args(arguments)
            .output()
            .unwrap();
        let shown = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&shown).into_owned(),
        )
    };
    for arguments in [&["--cases", "50"][..], &["mutants"]] {
        let (passed, shown) = suite(arguments);
        assert!(passed, "{shown}");
    }
    let generated = workspace.join("crates/bvnk-gen/src/generated.rs");
    let mut code = fs::read_to_string(&generated).unwrap();
    for (from, to, _) in BROKEN {
        let wrong = code.replace(from, to);
        assert_ne!(wrong, code, "{from}");
        code = wrong;
    }
    fs::write(&generated, code).unwrap();
    // All at once, as each takes a build: one does not hide another.
    let (passed, shown) = suite(&["--cases", "5"]);
    for (from, to, clause) in BROKEN {
        let named = format!("clause     {clause}: ");
        assert!(!passed && shown.contains(&named), "{from} -> {to}: {shown}");
    }
}
