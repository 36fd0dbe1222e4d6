//! `upgrade` derives, compares with the last release, runs the suite, and drafts what people
//! decide. CI runs the suite itself; here git stands in for cargo, with a command of that
//! name that passes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const CONTRACT: &str = "openapi/customers.yaml";
const FILES: [&str; 4] = [
    CONTRACT,
    "openapi/clauses.toml",
    "crates/bvnk-gen/src/generated.rs",
    "crates/bvnk-simulator/contract.json",
];

fn git(root: &Path, arguments: &[&str]) {
    let done = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(["-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
        .args(arguments)
        .current_dir(root)
        .output()
        .unwrap();
    assert!(done.status.success(), "git {arguments:?}");
}

/// A repository with the contract and what is derived from it.
fn workspace() -> tempfile::TempDir {
    let home = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workspace"));
    let copy = tempfile::tempdir().unwrap();
    for file in FILES {
        fs::create_dir_all(copy.path().join(file).parent().unwrap()).unwrap();
    }
    for file in &FILES[..2] {
        fs::copy(home.join(file), copy.path().join(file)).unwrap();
    }
    xtask::regen(copy.path(), xtask::Mode::Write).unwrap();
    git(copy.path(), &["init", "--quiet"]);
    git(copy.path(), &["add", "."]);
    git(copy.path(), &["commit", "--quiet", "--message", "first"]);
    copy
}

fn upgrade(root: &Path, suite: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--root")
        .arg(root)
        .arg("upgrade")
        .args(arguments)
        .env("CARGO", "git")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "alias.conformance")
        .env("GIT_CONFIG_VALUE_0", suite)
        .output()
        .unwrap()
}

const GREEN: &str = "rev-parse --is-inside-work-tree";
const RED: &str = "rev-parse --verify --quiet no-such-revision";

fn edit(root: &Path, edits: &[(&str, &str)]) {
    let file = root.join(CONTRACT);
    let mut text = fs::read_to_string(&file).unwrap();
    for (from, to) in edits {
        assert!(text.contains(from), "the contract no longer has {from:?}");
        text = text.replacen(from, to, 1);
    }
    fs::write(file, text).unwrap();
}

const MIDDLE_NAME: (&str, &str) = (
    "        lastName:\n",
    "        middleName:\n          type: string\n          minLength: 1\n        lastName:\n",
);

#[test]
fn a_new_field_takes_one_command() {
    let copy = workspace();
    let root = copy.path();
    edit(root, &[MIDDLE_NAME]);
    let output = upgrade(root, GREEN, &[]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!("field", text.replace('\\', "/"));
    let generated = fs::read_to_string(root.join(FILES[2])).unwrap();
    assert!(generated.contains("pub middle_name"));

    // The suite's verdict is the command's.
    assert_eq!(upgrade(root, RED, &[]).status.code(), Some(1));
}

#[test]
fn the_version_must_state_what_breaks() {
    let copy = workspace();
    let root = copy.path();
    git(root, &["tag", "v0.1.0"]);
    let rename = [
        ("        postCode:\n", "        postalCode:\n"),
        (
            "city, postCode, countryCode",
            "city, postalCode, countryCode",
        ),
        (
            "                  postCode: '10001'",
            "                  postalCode: '10001'",
        ),
    ];
    edit(root, &rename);
    git(root, &["commit", "--all", "--quiet", "--message", "second"]);
    let output = upgrade(root, GREEN, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!("renamed", text.replace('\\', "/"));

    edit(root, &[("version: 0.1.0", "version: 0.2.0")]);
    assert_eq!(upgrade(root, GREEN, &[]).status.code(), Some(0));

    // Since the last commit only the version changed.
    let since = upgrade(root, GREEN, &["--since", "HEAD"]);
    let text = String::from_utf8(since.stdout).unwrap();
    assert!(text.contains("nothing differs from HEAD"), "{text}");
}

/// A clause about a changed fact is drafted as it would be, with its id and its words.
#[test]
fn changed_clauses_are_drafted() {
    let copy = workspace();
    let root = copy.path();
    let edits = [
        (
            "nationality:\n          type: string\n",
            "nationality:\n          type: string\n          maxLength: 2\n",
        ),
        (
            "                  countryCode: US\n",
            "                  countryCode: DE\n",
        ),
        (
            "                firstName: John\n",
            "                firstName: Jane\n",
        ),
        (
            "[VERIFIED, UNSUCCESSFUL, REJECTED, TERMINATED]",
            "[VERIFIED, UNSUCCESSFUL]",
        ),
    ];
    edit(root, &edits);
    let text = String::from_utf8(upgrade(root, GREEN, &[]).stdout).unwrap();
    let review = text.split("# To review").nth(1).unwrap();
    let review = review.split("# The suite").next().unwrap();
    insta::assert_snapshot!("changed", review);
}

#[test]
fn a_release_that_is_not_there_stops_it_before_anything_is_written() {
    let copy = workspace();
    let root = copy.path();
    let before = fs::read(root.join(FILES[2])).unwrap();
    edit(root, &[MIDDLE_NAME]);
    let output = upgrade(root, GREEN, &["--since", "nope"]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("git:nope"), "{text}");
    assert!(text.contains("no file was changed"), "{text}");
    assert_eq!(fs::read(root.join(FILES[2])).unwrap(), before);
}

/// A folder stands where the second file is to be written.
#[test]
fn files_that_were_written_before_a_problem_are_named() {
    let copy = workspace();
    let root = copy.path();
    fs::remove_file(root.join(FILES[3])).unwrap();
    fs::create_dir(root.join(FILES[3])).unwrap();
    edit(root, &[MIDDLE_NAME]);
    let output = upgrade(root, GREEN, &[]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.contains("written before: crates/bvnk-gen/src/generated.rs"),
        "{text}"
    );
}

/// A member that the answers of two operations share is two attributes, each with a clause.
#[test]
fn drafts_of_clauses_have_ids_of_their_own() {
    let copy = workspace();
    let root = copy.path();
    let nickname = (
        "    Customer:\n      type: object\n      description: A customer, as the API answers it\n      required: [reference, status]\n      properties:\n",
        "    Customer:\n      type: object\n      description: A customer, as the API answers it\n      required: [reference, status]\n      properties:\n        nickName:\n          type: string\n        nick_name:\n          type: string\n",
    );
    edit(root, &[nickname]);
    let text = String::from_utf8(upgrade(root, GREEN, &[]).stdout).unwrap();
    let ids: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("id = "))
        .collect();
    let expected = [
        "\"answer.nick-name\"",
        "\"create-customer.202.nick-name\"",
        "\"get-customer.200.nick-name\"",
        "\"get-customer.200.nick-name-2\"",
    ];
    assert_eq!(ids, expected, "{text}");
}

#[test]
fn a_broken_contract_stops_it_before_anything_is_written() {
    let copy = workspace();
    let root = copy.path();
    let before = fs::read(root.join(FILES[2])).unwrap();
    edit(root, &[("type: boolean", "type: bool")]);
    let output = upgrade(root, GREEN, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().contains("help: "));
    assert_eq!(fs::read(root.join(FILES[2])).unwrap(), before);
}

/// The suite could not start with the copy that would be written.
#[test]
fn regen_writes_no_clauses_that_cannot_be_read() {
    let copy = workspace();
    let root = copy.path();
    let copied = || fs::read_to_string(root.join("crates/conformance/clauses.toml")).unwrap();
    let before = copied();
    let clause = "[[clause]]\nid = \"a\"\nsays = \"A fact.\"\nbasis = \"documented\"\n\
                  expect = { kind = \"behaviour\" }\n";
    for (from, to, message) in [
        (
            "\"behaviour\"",
            "\"behavior\"",
            "unknown variant `behavior`",
        ),
        ("id = \"a\"", "id = \"a", "invalid basic string"),
        (
            "A fact.",
            " ",
            "says nothing\n  --> openapi/clauses.toml, at line 1, clause `a`",
        ),
    ] {
        fs::write(root.join(FILES[1]), clause.replace(from, to)).unwrap();
        let error = xtask::regen(root, xtask::Mode::Write)
            .unwrap_err()
            .to_string();
        assert!(error.contains(message), "{from}: {error}");
        assert_eq!(copied(), before, "{from}");
    }
}
