//! The report for test tools: one test suite, a test case for each check.
//!
//! A warned check is a passed test case with output: test tools know no warnings.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use super::words::{facts, one_line, visible};
use super::{Report, Row, Verdict};

/// The name of the suite, and the class of each case.
const NAME: &str = "conformance";

/// The text of `report.xml`.
pub(super) fn render(report: &Report) -> Result<String, String> {
    let time = duration(report.run.seconds);
    let mut suite = TestSuite::new(NAME);
    suite.set_time(time);
    for (name, value) in facts(report) {
        suite.add_property(Property::new(name, visible(&value)));
    }
    let clauses = format!("{} of {}", report.clauses_proven(), report.clauses.len());
    suite.add_property(Property::new("Clauses proven", clauses));
    suite.add_test_cases(report.rows.iter().map(case));
    let mut whole = quick_junit::Report::new(NAME);
    whole.set_time(time);
    whole.add_test_suite(suite);
    whole.to_string().map_err(|error| error.to_string())
}

fn case(row: &Row) -> TestCase {
    let status = match row.verdict {
        Verdict::Passed | Verdict::Warned => TestCaseStatus::success(),
        Verdict::Failed => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(message(row));
            if let Some(first) = row.failures.first() {
                status.set_type(visible(&first.clause));
            }
            status.set_description(details(row));
            status
        }
        Verdict::Skipped => {
            let mut status = TestCaseStatus::skipped();
            let reason = row.skipped.as_deref().unwrap_or("nothing was judged");
            status.set_message(visible(&one_line(reason)));
            status
        }
    };
    let mut case = TestCase::new(visible(row.check), status);
    case.set_classname(NAME);
    case.set_time(duration(row.seconds));
    case.set_assertions(usize::try_from(row.cases).unwrap_or(usize::MAX));
    if row.verdict == Verdict::Warned {
        case.set_system_out(format!("Warned:\n\n{}", details(row)));
    }
    case
}

/// What test tools show in their list.
fn message(row: &Row) -> String {
    let what = row.failures.first().map_or("", |first| &first.what);
    let more = match row.failures.len() {
        0 | 1 => String::new(),
        all => format!(" (and {} more)", all - 1),
    };
    format!("{}{more}", visible(&one_line(what)))
}

/// What they show when it is opened.
fn details(row: &Row) -> String {
    let failures: Vec<String> = row.failures.iter().map(ToString::to_string).collect();
    visible(&failures.join("\n\n"))
}

fn duration(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}
