//! What a run is asked to do, and which deviations it accepts. The command line has an option for
//! most of it; the rest is for tests and for mutants.

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use jiff::civil::Date;
use serde_json::Value;

use crate::cases::Plan;
use crate::connection::{Connection, MakeClient, SetHook, Stop, Wait, sleep};
use crate::receiver::WebhookReceiver;
use crate::specification::Specification;

/// Is called with how many of all cases were sent.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// Is called with the id of a check that has ended, with how many cases it judged and how many
/// of them failed. What a failure weighs is decided at the end of the run.
pub type Finished = Arc<dyn Fn(&str, u64, u64) + Send + Sync>;

/// What a run is asked to do.
#[derive(Clone)]
pub struct RunOptions {
    /// How many bodies are generated for each operation, besides the designed ones.
    pub cases: u32,
    /// The same seed generates the same bodies.
    pub seed: u64,
    /// A body of a creation to send instead of all others. No report shows it.
    pub body: Option<Value>,
    /// Whether failures of `should` clauses fail the run.
    pub strict: bool,
    /// Known deviations.
    pub allow: Vec<Allowance>,
    /// Whether a failing body is shrunk before it is shown. It takes more requests.
    pub shrink: bool,
    /// The commit to report.
    pub commit: Option<String>,
    /// Is called after each case.
    pub progress: Progress,
    /// Is called after each check.
    pub finished: Finished,
    /// How requests wait that are repeated at another server: a test injects a clock.
    pub wait: Wait,
    /// Ends the run early, with a report of what was found until then.
    pub stop: Stop,
    /// The contract and the clauses; those of this workspace by default.
    pub specification: Option<Arc<Specification>>,
    /// The cases; made by `cases` and `seed` by default.
    pub plan: Option<Arc<Plan>>,
    /// Only the checks that prove one of these clauses run.
    pub only: Option<Arc<BTreeSet<String>>>,
    /// What is broken on purpose.
    pub mutation: Mutation,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            cases: 200,
            seed: 0,
            body: None,
            strict: false,
            allow: Vec::new(),
            shrink: true,
            commit: None,
            progress: Arc::new(|_, _| {}),
            finished: Arc::new(|_, _, _| {}),
            wait: sleep(),
            stop: Stop::default(),
            specification: None,
            plan: None,
            only: None,
            mutation: Mutation::default(),
        }
    }
}

/// What is replaced, so that it can be broken on purpose. The default breaks nothing.
#[derive(Clone)]
pub struct Mutation {
    /// Makes the client under test.
    pub client: MakeClient,
    /// Sets the hook of a simulator.
    pub hook: Option<SetHook>,
    /// How a service receives webhooks.
    pub receiver: WebhookReceiver,
}

impl Default for Mutation {
    fn default() -> Self {
        Self {
            client: Arc::new(Connection::client),
            hook: None,
            receiver: WebhookReceiver::default(),
        }
    }
}

/// A known deviation: a clause that may fail, until the end of a day if there is one.
///
/// ```
/// use conformance::run::Allowance;
///
/// let allowance: Allowance = "auth.clock=2027-01-31".parse()?;
/// assert_eq!(allowance.clause, "auth.clock");
/// assert!("auth.clock=soon".parse::<Allowance>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The clause.
    pub clause: String,
    /// The last day.
    pub until: Option<Date>,
}

impl FromStr for Allowance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (clause, until): (_, Option<Result<Date, _>>) = match text.split_once('=') {
            None => (text, None),
            Some((clause, date)) => (clause, Some(date.parse())),
        };
        match (clause.trim(), until.transpose()) {
            ("", _) | (_, Err(_)) => {
                Err("not a known deviation; help: write CLAUSE or CLAUSE=YYYY-MM-DD".to_owned())
            }
            (clause, Ok(until)) => Ok(Self {
                clause: clause.to_owned(),
                until,
            }),
        }
    }
}
