//! A rehearsal of a change of the API: the contract of a copy of the workspace gets an
//! optional field of each kind, and `upgrade` takes them to a green suite without an edit of
//! Rust.
//!
//! It builds the suite, so it is ignored by default. CI runs
//! `cargo test --package xtask --test rehearsal -- --ignored`.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use bvnk_contract::Contract;
use xtask::CONTRACT;

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

/// Copies the files that git knows, and commits them as a repository of their own.
fn copy(root: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    let files = git(
        root,
        &["ls-files", "--cached", "--others", "--exclude-standard"],
    );
    for file in files.lines().filter(|file| root.join(file).is_file()) {
        fs::create_dir_all(to.join(file).parent().unwrap()).unwrap();
        fs::copy(root.join(file), to.join(file)).unwrap();
    }
    git(to, &["init", "--quiet"]);
    git(to, &["add", "--all"]);
    git(to, &["commit", "--quiet", "--message", "before"]);
}

/// The contract with the fields in the first request body that a component describes.
fn with_fields(text: &str) -> String {
    let contract = Contract::from_yaml(CONTRACT, text).unwrap();
    let mut bodies = contract
        .operations()
        .iter()
        .filter_map(|operation| operation.body.as_ref());
    let schema = bodies.find_map(|body| body.schema.reference()).unwrap();
    let start = text.find(&format!("\n    {schema}:\n")).unwrap();
    let properties = "\n      properties:\n";
    let at = start + text[start..].find(properties).unwrap() + properties.len();
    format!("{}{FIELDS}{}", &text[..at], &text[at..])
}

#[test]
#[ignore = "builds the suite; CI runs it"]
fn an_optional_field_of_each_kind_needs_no_edit_of_rust() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let workspace = temporary.join("rehearsal");
    copy(root, &workspace);
    let contract = workspace.join(CONTRACT);
    let text = fs::read_to_string(&contract).unwrap();
    fs::write(&contract, with_fields(&text)).unwrap();

    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--root")
        .arg(&workspace)
        .args(["upgrade", "--since", "HEAD"])
        // The suite's dependencies are there already.
        .env("CARGO_TARGET_DIR", temporary.parent().unwrap())
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
