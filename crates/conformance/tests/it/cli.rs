//! The command line as its user meets it: exit codes, messages, signals, closed pipes.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const COMMANDS: [&str; 8] = [
    "run", "serve", "generate", "sign", "clauses", "doctor", "mutants", "chaos",
];

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_conformance"));
    command
        .args(arguments)
        .env("CARGO", "cargo")
        .env_remove("GITHUB_ACTIONS")
        .env_remove("BVNK_HAWK_ID")
        .env_remove("BVNK_HAWK_KEY");
    command
}

fn conformance(folder: &Path, arguments: &[&str]) -> Output {
    command(arguments).current_dir(folder).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The contract's own example of a creation.
fn example() -> Value {
    let flows = bvnk_simulator::contract().unwrap().flows();
    let body = flows[0].create.body.as_ref().unwrap();
    body.example.clone().unwrap()
}

#[test]
fn help_is_short_and_complete() {
    let folder = tempfile::tempdir().unwrap();
    let mut help = String::new();
    for name in [""].into_iter().chain(COMMANDS) {
        let arguments: Vec<&str> = [name, "--help"]
            .into_iter()
            .filter(|it| !it.is_empty())
            .collect();
        let output = conformance(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0));
        let text = stdout(&output);
        for expected in ["Usage: cargo conformance", "Example", "Exit codes: 0 "] {
            assert!(text.contains(expected), "{name}: {text}");
        }
        assert!(text.lines().all(|line| line.len() <= 110), "{text}");
        help += &format!("{}\n---\n", text.trim_end());
    }
    insta::assert_snapshot!(help);
}

#[test]
fn a_run_ends_with_its_result_and_can_be_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let output = conformance(folder.path(), &["--cases", "20", "--seed", "7"]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    let repeat = "cargo conformance --cases 20 --seed 7";
    assert!(text.contains(repeat), "{text}");
    let last = text.lines().last().unwrap();
    assert!(last.starts_with("Conformance passed: "), "{text}");
}

#[test]
fn a_format_is_printed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let output = conformance(folder.path(), &["--cases", "1", "--format", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["passed"], true);
    let output = command(&["--cases", "1"])
        .env("GITHUB_ACTIONS", "true")
        .output()
        .unwrap();
    let text = stdout(&output);
    let last = text.lines().last().unwrap();
    assert!(
        last.starts_with("::notice title=Conformance passed::"),
        "{text}"
    );
}

/// Without cargo the program may be nowhere on the path.
#[test]
fn a_run_is_repeated_with_the_program_that_was_started() {
    let mut command = command(&["--cases", "1"]);
    let output = command.env_remove("CARGO").output().unwrap();
    let repeat = format!("repeat     {} --cases 1", env!("CARGO_BIN_EXE_conformance"));
    assert!(stdout(&output).contains(&repeat), "{}", stdout(&output));
}

/// The result is printed although a file of the report cannot be written.
#[test]
fn a_report_that_cannot_be_written_hides_no_result() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("report.html")).unwrap();
    let output = conformance(folder.path(), &["--cases", "1", "--report", "."]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stdout(&output).contains("Conformance passed"),
        "{}",
        stdout(&output)
    );
    let error = stderr(&output);
    assert!(
        error.contains("error: the report: ./report.html: "),
        "{error}"
    );
}

#[test]
fn a_report_is_written_to_a_folder() {
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

#[test]
fn a_seed_generates_the_same_people_and_edge_cases_are_others() {
    let folder = tempfile::tempdir().unwrap();
    let generate = |arguments: &[&str]| {
        let arguments = [&["generate", "--cases", "5"], arguments].concat();
        let text = stdout(&conformance(folder.path(), &arguments));
        assert_eq!(text.lines().count(), 5);
        for line in text.lines() {
            serde_json::from_str::<Value>(line).unwrap();
        }
        text
    };
    let one = generate(&["--seed", "1"]);
    assert_eq!(one, generate(&["--seed", "1"]));
    assert_ne!(one, generate(&["--seed", "2"]));
    assert_ne!(one, generate(&["--seed", "1", "--edge-cases"]));
}

#[test]
fn an_individual_from_a_file_is_created_as_a_body_or_as_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let body = example();
    for (name, value) in [("body.json", &body), ("person.json", &body["individual"])] {
        fs::write(folder.path().join(name), value.to_string()).unwrap();
        let output = conformance(folder.path(), &["--individual", name]);
        let text = format!("{}{}", stdout(&output), stderr(&output));
        assert_eq!(output.status.code(), Some(0), "{name}: {text}");
        assert!(text.contains("\nConformance passed: "), "{text}");
    }
}

/// Each invalid property is reported by its place, none by its value.
#[test]
fn an_invalid_individual_is_reported_property_by_property() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = example();
    wrong["individual"]["dateOfBirth"] = "1990-02-31".into();
    wrong["individual"]["email"] = "Doe the elder".into();
    wrong["individual"]["address"]["countryCode"] = "Atlantis".into();
    wrong["individual"]["edd"]["intermediary"] = "sometimes".into();
    wrong["signed_agreement_id"] = "".into();
    wrong["individual"]
        .as_object_mut()
        .unwrap()
        .remove("lastName");
    let mut misspelt = example();
    misspelt["individual"]["natonality"] = "XYZ".into();
    let files = [
        ("wrong.json", wrong.to_string()),
        ("misspelt.json", misspelt.to_string()),
        ("text.json", "{\"individual\": ".to_owned()),
        ("list.json", "[1, 2]".to_owned()),
    ];
    let mut errors = String::new();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
        let output = conformance(folder.path(), &["--individual", name]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        errors.push_str(&stderr(&output));
    }
    for value in ["1990-02-31", "elder", "Atlantis", "sometimes", "XYZ"] {
        assert!(!errors.contains(value), "{errors}");
    }
    insta::assert_snapshot!(errors);
}

/// A port of this machine on which nothing listens.
fn dead_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn errors_show_no_password_and_no_escape() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        ["serve", "--webhook", "http://user:s3cret@127.0.0.1/hooks"],
        ["--target", "http://user:s3cret@127.0.0.1", "--id=me"],
        ["sign", "GET", "http://user:s3cret@127.0.0.1/"],
        [
            "--individual",
            "no\u{1b}[2J##[error]\n::error::x",
            "--cases=1",
        ],
        ["serve", "--fault", "no\u{1b}[2J##[error]"],
    ] {
        let mut command = command(&arguments);
        command.current_dir(folder.path()).env("BVNK_HAWK_ID", "me");
        let output = command.env("BVNK_HAWK_KEY", "key").output().unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        for part in ["s3cret", "\u{1b}", "##[", "\n::"] {
            assert!(!text.contains(part), "{text}");
        }
    }
}

#[test]
fn what_cannot_run_is_one_error_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let dead = dead_port();
    for (arguments, expected) in [
        ("--individual missing.json", "missing.json"),
        (
            "--individual x.json --target http://127.0.0.1:9 --id me --key-env KEY",
            "--target",
        ),
        (
            "--cases 1 --report /dev/null/folder",
            "the report: /dev/null",
        ),
        ("--cases many", "many"),
        ("frobnicate", "frobnicate"),
        ("serv", "`serve`"),
        ("--tagret http://127.0.0.1:9", "`--target`"),
        ("mutant --list", "`mutants`"),
        ("--format pdf", "markdown"),
        ("--rate 3", "--target"),
        (
            "--strict --rate 0 --target http://127.0.0.1:9",
            "at least 1",
        ),
        ("serve --id a\"b", "id"),
        ("serve --fault no-such-fault", "internal-error"),
        ("--target http://127.0.0.1:9", "BVNK_HAWK_ID"),
        (
            "--target http://127.0.0.1:9 --id me --key-env the-secret-key",
            "the environment variable that --key-env names",
        ),
        (
            "--target https://api.bvnk.com --id me --key-env KEY",
            "production",
        ),
        (
            "--target https://api.sandbox.bvnk.com --id me --key-env KEY",
            "--allow-sandbox",
        ),
        (
            "--target https://user:pass-word@example.com --id me --key-env KEY",
            "error",
        ),
        ("--allow no-such-clause=tomorrow", "tomorrow"),
        ("mutants --mutant no-such-mutant", "no-such-mutant"),
        ("chaos --requests 5", "at least 500"),
        ("sign GET", "URL"),
        ("sign GET nowhere --id me --key-env KEY", "URL"),
        (
            &format!("--target {dead} --id me --key-env KEY"),
            &dead["http://".len()..],
        ),
    ] {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let output = command(&arguments)
            .current_dir(folder.path())
            .env("KEY", "the-secret-key")
            .output()
            .unwrap();
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
        assert_eq!(text.matches("error: ").count(), 1, "{arguments:?}: {text}");
        assert!(
            !text.contains("the-secret-key") && !text.contains("pass-word"),
            "{text}"
        );
        assert_eq!(stdout(&output), "", "{arguments:?}");
    }
}

/// A reader may leave early, as `head` does; both outputs may be closed.
#[test]
fn closed_pipes_are_no_failure() {
    for arguments in [
        &["--cases", "1"][..],
        &["--cases", "1", "--format", "json"],
        &["--help"],
        &["clauses"],
        &["mutants", "--list"],
        &["serve", "--list-faults"],
        &["generate", "--cases", "100"],
    ] {
        let closed = || {
            let (reader, writer) = std::io::pipe().unwrap();
            drop(reader);
            writer
        };
        let output = command(arguments)
            .stdout(closed())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(!stderr(&output).contains("panicked"), "{arguments:?}");
        let status = command(arguments)
            .stdout(closed())
            .stderr(closed())
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(0), "{arguments:?}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = command(&["frobnicate"]).stderr(writer).status().unwrap();
    assert_eq!(status.code(), Some(2));
}

/// A simulator as its own program, stopped when dropped.
struct Served {
    server: Child,
    url: String,
    help: String,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["serve", "--id", "me", "--key", "the-key"], arguments].concat();
        let mut server = command(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        let mut help = String::new();
        while !help.contains("Ctrl-C") {
            help += &(lines.next().unwrap().unwrap() + "\n");
        }
        let url = help.lines().next().unwrap().split_whitespace().last();
        Self {
            server,
            url: url.unwrap().to_owned(),
            help,
        }
    }

    /// Sends a request, and returns the response as text.
    fn send(&self, head: &str) -> String {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!("{head}\r\nhost: {address}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        response
    }

    #[cfg(unix)]
    fn signal(mut self, signal: &str) -> (Option<i32>, String) {
        let id = self.server.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        let status = self.server.wait().unwrap();
        let mut errors = String::new();
        let stderr = self.server.stderr.take();
        stderr.unwrap().read_to_string(&mut errors).unwrap();
        (status.code(), errors)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[cfg(unix)]
#[test]
fn signals_end_a_server_with_0_and_only_a_public_one_is_warned_about() {
    let (code, errors) = Served::start(&[]).signal("-TERM");
    assert_eq!((code, errors.as_str()), (Some(0), ""));
    let (code, errors) = Served::start(&["--bind", "0.0.0.0"]).signal("-INT");
    assert_eq!(code, Some(0));
    assert!(
        errors.starts_with("warning: other machines can reach this server"),
        "{errors}"
    );
}

#[test]
fn a_server_explains_itself_and_can_have_faults() {
    let served = Served::start(&[]);
    assert!(served.help.contains("BVNK_BASE_URL"), "{}", served.help);
    let response = served.send("GET / HTTP/1.1");
    assert!(response.starts_with("HTTP/1.1 401"), "{response}");
    assert!(response.contains("hawk.1.header"), "{response}");
    let served = Served::start(&["--fault", "bad-gateway", "--fault", "latency"]);
    assert!(served.help.contains("\n  bad-gateway "), "{}", served.help);
    let folder = tempfile::tempdir().unwrap();
    let list = stdout(&conformance(folder.path(), &["serve", "--list-faults"]));
    assert_eq!(list.lines().count(), bvnk_simulator::Fault::ALL.len());
}

/// The `Authorization` header of `sign` is accepted once: the request is not found then,
/// which only a signed one is.
#[test]
fn a_signed_request_is_accepted_once() {
    let served = Served::start(&[]);
    let flows = bvnk_simulator::contract().unwrap().flows();
    let template = &flows[0].follow.path;
    let end = template.find('{').unwrap();
    let path = format!(
        "{}{}",
        &template[..end],
        "00000000-0000-0000-0000-000000000000"
    );
    let url = format!("{}{path}", served.url);
    let output = command(&["sign", "get", &url])
        .env("BVNK_HAWK_ID", "me")
        .env("BVNK_HAWK_KEY", "the-key")
        .output()
        .unwrap();
    let header = stdout(&output);
    assert!(
        header.starts_with("Hawk id=\"me\"") && !header.contains("the-key"),
        "{header}"
    );
    let head = format!("GET {path} HTTP/1.1\r\nauthorization: {}", header.trim());
    let response = served.send(&head);
    assert!(response.starts_with("HTTP/1.1 404"), "{response}");
    let response = served.send(&head);
    assert!(response.starts_with("HTTP/1.1 401"), "{response}");
}

#[test]
fn another_server_is_tested_and_a_wrong_key_is_one_error() {
    let served = Served::start(&[]);
    let run = |key: &str| {
        let arguments = [
            "--target",
            &served.url,
            "--id",
            "me",
            "--key-env",
            "KEY",
            "--cases",
            "1",
        ];
        command(&arguments).env("KEY", key).output().unwrap()
    };
    let output = run("the-key");
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    assert!(
        text.contains(&served.url) && !text.contains("the-key"),
        "{text}"
    );
    // A log shows that the run goes on.
    let log = stderr(&output);
    assert!(log.contains("\nsignature-refused, cases: "), "{log}");
    // So that its commands can be run as they are.
    let repeat = format!("--target {} --key-env KEY", served.url);
    assert!(text.contains(&repeat), "{text}");
    let output = run("another-key");
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stderr(&output).contains("error: ") && !stderr(&output).contains("another-key"));
    assert_eq!(stdout(&output), "");
}

/// A run that is interrupted reports what it found.
#[cfg(unix)]
#[test]
fn an_interrupted_run_has_a_report() {
    let mut command = command(&["--cases", "3000", "--format", "json"]);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    let mut log = BufReader::new(run.stderr.take().unwrap()).lines();
    assert!(log.next().is_some());
    let id = run.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["run"]["stopped"], "interrupted");
    assert_eq!(report["passed"], false);
    let text = report.to_string();
    assert!(text.contains("the run ended early"), "{text}");
}

#[test]
fn the_doctor_distinguishes_a_right_key_from_a_wrong_one() {
    let served = Served::start(&[]);
    for (key, code) in [("the-key", 0), ("another", 1)] {
        let output = command(&["doctor"])
            .env("BVNK_BASE_URL", &served.url)
            .env("BVNK_HAWK_ID", "me")
            .env("BVNK_HAWK_KEY", key)
            .output()
            .unwrap();
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(!text.is_empty() && !text.contains(key), "{text}");
    }
    let output = command(&["doctor"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("BVNK_HAWK_ID"));
}
