//! The report for the summary of a CI job, in GitHub's Markdown.
//!
//! Free text stands in it in two ways only, [`inline`] and [`fenced`]; neither lets it become
//! markup. Emphasis around it is HTML: asterisks depend on the characters beside them.

use std::fmt::Write as _;

use super::words::{
    Outcome, Standing, counted, facts, failing, one_line, seconds, sentence, visible,
};
use super::{ClauseLine, Failure, Report, Row, Verdict};
use crate::clauses::Basis;

/// A summary of more than 1 MiB is not shown at all. The failures, the only part that can
/// grow, get most of it; `report.html` always has them all.
const MOST_FOR_FAILURES: usize = 800 * 1024;

/// The text of `report.md`.
pub(super) fn render(report: &Report) -> String {
    let outcome = Outcome::of(report);
    let sign = match outcome {
        Outcome::Passed => "✅",
        Outcome::Failed => "❌",
        Outcome::Incomplete => "⚠️",
    };
    let facts: Vec<String> = facts(report)
        .iter()
        .map(|(name, value)| format!("{name}: {}", inline(value)))
        .collect();
    let text = format!(
        "## {sign} {}\n\n{}\n\n{}\n\n{}{}{}",
        outcome.headline(),
        sentence(report),
        facts.join(" · "),
        checks(report),
        failures(report),
        clauses(report),
    );
    visible(&text)
}

fn checks(report: &Report) -> String {
    let mut text = "### Checks\n\n\
        | Verdict | Check | Cases | Failed | Time |\n|---|---|---:|---:|---:|\n"
        .to_owned();
    for row in &report.rows {
        let sign = match row.verdict {
            Verdict::Passed => "✅",
            Verdict::Failed => "❌",
            Verdict::Warned => "⚠️",
            Verdict::Skipped => "⚪",
        };
        let note = match &row.skipped {
            Some(reason) => format!("<br><i>{}</i>", inline(reason)),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "| {sign} {} | <b>{}</b><br>{}{note} | {} | {} | {} |",
            row.verdict,
            inline(row.check),
            inline(row.about),
            row.cases,
            row.failed,
            seconds(row.seconds)
        );
    }
    text + "\n"
}

fn failures(report: &Report) -> String {
    let all: Vec<(&Row, &Failure)> = failing(report)
        .flat_map(|row| row.failures.iter().map(move |failure| (row, failure)))
        .collect();
    let mut text = String::new();
    if all.is_empty() {
        return text;
    }
    text.push_str("### Failures\n\n");
    for (index, (row, failure)) in all.iter().enumerate() {
        let details = details(row, failure);
        if text.len() + details.len() > MOST_FOR_FAILURES {
            let left = counted((all.len() - index) as u64, "failure");
            let _ = writeln!(text, "And {left} that `report.html` shows.\n");
            break;
        }
        text.push_str(&details);
    }
    text
}

fn details(row: &Row, failure: &Failure) -> String {
    let warned = match row.verdict {
        Verdict::Warned => " (warning)",
        _ => "",
    };
    let mut text = format!(
        "<details>\n<summary><b>{}</b>{warned}: {}</summary>\n\nBroken clause: {}\n\n",
        inline(row.check),
        inline(&failure.what),
        inline(&failure.clause)
    );
    text += &format!("Expected:\n\n{}", fenced("text", &failure.expected));
    text += &format!("Came:\n\n{}", fenced("text", &failure.came));
    if let Some(example) = &failure.example {
        let diff = example.diff().join("\n");
        text += &format!("With {}:\n\n", inline(&example.label));
        text += &fenced("diff", &diff);
    }
    text += &format!("To repeat:\n\n{}", fenced("console", &failure.repeat));
    text + "</details>\n\n"
}

fn clauses(report: &Report) -> String {
    let all = report.clauses.len();
    let mut text = format!(
        "### Clauses: {} of {all} proven\n\n",
        report.clauses_proven()
    );
    let unproven: Vec<&ClauseLine> = report
        .clauses
        .iter()
        .filter(|line| !line.proven())
        .collect();
    if !unproven.is_empty() {
        text += &table(report, unproven.into_iter());
        text.push('\n');
    }
    let _ = write!(
        text,
        "<details>\n<summary>All {}</summary>\n\n",
        counted(all as u64, "clause")
    );
    text += &table(report, report.clauses.iter());
    text + "\n</details>\n"
}

fn table<'a>(report: &Report, lines: impl Iterator<Item = &'a ClauseLine>) -> String {
    let mut text = "| | Clause | By |\n|---|---|---|\n".to_owned();
    for line in lines {
        let standing = Standing::of(line, report);
        let sign = match standing {
            Standing::Proven => "✅",
            Standing::Broken => "❌",
            Standing::Doubted => "⚠️",
            Standing::Unjudged => "⚪",
        };
        let inferred = match line.basis {
            Basis::Documented => "",
            Basis::Inferred => " <i>(inferred)</i>",
        };
        let by: Vec<&str> = if line.broken.is_empty() {
            line.judged.keys().copied().collect()
        } else {
            line.broken.clone()
        };
        let _ = writeln!(
            text,
            "| {sign} {} | <b>{}</b>{inferred}<br>{} | {} |",
            standing.word(),
            inline(&line.id),
            inline(&line.says),
            inline(&by.join(", "))
        );
    }
    text
}

/// Free text within a line, a table or a line of HTML. References to characters are safe in
/// all three, where a backslash is not.
fn inline(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in one_line(text).chars() {
        match character {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '#' | '+'
            | '!' | '|' | '~' | '&' | '$' | '@' | ':' => {
                let _ = write!(safe, "&#{};", u32::from(character));
            }
            _ => safe.push(character),
        }
    }
    safe
}

/// Free text as it is, in a fence longer than any within.
fn fenced(language: &str, text: &str) -> String {
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}\n\n")
}
