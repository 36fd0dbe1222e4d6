//! The formats of a report as their readers take them: people, CI jobs, test tools, programs.

mod escaping;
mod samples;

use std::fs;

use conformance::report::{Format, Report, Verdict};
use roxmltree::{Document, Node, ParsingOptions};
use samples::{many, small, with};
use serde_json::{Value, json};

fn render(report: &Report, format: Format) -> String {
    report.render(format).unwrap()
}

/// A page or a JUnit report; both must be well-formed XML.
fn parse(text: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).unwrap()
}

fn elements<'a>(document: &'a Document<'a>, name: &'static str) -> Vec<Node<'a, 'a>> {
    let found = document.descendants();
    found.filter(move |node| node.has_tag_name(name)).collect()
}

#[test]
fn each_format_is_rendered() {
    for (name, format) in Format::ALL {
        if format == Format::Html {
            insta::assert_snapshot!(name, text_of(&render(&small(), format)));
        } else {
            insta::assert_snapshot!(name, render(&small(), format));
        }
    }
}

/// The text of a page, a line for each block.
fn text_of(page: &str) -> String {
    let blocks = [
        "h1", "h2", "p", "li", "dt", "dd", "summary", "tr", "del", "ins",
    ];
    let document = parse(page);
    let mut lines = Vec::new();
    for node in elements(&document, "body")[0].descendants() {
        let name = node.tag_name().name();
        if blocks.contains(&name) {
            let texts = node.descendants().filter(Node::is_text);
            let words = texts.filter_map(|inner| inner.text());
            let words: Vec<&str> = words.flat_map(str::split_whitespace).collect();
            lines.push(format!("{name}: {}", words.join(" ")));
        }
    }
    lines.join("\n")
}

#[test]
fn the_files_are_written_alike_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str| {
        let files = small().write_to(&folder.path().join(name)).unwrap();
        let names = files
            .iter()
            .map(|file| file.file_name().unwrap().to_owned());
        let names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
        (names, texts.collect::<Vec<_>>())
    };
    let (names, texts) = read("new/folder");
    let expected = [
        "report.xml",
        "report.json",
        "report.schema.json",
        "report.md",
        "report.html",
    ];
    assert_eq!(names, expected);
    assert!((names, texts) == read("other"));
}

/// A folder may be that of a repository, whose links lead anywhere.
#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let (own, report) = (folder.path().join("own"), folder.path().join("report"));
    fs::write(&own, "of another program").unwrap();
    fs::create_dir(&report).unwrap();
    std::os::unix::fs::symlink(&own, report.join("report.html")).unwrap();
    small().write_to(&report).unwrap();
    assert_eq!(fs::read_to_string(&own).unwrap(), "of another program");
    assert!(!report.join("report.html").is_symlink());
}

#[test]
fn a_folder_that_cannot_be_created_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = folder.path().join("taken");
    fs::write(&taken, "a file").unwrap();
    let error = small().write_to(&taken).unwrap_err();
    assert!(error.to_string().contains("taken"), "{error}");
}

#[test]
fn the_schema_is_what_the_types_derive() {
    let derived = conformance::report::derived_schema().unwrap();
    let written = include_str!("../../templates/report.schema.json");
    assert!(
        derived == written,
        "write this to templates/report.schema.json:\n{derived}"
    );
}

#[test]
fn the_json_is_valid_against_its_schema_and_the_schema_is_strict() {
    let folder = tempfile::tempdir().unwrap();
    small().write_to(folder.path()).unwrap();
    let text = fs::read_to_string(folder.path().join("report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
    let mut schemas = boon::Schemas::new();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("file:///report", schema).unwrap();
    let index = compiler.compile("file:///report", &mut schemas).unwrap();
    for report in [small(), many(Verdict::Proven, 0), with("\u{1}<&")] {
        let json: Value = serde_json::from_str(&render(&report, Format::Json)).unwrap();
        schemas.validate(&json, index).unwrap();
    }
    let json: Value = serde_json::from_str(&render(&small(), Format::Json)).unwrap();
    for (place, wrong) in [
        ("/version", json!(1)),
        ("/passed", json!("no")),
        ("/checks", json!({})),
        ("/checks/0/verdict", json!("ok")),
        ("/checks/0/cases", json!(-1)),
        ("/failures/0/expected", json!(202)),
        ("/clauses/0/basis", json!("guessed")),
        ("/clauses/0/weight", json!("may")),
        ("/totals/0/weight", json!("may")),
        ("/run/seed", json!("7")),
    ] {
        let mut json = json.clone();
        *json.pointer_mut(place).unwrap() = wrong;
        assert!(
            schemas.validate(&json, index).is_err(),
            "{place} is not restricted"
        );
    }
}

#[test]
fn the_result_is_the_same_in_every_format() {
    for (report, passed, headline) in [
        (many(Verdict::Proven, 0), true, "Conformance passed"),
        (many(Verdict::Failed, 1), false, "Conformance failed"),
        (many(Verdict::NotObserved, 0), false, "Conformance failed"),
        (small(), false, "Conformance failed"),
    ] {
        assert_eq!(report.passed(), passed);
        let json: Value = serde_json::from_str(&render(&report, Format::Json)).unwrap();
        assert_eq!(json["passed"], passed);
        let text = render(&report, Format::Text);
        assert!(text.lines().last().unwrap().starts_with(headline), "{text}");
        let markdown = render(&report, Format::Markdown);
        assert!(markdown.lines().next().unwrap().ends_with(headline));
        let page = text_of(&render(&report, Format::Html));
        assert!(page.starts_with(&format!("h1: {headline}\n")));
        let command = if passed {
            "::notice title="
        } else {
            "::error title="
        };
        let github = render(&report, Format::Github);
        assert!(
            github.lines().last().unwrap().starts_with(command),
            "{github}"
        );
    }
}

/// The repository of another server does not have the file of the clauses.
#[test]
fn an_annotation_names_a_file_that_exists_only() {
    let mut report = many(Verdict::Failed, 1);
    let github = render(&report, Format::Github);
    assert!(
        github.contains("\n::error title=operation.create::"),
        "{github}"
    );
    // Tests run in the folder of the package.
    report.failures[0].place.file = "Cargo.toml".to_owned();
    let github = render(&report, Format::Github);
    let line = "\n::error file=Cargo.toml,line=12,title=operation.create::";
    assert!(github.contains(line), "{github}");
}

/// What GitHub's, GitLab's and Jenkins' readers take from a JUnit report.
#[test]
fn test_tools_find_a_case_for_each_clause() {
    let xml = render(&small(), Format::Junit);
    let document = parse(&xml);
    let suite = elements(&document, "testsuite")[0];
    for (name, value) in [
        ("name", "conformance"),
        ("tests", "6"),
        ("failures", "1"),
        ("errors", "0"),
        ("skipped", "3"),
        ("time", "12.400"),
        ("timestamp", "2026-11-26T09:30:00Z"),
    ] {
        assert_eq!(suite.attribute(name), Some(value), "{name}");
    }
    let case = |name: &str| {
        let cases = elements(&document, "testcase");
        let named = |case: &&Node| case.attribute("name") == Some(name);
        let case = *cases.iter().find(named).unwrap();
        assert_eq!(case.attribute("file"), Some("openapi/clauses.toml"));
        let children = case.children().filter(Node::is_element);
        let children = children.map(|child| {
            let attribute = |name| child.attribute(name).unwrap_or("").to_owned();
            let details = child.text().unwrap_or("").contains("\nexpected: 202\n");
            let name = child.tag_name().name().to_owned();
            (name, attribute("message"), attribute("type"), details)
        });
        let class = case.attribute("classname").unwrap().to_owned();
        (class, children.collect::<Vec<_>>())
    };
    let child = |name: &str, message: &str, of: &str, details| {
        vec![(name.to_owned(), message.to_owned(), of.to_owned(), details)]
    };
    let must = "conformance.must".to_owned();
    let should = "conformance.should".to_owned();
    let what = "POST /customers with a post code of null";
    let skipped = |message| child("skipped", message, "", false);
    assert_eq!(case("operation.create"), (must.clone(), vec![]));
    assert_eq!(
        case("request.post-code"),
        (must.clone(), child("failure", what, "must", true))
    );
    // A warning is a passed case with output.
    assert_eq!(
        case("response.status"),
        (should.clone(), child("system-out", "", "", true))
    );
    let allowed = format!("allowed: {what}");
    assert_eq!(case("response.sample"), (must.clone(), skipped(&allowed)));
    let unseen = "not observed: no response had this status";
    assert_eq!(case("status.verified"), (must, skipped(unseen)));
    let untried = "skipped: the server shows no webhooks";
    assert_eq!(case("webhook.signed"), (should, skipped(untried)));
}

#[test]
fn failures_with_one_cause_are_shown_once() {
    let mut report = small();
    let first = report.failures[0].clone();
    for number in 0..30 {
        let mut failure = first.clone();
        failure.what = format!("other body {number}");
        report.failures.push(failure);
    }
    let text = render(&report, Format::Text);
    assert_eq!(text.matches("\nFAILED ").count(), 1, "{text}");
    assert!(text.contains("124 failed alike"), "{text}");
    assert!(text.contains("  also       other body 9\n"), "{text}");
    assert!(
        text.contains("  also       20 more, in report.json\n"),
        "{text}"
    );
    let json = render(&report, Format::Json);
    assert!(json.contains("other body 29"), "{json}");
}

/// A contract may state what no clause is about.
#[test]
fn a_failure_without_a_clause_is_counted() {
    let mut report = small();
    report.failures[0].clause = "attribute create_customer request vatNumber".to_owned();
    let text = render(&report, Format::Text);
    let expected = "; failed without a clause: 1 statement of the contract; must";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_summary_stays_below_what_github_shows() {
    let report = many(Verdict::Failed, 3_000);
    let markdown = render(&report, Format::Markdown);
    assert!(markdown.len() < 1024 * 1024, "{} bytes", markdown.len());
    assert!(markdown.contains(" more, in `report.html`."));
    assert!(markdown.contains("<summary>All clauses</summary>"));
    let page = render(&report, Format::Html);
    assert_eq!(elements(&parse(&page), "details").len(), 3_000);
}

#[test]
fn the_page_needs_no_other_file() {
    let page = render(&small(), Format::Html);
    let document = parse(&page);
    for name in ["script", "link", "img", "iframe", "object"] {
        assert!(elements(&document, name).is_empty(), "{name}");
    }
    let style = elements(&document, "style")[0].text().unwrap();
    assert!(style.contains("--page") && !style.contains("url(") && !style.contains("@import"));
    for link in elements(&document, "a") {
        assert!(link.attribute("href").unwrap().starts_with('#'));
    }
}
