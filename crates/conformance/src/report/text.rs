//! The report in a terminal.

use std::fmt;

use super::{Failure, Report, Row, Verdict};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:24} {:>7}  verdict", "check", "cases")?;
        for row in &self.rows {
            writeln!(f, "{:24} {:>7}  {}", row.check, row.cases, verdict(row))?;
        }
        for row in &self.rows {
            for failure in &row.failures {
                writeln!(f, "\n{}: {}", row.check, indented(&failure.to_string()))?;
            }
        }
        let unproven: Vec<&str> = self
            .clauses
            .iter()
            .filter(|line| !line.proven())
            .map(|line| line.id.as_str())
            .collect();
        let run = &self.run;
        write!(f, "\n{} requests in {:.1} s", run.requests, run.seconds)?;
        match run.generated {
            Some(generated) => writeln!(f, ", seed {}", generated.seed)?,
            None => writeln!(f)?,
        }
        writeln!(
            f,
            "{} of {} clauses proven",
            self.clauses_proven(),
            self.clauses.len()
        )?;
        if !unproven.is_empty() && run.generated.is_some() {
            writeln!(f, "not proven: {}", unproven.join(", "))?;
        }
        Ok(())
    }
}

fn verdict(row: &Row) -> String {
    match row.verdict {
        Verdict::Passed => "passed".to_owned(),
        Verdict::Failed => format!("FAILED in {} of {}", row.failed, row.cases),
        Verdict::Warned => format!("warned in {} of {}", row.failed, row.cases),
        Verdict::Skipped => {
            let reason = row.skipped.as_deref().unwrap_or("nothing was judged");
            format!("skipped: {reason}")
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        writeln!(f, "clause    {}", self.clause)?;
        writeln!(f, "expected  {}", self.expected)?;
        writeln!(f, "came      {}", self.came)?;
        if let Some(example) = &self.example {
            writeln!(f, "with      {}", example.label)?;
            for line in example.diff() {
                writeln!(f, "          {line}")?;
            }
        }
        write!(f, "repeat    {}", self.repeat)
    }
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n  ")
}
