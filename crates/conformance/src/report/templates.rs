//! The formats that have a template: all but JSON.
//!
//! `templates/` has the layout of each format; this file supplies the values and escapes every
//! one of them. No value reaches a template unescaped, because the escaping is the engine's
//! default: a template has to name another formatter to get anything else.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use bvnk_contract::Weight;
use serde::Serialize;
use serde_json::{Value as Json, json};
use upon::{Engine, Value, fmt};

use super::escapes::{self, Escape};
use super::format::{VERDICTS, facts, headline, seconds, sentence, visible, weight};
use crate::results::{AllowanceState, ClauseRow, Failure, Report, Verdict};
use crate::text::counted;

/// How many failures are annotations.
const MOST_ANNOTATIONS: usize = 50;

/// How many failures like the shown one are named.
const MOST_OTHERS: usize = 10;

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
        let cell = |verdict: Verdict| {
            let clauses = report.clauses_with(of, verdict);
            let width = verdict.to_string().len().max(8);
            let aligned = format!("{clauses:>width$}");
            json!({ "verdict": verdict, "clauses": clauses, "aligned": aligned })
        };
        json!({ "weight": weight(of), "cells": VERDICTS.map(cell) })
    });
    let groups = alike(report.failures.iter());
    let omitted = groups.iter().skip(most).map(|(_, others)| 1 + others.len());
    let allowances = report.allowances.iter().map(|row| {
        let notable = row.state != AllowanceState::Deviates;
        let outdated = matches!(row.state, AllowanceState::Holds | AllowanceState::Expired);
        let more = json!({ "message": row.message(), "notable": notable, "outdated": outdated });
        with(row, more)
    });
    let unobserved: Vec<&ClauseRow> = report.unobserved().collect();
    let mut reasons: Vec<([&str; 2], Vec<&str>)> = Vec::new();
    for row in &unobserved {
        let reason = row.reason.as_deref().unwrap_or("nothing showed it");
        let reason = [weight(row.weight), reason];
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, ids)) => ids.push(&row.id),
            None => reasons.push((reason, vec![&row.id])),
        }
    }
    reasons.sort();
    let reasons = reasons.into_iter().map(|([weight, reason], ids)| {
        json!({ "weight": weight, "reason": reason, "clauses": ids.join(", ") })
    });
    let checks = report.checks.iter().map(|row| {
        let aligned = format!("{:>7}", row.cases);
        with(
            row,
            json!({ "time": seconds(row.seconds), "aligned": aligned }),
        )
    });
    let texts = json!({
        "checks": checks.collect::<Json>(),
        "headline": headline(report),
        "passed": report.passed(),
        "sentence": sentence(report),
        "facts": facts(report),
        "totals": totals,
        "percent": 100 * count(&[Verdict::Proven]) / report.clauses.len().max(1),
        "omitted": omitted.sum::<usize>(),
        "failures": groups.iter().take(most).map(failure).collect::<Json>(),
        "allowances": allowances.collect::<Json>(),
        "unobserved_count": counted(unobserved.len() as u64, "clause"),
        "unobserved": unobserved,
        "reasons": reasons.collect::<Json>(),
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

/// The failures in groups, each with what else was tried: those of a check and a clause with the
/// same result mostly have the same cause. `report.json` has all of them.
fn alike<'f>(failures: impl Iterator<Item = &'f Failure>) -> Vec<(Failure, Vec<&'f str>)> {
    let mut places = HashMap::new();
    let mut groups: Vec<(Failure, Vec<&str>)> = Vec::new();
    for it in failures {
        let key = (
            it.verdict,
            [&it.check, &it.clause, &it.expected, &it.actual],
        );
        let place = *places.entry(key).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((first, others)) => {
                first.repeats += it.repeats;
                others.push(&it.what);
            }
            None => groups.push((it.clone(), Vec::new())),
        }
    }
    groups
}

/// A failure with those like it and its details, and its command in GitHub's log. Its place is shown
/// there where the current folder has such a file: a job that tests another server runs in that
/// server's repository.
fn failure((row, others): &(Failure, Vec<&str>)) -> Json {
    let mut details = row.details();
    let shown = others.iter().take(MOST_OTHERS);
    details.extend(shown.map(|what| ("also", (*what).to_owned())));
    if let Some(more @ 1..) = others.len().checked_sub(MOST_OTHERS) {
        details.push(("also", format!("{more} more, in report.json")));
    }
    // What is gone and what replaces it are known to screen readers too.
    let tag = |line: &str| match line.chars().next() {
        Some('-') => "del",
        Some('+') => "ins",
        _ => "span",
    };
    let diff = row.case.iter().flat_map(|case| case.diff());
    let diff: Vec<_> = diff.map(|line| (tag(&line), line)).collect();
    let command = match row.verdict {
        Verdict::Failed => "error",
        Verdict::Warned => "warning",
        _ => "notice",
    };
    let more = json!({
        "command": command,
        "in_this_folder": Path::new(&row.place.file).is_file(),
        "repeated": row.repeats > 1,
        "details": details,
        "diff": diff,
    });
    with(row, more)
}

/// A clause with its failures, for the format that has a case for each clause.
fn clause(report: &Report, row: &ClauseRow) -> Json {
    let failures = report.failures.iter();
    let failures = alike(failures.filter(|own| own.clause == row.id));
    let summary = match failures.as_slice() {
        [] => row
            .reason
            .clone()
            .unwrap_or_else(|| row.verdict.to_string()),
        [(first, others), groups @ ..] => {
            let groups = groups.iter().map(|(_, others)| 1 + others.len());
            match others.len() + groups.sum::<usize>() {
                0 => first.what.clone(),
                more => format!("{} (and {more} more)", first.what),
            }
        }
    };
    let more = json!({
        "failing": row.verdict == Verdict::Failed,
        "warning": row.verdict == Verdict::Warned,
        "silent": SILENT.contains(&row.verdict),
        "cases": row.checks.values().sum::<u64>(),
        "summary": summary,
        "failures": failures.iter().map(failure).collect::<Json>(),
    });
    with(row, more)
}

/// Returns the report in a terminal, with everything on a line of its own that begins with a word
/// of ours: a CI runner reads commands from the beginning of a line, also after spaces.
///
/// The result stands last, for a reader who watches the end of a log.
pub(super) fn text(report: &Report) -> Result<String, String> {
    let engine = engine(&|f, value| write(f, value, str::to_owned));
    let template = include_str!("../../templates/report.txt");
    render(&engine, template, &page(report, usize::MAX))
}

/// Returns the same with annotations of GitHub Actions after it: workflow commands that show each
/// failure at the line of its clause.
///
/// GitHub shows at most ten annotations of a kind for a step; more only lengthen the log.
pub(super) fn github(report: &Report) -> Result<String, String> {
    let engine = engine(&|f, value| write(f, value, escapes::command));
    let template = include_str!("../../templates/annotations.txt");
    let annotations = render(&engine, template, &page(report, MOST_ANNOTATIONS))?;
    Ok(format!("{}\n{annotations}", text(report)?))
}

/// Returns the text of `report.html`. It needs no other file, and is well-formed XML too.
///
/// # Errors
///
/// A mistake in the template, which is a defect of this crate.
pub(super) fn html(report: &Report) -> Result<String, String> {
    let style = include_str!("../../templates/report.css");
    let template = include_str!("../../templates/report.html").replace("/* report.css */", style);
    render(
        &engine(&|f, value| write(f, value, escapes::markup)),
        &template,
        &page(report, usize::MAX),
    )
}

/// Returns the text of `report.xml`: a test case for each clause.
///
/// A warned clause is a passed case with output, as test tools have no warnings.
pub(super) fn junit(report: &Report) -> Result<String, String> {
    let template = include_str!("../../templates/report.xml");
    let mut engine = engine(&|f, value| write(f, value, escapes::markup));
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
    let engine = engine(&|f, value| write(f, value, escapes::inline));
    let mut most = alike(report.failures.iter()).len();
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
    for (name, escape) in escapes::NAMED {
        engine.add_formatter(name, move |f, value| write(f, value, escape));
    }
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

/// Writes a value: a text visible and escaped; a number has nothing to escape.
fn write(f: &mut fmt::Formatter<'_>, value: &Value, escape: Escape) -> fmt::Result {
    match value {
        Value::String(text) => Ok(f.write_str(&escape(&visible(text)))?),
        _ => fmt::default(f, value),
    }
}
