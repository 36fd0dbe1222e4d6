//! `diff` classifies edits of the contract. The edits are generated from the contract
//! itself, each with its expected change, which follows from how the edit was made.

mod edits;

use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use bvnk_contract::{Clauses, Contract, Diagnostics};
use edits::{contract, edits, properties, with_query, with_shape};
use serde_json::{Value, json};
use xtask::diff::{Diff, Impact, Side};

/// A contract and clauses that stay as they are when the contract changes.
fn home() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workspace"))
}

fn diff(old: &Value, new: &Value) -> Result<Diff, Diagnostics> {
    static CLAUSES: LazyLock<Clauses> = LazyLock::new(|| {
        let text = include_str!("../workspace/openapi/clauses.toml");
        Clauses::from_toml("clauses.toml", text).unwrap()
    });
    let before = Contract::from_value("old.json", old.clone())?;
    let after = Contract::from_value("new.json", new.clone())?;
    Ok(Diff::new(&before, &after, &CLAUSES))
}

/// The changes that are more than texts.
fn changes(diff: &Diff) -> Vec<(Impact, Side, String)> {
    let changes = diff.changes.iter();
    changes
        .filter(|change| change.impact != Impact::Documentation)
        .map(|change| (change.impact, change.side, change.says.clone()))
        .collect()
}

#[test]
fn generated_edits_are_classified() {
    let document = contract();
    let mut tried = 0;
    let bodies = [
        (Side::Requests, "/components/schemas/CreateCustomerRequest"),
        (Side::Responses, "/components/schemas/Customer"),
    ];
    for (side, schema) in bodies {
        let mut found = Vec::new();
        properties(&document, schema, "", &mut found);
        for property in &found {
            for edit in edits(side, property) {
                let diff = diff(&edit.old, &edit.document).unwrap();
                let expected = vec![(edit.impact, edit.side, edit.says.clone())];
                assert_eq!(changes(&diff), expected, "{}", edit.says);
                assert_eq!(diff.is_breaking(), edit.impact == Impact::Breaking);
                tried += 1;
            }
        }
    }
    assert!(tried >= 100, "only {tried} edits were tried");
}

#[test]
fn each_shape_is_classified_by_who_sends_it() {
    let impact = |breaks| match breaks {
        true => Impact::Breaking,
        false => Impact::Compatible,
    };
    for (before, after, breaks_requests, breaks_responses, says) in edits::SHAPES {
        for (schema, side, breaks, path, whose) in [
            (
                "Individual",
                Side::Requests,
                breaks_requests,
                "individual.x",
                "requests",
            ),
            (
                "Customer",
                Side::Responses,
                breaks_responses,
                "x",
                "responses",
            ),
        ] {
            let (old, new) = (with_shape(schema, before()), with_shape(schema, after()));
            let diff = diff(&old, &new).unwrap();
            let says = match says.strip_prefix('x') {
                Some(rest) => format!("{path}{rest} in {whose}"),
                None => format!("{path} {says} in {whose}"),
            };
            let found = changes(&diff);
            assert_eq!(found, [(impact(*breaks), side, says.clone())], "{says}");
        }
    }
    for (before, after, breaks, says) in edits::QUERIES {
        let (old, new) = (with_query(before()), with_query(after()));
        let diff = diff(&old, &new).unwrap();
        let expected = (impact(*breaks), Side::Requests, (*says).to_owned());
        assert_eq!(changes(&diff), [expected], "{says}");
    }
}

/// A rule of a body as a whole says nothing of what the body holds.
#[test]
fn a_list_and_its_items_change_apart() {
    let old = with_query(Value::Array(Vec::new()));
    let mut new = old.clone();
    let list = &mut new["paths"]["/platform/v1/customers"]["get"]["responses"]["200"];
    let list = &mut list["content"]["application/json"]["schema"];
    list["minItems"] = 1.into();
    list["items"] = serde_json::json!({"type": "string"});
    let diff = diff(&old, &new).unwrap();
    let says: Vec<String> = changes(&diff).into_iter().map(|(.., says)| says).collect();
    assert_eq!(
        says,
        [
            "[] is now a string (was an object) in responses",
            "the body of a 200 now has the minimum number of items 1 in responses",
        ]
    );
}

/// Edits that belong to no single attribute.
#[test]
fn other_edits_are_classified() {
    let text = include_str!("../workspace/openapi/customers.yaml");
    let old = Contract::from_yaml("customers.yaml", text).unwrap();
    let mut shown = String::new();
    for (name, change) in edits::OTHERS {
        let mut new = old.document.clone();
        change(&mut new);
        shown.push_str(&format!("## {name}\n"));
        let diff = match diff(&old.document, &new) {
            Ok(diff) => diff,
            Err(error) => {
                shown.push_str(&format!("{error}\n\n"));
                continue;
            }
        };
        for change in &diff.changes {
            let rust = change.rust.as_ref();
            let rust = rust.map_or(String::new(), |rust| format!(" [{rust}]"));
            shown.push_str(&format!(
                "{:?}, {:?}: {}: {}{rust}\n",
                change.impact, change.side, change.says, change.why
            ));
            let clauses: Vec<&str> = change.clauses.iter().map(String::as_str).collect();
            if !clauses.is_empty() {
                shown.push_str(&format!("    {}\n", clauses.join(", ")));
            }
        }
        shown.push_str(&format!("{}\n\n", diff.summary()));
    }
    insta::assert_snapshot!(shown);
}

/// What the API names is text in every cell.
#[test]
fn no_value_becomes_markup() {
    let old = contract();
    let mut new = old.clone();
    let value = "<img src=x>|`c`[l](//e)**b**@user";
    new["components"]["schemas"]["RiskScore"]["anyOf"][0]["enum"] = json!([value]);
    let text = diff(&old, &new).unwrap().markdown();
    let written =
        "&#60;img src=x&#62;&#124;&#96;c&#96;&#91;l&#93;(//e)&#42;&#42;b&#42;&#42;&#64;user";
    assert!(text.contains(written), "{text}");
    assert!(!text.contains("<img"), "{text}");
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
    std::fs::copy(
        home().join("openapi/clauses.toml"),
        root.join("openapi/clauses.toml"),
    )
    .unwrap();
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

    // The version states it.
    std::fs::write(
        &file,
        edited.replacen("version: 0.1.0", "version: 0.2.0", 1),
    )
    .unwrap();
    assert_eq!(run(root, &["diff", "git:HEAD"]).status.code(), Some(0));

    for (arguments, word) in [
        (["diff", "git:nothing"], "git:nothing"),
        (["diff", "git:--output=x"], "is not a revision"),
        (["diff", "no-such-file.yaml"], "cannot be read"),
        (["diff", "Cargo.toml"], "help: "),
    ] {
        let output = run(root, &arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(word), "{arguments:?}: {text}");
    }
}
