//! The formats that have a template: HTML, Markdown and JUnit.
//!
//! `templates/` has the layout of each format; this file supplies the values and escapes every
//! one of them. No value reaches a template unescaped, because the escaping is the engine's
//! default: a template has to name another formatter to get anything else.

use std::fmt::Write as _;

use bvnk_contract::Weight;
use serde::Serialize;
use upon::{Engine, Value, fmt};

use super::format::{VERDICTS, facts, headline, seconds, sentence, visible, weight};
use super::model::{AllowanceState, CheckRow, ClauseRow, Failure, Report, Verdict};

/// GitHub shows no summary of more than 1 MiB.
const MARKDOWN_LIMIT: usize = 1_000_000;

/// What the templates show.
#[derive(Serialize)]
struct Page<'a> {
    headline: &'static str,
    passed: bool,
    sentence: String,
    facts: Vec<(&'static str, String)>,
    command: &'a str,
    totals: [Row; 2],
    percent: usize,
    failures: Vec<FailureView<'a>>,
    omitted: usize,
    allowances: Vec<AllowanceView<'a>>,
    unobserved: Vec<&'a ClauseRow>,
    checks: &'a [CheckRow],
    clauses: Vec<ClauseView<'a>>,
    date: &'a str,
    clauses_count: usize,
    failed: usize,
    skipped: usize,
    time: String,
}

/// How many clauses of a weight have each verdict.
#[derive(Serialize)]
struct Row {
    weight: &'static str,
    cells: [Cell; VERDICTS.len()],
}

#[derive(Serialize)]
struct Cell {
    verdict: Verdict,
    clauses: usize,
}

/// A failure, and what its clause says.
#[derive(Serialize)]
struct FailureView<'a> {
    #[serde(flatten)]
    failure: &'a Failure,
    says: &'a str,
    repeated: bool,
    details: Vec<(&'static str, String)>,
    diff: Vec<(&'static str, String)>,
}

#[derive(Serialize)]
struct AllowanceView<'a> {
    clause: &'a str,
    message: String,
    notable: bool,
}

/// A clause with its failures, for the format that has a case for each clause.
#[derive(Serialize)]
struct ClauseView<'a> {
    #[serde(flatten)]
    row: &'a ClauseRow,
    failing: bool,
    warning: bool,
    silent: bool,
    cases: u64,
    summary: String,
    failures: Vec<FailureView<'a>>,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report, most: usize) -> Self {
        let count = |verdicts: &[Verdict]| {
            let rows = report.clauses.iter();
            rows.filter(|row| verdicts.contains(&row.verdict)).count()
        };
        Self {
            headline: headline(report),
            passed: report.passed(),
            sentence: sentence(report),
            facts: facts(report),
            command: &report.run.command,
            totals: [Weight::Must, Weight::Should].map(|of| row(report, of)),
            percent: 100 * count(&[Verdict::Proven]) / report.clauses.len().max(1),
            failures: report
                .failures
                .iter()
                .take(most)
                .map(|row| view(report, row))
                .collect(),
            omitted: report.failures.len().saturating_sub(most),
            allowances: report
                .allowances
                .iter()
                .map(|row| AllowanceView {
                    clause: &row.clause,
                    message: row.message(),
                    notable: row.state != AllowanceState::Deviates,
                })
                .collect(),
            unobserved: report.unobserved().collect(),
            checks: &report.checks,
            clauses: report
                .clauses
                .iter()
                .map(|row| clause(report, row))
                .collect(),
            failed: count(&[Verdict::Failed]),
            skipped: count(&[Verdict::NotObserved, Verdict::Skipped, Verdict::Allowed]),
            date: &report.run.date,
            clauses_count: report.clauses.len(),
            time: format!("{:.3}", report.run.seconds),
        }
    }
}

fn row(report: &Report, of: Weight) -> Row {
    let cell = |verdict| Cell {
        verdict,
        clauses: report.clauses_with(of, verdict),
    };
    Row {
        weight: weight(of),
        cells: VERDICTS.map(cell),
    }
}

fn view<'a>(report: &'a Report, failure: &'a Failure) -> FailureView<'a> {
    let clause = report.clauses.iter().find(|row| row.id == failure.clause);
    let diff = failure.case.iter().flat_map(|case| case.diff());
    FailureView {
        failure,
        says: clause.map_or("", |row| &row.says),
        repeated: failure.repeats > 1,
        details: failure.details(),
        // What is gone and what replaces it are known to screen readers too.
        diff: diff
            .map(|line| match line.chars().next() {
                Some('-') => ("del", line),
                Some('+') => ("ins", line),
                _ => ("span", line),
            })
            .collect(),
    }
}

fn clause<'a>(report: &'a Report, row: &'a ClauseRow) -> ClauseView<'a> {
    let failures = report
        .failures
        .iter()
        .filter(|failure| failure.clause == row.id);
    let failures: Vec<&Failure> = failures.collect();
    let summary = match failures.as_slice() {
        [] => row
            .reason
            .clone()
            .unwrap_or_else(|| row.verdict.to_string()),
        [only] => only.what.clone(),
        [first, others @ ..] => format!("{} (and {} more)", first.what, others.len()),
    };
    ClauseView {
        row,
        failing: row.verdict == Verdict::Failed,
        warning: row.verdict == Verdict::Warned,
        silent: matches!(
            row.verdict,
            Verdict::NotObserved | Verdict::Skipped | Verdict::Allowed
        ),
        cases: row.checks.values().sum(),
        summary,
        failures: failures
            .iter()
            .map(|failure| view(report, failure))
            .collect(),
    }
}

/// Returns the text of `report.html`. It needs no other file, and is well-formed XML too.
pub(super) fn html(report: &Report) -> Result<String, String> {
    let style = include_str!("../../templates/report.css");
    let template = include_str!("../../templates/report.html").replace("/* report.css */", style);
    render(&engine(&markup), &template, &Page::new(report, usize::MAX))
}

/// Returns the text of `report.xml`: a test case for each clause.
///
/// A warned clause is a passed case with output, as test tools have no warnings.
pub(super) fn junit(report: &Report) -> Result<String, String> {
    let template = include_str!("../../templates/report.xml");
    let mut engine = engine(&markup);
    let failure = include_str!("../../templates/failure.txt");
    engine
        .add_template("failure", failure)
        .map_err(|error| format!("{error:#}"))?;
    render(&engine, template, &Page::new(report, usize::MAX))
}

/// Returns the text of `report.md`, in GitHub's Markdown, with as many failures as fit into
/// the summary of a job; `report.html` has all.
pub(super) fn markdown(report: &Report) -> Result<String, String> {
    let template = include_str!("../../templates/report.md");
    let engine = engine(&inline);
    let mut most = report.failures.len();
    loop {
        let text = render(&engine, template, &Page::new(report, most))?;
        if text.len() <= MARKDOWN_LIMIT || most == 0 {
            return Ok(text);
        }
        most /= 2;
    }
}

/// An engine whose templates escape every value, unless they name another formatter.
fn engine<F>(escape: &'static F) -> Engine<'static>
where
    F: Fn(&mut fmt::Formatter<'_>, &Value) -> fmt::Result + Send + Sync,
{
    let mut engine = Engine::new();
    engine.set_default_formatter(escape);
    engine.add_formatter("code", code);
    engine.add_formatter("words", words);
    engine.add_formatter("seconds", duration);
    engine
}

fn render(engine: &Engine<'_>, template: &str, page: &Page<'_>) -> Result<String, String> {
    let template = engine.compile(template);
    let rendered = template.and_then(|template| template.render(engine, page).to_string());
    rendered.map_err(|error| format!("{error:#}"))
}

/// A value within HTML or XML, also within the quotes of an attribute.
fn markup(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    references(f, value, |character| "<>&\"'#".contains(character))
}

/// A value within a line, a table or a line of HTML in Markdown. References to characters are
/// safe in all three, where a backslash is not.
fn inline(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    references(f, value, |character| {
        "\\`*_{}[]<>()#+!|~&$@:\"'".contains(character)
    })
}

fn references(
    f: &mut fmt::Formatter<'_>,
    value: &Value,
    special: impl Fn(char) -> bool,
) -> fmt::Result {
    let Value::String(text) = value else {
        return fmt::default(f, value);
    };
    for character in visible(text).chars() {
        if special(character) {
            write!(f, "&#{};", u32::from(character))?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
}

/// A value within a fenced block of Markdown: it cannot end the block, because it has neither
/// a backtick nor a line of its own.
fn code(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    let Value::String(text) = value else {
        return Err("not a text".into());
    };
    Ok(f.write_str(&visible(text).replace('`', "\\u{60}"))?)
}

/// The name of a verdict.
fn words(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    let Value::String(text) = value else {
        return Err("not a text".into());
    };
    Ok(f.write_str(&text.replace('-', " "))?)
}

fn duration(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Float(value) => Ok(f.write_str(&seconds(*value))?),
        _ => Err("not a duration".into()),
    }
}
