//! The formats that have a template: HTML, Markdown and JUnit.
//!
//! `templates/` has the layout of each format; this file supplies the values and escapes every
//! one of them. No value reaches a template unescaped, because the escaping is the engine's
//! default: a template has to name another formatter to get anything else.

use std::fmt::Write as _;

use bvnk_contract::Weight;
use serde::Serialize;
use serde_json::{Value as Json, json};
use upon::{Engine, Value, fmt};

use super::format::{VERDICTS, facts, headline, seconds, sentence, visible, weight};
use super::model::{AllowanceState, ClauseRow, Failure, Report, Verdict};

/// GitHub shows no summary of more than 1 MiB.
const MARKDOWN_LIMIT: usize = 1_000_000;

/// What the templates show: the report as it is in JSON, with texts that are made of it.
///
/// `most` limits the failures that are shown; the clauses still have theirs, and `omitted` is the
/// number of the others.
fn page(report: &Report, most: usize) -> Json {
    let count = |verdicts: &[Verdict]| {
        let rows = report.clauses.iter();
        rows.filter(|row| verdicts.contains(&row.verdict)).count()
    };
    let totals = [Weight::Must, Weight::Should].map(|of| {
        let cell =
            |verdict| json!({ "verdict": verdict, "clauses": report.clauses_with(of, verdict) });
        json!({ "weight": weight(of), "cells": VERDICTS.map(cell) })
    });
    let failures = report.failures.iter().take(most);
    let allowances = report.allowances.iter().map(|row| {
        let notable = row.state != AllowanceState::Deviates;
        with(row, json!({ "message": row.message(), "notable": notable }))
    });
    let texts = json!({
        "headline": headline(report),
        "passed": report.passed(),
        "sentence": sentence(report),
        "facts": facts(report),
        "totals": totals,
        "percent": 100 * count(&[Verdict::Proven]) / report.clauses.len().max(1),
        "failures": failures.map(|row| failure(report, row)).collect::<Json>(),
        "omitted": report.failures.len().saturating_sub(most),
        "allowances": allowances.collect::<Json>(),
        "unobserved": report.unobserved().collect::<Vec<_>>(),
        "clauses": report.clauses.iter().map(|row| clause(report, row)).collect::<Json>(),
        "clauses_count": report.clauses.len(),
        "failed": count(&[Verdict::Failed]),
        "skipped": count(&SILENT),
        "time": format!("{:.3}", report.run.seconds),
    });
    with(report, texts)
}

/// Verdicts of clauses that neither hold nor fail.
const SILENT: [Verdict; 3] = [Verdict::NotObserved, Verdict::Skipped, Verdict::Allowed];

/// A value of the report with further members.
fn with(value: &impl Serialize, more: Json) -> Json {
    let mut value = json!(value);
    if let (Json::Object(members), Json::Object(more)) = (&mut value, more) {
        members.extend(more);
    }
    value
}

/// A failure, and what its clause says.
fn failure(report: &Report, row: &Failure) -> Json {
    let clause = report.clauses.iter().find(|own| own.id == row.clause);
    // What is gone and what replaces it are known to screen readers too.
    let tag = |line: &str| match line.chars().next() {
        Some('-') => "del",
        Some('+') => "ins",
        _ => "span",
    };
    let diff = row.case.iter().flat_map(|case| case.diff());
    let diff: Vec<_> = diff.map(|line| (tag(&line), line)).collect();
    let more = json!({
        "says": clause.map_or("", |clause| &clause.says),
        "repeated": row.repeats > 1,
        "details": row.details(),
        "diff": diff,
    });
    with(row, more)
}

/// A clause with its failures, for the format that has a case for each clause.
fn clause(report: &Report, row: &ClauseRow) -> Json {
    let failures = report.failures.iter();
    let failures: Vec<&Failure> = failures.filter(|own| own.clause == row.id).collect();
    let summary = match failures.as_slice() {
        [] => row
            .reason
            .clone()
            .unwrap_or_else(|| row.verdict.to_string()),
        [only] => only.what.clone(),
        [first, others @ ..] => format!("{} (and {} more)", first.what, others.len()),
    };
    let more = json!({
        "failing": row.verdict == Verdict::Failed,
        "warning": row.verdict == Verdict::Warned,
        "silent": SILENT.contains(&row.verdict),
        "cases": row.checks.values().sum::<u64>(),
        "summary": summary,
        "failures": failures.iter().map(|own| failure(report, own)).collect::<Json>(),
    });
    with(row, more)
}

/// Returns the text of `report.html`. It needs no other file, and is well-formed XML too.
///
/// # Errors
///
/// A mistake in the template, which is a defect of this crate.
pub(super) fn html(report: &Report) -> Result<String, String> {
    let style = include_str!("../../templates/report.css");
    let template = include_str!("../../templates/report.html").replace("/* report.css */", style);
    render(&engine(&markup), &template, &page(report, usize::MAX))
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
    render(&engine, template, &page(report, usize::MAX))
}

/// Returns the text of `report.md`, in GitHub's Markdown, with as many failures as fit into
/// the summary of a job; `report.html` has all.
pub(super) fn markdown(report: &Report) -> Result<String, String> {
    let template = include_str!("../../templates/report.md");
    let engine = engine(&inline);
    let mut most = report.failures.len();
    loop {
        let text = render(&engine, template, &page(report, most))?;
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

/// Renders a template with a page.
///
/// # Errors
///
/// The place in a template that names a value which the page does not have.
fn render(engine: &Engine<'_>, template: &str, page: &Json) -> Result<String, String> {
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

/// Writes a text with a numeric reference for each special character. Other values, such as numbers,
/// have nothing to escape.
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
/// a backtick nor a separate line.
///
/// # Errors
///
/// A value that is not a text, which is a mistake in a template.
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

/// A number of seconds with its unit.
fn duration(f: &mut fmt::Formatter<'_>, value: &Value) -> fmt::Result {
    match value {
        Value::Float(value) => Ok(f.write_str(&seconds(*value))?),
        _ => Err("not a duration".into()),
    }
}
