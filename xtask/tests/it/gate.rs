//! A broken contract of any kind ends with exit 1 and a message that names file,
//! place, reason and help; no file is changed. Each row is one way to break it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

const CONTRACT: &str = "openapi/customers.yaml";
const DERIVED: [&str; 4] = [
    "crates/bvnk-gen/src/generated.rs",
    "crates/conformance/src/dispatch.rs",
    "crates/bvnk-simulator/contract.json",
    "crates/conformance/contract.fingerprint",
];

/// A workspace with nothing but a contract, which stays as it is when the real one changes, and
/// the files that are derived from it.
fn workspace() -> tempfile::TempDir {
    static DERIVED_TEXTS: OnceLock<Vec<String>> = OnceLock::new();
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/workspace");
    let copy = tempfile::tempdir().unwrap();
    let root = copy.path();
    for file in DERIVED.iter().chain([&CONTRACT]) {
        fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
    }
    fs::copy(home.join(CONTRACT), root.join(CONTRACT)).unwrap();
    let texts = DERIVED_TEXTS.get_or_init(|| {
        assert!(regen(root, &[]).status.success());
        let texts = DERIVED
            .iter()
            .map(|file| fs::read_to_string(root.join(file)));
        texts.map(Result::unwrap).collect()
    });
    for (file, text) in DERIVED.iter().zip(texts) {
        fs::write(root.join(file), text).unwrap();
    }
    copy
}

fn regen(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("--root")
        .arg(root)
        .arg("regen")
        .args(arguments)
        .output()
        .unwrap()
}

/// Replaces the first occurrence, and insists that there is one.
fn edit(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "the contract no longer has {from:?}");
    text.replacen(from, to, 1)
}

#[test]
fn a_broken_contract_is_reported_and_changes_nothing() {
    type Break = fn(&str) -> String;
    let rows: &[(&str, Break)] = &[
        ("bad YAML", |text| {
            edit(text, "openapi: 3.0.3", "openapi: [3.0.3")
        }),
        ("tab for indentation", |text| {
            edit(text, "  title:", "\ttitle:")
        }),
        ("duplicate key", |text| {
            edit(text, "info:\n", "info: {}\ninfo:\n")
        }),
        ("empty file", |_| String::new()),
        ("blank file", |_| "\n  \n".to_owned()),
        ("a comment alone", |_| "# nothing\n".to_owned()),
        ("another document", |_| "name: not a contract\n".to_owned()),
        ("another version", |text| {
            edit(text, "openapi: 3.0.3", "openapi: 3.1.0")
        }),
        ("no paths", |text| edit(text, "\npaths:", "\nx-paths:")),
        ("dangling reference", |text| {
            edit(
                text,
                "'#/components/schemas/Address'",
                "'#/components/schemas/Adress'",
            )
        }),
        ("reference to another file", |text| {
            edit(text, "'#/components/schemas/Address'", "'address.yaml'")
        }),
        ("operation without id", |text| {
            edit(
                text,
                "    get:\n      operationId: get_customer\n",
                "    get:\n",
            )
        }),
        ("the same id twice", |text| {
            edit(
                text,
                "    get:\n      operationId: get_customer\n",
                "    get:\n      operationId: create_customer\n",
            )
        }),
        ("body example that does not validate", |text| {
            edit(text, "                firstName: John\n", "")
        }),
        ("answer example that does not validate", |text| {
            edit(text, "status: VERIFICATION_PENDING", "status: 7")
        }),
        ("parameter example that does not validate", |text| {
            edit(
                text,
                "example: 86b5f133-9ee8-4f67-8747-7c9d0894a68b",
                "example: no-uuid",
            )
        }),
        ("no success", |text| {
            edit(text, "        '200':\n", "        '404':\n")
        }),
        ("pattern that is no pattern", |text| {
            edit(text, "'^[A-Z]{2}$'", "'^[A-Z{2}$'")
        }),
        ("unknown type", |text| {
            edit(text, "type: boolean", "type: bool")
        }),
        ("what makes the generator panic", |text| {
            edit(
                text,
                "          in: path\n",
                "          in: path\n          style: matrix\n",
            )
        }),
        ("a path parameter that the path does not have", |text| {
            edit(
                text,
                "        - name: reference\n",
                "        - name: referenz\n",
            )
        }),
        ("a body that the runtime cannot send", |text| {
            edit(
                text,
                "          application/json:\n            schema:\n              $ref: '#/components/schemas/CreateCustomerRequest'",
                "          application/octet-stream:\n            schema:\n              $ref: '#/components/schemas/CreateCustomerRequest'",
            )
        }),
        ("a multipart body", |text| {
            edit(
                text,
                "          application/json:\n            schema:\n              $ref: '#/components/schemas/CreateCustomerRequest'",
                "          multipart/form-data:\n            schema:\n              $ref: '#/components/schemas/CreateCustomerRequest'",
            )
        }),
        ("a cookie", |text| {
            edit(text, "          in: path\n", "          in: cookie\n")
        }),
        ("an unknown keyword", |text| {
            edit(
                text,
                "          format: email\n",
                "          format: email\n          not: {}\n",
            )
        }),
        ("a form", |text| {
            edit(
                text,
                "          application/json:\n            schema:\n              $ref: '#/components/schemas/CreateCustomerRequest'",
                "          application/x-www-form-urlencoded:\n            schema:\n              $ref: '#/components/schemas/CreateCustomerRequest'",
            )
        }),
    ];
    let copy = workspace();
    let root = copy.path();
    let contract = fs::read_to_string(root.join(CONTRACT)).unwrap();
    let before = DERIVED.map(|file| fs::read(root.join(file)).unwrap());
    let mut messages = String::new();
    for (name, break_it) in rows {
        let broken = break_it(&contract);
        fs::write(root.join(CONTRACT), &broken).unwrap();
        let output = regen(root, &[]);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {message}");
        assert!(!message.contains("panicked at"), "{name}: {message}");
        assert!(output.stdout.is_empty(), "{name}");
        assert_eq!(
            before,
            DERIVED.map(|file| fs::read(root.join(file)).unwrap()),
            "{name}"
        );
        assert_eq!(
            fs::read_to_string(root.join(CONTRACT)).unwrap(),
            broken,
            "{name}"
        );
        messages.push_str(&format!("## {name}\n{message}\n"));
    }
    insta::assert_snapshot!(messages);
}

#[test]
fn check_names_each_stale_edited_or_missing_file() {
    let copy = workspace();
    let root = copy.path();
    assert!(regen(root, &["--check"]).status.success());

    let [client, _, embedded, _] = DERIVED.map(|file| root.join(file));
    let generated = fs::read_to_string(&client).unwrap();
    fs::write(
        &client,
        edit(&generated, "pub struct Address", "pub struct Adress"),
    )
    .unwrap();
    fs::remove_file(&embedded).unwrap();
    let output = regen(root, &["--check"]);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap());
    assert!(!embedded.exists(), "--check writes nothing");

    assert!(regen(root, &[]).status.success());
    assert!(regen(root, &["--check"]).status.success());
    assert_eq!(fs::read_to_string(&client).unwrap(), generated);
}

/// The title stands in the documentation of the client: a line break would end the comment, and a
/// block of code would be run as a test.
#[test]
fn a_title_is_documentation_and_no_code() {
    let copy = workspace();
    let root = copy.path();
    let contract = fs::read_to_string(root.join(CONTRACT)).unwrap();
    // Five marks are three when three of them are one; so are these when a pair goes.
    for fence in ["```", "`````", "~~~~~", "`~~`~~`"] {
        let title = format!(
            "  title: \"Pets\\npub fn injected() {{}}\\n\\n{fence}\\n\\ninjected()\\n\\n{fence}\"\n  x-was:"
        );
        let contract = edit(&contract, "  title:", &title);
        fs::write(root.join(CONTRACT), contract).unwrap();
        assert!(regen(root, &[]).status.success());
        let client = fs::read_to_string(root.join(DERIVED[0])).unwrap();
        let mut lines = client.lines().filter(|line| line.contains("injected"));
        assert!(lines.all(|line| line.trim_start().starts_with("/// ")));
        assert!(
            !client.contains("```") && !client.contains("~~~"),
            "{fence}"
        );
    }
}

/// What a link leads to is not the workspace's.
#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let copy = workspace();
    let root = copy.path();
    let (own, derived) = (root.join("own"), root.join(DERIVED[0]));
    fs::write(&own, "of another program").unwrap();
    fs::remove_file(&derived).unwrap();
    std::os::unix::fs::symlink(&own, &derived).unwrap();
    assert!(regen(root, &[]).status.success());
    assert_eq!(fs::read_to_string(&own).unwrap(), "of another program");
    assert!(regen(root, &["--check"]).status.success());
}

#[test]
fn a_changed_contract_is_stale_until_it_is_regenerated() {
    let copy = workspace();
    let root = copy.path();
    let contract = fs::read_to_string(root.join(CONTRACT)).unwrap();
    let changed = edit(
        &contract,
        "        postCode:\n",
        "        state:\n          type: string\n        postCode:\n",
    );
    fs::write(root.join(CONTRACT), changed).unwrap();
    let output = regen(root, &["--check"]);
    let message = String::from_utf8(output.stderr).unwrap();
    for file in [DERIVED[0], DERIVED[2]] {
        assert!(message.contains(file), "{message}");
    }
    assert!(message.contains("cargo xtask regen"), "{message}");
    assert!(regen(root, &[]).status.success());
    let client = fs::read_to_string(root.join(DERIVED[0])).unwrap();
    assert!(
        client.contains("#[wire(optional = \"state\")]"),
        "the new field is generated"
    );
}

/// One odd timestamp must not make a response unreadable, and must never leave in a request.
#[test]
fn formats_are_checked_in_requests_and_not_in_answers() {
    let copy = workspace();
    let root = copy.path();
    let contract = fs::read_to_string(root.join(CONTRACT)).unwrap();
    let time = "          type: string\n          format: date-time\n";
    let changed = edit(
        &contract,
        "      additionalProperties: true\n",
        &format!("        createdAt:\n{time}      additionalProperties: true\n"),
    );
    let changed = edit(
        &changed,
        "        postCode:\n",
        &format!("        movedAt:\n{time}        postCode:\n"),
    );
    fs::write(root.join(CONTRACT), changed).unwrap();
    assert!(regen(root, &[]).status.success());
    let client = fs::read_to_string(root.join(DERIVED[0])).unwrap();
    for field in ["pub created_at: String", "pub moved_at: DateTime"] {
        assert!(client.contains(field), "{field}");
    }
}

/// A format that nothing checks is an unchecked string, and the report says so.
#[test]
fn an_unchecked_format_is_a_warning() {
    let copy = workspace();
    let root = copy.path();
    let contract = fs::read_to_string(root.join(CONTRACT)).unwrap();
    let changed = edit(&contract, "format: email", "format: iban");
    fs::write(root.join(CONTRACT), changed).unwrap();
    let output = regen(root, &[]);
    assert!(output.status.success());
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(
        report.contains("warning: the format `iban` is not checked"),
        "{report}"
    );
    let client = fs::read_to_string(root.join(DERIVED[0])).unwrap();
    assert!(client.contains("pub email: String"), "{client}");
}

/// The derived files of this workspace are those of its contract, and the task finds
/// them from any folder.
#[test]
fn this_workspace_is_up_to_date_seen_from_anywhere() {
    let elsewhere = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["regen", "--check"])
        .current_dir(elsewhere.path())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
