//! The command line as a user meets it: exit codes, messages, and the commands of the README.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn conformance(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The documentation's own example of a request.
fn example() -> serde_json::Value {
    let contract = conformance::Contract::embedded().unwrap();
    contract.example("create_customer").unwrap().clone()
}

#[test]
fn a_run_ends_with_its_count_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let output = conformance(folder.path(), &["--cases", "20", "--seed", "7"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let told = stdout(&output);
    assert!(
        told.contains("cargo conformance --cases 20 --seed 7"),
        "{told}"
    );
    let checks = conformance::checks::CHECKS.len();
    assert_eq!(
        told.lines().last(),
        Some(format!("{checks} passed, 0 failed").as_str())
    );
}

#[test]
fn the_same_seed_makes_the_same_individuals() {
    let folder = tempfile::tempdir().unwrap();
    let [one, same, other] = ["1", "1", "2"].map(|seed| {
        stdout(&conformance(
            folder.path(),
            &["individuals", "--cases", "5", "--seed", seed],
        ))
    });
    assert_eq!(one, same);
    assert_ne!(one, other);
    assert_eq!(one.lines().count(), 5);
}

#[test]
fn an_individual_from_a_file_is_onboarded_whole_or_alone() {
    let folder = tempfile::tempdir().unwrap();
    let whole = example();
    for (name, body) in [("whole.json", &whole), ("alone.json", &whole["individual"])] {
        fs::write(folder.path().join(name), body.to_string()).unwrap();
        let output = conformance(folder.path(), &["--individual", name]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{name}: {}{}",
            stdout(&output),
            stderr(&output)
        );
        assert!(stdout(&output).contains(" passed, 0 failed"));
    }
}

/// A mutant that survives fails the run; here one is run that a check kills.
#[test]
fn a_mutant_is_told_with_what_kills_it() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["mutants", "--mutant", "unsigned", "--report", "out"];
    let output = conformance(folder.path(), &arguments);
    let told = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("clause    auth.create"), "{told}");
    let json = fs::read_to_string(folder.path().join("out/mutants.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["outcomes"][0]["fate"], "killed");
    let output = conformance(folder.path(), &["mutants", "--list"]);
    assert!(stdout(&output).lines().count() > 170);
}

#[test]
fn a_report_is_written_where_it_is_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let output = conformance(folder.path(), &["--cases", "1", "--report", "a/b"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    for name in [
        "report.xml",
        "report.json",
        "report.schema.json",
        "report.md",
        "report.html",
    ] {
        let text = fs::read_to_string(folder.path().join("a/b").join(name)).unwrap();
        assert!(!text.is_empty(), "{name}");
    }
}

/// Each wrong field is told by its place, none of its value, with exit 1.
#[test]
fn a_wrong_individual_is_told_field_by_field() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = example();
    wrong["individual"]["dateOfBirth"] = "1990-02-31".into();
    wrong["individual"]["email"] = "Doe the elder".into();
    wrong["individual"]["address"]["countryCode"] = "Atlantis".into();
    wrong["individual"]["edd"]["intermediary"] = "sometimes".into();
    wrong["individual"]
        .as_object_mut()
        .unwrap()
        .remove("lastName");
    wrong["signed_agreement_id"] = "".into();
    fs::write(folder.path().join("wrong.json"), wrong.to_string()).unwrap();
    fs::write(folder.path().join("text.json"), "{\"individual\": ").unwrap();
    fs::write(folder.path().join("list.json"), "[1, 2]").unwrap();
    let mut told = String::new();
    for name in ["wrong.json", "text.json", "list.json"] {
        let output = conformance(folder.path(), &["--individual", name]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        told.push_str(&stderr(&output));
    }
    for value in ["1990-02-31", "elder", "Atlantis", "sometimes"] {
        assert!(!told.contains(value), "{told}");
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_cannot_run_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["--individual", "missing.json"][..],
        &["--individual", "x.json", "--seed", "1"],
        &["--cases", "many"],
        &["frobnicate"],
        &["serve", "--id", "a\"b"],
        &["--target", "http://127.0.0.1:9"],
        &[
            "--target",
            "https://api.bvnk.com",
            "--id",
            "me",
            "--key-env",
            "PATH",
        ],
        &[
            "--target",
            "https://api.sandbox.bvnk.com",
            "--id",
            "me",
            "--key-env",
            "PATH",
        ],
        &[
            "--target",
            "http://127.0.0.1:9",
            "--id",
            "me",
            "--key-env",
            "NO_SUCH_VARIABLE",
        ],
        &["mutants", "--mutant", "nobody"],
        &["mutants", "--family", "nobody"],
        &["serve", "--fault", "no-such-thing"],
    ] {
        let output = conformance(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!stderr(&output).is_empty(), "{arguments:?}");
    }
}

/// Whoever reads may stop, as `head` does.
#[test]
fn a_list_that_nobody_reads_to_its_end_is_no_failure() {
    for arguments in [
        &["clauses"][..],
        &["mutants", "--list"],
        &["serve", "--list-faults"],
        &["individuals", "--cases", "1000"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = Command::new(env!("CARGO_BIN_EXE_conformance"))
            .args(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(stderr(&output), "", "{arguments:?}");
    }
}

/// Every command of the README that is ours does what the README says. The tests' own
/// command is the one that runs this; `cargo xtask` has a test of its own.
#[test]
fn the_readme_s_commands_run() {
    let readme = include_str!("../../../README.md");
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("person.json"),
        example()["individual"].to_string(),
    )
    .unwrap();
    let commands: Vec<&str> = readme
        .split(['`', '\n'])
        .map(|code| code.trim_start_matches("$ "))
        .filter(|code| code.starts_with("cargo conformance"))
        .collect();
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let mut arguments: Vec<&str> = command.split_whitespace().skip(2).collect();
        if let Some(port) = arguments.iter().position(|argument| *argument == "--port") {
            arguments[port + 1] = "0";
            serve(folder.path(), &arguments, calls);
            continue;
        }
        if let Some(requests) = arguments.iter().position(|it| *it == "--requests") {
            // The README's number is for an optimised build.
            arguments[requests + 1] = "500";
        }
        if arguments == ["doctor"] {
            continue; // a test of its own: it needs somebody to call
        }
        if arguments == ["mutants"] {
            // All of them take minutes without optimisation.
            arguments = vec!["mutants", "--mutant", "unsigned"];
        }
        if let Some(target) = arguments.iter().position(|it| *it == "--target") {
            serve(
                folder.path(),
                &["serve", "--id", "me", "--key", "mine"],
                |url| {
                    let mut arguments: Vec<&str> = arguments.clone();
                    arguments[target + 1] = url;
                    judged_elsewhere(folder.path(), &arguments);
                },
            );
            continue;
        }
        let output = conformance(folder.path(), &arguments);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{command}: {}{}",
            stdout(&output),
            stderr(&output)
        );
    }
}

/// Starts the simulator as a program, reads how to call it, and stops it after `call`.
fn serve(folder: &Path, arguments: &[&str], call: impl FnOnce(&str)) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let url = first.split_whitespace().last().unwrap().to_owned();
    let told: Vec<String> = lines
        .by_ref()
        .map_while(Result::ok)
        .take_while(|line| !line.contains("Ctrl-C"))
        .collect();
    assert!(
        told.iter().any(|line| line.contains("BVNK_BASE_URL")),
        "{told:?}"
    );
    call(&url);
    server.kill().unwrap();
    server.wait().unwrap();
}

/// The suite against a server that it did not start.
fn judged_elsewhere(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .args(arguments)
        .current_dir(folder)
        .env("BVNK_HAWK_KEY", "mine")
        .output()
        .unwrap();
    let told = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{told}{}", stderr(&output));
    assert!(
        told.contains(" skipped: it needs a server that fails"),
        "{told}"
    );
    assert!(!told.contains("mine"), "{told}");
}

/// Without a signature there is nothing to be had but how to sign.
fn calls(url: &str) {
    let answer = get(url, "/");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("hawk.1.header"), "{answer}");
}

/// An unsigned request, and the whole answer.
fn get(url: &str, path: &str) -> String {
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Each fault is listed with what it does, can be asked for, and is told.
#[test]
fn a_server_can_be_broken_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let output = conformance(folder.path(), &["serve", "--list-faults"]);
    assert_eq!(output.status.code(), Some(0));
    let told = stdout(&output);
    assert_eq!(told.lines().count(), bvnk_simulator::Fault::ALL.len());
    let arguments = "serve --fault bad-gateway --fault status-typo";
    let arguments: Vec<_> = arguments.split(' ').collect();
    serve(folder.path(), &arguments, |url| {
        let answer = get(url, "/platform/v1/customers/nobody");
        assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
        let answer = get(url, "/_simulator/attempts");
        for expected in ["bad-gateway", "status-typo", "/customers/nobody", "502"] {
            assert!(answer.contains(expected), "{answer}");
        }
    });
}

fn doctor(folder: &Path, url: &str, key: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance"))
        .arg("doctor")
        .current_dir(folder)
        .env("BVNK_BASE_URL", url)
        .env("BVNK_HAWK_ID", "me")
        .env("BVNK_HAWK_KEY", key)
        .output()
        .unwrap()
}

#[test]
fn the_doctor_tells_right_from_wrong() {
    let folder = tempfile::tempdir().unwrap();
    serve(
        folder.path(),
        &["serve", "--id", "me", "--key", "mine"],
        |url| {
            for (key, code, word) in [("mine", 0, "right"), ("another", 1, "credentials")] {
                let output = doctor(folder.path(), url, key);
                let told = stdout(&output);
                assert_eq!(output.status.code(), Some(code), "{told}");
                assert!(told.contains(word) && !told.contains(key), "{told}");
            }
        },
    );
    let output = Command::new(env!("CARGO_BIN_EXE_conformance"))
        .arg("doctor")
        .env_remove("BVNK_HAWK_ID")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("BVNK_HAWK_ID"));
}

/// The tasks that the README names are there, and CI's test task is the README's command.
#[test]
fn the_readme_s_count_of_checks_is_right() {
    let readme = include_str!("../../../README.md");
    let line = format!("\n{} passed, 0 failed\n", conformance::checks::CHECKS.len());
    assert!(readme.contains(&line), "the README has not {line:?}");
}

#[test]
fn the_readme_s_tasks_exist() {
    let readme = include_str!("../../../README.md");
    let makefile: toml::Table = toml::from_str(include_str!("../../../Makefile.toml")).unwrap();
    let tasks = makefile["tasks"].as_table().unwrap();
    let mut named = 0;
    for code in readme
        .split(['`', '\n'])
        .filter(|code| code.starts_with("cargo make "))
    {
        let task = code.split_whitespace().nth(2).unwrap();
        assert!(tasks.contains_key(task), "{code}");
        named += 1;
    }
    assert!(named > 0);
    let test = tasks["test"]["args"].as_array().unwrap();
    let command: Vec<&str> = test.iter().filter_map(toml::Value::as_str).collect();
    assert!(readme.contains(&format!("$ cargo {}", command.join(" "))));
    for task in tasks["ci"]["dependencies"].as_array().unwrap() {
        assert!(tasks.contains_key(task.as_str().unwrap()), "{task}");
    }
}

#[test]
fn help_is_short_and_complete() {
    let folder = tempfile::tempdir().unwrap();
    let mut told = String::new();
    for command in ["", "mutants", "chaos", "serve", "individuals"] {
        let arguments = [command, "--help"];
        let arguments = &arguments[usize::from(command.is_empty())..];
        told.push_str(&stdout(&conformance(folder.path(), arguments)));
        told.push_str("---\n");
    }
    insta::assert_snapshot!(told);
}
