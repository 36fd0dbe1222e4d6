//! The comparison as text, as JSON and as a Markdown table.
//!
//! All three have the same changes in the same order. The text is for a terminal; JSON has all
//! places, while the others show the first few.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};

use super::{Change, Diff, Impact};
use crate::template;

/// The word for an impact or a side, which is the one of the JSON output.
///
/// One source for the words keeps the three outputs alike.
pub(super) fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The first few of a list, and how many more there are.
///
/// At most four are shown; line breaks within one are escaped, so that each change stays one
/// block.
fn few(list: &Value) -> String {
    let all = list.as_array().into_iter().flatten();
    let mut all: Vec<String> = all
        .map(|it| it.as_str().unwrap_or_default().replace('\n', "\\n"))
        .collect();
    if let Some(more @ 1..) = all.len().checked_sub(4) {
        all.splice(4.., [format!("{more} more")]);
    }
    all.join(", ")
}

impl fmt::Display for Diff {
    /// Writes a paragraph for each change, and the summary.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(include_str!("../../templates/diff.txt")))
    }
}

impl Diff {
    /// Counts the changes, and states the version steps that follow.
    ///
    /// It names the version to set, since a wrong one is the usual reason why the command fails.
    pub fn summary(&self) -> String {
        let is_breaking = |change: &&Change| change.impact == Impact::Breaking;
        let breaking = self.changes.iter().filter(is_breaking).count();
        let values = json!({
            "breaking": breaking,
            "others": self.changes.len() - breaking,
            "version": self.step().version(),
            "all": self.json(),
        });
        template::render(include_str!("../../templates/summary.txt"), &values)
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

    /// The comparison as a Markdown table, for a pull request. What the API names is text in every cell.
    pub fn markdown(&self) -> String {
        self.render(include_str!("../../templates/diff.md"))
    }

    /// Renders a template with the JSON, the summary, and a few of the places of each change.
    fn render(&self, template: &str) -> String {
        let mut values = self.json();
        values["summary"] = self.summary().into();
        for change in values["changes"].as_array_mut().into_iter().flatten() {
            for name in ["seen_in", "places", "clauses"] {
                change[name] = few(&change[name]).into();
            }
        }
        template::render(template, &values)
    }
}
