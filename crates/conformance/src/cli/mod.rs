//! The commands: arguments, output and exit codes, nothing else.
//!
//! Each command has a file with the same parts: `ABOUT` and `MORE` are its help,
//! `Arguments` and `parser` its command line, if it has options, and a function of its name
//! runs it. Results go to standard output, everything else to standard error. What cannot run is
//! one error that begins with `error: ` and ends the program with 2.

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
use std::hash::{BuildHasher, RandomState};

use bpaf::{Args, OptionParser, ParseFailure, Parser, choice, pure};
use bvnk::BoxError;

/// The variable that has the Hawk key, unless `--key-env` names another. The key is no
/// argument: every process of the machine can read those.
const KEY_ENV: &str = "BVNK_HAWK_KEY";

/// The width of help texts and messages.
const WIDTH: usize = 100;

/// A command with its arguments.
///
/// The variants are the commands of the help. `run` is also what a call without a command runs.
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
pub(crate) type Passed = Result<bool, BoxError>;

/// Reads the command line.
///
/// # Errors
///
/// What the program ends with when there is nothing to run: help was printed, or the
/// arguments are wrong.
pub(crate) fn parse() -> Result<Command, Passed> {
    let program = conformance::report::program();
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let arguments = Args::from(arguments.as_slice()).set_name(&program);
    let parsed = parser().run_inner(arguments);
    parsed.map_err(|failure| {
        match failure {
            ParseFailure::Stdout(help, _) => output::print(&(help.monochrome(true) + "\n")),
            ParseFailure::Completion(text) => output::print(&text),
            ParseFailure::Stderr(error) => {
                let error = error.monochrome(true);
                Err(format!("{error}\n  help: {program} --help").into())
            }
        }
        .map(|_| true)
    })
}

fn parser() -> OptionParser<Command> {
    let run = || run::parser().map(Command::Run).boxed();
    let serve = serve::parser().map(Command::Serve).boxed();
    let generate = generate::parser().map(Command::Generate).boxed();
    let sign = sign::parser().map(Command::Sign).boxed();
    let clauses = pure(Command::Clauses).boxed();
    let doctor = pure(Command::Doctor).boxed();
    let mutants = mutants::parser().map(Command::Mutants).boxed();
    let chaos = chaos::parser().map(Command::Chaos).boxed();
    let commands = [
        ("run", run(), run::ABOUT, run::MORE),
        ("serve", serve, serve::ABOUT, serve::MORE),
        ("generate", generate, generate::ABOUT, generate::MORE),
        ("sign METHOD URL", sign, sign::ABOUT, sign::MORE),
        ("clauses", clauses, clauses::ABOUT, clauses::MORE),
        ("doctor", doctor, doctor::ABOUT, doctor::MORE),
        ("mutants", mutants, mutants::ABOUT, mutants::MORE),
        ("chaos", chaos, chaos::ABOUT, chaos::MORE),
    ];
    let commands = commands.map(|(synopsis, parser, about, more)| {
        let name = synopsis.split(' ').next().unwrap_or_default();
        options(synopsis, parser, about, more).command(name).boxed()
    });
    let all = choice(commands.into_iter().chain([run()]));
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
    let more = more.replace("cargo conformance", &program);
    let options = parser.to_options().descr(about).usage(usage.as_str());
    options.footer(more.as_str()).max_width(WIDTH)
}

/// A seed for a run that was given none. A run prints its seed, so that 32 random bits are
/// enough and easier to type.
fn fresh_seed() -> Result<u64, String> {
    Ok(RandomState::new().hash_one(0) >> 32)
}
