//! The two contracts: files, or revisions that git knows.
//!
//! Git is called as a program, so that revisions mean what they mean on the command line.

use std::path::Path;
use std::process::Command;

use bvnk_contract::{Clauses, Contract, Diagnostic, Diagnostics};

use super::Diff;
use crate::{CLAUSES, CONTRACT};

/// Compares two contracts: each a file or `git:REV`. The new one is the contract of the
/// workspace at `root` unless it is given.
///
/// # Errors
///
/// When one of them cannot be read, or is no contract.
pub fn diff(root: &Path, old: &str, new: Option<&str>) -> Result<Diff, Diagnostics> {
    let clauses = read_clauses(root)?;
    let before = read_revision(root, old)?;
    let after = match new {
        Some(new) => read_revision(root, new)?,
        None => read_contract(root)?,
    };
    let mut diff = Diff::new(&before, &after, &clauses);
    diff.names = (old.to_owned(), new.unwrap_or(CONTRACT).to_owned());
    Ok(diff)
}

/// Reads the contract of a workspace.
///
/// Examples and patterns are not checked here; `regen` does that.
pub(crate) fn read_contract(root: &Path) -> Result<Contract, Diagnostics> {
    let text = read_file(&root.join(CONTRACT), CONTRACT, RESTORE)?;
    Contract::from_yaml(CONTRACT, &text)
}

/// Reads the clauses of a workspace.
pub(crate) fn read_clauses(root: &Path) -> Result<Clauses, Diagnostics> {
    let text = read_file(&root.join(CLAUSES), CLAUSES, RESTORE)?;
    Clauses::from_toml(CLAUSES, &text)
}

/// Reads a file or, as `git:REV`, the contract as it was at a revision.
fn read_revision(root: &Path, name: &str) -> Result<Contract, Diagnostics> {
    let text = match name.strip_prefix("git:") {
        Some(revision) => at_revision(root, revision)?,
        None => {
            let help = "name a file, or a revision such as `git:HEAD`";
            read_file(Path::new(name), name, help)?
        }
    };
    Contract::from_yaml(name, &text)
}

/// What to do when a file of the workspace cannot be read.
const RESTORE: &str = "restore the file";

/// Reads a file; `name` is what errors call it.
fn read_file(path: &Path, name: &str, help: &str) -> Result<String, Diagnostic> {
    std::fs::read_to_string(path)
        .map_err(|error| Diagnostic::new(name, "", format!("cannot be read: {error}")).help(help))
}

/// Reads the contract as it was at a revision of git. What looks like an option is refused
/// before git sees it.
///
/// The path of the contract is today's: a revision that had it elsewhere cannot be compared.
fn at_revision(root: &Path, revision: &str) -> Result<String, Diagnostic> {
    // Relative to the workspace, which may be a folder of a larger repository.
    let text = match revision.is_empty() || revision.starts_with('-') {
        true => Err("is not a revision".to_owned()),
        false => git(root, &["show", &format!("{revision}:./{CONTRACT}")]),
    };
    text.map_err(|reason| {
        let help = format!("name a revision that has {CONTRACT}; a shallow clone may not have it");
        Diagnostic::new(format!("git:{revision}"), "", reason).help(help)
    })
}

/// What a git command prints in a folder, or why it failed.
///
/// The reason is what git wrote to its standard error.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new("git");
    let output = command.args(arguments).current_dir(folder).output();
    let output = output.map_err(|error| format!("git cannot be started: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr).trim().to_owned()),
    }
}
