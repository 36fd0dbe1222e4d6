//! A comparison as people, programs and pull requests read it.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Value, json};

use super::{Diff, Finding, Side, Verdict};

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Breaking => "breaking",
            Self::Compatible => "compatible",
            Self::Words => "words",
        }
    }
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Answers => "answers",
            Self::Api => "all",
        }
    }
}

/// The first few of a set, and how many more there are.
fn few(set: &BTreeSet<String>) -> String {
    let mut told: Vec<String> = set.iter().take(4).cloned().collect();
    if set.len() > told.len() {
        told.push(format!("{} more", set.len() - told.len()));
    }
    told.join(", ")
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (old, new) = &self.names;
        writeln!(f, "{old} -> {new}\n")?;
        for finding in &self.findings {
            row(f, finding)?;
        }
        writeln!(f, "{}", self.verdict())
    }
}

fn row(f: &mut fmt::Formatter<'_>, finding: &Finding) -> fmt::Result {
    let word = match finding.verdict {
        Verdict::Breaking => "BREAKING",
        other => other.word(),
    };
    writeln!(f, "{word:10}  {:8}  {}", finding.side.word(), finding.says)?;
    let mut line = |name: &str, value: &str| {
        if value.is_empty() {
            Ok(())
        } else {
            writeln!(f, "{:10}  {name:8}  {value}", "")
        }
    };
    line("why", &finding.why)?;
    line("rust", finding.rust.as_deref().unwrap_or_default())?;
    line("seen in", &few(&finding.seen))?;
    line("place", &few(&finding.places))?;
    line("clauses", &few(&finding.clauses))?;
    writeln!(f)
}

impl Diff {
    /// What follows for the versions, in a few lines.
    pub fn verdict(&self) -> String {
        if self.findings.is_empty() {
            return "nothing changed".to_owned();
        }
        let breaking = self.count(Verdict::Breaking);
        let others = self.findings.len() - breaking;
        let (old, new) = &self.versions;
        let mut lines = vec![format!("{breaking} breaking, {others} other")];
        let (step, crates) = (self.step(), self.crates_step());
        lines.push(match (self.is_version_raised(), self.is_breaking()) {
            (true, _) => format!("contract: {old} -> {new}, a {step} step was needed"),
            (false, true) => format!(
                "contract: {old} -> {new} hides what breaks; a {step} step is needed: set `info.version` to {} or later",
                step.from(old)
            ),
            (false, false) => format!(
                "contract: {old} -> {new}; a {step} step would tell it: `info.version` {}",
                step.from(old)
            ),
        });
        lines.push(format!(
            "crates: a {crates} step at the next release, or that of `cargo semver-checks` if it is higher"
        ));
        lines.join("\n")
    }

    fn count(&self, verdict: Verdict) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.verdict == verdict)
            .count()
    }

    /// The comparison for programs.
    pub fn json(&self) -> Value {
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "verdict": finding.verdict.word(),
                    "side": finding.side.word(),
                    "says": finding.says,
                    "why": finding.why,
                    "rust": finding.rust,
                    "seen_in": finding.seen,
                    "places": finding.places,
                    "clauses": finding.clauses,
                })
            })
            .collect();
        json!({
            "old": { "name": self.names.0, "version": self.versions.0 },
            "new": { "name": self.names.1, "version": self.versions.1 },
            "breaking": self.is_breaking(),
            "step": self.step().to_string(),
            "crates_step": self.crates_step().to_string(),
            "version_raised": self.is_version_raised(),
            "changes": findings,
        })
    }

    /// The comparison for a pull request.
    pub fn markdown(&self) -> String {
        if self.findings.is_empty() {
            return "The contract did not change.\n".to_owned();
        }
        let mut text = String::from("| | for | change | why | clauses |\n|---|---|---|---|---|\n");
        for finding in &self.findings {
            let cell = |text: &str| text.replace('|', "\\|");
            let word = match finding.verdict {
                Verdict::Breaking => "**breaking**",
                other => other.word(),
            };
            let why = match &finding.rust {
                Some(rust) => format!("{}; in Rust {rust}", finding.why),
                None => finding.why.clone(),
            };
            text.push_str(&format!(
                "| {word} | {} | {} | {} | {} |\n",
                finding.side.word(),
                cell(&finding.says),
                cell(&why),
                cell(&few(&finding.clauses)),
            ));
        }
        text.push('\n');
        for line in self.verdict().lines() {
            text.push_str(&format!("- {line}\n"));
        }
        text
    }
}
