//! `compare-page` is silent on a page that says what the contract says, in every dress,
//! and finds each of a table of revisions, without a false alarm beside.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "page/render.rs"]
mod render;

use std::path::Path;
use std::process::{Command, Output};

use xtask::{Drift, compare_page};

/// Worded by us, with the structure of the page that the contract was written from.
const PAGE: &str = include_str!("pages/individual.txt");

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
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

/// The name of a revision, how many differences it is, and what is replaced by what, once
/// or wherever it stands.
struct Revision {
    name: &'static str,
    differences: usize,
    edits: &'static [(&'static str, &'static str)],
}

const fn revision(
    name: &'static str,
    differences: usize,
    edits: &'static [(&'static str, &'static str)],
) -> Revision {
    Revision {
        name,
        differences,
        edits,
    }
}

const REVISIONS: &[Revision] = &[
    revision(
        "renamed, in table and sample",
        1,
        &[("postCode", "postalCode")],
    ),
    revision(
        "renamed, in the table alone",
        1,
        &[(
            "individual.address.postCode |",
            "individual.address.zipCode |",
        )],
    ),
    revision(
        "an object renamed, with all that it holds",
        1,
        &[
            ("individual.address", "individual.residence"),
            ("\"address\"", "\"residence\""),
        ],
    ),
    revision(
        "renamed in another spelling",
        1,
        &[("signed_agreement_id", "signedAgreementId")],
    ),
    revision(
        "now required",
        1,
        &[(
            "individual.nationality | string | No*",
            "individual.nationality | string | Yes",
        )],
    ),
    revision(
        "now optional",
        1,
        &[(
            "individual.lastName | string | Yes",
            "individual.lastName | string | No",
        )],
    ),
    revision(
        "removed",
        1,
        &[
            (
                "individual.identification.taxNumber | string | No | What the tax office calls the person (SSN, TIN). |\n",
                "",
            ),
            ("\"taxNumber\": \"000-11-222\",\n", ""),
        ],
    ),
    revision(
        "removed from the table alone",
        1,
        &[(
            "individual.email | string | No | Where mail reaches the person. |\n",
            "",
        )],
    ),
    revision(
        "added",
        1,
        &[(
            "individual.lastName |",
            "individual.middleName | string | No | Further names. |\nindividual.lastName |",
        )],
    ),
    revision(
        "added, with nesting",
        1,
        &[(
            "individual.edd |",
            "individual.employer | object | No | Who pays. |\nindividual.employer.name | string | Yes | What they are called. |\nindividual.employer.seat | object | No | Their home. |\nindividual.employer.seat.city | string | No | Where they sit. |\nindividual.edd |",
        )],
    ),
    revision(
        "added to the sample alone",
        1,
        &[("\"lastName\":", "\"middleName\": \"M\",\n\"lastName\":")],
    ),
    revision(
        "added to the answer",
        1,
        &[(
            "status | string | Where",
            "createdAt | string | When it began. |\nstatus | string | Where",
        )],
    ),
    revision(
        "another type, in the table",
        1,
        &[(
            "individual.edd.intermediary | boolean",
            "individual.edd.intermediary | string",
        )],
    ),
    revision(
        "another type, in table and sample",
        1,
        &[
            (
                "individual.edd.intermediary | boolean",
                "individual.edd.intermediary | string",
            ),
            ("\"intermediary\": true", "\"intermediary\": \"YES\""),
        ],
    ),
    revision(
        "a list in place of an object",
        1,
        &[(
            "individual.identification | object",
            "individual.identification | array of objects",
        )],
    ),
    revision(
        "a new value",
        1,
        &[("LOW , MEDIUM , HIGH .", "LOW , MEDIUM , HIGH , EXTREME .")],
    ),
    revision(
        "a value is gone",
        1,
        &[
            (
                "EMPLOYED , UNEMPLOYED , RETIRED , etc.",
                "EMPLOYED , UNEMPLOYED , etc.",
            ),
            ("\"RETIRED\"", "\"EMPLOYED\""),
        ],
    ),
    revision(
        "a value where one only was legal",
        1,
        &[("Only INDIVIDUAL .", "Only INDIVIDUAL or COMPANY .")],
    ),
    revision(
        "values where any text was legal",
        2,
        &[("Given name.", "Must be one of: ADA, GRACE.")],
    ),
    revision(
        "a status renamed everywhere",
        3,
        &[("PENDING_VERIFICATION", "UNDER_VERIFICATION")],
    ),
    revision(
        "a status renamed in the table",
        1,
        &[("- UNSUCCESSFUL - it", "- REJECTED - it")],
    ),
    revision(
        "a new status, in table and list",
        2,
        &[
            ("- VERIFIED - all", "- ON_HOLD - wait,- VERIFIED - all"),
            ("VERIFIED: done", "ON_HOLD: wait.\nVERIFIED: done"),
        ],
    ),
    revision(
        "a status is gone from the list",
        1,
        &[(
            "UNSUCCESSFUL: done, and not well; look at the reasons.\n",
            "",
        )],
    ),
    revision(
        "the sample's status, settled so far",
        1,
        &[("VERIFICATION_PENDING", "PENDING_VERIFICATION")],
    ),
    revision(
        "a header renamed everywhere",
        1,
        &[("X-Idempotency-Key", "Idempotency-Key")],
    ),
    revision(
        "a header renamed in the command",
        1,
        &[("--header 'X-Idempotency-Key:", "--header 'X-Request-Key:")],
    ),
    revision(
        "a new header",
        1,
        &[(
            "--header 'Content-Type",
            "--header 'X-Tenant: blue' \\\n--header 'Content-Type",
        )],
    ),
    revision(
        "another kind of signature",
        1,
        &[("Authorization: Hawk id=", "Authorization: Bearer id=")],
    ),
    revision(
        "another path",
        1,
        &[
            (
                "POST https://api.bvnk.com/platform/v1",
                "POST https://api.bvnk.com/platform/v2",
            ),
            (
                "POST https://api.sandbox.bvnk.com/platform/v1",
                "POST https://api.sandbox.bvnk.com/platform/v2",
            ),
            (
                "'https://api.sandbox.bvnk.com/platform/v1",
                "'https://api.sandbox.bvnk.com/platform/v2",
            ),
        ],
    ),
    revision(
        "another path in the command alone",
        1,
        &[(
            "'https://api.sandbox.bvnk.com/platform/v1/customers'",
            "'https://api.sandbox.bvnk.com/platform/v1/clients'",
        )],
    ),
    revision(
        "another name for a part of the path",
        1,
        &[("customers/{reference}", "customers/{id}")],
    ),
    revision(
        "another method",
        1,
        &[
            ("POST https", "PUT https"),
            ("curl --location", "curl --location --request PUT"),
        ],
    ),
    revision(
        "an operation is gone",
        1,
        &[(
            "GET /platform/v1/customers/{reference} tells",
            "A query tells",
        )],
    ),
    revision(
        "another server",
        1,
        &[("https://api.sandbox.bvnk.com", "https://sandbox.bvnk.com")],
    ),
    revision(
        "servers exchanged",
        2,
        &[
            ("Production | POST", "Sandbox! | POST"),
            ("Sandbox | POST", "Production | POST"),
            ("Sandbox! | POST", "Sandbox | POST"),
        ],
    ),
    revision("another success", 2, &[("202 | Taken.", "201 | Taken.")]),
    revision(
        "a new response code",
        1,
        &[(
            "400 | Refused. |",
            "400 | Refused. |\n409 | Known already. |",
        )],
    ),
    revision(
        "a sample that is no JSON",
        1,
        &[("\"firstName\": \"Ingrid\",", "\"firstName\": \"Ingrid\"")],
    ),
    revision(
        "a sample without its last brace",
        1,
        &[("9c34\"\n}'", "9c34\"\n'")],
    ),
    revision(
        "a sample without a required attribute",
        1,
        &[("\"city\": \"Bergen\",\n", "")],
    ),
    revision(
        "a sample with a wrong date",
        1,
        &[("1984-11-30", "30.11.1984")],
    ),
    revision(
        "a sample with a value that nobody lists",
        1,
        &[("\"riskScore\": \"MEDIUM\"", "\"riskScore\": \"MODERATE\"")],
    ),
    revision(
        "another form of a date",
        1,
        &[("as YYYY-MM-DD .", "as DD/MM/YYYY .")],
    ),
    revision(
        "another form of a code",
        1,
        &[(
            "The land as a 2-letter ISO code",
            "The land as a 3-letter ISO code",
        )],
    ),
    revision(
        "a greatest length",
        1,
        &[("Surname.", "Surname, at most 40 characters.")],
    ),
    revision(
        "a table of what a refusal has",
        1,
        &[
            (
                "What follows\n",
                "Error | Type | Description |\n---|---|---|\ncode | string | A short name. |\nWhat follows\n",
            ),
            ("Error | Type", "Attribute | Type"),
        ],
    ),
    revision(
        "no sample of an answer",
        1,
        &[(
            "{\n\"reference\": \"9a1f2b3c-4d5e-4f60-8a7b-1c2d3e4f5a6b\",\n\"status\": \"VERIFICATION_PENDING\"\n}\n",
            "",
        )],
    ),
];

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
