//! Other processes: this program again as a server or a worker, and cargo.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::Outcome;

/// A server in a process of its own, ended with this value.
#[derive(Debug)]
pub struct Server {
    child: Child,
    url: String,
}

impl Server {
    /// The fixed server, which answers once `hold` requests are waiting.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn fixed(hold: usize) -> Outcome<Self> {
        Self::fixed_by(&mut this()?, hold)
    }

    /// The same, served by another build of this program.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn fixed_by(program: &mut Command, hold: usize) -> Outcome<Self> {
        Self::start(program.args(["fixed-server", "--hold", &hold.to_string()]))
    }

    /// The simulator.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn simulator() -> Outcome<Self> {
        Self::start(this()?.arg("simulator"))
    }

    fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut url = String::new();
        let output = child.stdout.take().ok_or("the server has no output")?;
        BufReader::new(output).read_line(&mut url)?;
        let url = url.trim().to_owned();
        if url.is_empty() {
            return Err("the server did not start".into());
        }
        Ok(Self { child, url })
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends this process when its standard input does, that is, when whoever started it is
/// gone.
pub fn end_with_parent() {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
}

/// This program, to be run again.
///
/// # Errors
///
/// When the system does not tell where it is.
pub fn this() -> Outcome<Command> {
    Ok(Command::new(std::env::current_exe()?))
}

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// cargo in the workspace.
pub fn cargo() -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root());
    command
}

/// What a command printed.
///
/// # Errors
///
/// When it cannot be run or fails; the error says what it printed then.
pub fn output(command: &mut Command) -> Outcome<String> {
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?} failed:\n{text}{errors}").into())
}
