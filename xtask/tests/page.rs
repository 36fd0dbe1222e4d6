//! `compare-page` is silent on a page that says what the contract says, in every dress,
//! and finds each of a table of revisions, without a false alarm beside.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "page/render.rs"]
mod render;
#[path = "page/revisions.rs"]
mod revisions;

use std::path::Path;
use std::process::{Command, Output};

use revisions::{REVISIONS, Revision};
use xtask::{Drift, compare_page};

/// Worded by us, with the structure of the page that the contract was written from.
const PAGE: &str = include_str!("pages/individual.txt");

/// A contract and clauses that stay as they are, as the page does.
fn home() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workspace"))
}

fn drifts(page: &str) -> Vec<Drift> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), page).unwrap();
    compare_page(home(), file.path()).unwrap().drifts
}

/// A way to write the page.
type Dress = fn(&str) -> String;

const DRESSES: &[(&str, Dress)] = &[
    ("text", str::to_owned),
    ("Markdown", render::markdown),
    ("HTML", render::html),
    ("tabs", render::tabs),
    ("other titles and order", render::reordered),
    ("nested names", render::nested),
    ("Markdown of other titles", |page| {
        render::markdown(&render::reordered(page))
    }),
    ("CRLF", |page| page.replace('\n', "\r\n")),
];

#[test]
fn a_page_that_says_the_same_is_silent_in_every_dress() {
    for (dress, wear) in DRESSES {
        let told: Vec<String> = drifts(&wear(PAGE))
            .into_iter()
            .map(|drift| drift.says)
            .collect();
        assert_eq!(told, Vec::<String>::new(), "{dress}");
    }
}

fn revised(revision: &Revision) -> String {
    revision
        .edits
        .iter()
        .fold(PAGE.to_owned(), |page, (from, to)| {
            assert!(
                page.contains(from),
                "{}: the page no longer has {from:?}",
                revision.name
            );
            page.replace(from, to)
        })
}

#[test]
fn every_revision_is_found_and_nothing_else() {
    let mut told = String::new();
    let mut wrong = Vec::new();
    for revision in REVISIONS {
        let found = drifts(&revised(revision));
        if found.len() != revision.differences {
            wrong.push(format!(
                "{}: {} differences, not {}",
                revision.name,
                found.len(),
                revision.differences
            ));
        }
        told.push_str(&format!("## {}\n", revision.name));
        for Drift {
            lines,
            says,
            place,
            edit,
            clauses,
        } in found
        {
            told.push_str(&format!(
                "{lines:?} {says}\n  at {place}\n  [{}]\n  {edit}\n",
                clauses.join(", ")
            ));
        }
        told.push('\n');
    }
    insta::assert_snapshot!(told);
    assert_eq!(wrong, Vec::<String>::new());
}

/// What is found does not depend on how the page was saved.
#[test]
fn a_revision_is_found_in_every_dress() {
    let says = |page: &str| -> Vec<String> {
        let mut says: Vec<String> = drifts(page).into_iter().map(|drift| drift.says).collect();
        says.sort();
        says
    };
    let mut wrong = Vec::new();
    for revision in REVISIONS {
        let page = revised(revision);
        let wanted = says(&page);
        for (dress, wear) in DRESSES {
            let found = says(&wear(&page));
            if found != wanted {
                wrong.push(format!(
                    "{} as {dress}:\n  {found:?}\n  {wanted:?}\n",
                    revision.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

fn run(page: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--root")
        .arg(home())
        .arg("compare-page")
        .arg(page)
        .output()
        .unwrap()
}

#[test]
fn exit_codes_tell_silence_drift_and_what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.txt");
    std::fs::write(&page, PAGE).unwrap();
    let same = run(&page);
    assert_eq!(same.status.code(), Some(0));
    assert!(same.stdout.is_empty() && same.stderr.is_empty());

    std::fs::write(
        &page,
        PAGE.replace("lastName | string | Yes", "lastName | string | No"),
    )
    .unwrap();
    let drift = run(&page);
    assert_eq!(drift.status.code(), Some(1));
    let told = String::from_utf8(drift.stdout).unwrap();
    for part in [
        "page.txt, line 66: ",
        "openapi/customers.yaml",
        "request.individual.last-name",
        "1 difference",
    ] {
        assert!(told.contains(part), "{part} in: {told}");
    }

    let others: &[(&str, &[u8])] = &[
        ("nothing", b""),
        ("prose", b"A page of prose.\nNothing else."),
        ("a shell", b"<!doctype html><html><body><div id=app></div><script src=x.js></script></body></html>"),
        ("another page", b"Attribute | Type | Required |\n---|---|---|\nwallet | string | Yes |\n"),
        ("bytes", &[0xff, 0xfe, 0x00, 0x9f]),
    ];
    for (name, content) in others {
        std::fs::write(&page, content).unwrap();
        let output = run(&page);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {told}");
        assert!(told.contains("Looked for a table"), "{name}: {told}");
    }
    let output = run(&folder.path().join("missing.txt"));
    assert_eq!(output.status.code(), Some(2));
}
