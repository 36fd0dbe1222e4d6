//! A rehearsal of a change of the API: a copy of the workspace gets an optional field in its
//! contract, with one of each other kind beside it, and the field is seen all the way through,
//! with no hand-written Rust touched.
//!
//! It names no field and no schema of the API: it takes the body of the first operation that
//! has one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::cargo::cargo;
use crate::problem::{Problem, Problems};
use crate::{CONTRACT, Mode, contract, regen};

/// The field that is added, as the contract spells it and as Rust does.
const FIELD: &str = "rehearsalNote";
const RUST_FIELD: &str = "pub rehearsal_note: ::std::option::Option<";
/// Fields of other kinds, for whatever only knows texts.
const OTHERS: [(&str, &str); 4] = [
    ("rehearsalAmount", "number"),
    ("rehearsalCount", "integer"),
    ("rehearsalConsent", "boolean"),
    ("rehearsalTitle", "string\n          maxLength: 9"),
];

/// Rehearses in a copy of the workspace at `root`, which stays as it is. `say` is told each
/// step when it is done.
///
/// # Errors
///
/// The step that does not work, and what it printed.
pub fn rehearse(root: &Path, say: impl Fn(&str)) -> Result<(), Problems> {
    let copy = Copy::of(root)?;
    let place = copy.path.join(CONTRACT);
    let text = std::fs::read_to_string(&place).map_err(|error| failed("read the copy", error))?;
    let document = contract::read(&copy.path)?;
    std::fs::write(&place, with_field(&text, &document)?)
        .map_err(|error| failed("edit the copy", error))?;
    say("added an optional field, and one of each other kind, to the contract of a copy");

    regen(&copy.path, Mode::Write)?;
    let generated = std::fs::read_to_string(copy.path.join("crates/bvnk-gen/src/generated.rs"));
    let generated = generated.map_err(|error| failed("read the generated client", error))?;
    demand(
        generated.contains(RUST_FIELD),
        "generate the field",
        "generated.rs does not have it",
    )?;
    say("the field is generated");

    let individuals = copy.conformance(&["individuals", "--cases", "20", "--seed", "1"])?;
    let with = individuals
        .lines()
        .filter(|line| line.contains(FIELD))
        .count();
    let lines = individuals.lines().count();
    demand(
        with > 0 && with < lines,
        "exercise the field",
        &format!("{with} of {lines} generated bodies have it; some must, some must not"),
    )?;
    say("generated data has it, and does without it");

    copy.conformance(&["--cases", "40", "--seed", "1"])?;
    say("the suite is green: it arrives as it was given, and the server takes it");

    let mut body: Value = serde_json::from_str(individuals.lines().next().unwrap_or_default())
        .map_err(|error| failed("read a generated body", error))?;
    body[FIELD] = "x".into();
    let file = copy.path.join("too-short.json");
    std::fs::write(&file, body.to_string()).map_err(|error| failed("write a body", error))?;
    let refused = copy.run(&["--individual", &file.to_string_lossy()])?;
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    demand(
        refused.status.code() == Some(1) && told.contains(FIELD),
        "validate the field",
        &format!("a value that is too short was not refused by name: {told}"),
    )?;
    say("a value that the contract does not allow is refused by name");

    let changed = copy.changed();
    let expected = [
        CONTRACT,
        "crates/bvnk-gen/src/generated.rs",
        "crates/bvnk-simulator/contract.json",
    ];
    demand(
        changed.iter().all(|file| expected.contains(file)),
        "leave hand-written files alone",
        &format!("changed: {}", changed.join(", ")),
    )?;
    say("no hand-written Rust was touched");
    Ok(())
}

fn failed(step: &str, reason: impl std::fmt::Display) -> Problems {
    Problem::new(
        "rehearsal",
        step,
        reason.to_string(),
        "run the step by hand in the copy under target/rehearsal/workspace",
    )
    .into()
}

fn demand(holds: bool, step: &str, reason: &str) -> Result<(), Problems> {
    if holds {
        Ok(())
    } else {
        Err(failed(step, reason))
    }
}

/// The contract with an optional, constrained field in the first request body.
fn with_field(text: &str, document: &Value) -> Result<String, Problems> {
    let schema = contract::operations::all(document)
        .into_iter()
        .find_map(|(_, operation)| {
            let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref")?;
            schema.as_str()?.rsplit('/').next().map(str::to_owned)
        });
    let schema =
        schema.ok_or_else(|| failed("find a request body", "no operation has a named one"))?;
    let properties = text
        .find(&format!("\n    {schema}:\n"))
        .and_then(|start| Some(start + text[start..].find("\n      properties:\n")?))
        .map(|start| start + "\n      properties:\n".len())
        .ok_or_else(|| failed("find the properties of the request body", &schema))?;
    let mut field = String::new();
    for (name, kind) in [(FIELD, "string\n          minLength: 3")]
        .iter()
        .chain(&OTHERS)
    {
        field.push_str(&format!(
            "        {name}:\n          type: {kind}\n          description: Added by a rehearsal\n"
        ));
    }
    Ok(format!(
        "{}{field}{}",
        &text[..properties],
        &text[properties..]
    ))
}

/// A copy of the files that git knows, under the target folder.
struct Copy {
    path: PathBuf,
    target: PathBuf,
    /// What the files were like when they were copied.
    files: BTreeMap<String, Vec<u8>>,
}

impl Copy {
    fn of(root: &Path) -> Result<Self, Problems> {
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |dir| root.join(dir));
        let path = target.join("rehearsal").join("workspace");
        if path.exists() {
            std::fs::remove_dir_all(&path)
                .map_err(|error| failed("remove the last copy", error))?;
        }
        let listed = Command::new("git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .map_err(|error| failed("list the files with git", error))?;
        let listed = String::from_utf8_lossy(&listed.stdout);
        let mut files = BTreeMap::new();
        for file in listed.lines().filter(|file| root.join(file).is_file()) {
            let copied = || -> std::io::Result<Vec<u8>> {
                let content = std::fs::read(root.join(file))?;
                let to = path.join(file);
                to.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                std::fs::write(to, &content)?;
                Ok(content)
            };
            let content = copied().map_err(|error| failed("copy the workspace", error))?;
            files.insert(file.to_owned(), content);
        }
        demand(
            !files.is_empty(),
            "list the files with git",
            "this is no git checkout",
        )?;
        // A target folder of its own: cargo would take artifacts of the copy for those of
        // the workspace, as their packages have the same places in it.
        let target = target.join("rehearsal").join("target");
        Ok(Self {
            path,
            target,
            files,
        })
    }

    /// Runs the copy's suite.
    fn run(&self, arguments: &[&str]) -> Result<Output, Problems> {
        cargo(&self.path)
            .arg("conformance")
            .args(arguments)
            .env("CARGO_TARGET_DIR", &self.target)
            .output()
            .map_err(|error| failed("start cargo", error))
    }

    /// The same, which must succeed; what it printed.
    fn conformance(&self, arguments: &[&str]) -> Result<String, Problems> {
        let output = self.run(arguments)?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(told);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        let step = format!("cargo conformance {}", arguments.join(" "));
        Err(failed(&step, format!("{told}\n{errors}")))
    }

    /// The files that are not as they were when they were copied.
    fn changed(&self) -> Vec<&str> {
        let same = |file: &str, content: &[u8]| {
            std::fs::read(self.path.join(file)).is_ok_and(|now| now == content)
        };
        let changed = self
            .files
            .iter()
            .filter(|(file, content)| !same(file, content));
        changed.map(|(file, _)| file.as_str()).collect()
    }
}
