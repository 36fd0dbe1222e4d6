//! `cargo xtask upgrade`: from an edited contract to a proven client in one command.
//!
//! ```text
//! regen -> diff with the last release -> cargo conformance -> drafts and what to decide
//! ```
//!
//! It writes derived files and nothing else. Clauses and the changelog are drafted on the
//! standard output, because only a reader of the documentation can confirm them.
//!
//! The command is the answer to a new version of the API's documentation: edit the contract, run
//! it, and work through the list under "To decide".

mod draft;

use std::collections::BTreeSet;
use std::path::Path;

use bvnk_contract::{Clause, Clauses, Contract, Difference, compare};
use serde_json::{Value, json};

use crate::cargo::cargo;
use crate::diff::{diff, git, read_clauses, read_contract};
use crate::{CLAUSES, CONTRACT, Mode, regen, template};

/// Upgrades the workspace at `root` to its contract as it is now, and prints each section
/// with `print`. The release to compare with is `since`, or the last tag, or `HEAD`.
/// Returns whether the suite is green and the contract's version states what breaks.
///
/// A section is printed as soon as it is known, since the suite has to be built and run.
///
/// # Errors
///
/// What is wrong with the contract or the clauses, or which step could not be run.
pub fn upgrade(root: &Path, since: Option<&str>, print: impl Fn(&str)) -> Result<bool, String> {
    // The last tag that this commit follows, or the commit itself.
    let tag = || git(root, &["describe", "--tags", "--match", "v*", "--abbrev=0"]).ok();
    let since = since.map(str::to_owned).or_else(tag);
    let since = since.as_deref().map_or("HEAD", str::trim);
    // All that is read is read before anything is written.
    let diff = diff(root, &format!("git:{since}"), None).map_err(nothing_written)?;
    let contract = read_contract(root).map_err(nothing_written)?;
    let clauses = read_clauses(root).map_err(nothing_written)?;
    let report = regen(root, Mode::Write).map_err(|error| error.to_string())?;
    let mut values = json!({
        "derived": report.to_string(),
        "changed": diff.to_string(),
        "reviews": reviews(&clauses, &contract),
        "since": since,
        "is_raised": diff.is_version_raised(),
        "version": diff.step().version(),
        "has_changes": !diff.changes.is_empty(),
        "sections": draft::changelog(&diff),
    });
    let template = include_str!("../templates/upgrade.txt");
    print(&template::render(template, &values));
    let suite = cargo(root).arg("conformance").status();
    let suite = suite.map_err(|error| {
        format!("error: `cargo conformance` cannot be started: {error}\n  help: run it by hand")
    })?;

    values["is_green"] = suite.success().into();
    let template = include_str!("../templates/decide.txt");
    print(&template::render(template, &values));
    Ok(suite.success() && diff.is_stated())
}

/// An error before the first write.
///
/// The note matters because a later error leaves the derived files changed.
fn nothing_written(error: impl std::fmt::Display) -> String {
    format!("{error}\nno file was changed")
}

/// Lists what people must review, in the order in which it is best done: what the items of a kind
/// are and what is to do with them, and the items. Kinds without items are left out.
///
/// Missing clauses come first: without them the workspace's tests fail.
fn reviews(clauses: &Clauses, contract: &Contract) -> Vec<Value> {
    let (expected, statements) = (clauses.statements(), contract.statements());
    let (mut changed, mut obsolete, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    let mut ids: BTreeSet<String> = clauses.iter().map(|clause| clause.id.clone()).collect();
    let at = |clause: &Clause| format!("{} ({CLAUSES}:{})", clause.id, clause.line);
    for difference in compare(&expected, &statements) {
        match difference {
            Difference::Removed(it) => {
                obsolete.extend(clauses.about(&it.expectation).map(at));
            }
            Difference::Changed { before, after, .. } => {
                let restated = |clause: &Clause| {
                    let mut restated = clause.clone();
                    restated.expect.clone_from(&after.expectation);
                    format!("# {CLAUSES}:{}\n{restated}", clause.line)
                };
                changed.extend(clauses.about(&before.expectation).map(restated));
            }
            Difference::Added(statement) => {
                let fact = &statement.expectation;
                let id = draft::id(fact, &ids);
                missing.push(Clause::draft(&id, fact).to_string());
                ids.insert(id);
            }
        }
    }
    let samples = clauses.check_samples(contract, CONTRACT).into_iter();
    let samples = samples.map(|sample| format!("{}: {}", sample.location, sample.message));
    let reviews = [
        (
            "missing clauses; add these, and write what they say",
            missing,
        ),
        (
            "changed clauses; replace these, and correct what they say",
            changed,
        ),
        ("obsolete clauses; remove these", obsolete),
        (
            "samples that differ from the contract's examples; correct one of the two",
            samples.collect(),
        ),
    ];
    let reviews = reviews.into_iter().filter(|(_, items)| !items.is_empty());
    let review = |(title, items): (&str, Vec<String>)| json!({ "title": title, "count": items.len(), "items": items });
    reviews.map(review).collect()
}
