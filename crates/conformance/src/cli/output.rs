//! Standard output and standard error, for readers that may leave early.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use conformance::report::visible;

use super::Passed;

/// Prints text and returns whether anything still reads it: a reader that has seen enough,
/// such as `head`, is not a failure.
///
/// # Errors
///
/// Why the text cannot be written.
pub(super) fn print(text: &str) -> Passed {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("standard output: {error}").into()),
    }
}

/// Prints lines to standard error. They may have the text of an argument or of a file, in which no
/// line may be a command of a CI job.
pub(super) fn note(lines: impl fmt::Display) {
    for line in lines.to_string().lines() {
        let line = match visible(line) {
            line if line.trim_start().starts_with("::") => line.replacen(':', "\\u{3a}", 1),
            line => line,
        };
        // A closed standard error is no reason to fail.
        let _ = writeln!(io::stderr().lock(), "{line}");
    }
}

/// Returns 0 or 1; or prints why the command cannot run, and returns 2.
pub(crate) fn exit_code(passed: Passed) -> ExitCode {
    match passed {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            note(format_args!("error: {error}"));
            ExitCode::from(2)
        }
    }
}

/// How often a log gets a line about how far a command is.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

/// Shows how far a command is: called with what is done and the total. On a terminal it is one
/// line that changes; a log gets a line now and then, so that a slow server is seen to answer.
pub(super) fn progress(of: &'static str) -> Arc<dyn Fn(u64, u64) + Send + Sync> {
    let terminal = io::stderr().is_terminal();
    let last = Mutex::new(Instant::now());
    Arc::new(move |done, total| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if terminal {
            let end = if done < total { "" } else { "\r\x1b[K" };
            let _ = write!(io::stderr().lock(), "\r{done} of {total} {of}{end}");
        } else if last.elapsed() >= LOG_INTERVAL {
            *last = Instant::now();
            note(format_args!("{done} of {total} {of}"));
        }
    })
}
