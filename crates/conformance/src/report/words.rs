//! Words and characters that the formats share. It must not know any format.

use schemars::JsonSchema;
use serde::Serialize;

use super::{ClauseLine, Report, Row, Verdict};

/// What the whole run comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// Nothing failed, and all was judged that can be.
    Passed,
    /// A check failed.
    Failed,
    /// Nothing failed, but not all was judged that can be.
    Incomplete,
}

/// What a clause comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Judged, and holds.
    Proven,
    /// A check failed over it.
    Broken,
    /// It does not hold, and only warnings say so.
    Doubted,
    /// Nothing judged it.
    Unjudged,
}

impl Outcome {
    pub(super) fn of(report: &Report) -> Self {
        if report.proven() {
            Self::Passed
        } else if report.count(Verdict::Failed) > 0 {
            Self::Failed
        } else {
            Self::Incomplete
        }
    }

    /// A headline.
    pub(super) fn headline(self) -> &'static str {
        match self {
            Self::Passed => "Conformance passed",
            Self::Failed => "Conformance failed",
            Self::Incomplete => "Conformance not proven",
        }
    }
}

impl Standing {
    pub(super) fn of(line: &ClauseLine, report: &Report) -> Self {
        if line.proven() {
            return Self::Proven;
        }
        if line.broken.is_empty() {
            return Self::Unjudged;
        }
        let doubted = line
            .broken
            .iter()
            .all(|check| verdict_of(report, check) == Some(Verdict::Warned));
        if doubted { Self::Doubted } else { Self::Broken }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Broken => "broken",
            Self::Doubted => "doubted",
            Self::Unjudged => "not judged",
        }
    }
}

fn verdict_of(report: &Report, check: &str) -> Option<Verdict> {
    let row = report.rows.iter().find(|row| row.check == check)?;
    Some(row.verdict)
}

/// The whole run in one sentence.
pub(super) fn sentence(report: &Report) -> String {
    let verdicts = [
        Verdict::Failed,
        Verdict::Warned,
        Verdict::Passed,
        Verdict::Skipped,
    ];
    let counts: Vec<String> = verdicts
        .into_iter()
        .map(|verdict| (report.count(verdict), verdict))
        .filter(|(count, _)| *count > 0)
        .map(|(count, verdict)| format!("{count} {verdict}"))
        .collect();
    let counts = if counts.is_empty() {
        "none".to_owned()
    } else {
        counts.join(", ")
    };
    format!(
        "Of {}, {counts}. {} of {} clauses proven.",
        counted(report.rows.len() as u64, "check"),
        report.clauses_proven(),
        report.clauses.len()
    )
}

/// The facts of the run, each with its name.
pub(super) fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let run = &report.run;
    let mut facts = vec![
        ("Target", run.target.clone()),
        ("Client", run.client.clone()),
        ("Contract", run.contract.clone()),
    ];
    facts.push(match run.generated {
        Some(generated) => (
            "Individuals",
            format!("{} generated, seed {}", generated.cases, generated.seed),
        ),
        None => ("Individuals", "one given".to_owned()),
    });
    if !report.is_complete() {
        let strict = if run.strict {
            "count as failures"
        } else {
            "count as warnings"
        };
        facts.push(("Inferred clauses", strict.to_owned()));
    }
    facts.push(("Requests", run.requests.to_string()));
    facts.push(("Time", seconds(run.seconds)));
    facts
}

/// The rows that have something to show, failed ones first.
pub(super) fn failing(report: &Report) -> impl Iterator<Item = &Row> {
    let of = |verdict| {
        let rows = report.rows.iter();
        rows.filter(move |row| row.verdict == verdict)
    };
    of(Verdict::Failed).chain(of(Verdict::Warned))
}

/// A time as people read it.
pub(super) fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}

/// `1 case`, `2 cases`.
pub(super) fn counted(count: u64, of: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {of}{s}")
}

/// The text on one line.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with a name in place of each character that a reader would not see, that turns
/// the text around, or that XML forbids: generated individuals have them all.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn is_hidden(character: char) -> bool {
    match character {
        '\n' => false,
        // Marks and overrides of direction, separators of lines, the byte order mark.
        '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => true,
        // Characters that are none.
        '\u{fdd0}'..='\u{fdef}' => true,
        _ => character.is_control() || u32::from(character) & 0xfffe == 0xfffe,
    }
}
