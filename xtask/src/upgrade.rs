//! From an edited contract to a proven client, in one command: validate, derive, compare
//! with the last release, list what people must look at, run the suite, and draft the
//! changelog's entry.
//!
//! It writes derived files and nothing else. What only people can decide, it tells.

mod draft;
mod snapshots;

use std::path::Path;
use std::process::Command;

use crate::cargo::cargo;
use crate::clauses::{Clauses, Subject};
use crate::diff::{self, Diff, Side, Verdict, contracts};
use crate::facts::{Facts, Key};
use crate::problem::{Problem, Problems};
use crate::{Mode, contract, regen};

/// Upgrades the workspace at `root` to its contract as it is now. The release to compare
/// with is `since`, or the last tag, or what was committed last. `say` is told all that
/// is to be read. Whether the suite is green and the contract's version tells what breaks.
///
/// # Errors
///
/// What is wrong with the contract, or which step could not be run.
pub fn upgrade(root: &Path, since: Option<&str>, say: impl Fn(&str)) -> Result<bool, Problems> {
    let since = since.map_or_else(|| last_release(root), str::to_owned);
    // A release that cannot be read is told before anything is written.
    diff::read(root, &format!("git:{since}"))?;
    let report = regen(root, Mode::Write)?;
    say("# Derived\n");
    say(&report.to_string());
    review(root, &since, say).map_err(|problems| problems.after(&report.written))
}

/// What comes after the files were derived.
fn review(root: &Path, since: &str, say: impl Fn(&str)) -> Result<bool, Problems> {
    let diff = contracts(root, &format!("git:{since}"), None)?;
    say("# Changed\n");
    say(&diff.to_string());

    let clauses = Clauses::read(root)?;
    let facts = Facts::of(&contract::read(root)?);
    let review = Review::of(root, &diff, &clauses, &facts);
    say("# To review\n");
    say(&review.told());

    say("# The suite: cargo conformance\n");
    let green = suite(root)?;

    say("\n# Still to decide\n");
    let open = review.open(&diff, since, green);
    for decision in &open {
        say(&format!("- {decision}"));
    }
    if open.is_empty() {
        say("nothing");
    }
    if !diff.findings.is_empty() {
        say("\n# Draft for CHANGELOG.md, under Unreleased\n");
        say(&draft::changelog(&diff));
    }
    Ok(green && (diff.is_version_raised() || !diff.is_breaking()))
}

/// The last tag that this commit follows, or the commit itself.
fn last_release(root: &Path) -> String {
    let described = Command::new("git")
        .args(["describe", "--tags", "--abbrev=0"])
        .current_dir(root)
        .output();
    match described {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        }
        _ => "HEAD".to_owned(),
    }
}

fn suite(root: &Path) -> Result<bool, Problems> {
    let status = cargo(root).arg("conformance").status().map_err(|error| {
        let reason = format!("cannot be started: {error}");
        Problem::new("cargo conformance", "", reason, "run it by hand")
    })?;
    Ok(status.success())
}

/// What people must look at.
struct Review {
    /// Clauses about what changed: they may have to be restated.
    touched: Vec<String>,
    /// Clauses about what is gone.
    orphaned: Vec<String>,
    /// What no clause is about, as drafts of clauses.
    missing: Vec<String>,
    /// Snapshots that show what changed, with the words that they show.
    snapshots: Vec<(String, String)>,
}

impl Review {
    fn of(root: &Path, diff: &Diff, clauses: &Clauses, facts: &Facts) -> Self {
        let (mut touched, mut orphaned, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        let findings = diff.findings.iter();
        for subject in findings.flat_map(|finding| &finding.subjects) {
            let about = clauses.about(subject);
            let ids = about.iter().map(|clause| clause.id.clone());
            match (exists(subject, facts), about.is_empty()) {
                (true, false) => touched.extend(ids),
                (false, _) => orphaned.extend(ids),
                (true, true) => missing.extend(draft::clause(subject, facts)),
            }
        }
        for list in [&mut touched, &mut orphaned, &mut missing] {
            list.sort();
            list.dedup();
        }
        let snapshots = snapshots::showing(root, &words(diff), !missing.is_empty());
        Self {
            touched,
            orphaned,
            missing,
            snapshots,
        }
    }

    fn told(&self) -> String {
        let mut told = String::new();
        let mut list = |title: &str, items: &[String]| {
            if !items.is_empty() {
                told.push_str(&format!("{title}\n"));
                for item in items {
                    told.push_str(&format!("  {}\n", item.replace('\n', "\n  ")));
                }
                told.push('\n');
            }
        };
        list(
            "clauses about what changed, to be restated where they differ:",
            &self.touched,
        );
        list("clauses about what is gone, to be removed:", &self.orphaned);
        list(
            "clauses that are missing; in openapi/clauses.toml, in your words:",
            &self.missing,
        );
        let snapshots: Vec<String> = self
            .snapshots
            .iter()
            .map(|(file, word)| format!("{file} (shows {word})"))
            .collect();
        list("snapshots that show what changed:", &snapshots);
        if told.is_empty() {
            told.push_str("nothing\n");
        }
        told
    }

    /// What is still to decide, in the order in which it is best done.
    fn open(&self, diff: &Diff, since: &str, green: bool) -> Vec<String> {
        let mut open = Vec::new();
        if diff.findings.is_empty() {
            open.push(format!(
                "nothing differs from {since}; name an earlier revision with `--since`, if something should"
            ));
        }
        if !green {
            open.push("the suite is not green: see above what failed first".to_owned());
        }
        let step = diff.step();
        let version = step.from(&diff.versions.0);
        if diff.is_breaking() && !diff.is_version_raised() {
            open.push(format!(
                "set `info.version` of the contract to {version}: the change breaks callers"
            ));
        } else if !diff.is_version_raised() {
            open.push(format!(
                "set `info.version` of the contract to {version}, to tell the change"
            ));
        }
        let mut count = |count: usize, what: &str| {
            if count > 0 {
                open.push(format!("{what}: {count}"));
            }
        };
        count(
            self.missing.len(),
            "clauses to write, without which `cargo test` fails",
        );
        count(self.touched.len(), "clauses to hold against the page again");
        count(self.orphaned.len(), "clauses to remove");
        count(
            self.snapshots.len(),
            "snapshots to look at (`cargo test --workspace`, then `cargo insta review`)",
        );
        let look = diff
            .findings
            .iter()
            .filter(|finding| finding.why.contains("look at it"));
        count(look.count(), "changes that no rule judges");
        if !diff.findings.is_empty() {
            open.push(format!(
                "the next release of the crates takes a {} step, or that of `cargo semver-checks`, whichever is higher",
                diff.crates_step()
            ));
        }
        open
    }
}

fn exists(subject: &Subject, facts: &Facts) -> bool {
    match subject {
        Subject::Attribute(key) => facts.attributes.contains_key(key),
        Subject::Answer(id, status) => facts
            .operations
            .get(id)
            .is_some_and(|operation| operation.answers.contains(status)),
        Subject::Operation(id) | Subject::Security(id) => facts.operations.contains_key(id),
        Subject::Server(url) => facts.servers.iter().any(|(other, _)| other == url),
    }
}

/// The words by which a snapshot may show what changed: names on the wire, and clauses.
fn words(diff: &Diff) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for finding in &diff.findings {
        words.extend(finding.clauses.iter().cloned());
        for subject in &finding.subjects {
            match subject {
                Subject::Attribute(Key { path, .. }) => {
                    words.extend(path.rsplit('.').next().map(str::to_owned))
                }
                Subject::Server(url) => words.push(url.clone()),
                Subject::Answer(_, status) => words.push(format!(" {status}")),
                Subject::Operation(id) => words.push(id.clone()),
                Subject::Security(_) => {}
            }
        }
    }
    // Short words are everywhere.
    words.retain(|word| word.len() > 3);
    words.sort();
    words.dedup();
    words
}

/// Which section of the changelog a change belongs to.
fn section(verdict: Verdict, says: &str, side: Side) -> &'static str {
    match verdict {
        _ if says.contains(" is gone") || says.contains("no longer answers") => "Removed",
        _ if says.contains(" is new") || says.contains("may now answer") => "Added",
        Verdict::Words if side == Side::Api => "",
        _ => "Changed",
    }
}
