//! Where the two contracts come from: files, or revisions that git knows.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::Diff;
use crate::clauses::Clauses;
use crate::problem::{Problem, Problems};
use crate::{CONTRACT, contract};

/// Compares two contracts: each a file or `git:REV`; the new one is the workspace's own
/// unless it is given.
///
/// # Errors
///
/// When one of them cannot be read, or is no contract.
pub fn contracts(root: &Path, old: &str, new: Option<&str>) -> Result<Diff, Problems> {
    let clauses = Clauses::read(root)?;
    let before = read(root, old)?;
    let after = match new {
        Some(new) => read(root, new)?,
        None => {
            let contract = contract::read(root)?;
            contract::references_lead_somewhere(&contract)?;
            contract
        }
    };
    let mut diff = Diff::of(&before, &after, &clauses);
    diff.names = (old.to_owned(), new.unwrap_or(CONTRACT).to_owned());
    Ok(diff)
}

pub(crate) fn read(root: &Path, name: &str) -> Result<Value, Problems> {
    let text = match name.strip_prefix("git:") {
        Some(revision) => at(root, revision)?,
        None => std::fs::read_to_string(name).map_err(|error| {
            Problem::new(
                name,
                "",
                format!("cannot be read: {error}"),
                "name a file, or a revision as in `git:HEAD`",
            )
        })?,
    };
    let contract = contract::parse(&text, name)?;
    if contract.get("paths").is_none() {
        return Err(Problem::new(
            name,
            "",
            "is no OpenAPI document: it has no `paths`",
            "name a contract",
        )
        .into());
    }
    contract::references_lead_somewhere(&contract).map_err(|problems| {
        let named = problems.list.into_iter().map(|problem| Problem {
            file: name.to_owned(),
            ..problem
        });
        Problems::new(named.collect())
    })?;
    Ok(contract)
}

/// The contract as it was at a revision.
fn at(root: &Path, revision: &str) -> Result<String, Problems> {
    let failed = |reason: String| {
        Problem::new(
            format!("git:{revision}"),
            "",
            reason,
            format!("name a revision that has {CONTRACT}; a shallow clone may not have it"),
        )
    };
    if revision.is_empty() || revision.starts_with('-') {
        return Err(failed("is no revision".to_owned()).into());
    }
    // Relative to the workspace, which may be a folder of a larger repository.
    let output = Command::new("git")
        .args(["show", &format!("{revision}:./{CONTRACT}")])
        .current_dir(root)
        .output()
        .map_err(|error| failed(format!("git cannot be started: {error}")))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(failed(told).into())
    }
}
