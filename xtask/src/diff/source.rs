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
    let after = new.map_or_else(|| read_contract(root), |new| read_revision(root, new))?;
    let mut diff = Diff::new(&before, &after, &clauses);
    diff.names = (old.to_owned(), new.unwrap_or(CONTRACT).to_owned());
    Ok(diff)
}

/// Reads the contract of a workspace.
///
/// Examples and patterns are not checked here; `regen` does that.
pub(crate) fn read_contract(root: &Path) -> Result<Contract, Diagnostics> {
    Contract::from_yaml(CONTRACT, &read_file(root, CONTRACT)?)
}

/// Reads the clauses of a workspace.
pub(crate) fn read_clauses(root: &Path) -> Result<Clauses, Diagnostics> {
    Clauses::from_toml(CLAUSES, &read_file(root, CLAUSES)?)
}

/// Reads a file of a workspace.
pub(crate) fn read_file(root: &Path, name: &str) -> Result<String, Diagnostic> {
    let text = read(&root.join(name));
    text.map_err(|reason| Diagnostic::new(name, "", reason).help("restore the file"))
}

/// Reads a file, or says why not.
fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

/// Reads a file or, as `git:REV`, the contract as it was at a revision. What looks like an option
/// is refused before git sees it.
///
/// The path of the contract is today's: a revision that had it elsewhere cannot be compared.
fn read_revision(root: &Path, name: &str) -> Result<Contract, Diagnostics> {
    let mut help = "name a file, or a revision such as `git:HEAD`".to_owned();
    let text = if let Some(revision) = name.strip_prefix("git:") {
        help = format!("name a revision that has {CONTRACT}; a shallow clone may not have it");
        match revision.is_empty() || revision.starts_with('-') {
            true => Err("is not a revision".to_owned()),
            // Relative to the workspace, which may be a folder of a larger repository.
            false => git(root, &["show", &format!("{revision}:./{CONTRACT}")]),
        }
    } else {
        read(Path::new(name))
    };
    let text = text.map_err(|reason| Diagnostic::new(name, "", reason).help(help))?;
    Contract::from_yaml(name, &text)
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
