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

const MAIN: &str = r#"
use bvnk_gen::FromJson;
use serde_json::{Value, json};

type Outcome = Option<Result<Value, String>>;

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
    /// Writes and builds the program, with the feature `schemars` and without.
    pub(crate) fn build(cases: &[Case]) -> Self {
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let target = temporary.parent().unwrap();
        let root = temporary.join("shapes");
        fs::create_dir_all(root.join("src")).unwrap();
        // The versions of the workspace, and its profiles.
        fs::copy(home.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
        let workspace = fs::read_to_string(home.join("Cargo.toml")).unwrap();
        let (_, profiles) = workspace.split_once("[profile.dev]\n").unwrap();
        // With the suite's dependencies everything has the features that it was built with.
        let manifest = format!(
            "[package]\nname = \"shapes\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [features]\nschemars = []\n\n[dependencies]\n\
             bvnk-gen.path = {:?}\nconformance.path = {:?}\nserde = \"1\"\nserde_json = \"1\"\n\n\
             [profile.dev]\nincremental = false\n{profiles}\n[profile.dev.package.shapes]\ndebug = false\n",
            home.join("crates/bvnk-gen"),
            home.join("crates/conformance"),
        );
        fs::write(root.join("Cargo.toml"), manifest).unwrap();
        let mut main = String::from("#![allow(dead_code)]\n");
        let mut arms = String::new();
        for (index, case) in cases.iter().enumerate() {
            let types = types(&case.client);
            let types: String = types
                .iter()
                .map(|name| format!("{name:?} => crate::round::<types::{name}>(json), "))
                .collect();
            let run = format!(
                "\n/// {}\npub fn run(ty: &str, json: &str) -> crate::Outcome {{ match ty {{ {types} _ => None }} }}\n",
                case.name
            );
            fs::write(
                root.join(format!("src/c{index}.rs")),
                format!("{}{run}", case.client),
            )
            .unwrap();
            main.push_str(&format!("mod c{index};\n"));
            arms.push_str(&format!("{index} => c{index}::run(ty, json), "));
        }
        main.push_str(MAIN);
        main.push_str(&format!(
            "\nfn run(case: u64, ty: &str, json: &str) -> Outcome {{ match case {{ {arms} _ => None }} }}\n"
        ));
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
        cargo(&["check", "--quiet", "--features", "schemars"]);
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
                let name = type_name(&input.ty);
                format!(
                    "{}\n",
                    json!({ "case": case, "type": name, "json": input.json })
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

/// The type of a component: the tests' components have names that Rust takes.
pub(crate) fn type_name(component: &str) -> &str {
    component
}
