//! `check-docs` reports nothing for a page that states what the contract states, in each
//! layout, and finds each of a table of revisions, without a false alarm.

mod render;
mod revisions;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use bvnk_contract::{Clauses, Contract};
use revisions::{REVISIONS, Revision};
use xtask::{CLAUSES, CONTRACT, Drift, check_page};

/// Worded by us, with the structure of the page that the contract was written from.
const PAGE: &str = include_str!("../pages/individual.txt");

/// A contract and clauses that stay as they are, as the page does.
fn home() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workspace"))
}

fn drifts(page: &str) -> Vec<Drift> {
    static WORKSPACE: LazyLock<(Contract, Clauses)> = LazyLock::new(|| {
        let read = |file| std::fs::read_to_string(home().join(file)).unwrap();
        let contract = Contract::from_yaml(CONTRACT, &read(CONTRACT)).unwrap();
        (
            contract,
            Clauses::from_toml(CLAUSES, &read(CLAUSES)).unwrap(),
        )
    });
    let (contract, clauses) = &*WORKSPACE;
    check_page(contract, clauses, "page", page).unwrap().drifts
}

/// A way to write the page.
type Layout = fn(&str) -> String;

const LAYOUTS: &[(&str, Layout)] = &[
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

/// Each part of a path is an attribute: such a name would make as many as it has letters.
#[test]
fn a_name_without_end_is_not_read() {
    let titles = "| Attribute | Type | Required | Description |";
    let known =
        "|---|---|---|---|\n| firstName | string | yes | a |\n| individual | object | yes | a |";
    let name = ["aa"; 500].join(".");
    let page = format!("{titles}\n{known}\n| {name} | string | yes | a |\n");
    let found = drifts(&page);
    let named = found.iter().find(|drift| drift.says.starts_with("aa"));
    assert!(named.is_none(), "{named:?}");
}

#[test]
fn a_page_that_states_the_same_has_no_difference_in_any_layout() {
    for (layout, render) in LAYOUTS {
        let found: Vec<String> = drifts(&render(PAGE))
            .into_iter()
            .map(|drift| drift.says)
            .collect();
        assert_eq!(found, Vec::<String>::new(), "{layout}");
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
    let mut shown = String::new();
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
        shown.push_str(&format!("## {}\n", revision.name));
        for Drift {
            lines,
            says,
            place,
            clauses,
            expect,
        } in found
        {
            shown.push_str(&format!(
                "{lines:?} {says}\n  at {place}\n  [{}]\n",
                clauses.join(", ")
            ));
            if let Some(expect) = expect {
                shown.push_str(&format!("  {expect}\n"));
            }
        }
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
    assert_eq!(wrong, Vec::<String>::new());
}

/// What is found does not depend on how the page was saved.
#[test]
fn a_revision_is_found_in_every_layout() {
    let says = |page: &str| -> Vec<String> {
        let mut says: Vec<String> = drifts(page).into_iter().map(|drift| drift.says).collect();
        says.sort();
        says
    };
    let mut wrong = Vec::new();
    for revision in REVISIONS {
        let page = revised(revision);
        let expected = says(&page);
        for (layout, render) in LAYOUTS {
            let found = says(&render(&page));
            if found != expected {
                wrong.push(format!(
                    "{} as {layout}:\n  {found:?}\n  {expected:?}\n",
                    revision.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

/// A page may have no row for what holds others: their rows are compared all the same.
#[test]
fn a_path_states_what_holds_it() {
    let page = PAGE
        .replace("individual | object | Yes | All about the person. |\n", "")
        .replace("individual.address | object | Yes | The home. |\n", "")
        .replace("address.city | string | Yes", "address.city | string | No");
    let found: Vec<String> = drifts(&page).into_iter().map(|drift| drift.says).collect();
    assert_eq!(
        found,
        ["individual.address.city is now optional in requests"]
    );
}

/// Most rows of a table may be new: their names stay what they are, and reading them takes no
/// more than a moment.
#[test]
fn a_table_of_new_attributes_is_read_in_time() {
    let row = "lastName | string | Yes";
    let new = |number| format!("individual.new{number} | string | No | Text. |\n");
    let rows: String = (0..500).map(new).collect();
    let row = format!("individual.{row}");
    let found = drifts(&PAGE.replace(&row, &format!("{rows}{row}")));
    assert_eq!(found.len(), 500);
    let says = "individual.new499 is new and optional in requests (string)";
    assert!(found.iter().any(|drift| drift.says == says));
}

fn run(page: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--root")
        .arg(home())
        .arg("check-docs")
        .arg(page)
        .output()
        .unwrap()
}

#[test]
fn the_exit_code_is_0_1_or_2() {
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
    let text = String::from_utf8(drift.stdout).unwrap();
    for part in [
        "page.txt, line 66: ",
        "openapi/customers.yaml",
        "request.individual.last-name",
        "1 difference",
    ] {
        assert!(text.contains(part), "{part} in: {text}");
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
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {text}");
        assert!(text.contains("Looked for a table"), "{name}: {text}");
    }
    let output = run(&folder.path().join("missing.txt"));
    assert_eq!(output.status.code(), Some(2));
}

/// A page is not ours: its text must not act on a terminal, or on the job that shows it.
#[test]
fn what_a_page_says_is_shown_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.txt");
    let row = "lastName | string | Yes";
    let name = "other\u{1b}[2J##[error]forged\u{202e}";
    let rows = format!("{name} | string | Yes |\n{row}");
    std::fs::write(&page, PAGE.replace(row, &rows)).unwrap();
    let text = String::from_utf8(run(&page).stdout).unwrap();
    let shown = r"other\u001b[2J##\u005berror]forged\u202e";
    assert!(text.contains(shown), "{text}");
    for part in ["\u{1b}", "##[", "\u{202e}"] {
        assert!(!text.contains(part), "{text}");
    }
}
