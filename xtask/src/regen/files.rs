//! The derived files: which there are, writing them, and finding those that are stale.
//!
//! The derived files are in the repository, so that the crates build without this tool. A check in
//! CI finds files that do not follow from the contract.

use std::fmt;
use std::path::Path;

use bvnk_contract::{Clauses, Contract, Diagnostic, Diagnostics, fingerprint};

use super::{CONTRACT, Generated};
use crate::CLAUSES;
use crate::diff::read_file;

const STALE: &str = "is stale or was edited by hand: the contract derives another text";

/// Whether files are written or only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Write what differs.
    Write,
    /// Write nothing and report what differs.
    Check,
}

/// What was done.
#[derive(Debug, Default)]
pub struct Report {
    /// The files that were written, relative to the workspace's root.
    pub written: Vec<&'static str>,
    /// The files that were up to date: their times stay as they are.
    unchanged: Vec<&'static str>,
    /// What is legal in the contract but not checked by the client.
    ///
    /// For example, a rule of JSON Schema that no type of the client has.
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

/// All derived files, by their names. The suite's package has a copy of the clauses, if there
/// are any; the suite cannot start with clauses that cannot be read.
///
/// The clauses are copied as they are. By the fingerprint the suite finds a contract that was
/// changed since, without a reader of YAML.
fn derive(
    root: &Path,
    contract: &Contract,
    generated: Generated,
) -> Result<Vec<(&'static str, String)>, Diagnostics> {
    let document = format!("{:#}\n", contract.document);
    let fingerprint = fingerprint(&read_file(root, CONTRACT)?);
    let mut files = vec![
        ("crates/bvnk-gen/src/generated.rs", generated.client),
        ("crates/conformance/src/dispatch.rs", generated.dispatch),
        ("crates/bvnk-simulator/contract.json", document),
        ("crates/conformance/contract.fingerprint", fingerprint),
    ];
    if root.join(CLAUSES).exists() {
        let clauses = read_file(root, CLAUSES)?;
        Clauses::from_toml(CLAUSES, &clauses)?;
        files.push(("crates/conformance/clauses.toml", clauses));
    }
    Ok(files)
}

/// Writes the derived files that differ, or reports them.
///
/// A check continues after the first stale file, so that one run names all of them.
///
/// # Errors
///
/// Clauses that cannot be read; in [`Mode::Check`] every file that differs; in [`Mode::Write`] the first that cannot be
/// written, with those that were written before it.
pub(super) fn bring_up_to_date(
    root: &Path,
    mode: Mode,
    contract: &Contract,
    generated: Generated,
) -> Result<Report, Diagnostics> {
    let mut report = Report {
        warnings: contract.warnings.clone(),
        ..Report::default()
    };
    let mut stale = Vec::new();
    for (name, content) in derive(root, contract, generated)? {
        let path = root.join(name);
        let found = std::fs::read_to_string(&path);
        // An unchanged file keeps its time, so that cargo need not build it again.
        if found.as_ref().is_ok_and(|found| *found == content) {
            report.unchanged.push(name);
        } else if mode == Mode::Check {
            let problem = match found {
                Ok(found) => Diagnostic::new(name, first_difference(&found, &content), STALE),
                Err(error) => Diagnostic::new(name, "", format!("cannot be read: {error}")),
            };
            stale.push(problem.help("run `cargo xtask regen`"));
        } else {
            let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
            // A link is replaced, so that nothing changes where it leads to.
            let free = folder.and_then(|()| match path.is_symlink() {
                true => std::fs::remove_file(&path),
                false => Ok(()),
            });
            let done = free.and_then(|()| std::fs::write(&path, content));
            done.map_err(|error| {
                let written = match report.written.as_slice() {
                    [] => "no file was changed".to_owned(),
                    written => format!("written before: {}", written.join(", ")),
                };
                let message = format!("cannot be written: {error}; {written}");
                Diagnostic::new(name, "", message).help("check the folder")
            })?;
            report.written.push(name);
        }
    }
    Diagnostics::check(stale)?;
    Ok(report)
}

/// The first line that differs, such as `line 12`.
///
/// If one text continues the other, this is the line after the shorter one.
fn first_difference(found: &str, expected: &str) -> String {
    let both = found.lines().zip(expected.lines());
    let same = both.take_while(|(found, expected)| found == expected);
    format!("line {}", same.count() + 1)
}
