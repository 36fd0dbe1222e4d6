//! The derived files: which there are, writing them, and finding those that are stale.

use std::fmt;
use std::path::Path;

use bvnk_contract::{Contract, Diagnostic, Diagnostics};

use super::Generated;

/// What updates a stale or edited file.
const REGEN: &str = "run `cargo xtask regen`";

/// Whether files are written or only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs.
    Write,
    /// Write nothing and report what differs.
    Check,
}

/// A file as it must be.
pub(super) struct File {
    /// Its path, relative to the workspace's root.
    path: &'static str,
    content: String,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Report {
    /// The files that were written, relative to the workspace's root.
    pub written: Vec<&'static str>,
    unchanged: Vec<&'static str>,
    warnings: Vec<Diagnostic>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        for path in &self.written {
            writeln!(f, "written    {path}")?;
        }
        for path in &self.unchanged {
            writeln!(f, "up to date {path}")?;
        }
        Ok(())
    }
}

/// All derived files. The suite's package has a copy of the clauses, if there are any.
pub(super) fn derive(root: &Path, contract: &Contract, generated: &Generated) -> Vec<File> {
    let clauses = std::fs::read_to_string(root.join("openapi/clauses.toml")).ok();
    let clauses = clauses.map(|content| File {
        path: "crates/conformance/clauses.toml",
        content,
    });
    let files = [
        File {
            path: "crates/bvnk-gen/src/generated.rs",
            content: generated.client.clone(),
        },
        File {
            path: "crates/conformance/src/dispatch.rs",
            content: generated.dispatch.clone(),
        },
        File {
            path: "crates/bvnk-simulator/contract.json",
            content: format!("{:#}\n", contract.document()),
        },
    ];
    files.into_iter().chain(clauses).collect()
}

pub(super) fn write(
    root: &Path,
    files: &[File],
    warnings: Vec<Diagnostic>,
) -> Result<Report, Diagnostics> {
    let mut report = Report {
        warnings,
        ..Report::default()
    };
    for file in files {
        let path = root.join(file.path);
        // An unchanged file keeps its time, so that cargo need not build it again.
        if std::fs::read_to_string(&path).is_ok_and(|content| content == file.content) {
            report.unchanged.push(file.path);
            continue;
        }
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let done = folder.and_then(|()| std::fs::write(&path, &file.content));
        done.map_err(|error| {
            let written = match report.written.as_slice() {
                [] => "no file was changed".to_owned(),
                written => format!("written before: {}", written.join(", ")),
            };
            let message = format!("cannot be written: {error}; {written}");
            Diagnostic::new(file.path, "", message).help("check the folder")
        })?;
        report.written.push(file.path);
    }
    Ok(report)
}

pub(super) fn check(
    root: &Path,
    files: &[File],
    warnings: Vec<Diagnostic>,
) -> Result<Report, Diagnostics> {
    let mut stale = Vec::new();
    for file in files {
        let found = std::fs::read_to_string(root.join(file.path));
        let (place, message) = match found {
            Ok(content) if content == file.content => continue,
            Ok(content) => (
                first_difference(&content, &file.content),
                "is stale or was edited by hand: the contract derives another text".to_owned(),
            ),
            Err(error) => (String::new(), format!("cannot be read: {error}")),
        };
        stale.push(Diagnostic::new(file.path, place, message).help(REGEN));
    }
    Diagnostics::check(stale)?;
    Ok(Report {
        unchanged: files.iter().map(|file| file.path).collect(),
        warnings,
        ..Report::default()
    })
}

fn first_difference(found: &str, expected: &str) -> String {
    let same = found
        .lines()
        .zip(expected.lines())
        .take_while(|(found, expected)| found == expected)
        .count();
    format!("line {}", same + 1)
}
