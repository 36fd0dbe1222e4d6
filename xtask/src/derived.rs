//! The derived files: which there are, writing them, and telling which are stale.

use std::fmt;
use std::path::Path;

use serde_json::Value;

use crate::generate;
use crate::problem::{Problem, Problems};

/// What mends a stale or edited file.
const REGEN: &str = "cargo xtask regen";

/// Whether files are written or only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs.
    Write,
    /// Write nothing and tell what differs.
    Check,
}

/// A file as it must be.
pub(crate) struct Derived {
    /// Its path, seen from the workspace's root.
    path: &'static str,
    content: String,
}

/// What was done, for people.
#[derive(Debug)]
pub struct Report {
    pub(crate) written: Vec<&'static str>,
    unchanged: Vec<&'static str>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for path in &self.written {
            writeln!(f, "written    {path}")?;
        }
        for path in &self.unchanged {
            writeln!(f, "up to date {path}")?;
        }
        Ok(())
    }
}

/// Makes all derived files in memory.
pub(crate) fn make(contract: &Value) -> Result<Vec<Derived>, Problems> {
    let document = format!("{contract:#}\n");
    Ok(vec![
        Derived {
            path: "crates/bvnk-gen/src/generated.rs",
            content: generate::client(contract)?,
        },
        Derived {
            path: "crates/bvnk-simulator/contract.json",
            content: document,
        },
    ])
}

pub(crate) fn write(root: &Path, files: &[Derived]) -> Result<Report, Problems> {
    let mut report = Report {
        written: Vec::new(),
        unchanged: Vec::new(),
    };
    for file in files {
        let path = root.join(file.path);
        // An unchanged file keeps its time, so that cargo need not build it again.
        if std::fs::read_to_string(&path).is_ok_and(|content| content == file.content) {
            report.unchanged.push(file.path);
            continue;
        }
        std::fs::write(&path, &file.content).map_err(|error| {
            let reason = format!("cannot be written: {error}");
            let problem = Problem::new(file.path, "", reason, "check the folder");
            Problems::from(problem).after(&report.written)
        })?;
        report.written.push(file.path);
    }
    Ok(report)
}

pub(crate) fn check(root: &Path, files: &[Derived]) -> Result<Report, Problems> {
    let mut problems = Vec::new();
    for file in files {
        let found = std::fs::read_to_string(root.join(file.path));
        let place = match &found {
            Ok(content) if *content == file.content => continue,
            Ok(content) => first_difference(content, &file.content),
            Err(_) => String::new(),
        };
        let reason = match found {
            Ok(_) => "is stale or was edited by hand: the contract derives another text".to_owned(),
            Err(error) => format!("cannot be read: {error}"),
        };
        problems.push(Problem::new(
            file.path,
            place,
            reason,
            format!("run `{REGEN}`"),
        ));
    }
    if problems.is_empty() {
        Ok(Report {
            written: Vec::new(),
            unchanged: files.iter().map(|file| file.path).collect(),
        })
    } else {
        Err(Problems::new(problems))
    }
}

fn first_difference(found: &str, wanted: &str) -> String {
    let same = found
        .lines()
        .zip(wanted.lines())
        .take_while(|(found, wanted)| found == wanted)
        .count();
    format!("line {}", same + 1)
}
