//! The commands and tasks that the README and its pages name exist and do what it says.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

const README: &str = concat!(
    include_str!("../../../../README.md"),
    include_str!("../../../../docs/conformance.md"),
    include_str!("../../../../docs/testing-your-service.md"),
    include_str!("../../../../CONTRIBUTING.md"),
);

/// What stands in the README as code and begins with these words.
fn commands(program: &str) -> impl Iterator<Item = &'static str> {
    let code = README.split(['`', '\n']);
    let code = code.map(|code| code.trim_start_matches("$ "));
    code.filter(move |code| code.starts_with(program))
}

fn conformance(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command
        .args(arguments)
        .current_dir(folder)
        .env("BVNK_HAWK_KEY", "the-key")
        .env_remove("GITHUB_ACTIONS");
    command
}

/// Starts the simulator as a program, calls `test` with its URL and stops it.
fn serve(folder: &Path, arguments: &[&str], test: impl FnOnce(&str)) {
    let mut server = conformance(folder, arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    test(first.split_whitespace().last().unwrap());
    server.kill().unwrap();
    server.wait().unwrap();
}

fn succeeds(folder: &Path, arguments: &[&str]) {
    let output = conformance(folder, arguments).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{arguments:?}: {stdout}{stderr}"
    );
}

/// Each command ends with 0, in a folder with the file that one of them reads. As many run at once
/// as there are cores.
#[test]
fn each_command_runs() {
    let folder = tempfile::tempdir().unwrap();
    let flows = bvnk_simulator::contract().unwrap().flows();
    let body = flows[0].create.body.as_ref().unwrap();
    let person = body.example.as_ref().unwrap()["individual"].to_string();
    fs::write(folder.path().join("person.json"), person).unwrap();
    let commands: BTreeSet<&str> = commands("cargo conformance").collect();
    assert!(commands.len() > 5, "{commands:?}");
    let left = Mutex::new(commands.into_iter());
    let next = || left.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().unwrap().get() {
            scope.spawn(|| {
                while let Some(command) = next() {
                    runs(folder.path(), command);
                }
            });
        }
    });
}

/// Runs one command. The two that need a server get one.
fn runs(folder: &Path, command: &str) {
    let mut arguments: Vec<&str> = command.split_whitespace().skip(2).collect();
    let place = |name: &str| arguments.iter().position(|argument| *argument == name);
    if let Some(port) = place("--port") {
        arguments[port + 1] = "0";
        serve(folder, &arguments, |url| {
            assert!(url.starts_with("http://"))
        });
    } else if let Some(target) = place("--target") {
        let served = ["serve", "--id", "me", "--key", "the-key"];
        serve(folder, &served, |url| {
            let mut arguments = arguments.clone();
            arguments[target + 1] = url;
            succeeds(folder, &arguments);
        });
    } else if arguments == ["doctor"] || arguments == ["mutants"] {
        // One needs a server to call, the other is a job of CI: each has its own tests.
    } else {
        if let Some(requests) = place("--requests") {
            // The README's number is for an optimised build.
            arguments[requests + 1] = "500";
        }
        succeeds(folder, &arguments);
    }
}

/// The tasks exist, and CI's test task is the README's command.
#[test]
fn each_task_exists() {
    let makefile: toml::Table = toml::from_str(include_str!("../../../../Makefile.toml")).unwrap();
    let tasks = makefile["tasks"].as_table().unwrap();
    let named: Vec<&str> = commands("cargo make ").collect();
    assert!(!named.is_empty());
    for code in named {
        let task = code.split_whitespace().nth(2).unwrap();
        assert!(tasks.contains_key(task), "{code}");
    }
    let test = tasks["test"]["args"].as_array().unwrap();
    let test: Vec<&str> = test.iter().filter_map(toml::Value::as_str).collect();
    assert!(README.contains(&format!("$ cargo {}", test.join(" "))));
    for task in tasks["ci"]["dependencies"].as_array().unwrap() {
        assert!(tasks.contains_key(task.as_str().unwrap()), "{task}");
    }
}
