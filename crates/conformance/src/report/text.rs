//! The report in a terminal.
//!
//! Every line that holds text from outside begins with a word of ours: a CI runner reads
//! commands from the beginning of a line, also after spaces.
//!
//! The order is that of a reader who watches the end of a log: the table of checks and the failures
//! come first, the facts of the run, the totals and the result last.

use std::collections::BTreeMap;
use std::fmt;

use bvnk_contract::Weight;

use super::format::{VERDICTS, counted, facts, headline, sentence, visible, weight};
use super::model::{
    AllowanceRow, AllowanceState, CheckRow, ClauseRow, FailingCase, Failure, Report, Verdict,
};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:12} {:>7}  check", "verdict", "cases")?;
        for row in &self.checks {
            writeln!(f, "{}", check(row))?;
        }
        for failure in &self.failures {
            writeln!(f, "\n{failure}")?;
        }
        unobserved(f, self)?;
        if !self.allowances.is_empty() {
            writeln!(f, "\nallowed deviations")?;
            for row in &self.allowances {
                writeln!(f, "  --allow {}: {}", visible(&row.clause), row.message())?;
            }
        }
        writeln!(f)?;
        for (name, value) in facts(self) {
            writeln!(f, "{:10} {}", name.to_lowercase(), visible(&value))?;
        }
        writeln!(f, "{:10} {}\n", "repeat", visible(&self.run.command))?;
        totals(f, self)?;
        writeln!(f, "\n{}: {}", headline(self), sentence(self))
    }
}

/// Returns the line of a check: verdict, cases, id, and why it is not proven.
///
/// For example `proven            64  key-replay`.
fn check(row: &CheckRow) -> String {
    let mut line = format!("{:12} {:>7}  {}", row.verdict, row.cases, visible(&row.id));
    if row.failed > 0 {
        line += &format!(": {} failed", row.failed);
    }
    if let Some(reason) = &row.reason {
        line += &format!(": {}", visible(reason));
    }
    line
}

/// The clauses that nothing showed, with the reason.
fn unobserved(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    let rows: Vec<&ClauseRow> = report.unobserved().collect();
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(
        f,
        "\nnot observed or skipped: {}",
        counted(rows.len() as u64, "clause")
    )?;
    let mut by_reason: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for row in rows {
        let reason = row.reason.as_deref().unwrap_or("nothing showed it");
        let ids = by_reason.entry((weight(row.weight), reason)).or_default();
        ids.push(&row.id);
    }
    for ((weight, reason), ids) in by_reason {
        let (reason, ids) = (visible(reason), visible(&ids.join(", ")));
        writeln!(f, "  {weight:6} {reason}: {ids}")?;
    }
    Ok(())
}

/// The table of the clauses, by weight and verdict.
fn totals(f: &mut fmt::Formatter<'_>, report: &Report) -> fmt::Result {
    write!(f, "clauses")?;
    for verdict in VERDICTS {
        write!(f, "  {verdict:>8}")?;
    }
    for of in [Weight::Must, Weight::Should] {
        write!(f, "\n{:7}", weight(of))?;
        for verdict in VERDICTS {
            let width = verdict.to_string().len().max(8);
            write!(f, "  {:>width$}", report.clauses_with(of, verdict))?;
        }
    }
    writeln!(f)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict.to_string().to_uppercase();
        let (check, what) = (visible(&self.check), visible(&self.what));
        write!(f, "{verdict} {check}: {what}")?;
        for (name, value) in self.details() {
            write!(f, "\n  {name:10} {}", visible(&value))?;
        }
        for line in self.case.iter().flat_map(FailingCase::diff) {
            write!(f, "\n  {:10} | {}", "", visible(&line))?;
        }
        if let Some(exchange) = &self.exchange {
            write!(f, "\n  send again {}", visible(&exchange.curl))?;
        }
        Ok(())
    }
}

impl Failure {
    /// What a reader needs to act on it, each line with its name: all but the differences of
    /// the body and the command that sends the request again.
    pub(super) fn details(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("clause", format!("{}: {}", self.clause, self.says))];
        lines.push(("expected", self.expected.clone()));
        lines.push(("actual", self.actual.clone()));
        if self.repeats > 1 {
            lines.push(("cases", format!("{} failed alike", self.repeats)));
        }
        if let Some(exchange) = &self.exchange {
            let status = exchange.status.map(|status| status.to_string());
            lines.extend(status.map(|status| ("status", status)));
            let id = exchange.request_id.clone();
            lines.extend(id.map(|id| ("request id", id)));
        }
        lines.extend(self.case.iter().map(|case| ("body", case.label.clone())));
        lines
    }
}

impl AllowanceRow {
    /// What became of the entry, and what to do about it.
    pub(super) fn message(&self) -> String {
        let until = self
            .until
            .as_deref()
            .map_or("".to_owned(), |day| format!(" until {}", visible(day)));
        match self.state {
            AllowanceState::Deviates => format!("deviates, which is allowed{until}"),
            AllowanceState::Holds => "no longer deviates; help: remove the entry".to_owned(),
            AllowanceState::NotObserved => "nothing showed whether it deviates".to_owned(),
            AllowanceState::Expired => {
                format!(
                    "was allowed{until}, which has passed; help: correct the server or set a later day"
                )
            }
        }
    }
}

impl Report {
    /// The clauses that neither hold nor fail: not observed, or skipped.
    pub(super) fn unobserved(&self) -> impl Iterator<Item = &ClauseRow> {
        let open =
            |row: &&ClauseRow| matches!(row.verdict, Verdict::NotObserved | Verdict::Skipped);
        self.clauses.iter().filter(open)
    }
}
