//! The program that all contracts are modules of.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::Case;
use crate::values::Input;

/// The built program.
pub(crate) struct Program(PathBuf);

/// What became of a value.
pub(crate) enum Outcome {
    /// It was read, and written again.
    Value(Value),
    /// It was refused.
    Error(String),
}

/// How many libraries the contracts are spread over: a compiler reads a crate in one thread.
const PARTS: usize = 4;

/// Dependencies for their features, which the suite's build turns on too: what lacks one is built
/// again.
const UNUSED: &str = r#"
futures-core = "0.3"
getrandom = { version = "0.4", features = ["std", "sys_rng"] }
idna = "1"
libc = "0.2"
memchr = "2"
serde = { version = "1", features = ["alloc"] }
serde_core = "1"
smallvec = { version = "1", features = ["const_new"] }
tokio-macros = "2"

[build-dependencies]
syn = { version = "3", features = ["extra-traits"] }
"#;

/// The file of each library, before its modules.
const PART: &str = r#"#![allow(dead_code)]
use bvnk_gen::FromJson;
use serde_json::Value;

pub type Outcome = Option<Result<Value, String>>;

fn round<T: FromJson + serde::Serialize + PartialEq>(json: &str) -> Outcome {
    Some((|| {
        let value: T = bvnk_gen::from_json(json.as_bytes()).map_err(|error| error.to_string())?;
        let written = serde_json::to_string(&value).map_err(|error| error.to_string())?;
        let again: T = bvnk_gen::from_json(written.as_bytes())
            .map_err(|error| format!("not read again: {written}: {error}"))?;
        match value == again {
            true => serde_json::from_str(&written).map_err(|error| error.to_string()),
            false => Err(format!("another value: {written}")),
        }
    })())
}
"#;

const MAIN: &str = r#"
use serde_json::{Value, json};

fn main() {
    for line in std::io::stdin().lines() {
        let input: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let (case, ty) = (input["case"].as_u64().unwrap(), input["type"].as_str().unwrap());
        let outcome = run(case, ty, &input["json"].to_string());
        println!("{}", match outcome {
            Some(Ok(value)) => json!({ "value": value }),
            Some(Err(error)) => json!({ "error": error }),
            None => json!({ "error": "no such type" }),
        });
    }
}
"#;

impl Program {
    /// Writes and builds the program. `everything` also checks the code with the feature `schemars`,
    /// which is the same code with more attributes.
    pub(crate) fn build(cases: &[Case], everything: bool) -> Self {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let target = temporary.parent().unwrap();
        let root = temporary.join("shapes");
        // The workspace's versions and the profiles of its dependencies, so that those are not built again.
        fs::create_dir_all(root.join("src")).unwrap();
        fs::copy(home.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        let workspace = fs::read_to_string(home.join("Cargo.toml")).unwrap();
        let (_, profiles) = workspace
            .split_once("[profile.dev.package.\"*\"]\n")
            .unwrap();
        let (mut features, mut parts, mut arms) = (String::new(), String::new(), String::new());
        for part in 0..PARTS {
            let own: Vec<(usize, &Case)> =
                cases.iter().enumerate().skip(part).step_by(PARTS).collect();
            write_part(&root.join(format!("part{part}")), part, &own);
            features += &format!("\"part{part}/schemars\", ");
            parts += &format!("part{part} = {{ path = \"part{part}\" }}\n");
            arms += &format!("{part} => part{part}::run(case, ty, json), ");
        }
        let manifest = format!(
            "{}[workspace]\n\n[features]\nschemars = [{features}]\n\n\
             [dependencies]\n{parts}serde_json = {{ version = \"1\", features = [\"alloc\"] }}\n{UNUSED}\n\
             [profile.dev]\ndebug = false\nincremental = false\ndebug-assertions = false\noverflow-checks = false\n\n\
             [profile.dev.package.\"*\"]\n{profiles}",
            package("shapes"),
        );
        fs::write(root.join("Cargo.toml"), manifest).unwrap();
        let main = format!(
            "{MAIN}\nfn run(case: u64, ty: &str, json: &str) -> Option<Result<Value, String>> {{ \
             match case % {PARTS} {{ {arms} _ => None }} }}\n"
        );
        fs::write(root.join("src/main.rs"), main).unwrap();
        let cargo = |arguments: &[&str]| {
            let output = xtask::cargo(&root)
                .args(arguments)
                .arg("--target-dir")
                .arg(target)
                .output()
                .unwrap();
            let message = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{message}");
            assert!(!message.contains("warning: unused"), "{message}");
        };
        if everything {
            cargo(&["check", "--quiet", "--features", "schemars"]);
        }
        cargo(&["build", "--quiet"]);
        Self(target.join("debug/shapes"))
    }

    /// Runs the values through their types.
    pub(crate) fn run(&self, inputs: &[(usize, Input)]) -> Vec<Outcome> {
        let mut child = Command::new(&self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let lines: String = inputs
            .iter()
            .map(|(case, input)| {
                format!(
                    "{}\n",
                    json!({ "case": case, "type": input.ty, "json": input.json })
                )
            })
            .collect();
        let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let outcome = |line: &str| {
            let mut outcome: Value = serde_json::from_str(line).unwrap();
            match outcome.get("error") {
                Some(error) => Outcome::Error(error.to_string()),
                None => Outcome::Value(outcome["value"].take()),
            }
        };
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(outcome)
            .collect()
    }
}

/// The first lines of a manifest.
fn package(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n")
}

/// Writes a library with a module for each of its cases.
fn write_part(folder: &Path, part: usize, cases: &[(usize, &Case)]) {
    fs::create_dir_all(folder.join("src")).unwrap();
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/bvnk-gen");
    let manifest = format!(
        "{}[features]\nschemars = [\"bvnk-gen/schemars\"]\n\n[dependencies]\nbvnk-gen.path = {runtime:?}\nserde = \"1\"\nserde_json = \"1\"\n",
        package(&format!("part{part}")),
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    let (mut modules, mut arms) = (String::new(), String::new());
    for (index, case) in cases {
        let types: String = case
            .types
            .iter()
            .map(|name| format!("({name:?}, _) => crate::round::<types::{name}>(json), "))
            .collect();
        let text = format!(
            "{}\n/// {}\npub fn run(ty: &str, json: &str) -> crate::Outcome {{ match (ty, json) {{ {types} _ => None }} }}\n",
            case.client, case.name
        );
        fs::write(folder.join(format!("src/c{index}.rs")), text).unwrap();
        modules += &format!("mod c{index};\n");
        arms += &format!("{index} => c{index}::run(ty, json), ");
    }
    let library = format!(
        "{PART}\n{modules}\npub fn run(case: u64, ty: &str, json: &str) -> Outcome {{ match case {{ {arms} _ => None }} }}\n"
    );
    fs::write(folder.join("src/lib.rs"), library).unwrap();
}

/// The names of the types that a client has.
pub(crate) fn types(client: &str) -> Vec<&str> {
    let list = client
        .split("pub enum Schemas {")
        .nth(1)
        .unwrap_or_default();
    let list = list.split('}').next().unwrap_or_default();
    list.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}
