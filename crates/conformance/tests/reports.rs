//! The report's files as their readers take them: people, CI jobs, test tools, programs.

#![allow(clippy::unwrap_used)]

mod reports {
    mod markup;
    pub(crate) mod samples;
}

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use conformance::{Report, Verdict};
use reports::samples::{many, small, with};
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::{Value, json};

/// What the files say, by their names.
fn files(report: &Report) -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let files = report.write_to(folder.path()).unwrap();
    let read = |path: PathBuf| {
        let name = path.strip_prefix(folder.path()).unwrap();
        (
            name.display().to_string(),
            fs::read_to_string(&path).unwrap(),
        )
    };
    files.into_iter().map(read).collect()
}

fn file(report: &Report, name: &str) -> String {
    files(report).remove(name).unwrap()
}

/// A page or a JUnit report; both must be well-formed XML.
fn parse(text: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).unwrap()
}

fn elements<'a>(
    document: &'a Document<'a>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'a>> {
    document
        .descendants()
        .filter(move |node| node.has_tag_name(name))
}

#[test]
fn the_files_look_like_this() {
    let report = small();
    insta::assert_snapshot!("junit", file(&report, "report.xml"));
    insta::assert_snapshot!("json", file(&report, "report.json"));
    insta::assert_snapshot!("markdown", file(&report, "report.md"));
    insta::assert_snapshot!("html", shown(&file(&report, "report.html")));
}

/// The text of a page, a line for each block.
fn shown(page: &str) -> String {
    let document = parse(page);
    let blocks = [
        "h1", "h2", "h3", "p", "li", "dt", "dd", "summary", "tr", "del", "ins",
    ];
    let mut lines = Vec::new();
    for node in elements(&document, "body").flat_map(|body| body.descendants()) {
        let name = node.tag_name().name();
        if blocks.contains(&name) {
            let text: Vec<&str> = node
                .descendants()
                .filter_map(|inner| inner.text().filter(|_| inner.is_text()))
                .flat_map(str::split_whitespace)
                .collect();
            lines.push(format!("{name}: {}", text.join(" ")));
        }
    }
    lines.join("\n")
}

#[test]
fn the_same_report_gives_the_same_files() {
    let one = files(&small());
    let names: Vec<&str> = one.keys().map(String::as_str).collect();
    let expected = [
        "report.html",
        "report.json",
        "report.md",
        "report.schema.json",
        "report.xml",
    ];
    assert_eq!(names, expected);
    assert!(one == files(&small()));
}

#[test]
fn a_folder_is_made_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let files = small().write_to(&folder.path().join("new/report")).unwrap();
    assert!(files.iter().all(|file| file.is_file()));
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    fs::write(&taken, "a file").unwrap();
    let error = small().write_to(&taken).unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
}

#[test]
fn the_json_holds_to_its_schema_and_the_schema_holds_it() {
    let schema: Value = serde_json::from_str(&file(&small(), "report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [small(), many(Verdict::Passed, 0), with("\u{1}<&")] {
        let json: Value = serde_json::from_str(&file(&report, "report.json")).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let json: Value = serde_json::from_str(&file(&small(), "report.json")).unwrap();
    for (place, wrong) in [
        ("/version", json!(2)),
        ("/outcome", json!("green")),
        ("/checks", json!({})),
        ("/checks/0/verdict", json!("ok")),
        ("/checks/0/cases", json!(-1)),
        ("/checks/1/failures/0/expected", json!(202)),
        ("/clauses/0/basis", json!("guessed")),
        ("/clauses/0/proven", Value::Null),
        ("/run/generated/seed", json!("7")),
        ("/counts/clauses_proven", json!(0.5)),
    ] {
        let mut json = json.clone();
        *json.pointer_mut(place).unwrap() = wrong;
        assert!(!validator.is_valid(&json), "{place} may be anything");
    }
}

#[test]
fn the_outcome_is_the_same_in_every_file() {
    let incomplete = many(Verdict::Skipped, 0);
    for (report, outcome, headline) in [
        (many(Verdict::Passed, 0), "passed", "Conformance passed"),
        (many(Verdict::Failed, 1), "failed", "Conformance failed"),
        (incomplete, "incomplete", "Conformance not proven"),
    ] {
        let json: Value = serde_json::from_str(&file(&report, "report.json")).unwrap();
        assert_eq!(json["outcome"], outcome);
        assert_eq!(outcome == "passed", report.proven());
        let markdown = file(&report, "report.md");
        assert!(markdown.lines().next().unwrap().ends_with(headline));
        assert!(shown(&file(&report, "report.html")).starts_with(&format!("h1: {headline}\n")));
    }
}

/// What GitHub's, GitLab's and Jenkins' readers take from a JUnit report.
#[test]
fn test_tools_read_what_they_need() {
    let xml = file(&small(), "report.xml");
    let document = parse(&xml);
    let suites: Vec<Node> = elements(&document, "testsuite").collect();
    let [suite] = suites[..] else {
        unreachable!("{} suites", suites.len())
    };
    for (name, value) in [
        ("name", "conformance"),
        ("tests", "4"),
        ("failures", "1"),
        ("errors", "0"),
        ("skipped", "1"),
        ("time", "12.400"),
    ] {
        assert_eq!(suite.attribute(name), Some(value), "{name}");
    }
    let case = |name: &str| {
        let case = elements(&document, "testcase")
            .find(|case| case.attribute("name") == Some(name))
            .unwrap();
        assert_eq!(case.attribute("classname"), Some("conformance"));
        assert!(case.attribute("time").unwrap().parse::<f64>().is_ok());
        case.children()
            .filter(Node::is_element)
            .map(|child| {
                let told = |name| child.attribute(name).unwrap_or("");
                (
                    child.tag_name().name(),
                    told("message"),
                    told("type"),
                    child.text().unwrap_or("").contains("\nexpected  "),
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(case("request-route"), []);
    let message = "POST /customers with a post code of null (and 1 more)";
    assert_eq!(
        case("request-body"),
        [("failure", message, "request.post-code", true)]
    );
    // A warning is a passed case that says something.
    assert_eq!(case("answer-body"), [("system-out", "", "", true)]);
    let reason = "the server does not show what it received";
    assert_eq!(case("signature-fresh"), [("skipped", reason, "", false)]);
}

#[test]
fn a_summary_stays_below_what_github_shows() {
    let report = many(Verdict::Failed, 3_000);
    let markdown = file(&report, "report.md");
    assert!(markdown.len() < 1024 * 1024, "{} bytes", markdown.len());
    assert!(markdown.contains("failures that `report.html` shows"));
    assert!(markdown.contains("### Clauses: "));
    let page = file(&report, "report.html");
    assert_eq!(elements(&parse(&page), "details").count(), 3_000);
}

#[test]
fn the_page_needs_nothing_but_itself() {
    let page = file(&small(), "report.html");
    let document = parse(&page);
    for name in ["script", "link", "img", "iframe", "object"] {
        assert_eq!(elements(&document, name).count(), 0, "{name}");
    }
    let style = elements(&document, "style").next().unwrap().text().unwrap();
    assert!(!style.contains("url(") && !style.contains("@import"));
    for link in elements(&document, "a") {
        assert!(link.attribute("href").unwrap().starts_with('#'));
    }
}
