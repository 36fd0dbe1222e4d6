//! Standard output and standard error, for readers that may leave early.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// Prints text and returns whether anything still reads it: a reader that has seen enough,
/// such as `head`, is not a failure.
///
/// # Errors
///
/// Why the text cannot be written.
pub(super) fn print(text: &str) -> Result<bool, String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(format!("standard output: {error}")),
    }
}

/// Prints all that a command prints, and returns its exit code.
pub(super) fn exit(text: &str) -> ExitCode {
    match print(text) {
        Ok(_) => ExitCode::SUCCESS,
        Err(error) => cannot_run(error),
    }
}

/// Prints why the command cannot run, and returns 2.
pub(super) fn cannot_run(reason: impl fmt::Display) -> ExitCode {
    note(format_args!("error: {reason}"));
    ExitCode::from(2)
}

/// Prints a line to standard error.
pub(super) fn note(line: impl fmt::Display) {
    // A closed standard error is no reason to fail.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Returns 0 or 1.
pub(super) fn verdict(passed: bool) -> ExitCode {
    if passed {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Shows how far a command is: called with what is done and the total. On a terminal only; a
/// log gets the lines around it.
pub(super) fn progress(of: &'static str) -> Arc<dyn Fn(u64, u64) + Send + Sync> {
    let terminal = io::stderr().is_terminal();
    Arc::new(move |done, total| {
        if terminal {
            let end = if done < total { "" } else { "\r\x1b[K" };
            let _ = write!(io::stderr().lock(), "\r{done} of {total} {of}{end}");
        }
    })
}
