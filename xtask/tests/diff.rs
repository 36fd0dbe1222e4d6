//! `diff` says what an edit of the contract means. The edits are generated from the
//! contract itself, each with what must be said of it, which follows from how it was made.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "diff/edits.rs"]
mod edits;

use std::path::Path;
use std::process::{Command, Output};

use edits::{contract, edits, properties};
use serde_json::Value;
use xtask::diff::{Diff, Side, Verdict, contracts};

/// A contract and clauses that stay as they are when the contract changes.
fn home() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workspace"))
}

fn diff(folder: &Path, old: &Value, new: &Value) -> Diff {
    let [before, after] = [("old.json", old), ("new.json", new)].map(|(name, document)| {
        let file = folder.join(name);
        std::fs::write(&file, document.to_string()).unwrap();
        file.to_str().unwrap().to_owned()
    });
    contracts(home(), &before, Some(&after)).unwrap()
}

#[test]
fn generated_edits_are_told_as_what_they_mean() {
    let folder = tempfile::tempdir().unwrap();
    let document = contract();
    let mut tried = 0;
    let bodies = [
        (Side::Requests, "/components/schemas/CreateCustomerRequest"),
        (Side::Answers, "/components/schemas/Customer"),
    ];
    for (side, schema) in bodies {
        let mut found = Vec::new();
        properties(&document, schema, "", &mut found);
        for property in &found {
            for edit in edits(side, property) {
                let diff = diff(folder.path(), &edit.old, &edit.document);
                let told: Vec<_> = diff
                    .findings
                    .iter()
                    .map(|finding| (finding.verdict, finding.side, finding.says.clone()))
                    .filter(|(verdict, _, _)| *verdict != Verdict::Words)
                    .collect();
                let wanted = vec![(edit.verdict, edit.side, edit.says.clone())];
                assert_eq!(told, wanted, "{}", edit.says);
                assert_eq!(diff.is_breaking(), edit.verdict == Verdict::Breaking);
                tried += 1;
            }
        }
    }
    assert!(tried >= 100, "only {tried} edits were tried");
}

/// What `drift` does not compare, and what belongs to no single attribute.
#[test]
fn everything_else_is_told_too() {
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("workspace/openapi/customers.yaml");
    let old: Value = serde_saphyr::from_str(text).unwrap();
    let mut told = String::new();
    for (name, change) in edits::OTHERS {
        let mut new = old.clone();
        change(&mut new);
        let diff = diff(folder.path(), &old, &new);
        told.push_str(&format!("## {name}\n"));
        for finding in &diff.findings {
            let rust = finding
                .rust
                .as_ref()
                .map_or(String::new(), |rust| format!(" [{rust}]"));
            told.push_str(&format!(
                "{:?}, {:?}: {}: {}{rust}\n",
                finding.verdict, finding.side, finding.says, finding.why
            ));
            let clauses: Vec<&str> = finding.clauses.iter().map(String::as_str).collect();
            if !clauses.is_empty() {
                told.push_str(&format!("    {}\n", clauses.join(", ")));
            }
        }
        told.push_str(&format!("{}\n\n", diff.verdict()));
    }
    insta::assert_snapshot!(told);
}

fn run(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--root")
        .arg(root)
        .args(arguments)
        .output()
        .unwrap()
}

/// A repository with the contract as it is, and with an edit in the working tree.
#[test]
fn a_revision_is_compared_with_the_working_tree() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    std::fs::create_dir(root.join("openapi")).unwrap();
    let original = std::fs::read_to_string(home().join("openapi/customers.yaml")).unwrap();
    let file = root.join("openapi/customers.yaml");
    std::fs::write(&file, &original).unwrap();
    let git = |arguments: &[&str]| {
        let person = [
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@example.com",
            "-c",
            "commit.gpgsign=false",
        ];
        let done = Command::new("git")
            .args(person)
            .args(arguments)
            .current_dir(root)
            .output();
        assert!(done.unwrap().status.success(), "git {arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "first"]);

    let same = run(root, &["diff", "git:HEAD"]);
    assert_eq!(same.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&same.stdout).contains("nothing changed"));

    let from = "required: [firstName, lastName,";
    let edited = original.replacen(from, "required: [nationality, firstName, lastName,", 1);
    assert_ne!(edited, original);
    std::fs::write(&file, &edited).unwrap();
    let broken = run(root, &["diff", "git:HEAD"]);
    assert_eq!(broken.status.code(), Some(1));
    insta::assert_snapshot!("table", String::from_utf8(broken.stdout).unwrap());
    let markdown = run(root, &["diff", "git:HEAD", "--markdown"]);
    insta::assert_snapshot!("markdown", String::from_utf8(markdown.stdout).unwrap());
    let machine = run(root, &["diff", "git:HEAD", "--json"]);
    assert_eq!(machine.status.code(), Some(1));
    let machine: Value = serde_json::from_slice(&machine.stdout).unwrap();
    assert_eq!(
        machine["changes"][0]["says"],
        "individual.nationality is now required in requests"
    );
    assert_eq!(machine["step"], "minor");

    // The version tells it: the same change is no surprise.
    std::fs::write(
        &file,
        edited.replacen("version: 0.1.0", "version: 0.2.0", 1),
    )
    .unwrap();
    assert_eq!(run(root, &["diff", "git:HEAD"]).status.code(), Some(0));

    for (arguments, word) in [
        (["diff", "git:nothing"], "git:nothing"),
        (["diff", "git:--output=x"], "is no revision"),
        (["diff", "no-such-file.yaml"], "cannot be read"),
        (["diff", "Cargo.toml"], "to mend it"),
    ] {
        let output = run(root, &arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(word), "{arguments:?}: {told}");
    }
}
