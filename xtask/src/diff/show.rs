//! The comparison as text, as JSON and as a Markdown table.
//!
//! All three have the same changes in the same order. The text is for a terminal; JSON has all
//! places, while the others show the first few.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Change, Diff, Impact};

/// The word for an impact or a side, which is the one of the JSON output.
///
/// One source for the words keeps the three outputs alike.
pub(super) fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The first few of a set, and how many more there are.
///
/// At most four are shown; line breaks within one are escaped, so that each change stays one
/// block.
fn few(set: &BTreeSet<String>) -> String {
    let shown = set.iter().take(4).map(|it| it.replace('\n', "\\n"));
    let more = set.len().saturating_sub(4);
    let more = (more > 0).then(|| format!("{more} more"));
    shown.chain(more).collect::<Vec<_>>().join(", ")
}

impl fmt::Display for Diff {
    /// Writes a paragraph for each change, and the summary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (old, new) = &self.names;
        writeln!(f, "{old} -> {new}\n")?;
        for change in &self.changes {
            let impact = word(change.impact).replace("breaking", "BREAKING");
            let side = word(change.side);
            writeln!(f, "{impact:10}  {side:9}  {}", change.says)?;
            let lines = [
                ("why", change.why.clone()),
                ("rust", change.rust.unwrap_or_default().to_owned()),
                ("seen in", few(&change.seen_in)),
                ("place", few(&change.places)),
                ("clauses", few(&change.clauses)),
            ];
            for (name, value) in lines.iter().filter(|(_, value)| !value.is_empty()) {
                writeln!(f, "{:10}  {name:9}  {value}", "")?;
            }
            writeln!(f)?;
        }
        writeln!(f, "{}", self.summary())
    }
}

impl Diff {
    /// Counts the changes, and states the version steps that follow.
    ///
    /// It names the version to set, since a wrong one is the usual reason why the command fails.
    pub fn summary(&self) -> String {
        if self.changes.is_empty() {
            return "nothing changed".to_owned();
        }
        let is_breaking = |change: &&Change| change.impact == Impact::Breaking;
        let breaking = self.changes.iter().filter(is_breaking).count();
        let others = self.changes.len() - breaking;
        let (old, new) = &self.versions;
        let (step, crates) = (self.step(), self.crates_step().name);
        let (name, version) = (step.name, step.version());
        let contract = match (self.is_version_raised(), breaking > 0) {
            (true, _) => format!(", a {name} step was needed"),
            (false, true) => format!(
                " does not state that it breaks; a {name} step is needed: set `info.version` to {version} or later"
            ),
            (false, false) => format!("; a {name} step would state it: `info.version` {version}"),
        };
        format!(
            "{breaking} breaking, {others} other\n\
             contract: {old} -> {new}{contract}\n\
             crates: a {crates} step at the next release, or that of `cargo semver-checks` if it is higher"
        )
    }

    /// The comparison as JSON, for programs.
    ///
    /// `verdict` of a change is its impact; `step` and `crates_step` are `none`, `patch`, `minor`
    /// or `major`.
    pub fn json(&self) -> Value {
        json!({
            "old": { "name": self.names.0, "version": self.versions.0 },
            "new": { "name": self.names.1, "version": self.versions.1 },
            "breaking": self.is_breaking(),
            "step": self.step().name,
            "crates_step": self.crates_step().name,
            "version_raised": self.is_version_raised(),
            "changes": self.changes,
        })
    }

    /// The comparison as a Markdown table, for a pull request.
    ///
    /// `|` in a cell is escaped, since the API's texts may have it.
    pub fn markdown(&self) -> String {
        if self.changes.is_empty() {
            return "The contract did not change.\n".to_owned();
        }
        let mut text = String::from("| | for | change | why | clauses |\n|---|---|---|---|---|\n");
        for change in &self.changes {
            let rust = change.rust.map(|rust| format!("; in Rust {rust}"));
            let cells = [
                word(change.impact).replace("breaking", "**breaking**"),
                word(change.side),
                change.says.clone(),
                format!("{}{}", change.why, rust.unwrap_or_default()),
                few(&change.clauses),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|"));
            text += &format!("| {} |\n", cells.join(" | "));
        }
        let summary = self.summary().replace('\n', "\n- ");
        text + &format!("\n- {summary}\n")
    }
}
