//! The report for people: one page that needs nothing but itself.
//!
//! What it looks like is in `templates/`; this file gives the template its words. The page is
//! well-formed XML too, so that a test can hold its structure against any text.

use askama::Template;

use super::words::{self, Outcome, Standing};
use super::{ClauseLine, Failure, Report, Row, Verdict};
use crate::clauses::Basis;

#[derive(Template)]
#[template(path = "report.html", whitespace = "minimize")]
struct Page<'a> {
    report: &'a Report,
    outcome: Outcome,
    facts: Vec<(&'static str, String)>,
    failing: Vec<&'a Row>,
}

/// What one check says of one clause.
struct Cell {
    class: &'static str,
    words: String,
}

/// The text of `report.html`.
pub(super) fn render(report: &Report) -> askama::Result<String> {
    let page = Page {
        report,
        outcome: Outcome::of(report),
        facts: words::facts(report),
        failing: words::failing(report).collect(),
    };
    // Over the whole page, so that no text can be forgotten.
    Ok(words::visible(&page.render()?))
}

/// What the template asks.
impl Page<'_> {
    fn sentence(&self) -> String {
        words::sentence(self.report)
    }

    fn seconds(&self, seconds: &f64) -> String {
        words::seconds(*seconds)
    }

    fn cases(&self, row: &Row) -> String {
        words::counted(row.cases, "case")
    }

    fn outcome_class(&self) -> &'static str {
        match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Incomplete => "warned",
        }
    }

    fn counts(&self) -> Vec<(Verdict, usize)> {
        [
            Verdict::Failed,
            Verdict::Warned,
            Verdict::Passed,
            Verdict::Skipped,
        ]
        .map(|verdict| (verdict, self.report.count(verdict)))
        .to_vec()
    }

    /// How much of all clauses is proven, for the bar.
    fn percent(&self) -> usize {
        100 * self.report.clauses_proven() / self.report.clauses.len().max(1)
    }

    fn has_unproven(&self) -> bool {
        self.report.clauses.iter().any(|line| !line.proven())
    }

    /// What a clause says, for the reader of a failure.
    fn says(&self, failure: &Failure) -> &str {
        let mut lines = self.report.clauses.iter();
        lines
            .find(|line| line.id == failure.clause)
            .map_or("", |line| &line.says)
    }

    /// The lines of the diff, each with its element: what is gone and what came in its place
    /// are known to screen readers too.
    fn diff(&self, failure: &Failure) -> Vec<(&'static str, String)> {
        let lines = failure.example.iter().flat_map(|example| example.diff());
        lines
            .map(|line| match line.chars().next() {
                Some('-') => ("del", line),
                Some('+') => ("ins", line),
                _ => ("span", line),
            })
            .collect()
    }

    fn standing(&self, line: &ClauseLine) -> &'static str {
        Standing::of(line, self.report).word()
    }

    fn standing_class(&self, line: &ClauseLine) -> &'static str {
        match Standing::of(line, self.report) {
            Standing::Proven => "passed",
            Standing::Broken => "failed",
            Standing::Doubted => "warned",
            Standing::Unjudged => "skipped",
        }
    }

    fn inferred(&self, line: &ClauseLine) -> bool {
        line.basis == Basis::Inferred
    }

    /// Nothing where the check has nothing to do with the clause.
    fn cell(&self, line: &ClauseLine, row: &Row) -> Option<Cell> {
        let cases = line.judged.get(row.check).copied();
        if line.broken.contains(&row.check) {
            let class = match row.verdict {
                Verdict::Warned => "warned",
                _ => "failed",
            };
            let words = match cases {
                Some(cases) => format!("broken, {}", words::counted(cases, "case")),
                None => "broken".to_owned(),
            };
            return Some(Cell { class, words });
        }
        Some(match cases? {
            0 => Cell {
                class: "skipped",
                words: "not judged".to_owned(),
            },
            cases => Cell {
                class: "passed",
                words: format!("holds in {}", words::counted(cases, "case")),
            },
        })
    }
}
