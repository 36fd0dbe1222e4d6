//! The commands: arguments, output and exit codes, nothing else.
//!
//! Each command has a file with the same four parts: `ABOUT` and `MORE` are its help,
//! `Arguments` and `parser` its command line, and a function of its name runs it. Results go
//! to standard output, everything else to standard error. What cannot run is one error that
//! begins with `error: ` and ends the program with 2.

mod chaos;
mod clauses;
mod doctor;
mod generate;
mod mutants;
mod output;
mod run;
mod serve;
mod sign;

pub(crate) use output::exit_code;

use std::ffi::OsString;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::str::FromStr;

use bpaf::{Args, OptionParser, ParseFailure, Parser, construct, long, pure};

/// The width of help texts and messages.
const WIDTH: usize = 100;

/// A command with its arguments.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Run(run::Arguments),
    Serve(serve::Arguments),
    Generate(generate::Arguments),
    Sign(sign::Arguments),
    Clauses,
    Doctor,
    Mutants(mutants::Arguments),
    Chaos(chaos::Arguments),
}

impl Command {
    /// Runs the command.
    pub(crate) async fn run(self) -> Passed {
        match self {
            Self::Run(arguments) => run::run(arguments).await,
            Self::Serve(arguments) => serve::serve(arguments).await,
            Self::Generate(arguments) => generate::generate(&arguments),
            Self::Sign(arguments) => sign::sign(arguments).await,
            Self::Clauses => clauses::clauses(),
            Self::Doctor => doctor::doctor().await,
            Self::Mutants(arguments) => mutants::mutants(arguments).await,
            Self::Chaos(arguments) => chaos::chaos(arguments).await,
        }
    }
}

/// What a command ends with: whether what it tests passed, or why it cannot run.
pub(crate) type Passed = Result<bool, String>;

/// The message of an error, for [`Passed`].
fn text(error: impl fmt::Display) -> String {
    error.to_string()
}

/// Reads the command line.
///
/// # Errors
///
/// What the program ends with when there is nothing to run: help was printed, or the
/// arguments are wrong.
pub(crate) fn parse() -> Result<Command, Passed> {
    let program = conformance::report::program();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let arguments = Args::from(arguments.as_slice()).set_name(program);
    let parsed = parser().run_inner(arguments);
    parsed.map_err(|failure| {
        match failure {
            ParseFailure::Stdout(help, _) => output::print(&(help.monochrome(true) + "\n")),
            ParseFailure::Completion(text) => output::print(&text),
            ParseFailure::Stderr(error) => {
                let error = error.monochrome(true);
                Err(format!("{error}\n  help: {program} --help"))
            }
        }
        .map(|_| true)
    })
}

fn parser() -> OptionParser<Command> {
    let run = run::parser().map(Command::Run);
    let run = options("run", run, run::ABOUT, run::MORE).command("run");
    let serve = serve::parser().map(Command::Serve);
    let serve = options("serve", serve, serve::ABOUT, serve::MORE).command("serve");
    let generate = generate::parser().map(Command::Generate);
    let generate = options("generate", generate, generate::ABOUT, generate::MORE);
    let generate = generate.command("generate");
    let sign = sign::parser().map(Command::Sign);
    let sign = options("sign METHOD URL", sign, sign::ABOUT, sign::MORE).command("sign");
    let clauses = pure(Command::Clauses);
    let clauses = options("clauses", clauses, clauses::ABOUT, clauses::MORE).command("clauses");
    let doctor = pure(Command::Doctor);
    let doctor = options("doctor", doctor, doctor::ABOUT, doctor::MORE).command("doctor");
    let mutants = mutants::parser().map(Command::Mutants);
    let mutants = options("mutants", mutants, mutants::ABOUT, mutants::MORE).command("mutants");
    let chaos = chaos::parser().map(Command::Chaos);
    let chaos = options("chaos", chaos, chaos::ABOUT, chaos::MORE).command("chaos");
    let default = run::parser().map(Command::Run);
    let all = construct!([
        run, serve, generate, sign, clauses, doctor, mutants, chaos, default
    ]);
    let about = "Prove that client, contract and server agree";
    options("[COMMAND]", all, about, run::MORE).version(env!("CARGO_PKG_VERSION"))
}

/// A command with its help. In the texts, `cargo conformance` stands for the words that start
/// this program.
fn options<T>(
    synopsis: &str,
    parser: impl Parser<T> + 'static,
    about: &'static str,
    more: &str,
) -> OptionParser<T> {
    let program = conformance::report::program();
    let usage = format!("Usage: {program} {synopsis} [OPTIONS]");
    let more = more.replace("cargo conformance", program);
    let options = parser.to_options().descr(about).usage(usage.as_str());
    options.footer(more.as_str()).max_width(WIDTH)
}

/// An argument of the form `--name META`.
fn argument<T>(name: &'static str, meta: &'static str, help: &'static str) -> impl Parser<T>
where
    T: FromStr + 'static,
    T::Err: fmt::Display,
{
    long(name).help(help).argument::<T>(meta)
}

/// A switch of the form `--name`.
fn switch(name: &'static str, help: &'static str) -> impl Parser<bool> {
    long(name).help(help).switch()
}

/// `--key-env`, where the Hawk key is: an argument would show it to every process.
fn key_env() -> impl Parser<String> {
    let help = "The environment variable with the Hawk key; BVNK_HAWK_KEY by default";
    argument("key-env", "VAR", help).fallback("BVNK_HAWK_KEY".to_owned())
}

/// `--id`, the Hawk id.
fn id() -> impl Parser<Option<String>> {
    argument("id", "ID", "The Hawk id; BVNK_HAWK_ID by default").optional()
}

/// `--seed`, or a fresh one.
fn seed(help: &'static str) -> impl Parser<u64> {
    // A run prints its seed, so that 32 random bits are enough and easier to type.
    let fresh = || Ok::<u64, String>(RandomState::new().hash_one(0) >> 32);
    argument("seed", "SEED", help).fallback_with(fresh)
}
