//! Text as every format shows it: escaped, cut, counted.

use std::collections::HashSet;
use std::fmt::Write as _;

use bvnk::Escaped;
use bvnk_contract::Weight;

use crate::results::{AllowanceRow, AllowanceState, ClauseRow, Failure, Report, Verdict};
use crate::text::counted;

/// How many characters of a text are shown.
const LIMIT: usize = 4_000;

/// All verdicts, in the order of their columns.
pub(super) const VERDICTS: [Verdict; 6] = [
    Verdict::Proven,
    Verdict::Failed,
    Verdict::Warned,
    Verdict::Allowed,
    Verdict::NotObserved,
    Verdict::Skipped,
];

/// Returns the text on one line, cut, with an escape for each character that a reader would
/// not see or that acts on a terminal: control characters, newlines, bidirectional marks.
///
/// A backslash stays, so that text which is escaped already is not escaped twice. `##[`, which
/// GitHub's runner reads as a command anywhere in a line, is broken up.
///
/// # Examples
///
/// ```
/// use conformance::report::visible;
///
/// assert_eq!(visible("a\nb"), "a\\nb");
/// assert_eq!(visible("##[error]"), "##\\u{5b}error]");
/// ```
pub fn visible(text: &str) -> String {
    let mut characters = text.chars();
    let mut shown = String::with_capacity(text.len());
    for character in characters.by_ref().take(LIMIT) {
        match character {
            '\\' => shown.push(character),
            '[' if shown.ends_with("##") => shown.push_str("\\u{5b}"),
            _ => {
                let mut bytes = [0; 4];
                let _ = write!(shown, "{}", Escaped::new(character.encode_utf8(&mut bytes)));
            }
        }
    }
    if characters.next().is_some() {
        shown.push('…');
    }
    shown
}

/// Returns a duration with two decimals.
pub(super) fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}

/// The name of a weight.
pub fn weight(weight: Weight) -> &'static str {
    match weight {
        Weight::Must => "must",
        Weight::Should => "should",
    }
}

/// Returns the heading of a report.
pub(super) fn headline(report: &Report) -> &'static str {
    if report.passed() {
        "Conformance passed"
    } else {
        "Conformance failed"
    }
}

/// Returns the result in one sentence: how many clauses are proven, and what became of the
/// others by weight.
pub(super) fn sentence(report: &Report) -> String {
    let all = report.clauses.len();
    let proven = report.clauses.iter();
    let proven = proven.filter(|row| row.verdict == Verdict::Proven).count();
    let mut text = format!("{proven} of {all} clauses proven");
    let clauses: HashSet<&String> = report.clauses.iter().map(|row| &row.id).collect();
    let failures = report.failures.iter().map(|failure| &failure.clause);
    let others: HashSet<&String> = failures.filter(|id| !clauses.contains(id)).collect();
    if !others.is_empty() {
        let others = counted(others.len() as u64, "statement");
        let _ = write!(text, "; failed without a clause: {others} of the contract");
    }
    for of in [Weight::Must, Weight::Should] {
        let counts = VERDICTS.map(|verdict| (verdict, report.clauses_with(of, verdict)));
        let counts = counts[1..].iter().filter(|(_, count)| *count > 0);
        let counts = counts.map(|(verdict, count)| format!("{count} {verdict}"));
        let counts: Vec<String> = counts.collect();
        if !counts.is_empty() {
            let _ = write!(text, "; {}: {}", weight(of), counts.join(", "));
        }
    }
    text
}

/// Returns the facts of the run, each with its name.
pub(super) fn facts(report: &Report) -> Vec<(&'static str, String)> {
    let run = &report.run;
    let mut facts = vec![("Target", run.target.clone()), ("Date", run.date.clone())];
    facts.extend(run.commit.clone().map(|commit| ("Commit", commit)));
    facts.push(("Client", run.client.clone()));
    let contract = format!("{} {}", run.contract, run.contract_version);
    facts.push(("Contract", contract));
    facts.push(match (run.seed, run.cases) {
        (Some(seed), Some(cases)) => {
            let bodies = format!("{cases} generated for each operation, seed {seed}");
            ("Bodies", bodies)
        }
        _ => ("Bodies", "one given".to_owned()),
    });
    let mode = match (run.complete, run.strict) {
        (true, _) => "every clause must be proven",
        (false, true) => "must and should fail the run",
        (false, false) => "must fails the run, should warns",
    };
    facts.push(("Mode", mode.to_owned()));
    facts.extend(run.stopped.clone().map(|reason| ("Stopped", reason)));
    let transient = match run.transient {
        0 => String::new(),
        count => format!(", {count} without a response or with 429, 502, 503 or 504"),
    };
    facts.push(("Requests", format!("{}{transient}", run.requests)));
    facts.push(("Time", seconds(run.seconds)));
    facts
}

impl Failure {
    /// What a reader needs to act on it, each line with its name: all but the differences of
    /// the body and the command that sends the request again.
    pub(super) fn details(&self) -> Vec<(&'static str, String)> {
        let mut lines = vec![("clause", format!("{}: {}", self.clause, self.says))];
        lines.push(("expected", self.expected.clone()));
        let nothing = self.actual.is_empty().then_some("nothing");
        lines.push(("actual", nothing.unwrap_or(&self.actual).to_owned()));
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
        let until = self.until.iter().map(|day| format!(" until {day}"));
        let until: String = until.collect();
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
