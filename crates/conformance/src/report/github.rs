//! The report as annotations of GitHub Actions: workflow commands that show each failure at
//! the line of its clause, where the repository has the clauses' file.
//!
//! The format is described in "Workflow commands for GitHub Actions":
//! `::error file=…,line=…,title=…::message`. A failure that fails the run is an error, one that only
//! warns is a warning, and an allowed one is a notice.

use std::fmt::Write as _;
use std::path::Path;

use super::format::{headline, sentence, visible};
use super::model::{AllowanceState, Failure, Place, Report, Verdict};

/// GitHub shows at most ten annotations of a kind for a step; more only lengthen the log.
const LIMIT: usize = 50;

/// Returns one line for each failure, then for each allowance to remove, then the result.
///
/// At most 50 failures are shown.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for failure in report.failures.iter().take(LIMIT) {
        let command = match failure.verdict {
            Verdict::Failed => "error",
            Verdict::Warned => "warning",
            _ => "notice",
        };
        text += &annotation(
            command,
            Some(&failure.place),
            &failure.clause,
            &message(failure),
        );
    }
    for row in &report.allowances {
        let command = match row.state {
            AllowanceState::Holds | AllowanceState::Expired => "warning",
            AllowanceState::Deviates | AllowanceState::NotObserved => continue,
        };
        let title = format!("--allow {}", row.clause);
        text += &annotation(command, None, &title, &row.message());
    }
    let command = if report.passed() { "notice" } else { "error" };
    text + &annotation(command, None, headline(report), &sentence(report))
}

/// Returns what a reader needs to act on a failure, a line each.
fn message(failure: &Failure) -> String {
    let mut message = visible(&failure.what);
    for (name, value) in failure.details() {
        let _ = write!(message, "\n{name}: {}", visible(&value));
    }
    if let Some(exchange) = &failure.exchange {
        let _ = write!(message, "\nsend again: {}", visible(&exchange.curl));
    }
    message
}

/// One workflow command. Its place is left out where the current folder has no such file: a job
/// that tests another server runs in that server's repository, and GitHub shows no annotation
/// of a file that it cannot find.
fn annotation(command: &str, place: Option<&Place>, title: &str, message: &str) -> String {
    let place = place.filter(|place| Path::new(&place.file).is_file());
    let place = place.map_or_else(String::new, |place| {
        format!("file={},line={},", property(&place.file), place.line)
    });
    format!(
        "::{command} {place}title={}::{}\n",
        property(title),
        data(message)
    )
}

/// The message of a command: what would end the line is encoded.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property of a command: what would end it is encoded too.
fn property(text: &str) -> String {
    data(&visible(text)).replace(':', "%3A").replace(',', "%2C")
}
