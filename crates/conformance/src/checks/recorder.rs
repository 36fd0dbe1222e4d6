//! What a check finds while it judges, case by case. Every case names the clause that it is
//! about, so that a report can say what was proven and what does not hold.
//!
//! A check first states what it tries ([`Recorder::on`]) and, if there is one, the exchange that
//! shows it; each case that follows gets both. What a failure weighs is decided later.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use bvnk_contract::Weight;

use super::{Check, Judge};
use crate::cases::Case;
use crate::context::Context;
use crate::exchange::{Exchange, Exercise};
use crate::results::{Failure, Verdict};
use crate::text::counted;

/// Records what one check finds. Findings that differ in their case only are one, and the
/// smallest case stands for all.
pub struct Recorder<'c> {
    /// What the check works with.
    pub(crate) context: &'c Context,
    /// The check.
    pub(crate) check: &'static Check,
    /// Why it was not run, if it was not.
    ///
    /// Such as that the check needs the simulator. A skipped check proves nothing.
    pub(crate) skipped: Option<String>,
    /// What it found.
    pub(crate) found: Found,
    /// What is tried.
    ///
    /// For example, `create_customer, an empty body`.
    what: String,
    /// The exchange that shows it.
    exchange: Option<Exchange>,
    /// The exercise that shows it.
    exercise: Option<Arc<Exercise>>,
}

/// What a check found.
#[derive(Default)]
pub(crate) struct Found {
    /// How many cases it judged: exercises, or the cases of a probe.
    pub(crate) cases: u64,
    /// How many of the cases failed. An exercise with several findings counts once.
    pub(crate) failed: u64,
    /// How often each clause was judged, with any result.
    ///
    /// By the clause's id. A clause with findings alone is there with 0.
    pub(crate) observed: BTreeMap<String, u64>,
    /// What does not hold, in the order in which it was found first.
    pub(crate) findings: Vec<Finding>,
    /// How long it ran.
    ///
    /// In wall-clock time, without the calls that the checks of exercises share.
    pub(crate) seconds: f64,
}

/// What does not hold, before it is decided how much that weighs.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The failure, as a report shows it; verdict and case are not decided yet. Its clause is the
    /// subject of a statement of the contract where no clause covers that.
    pub failure: Failure,
    /// How much it weighs at most, where that is less than the clause's weight.
    ///
    /// A new status, for example, is a warning even where the clause is a `must`.
    pub at_most: Option<Weight>,
    /// The smallest case that shows it, with its operation.
    pub case: Option<(String, Case)>,
}

impl Finding {
    /// Whether another finding is about the same, so that it differs in its case at most.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let (own, other) = (&self.failure, &other.failure);
        (&own.clause, &own.what) == (&other.clause, &other.what)
    }

    /// The length of the body, by which cases are compared.
    fn size(&self) -> usize {
        let body = self.case.as_ref().and_then(|(_, case)| case.body.as_ref());
        body.map_or(0, |body| body.to_string().len())
    }
}

impl<'c> Recorder<'c> {
    /// A recorder in which nothing happened yet.
    pub(crate) fn new(context: &'c Context, check: &'static Check) -> Self {
        Self {
            context,
            check,
            skipped: None,
            found: Found::default(),
            what: String::new(),
            exchange: None,
            exercise: None,
        }
    }

    /// Judges an exercise, which is one case, however much is wrong with it; nothing if the check
    /// judges something else.
    pub(crate) fn judge(&mut self, exercise: &Arc<Exercise>) {
        let Judge::Exercise(judge) = self.check.judge else {
            return;
        };
        let (cases, failed) = (self.found.cases, self.found.failed);
        self.exercise = Some(Arc::clone(exercise));
        judge(self, exercise);
        (self.exercise, self.exchange) = (None, None);
        let found = &mut self.found;
        found.cases = cases + u64::from(found.cases > cases);
        found.failed = failed + u64::from(found.failed > failed);
    }

    /// The id of the clause about a subject, such as `media OPERATION request`; the subject
    /// itself where no clause is.
    pub(crate) fn about(&self, subject: &str) -> String {
        self.context.specification.about(subject)
    }

    /// States what the cases that follow try.
    pub(crate) fn on(&mut self, what: impl Into<String>) -> &mut Self {
        self.what = what.into();
        self
    }

    /// States that the cases that follow are about this exchange, or about nothing that was sent.
    pub(crate) fn sent<'e>(&mut self, exchange: impl Into<Option<&'e Exchange>>) -> &mut Self {
        self.exchange = exchange.into().cloned();
        self
    }

    /// Records one case of a clause, which holds or does not. `expected` and `actual` complete
    /// "expected …, actual …" and are evaluated in either case; text from a server is escaped by
    /// the report.
    pub(crate) fn check(
        &mut self,
        clause: &str,
        holds: bool,
        expected: impl Display,
        actual: impl Display,
    ) {
        self.observe(clause);
        if !holds {
            self.fail(clause, expected, actual);
        }
    }

    /// Records one case whose opposite needs no words.
    pub(crate) fn holds(&mut self, clause: &str, holds: bool, expected: impl Display) {
        self.check(clause, holds, expected, "something else");
    }

    /// Records one case in which two values must be equal.
    pub(crate) fn equal<T: PartialEq + Display>(&mut self, clause: &str, expected: T, actual: T) {
        self.check(clause, expected == actual, expected, actual);
    }

    /// Records one case in which a request must be answered with a success.
    pub(crate) fn success(&mut self, clause: &str, sent: &Exchange) {
        self.check(clause, sent.is_success(), "success", sent.outcome());
    }

    /// Records that as many resources were created as expected since there were `before`, where
    /// that can be seen.
    pub(crate) fn created(&mut self, clause: &str, before: Option<usize>, expected: usize) {
        if let (Some(before), Some(after)) = (before, self.context.connection.created()) {
            let made = after.saturating_sub(before);
            let resources = |count| format!("{} created", counted(count, "resource"));
            self.equal(clause, resources(expected as u64), resources(made as u64));
        }
    }

    /// Records one case that could not be tried, which proves nothing: a failure all the same, or
    /// a broken setup would look like a clause that nothing showed.
    pub(crate) fn error(&mut self, clause: &str, reason: impl Display) {
        self.fail(clause, "a result", reason);
    }

    /// Counts one case of a clause, whatever its result. In a run that was stopped nothing was
    /// sent, and nothing is recorded.
    pub(crate) fn observe(&mut self, clause: &str) {
        if self.context.options.stop.reason().is_some() {
            return;
        }
        self.found.cases += 1;
        match self.found.observed.get_mut(clause) {
            Some(cases) => *cases += 1,
            None => drop(self.found.observed.insert(clause.to_owned(), 1)),
        }
    }

    /// Records what does not hold, without counting a case: what cannot prove a clause can
    /// still refute it.
    pub(crate) fn fail(&mut self, clause: &str, expected: impl Display, actual: impl Display) {
        self.find(clause, expected, actual, None);
    }

    /// The same as a warning at most.
    pub(crate) fn warn(&mut self, clause: &str, expected: impl Display, actual: impl Display) {
        self.find(clause, expected, actual, Some(Weight::Should));
    }

    /// Records a finding, which is about what was stated last.
    fn find(
        &mut self,
        clause: &str,
        expected: impl Display,
        actual: impl Display,
        at_most: Option<Weight>,
    ) {
        if self.context.options.stop.reason().is_some() {
            return;
        }
        self.found.observed.entry(clause.to_owned()).or_default();
        self.found.failed += 1;
        let exercise = self.exercise.as_ref();
        let case =
            exercise.and_then(|own| Some((own.calls.first()?.operation.clone(), own.case.clone())));
        let connection = &self.context.connection;
        let exchange = self.exchange.as_ref();
        let own = self.context.specification.clause(clause);
        let finding = Finding {
            failure: Failure {
                check: self.check.id.to_owned(),
                clause: clause.to_owned(),
                says: own
                    .map_or("the contract states it", |own| &own.says)
                    .to_owned(),
                verdict: Verdict::Failed,
                what: self.what.clone(),
                expected: expected.to_string(),
                actual: actual.to_string(),
                place: self.context.specification.place(clause),
                exchange: exchange.map(|it| it.line(&connection.origin(), &connection.signer)),
                case: None,
                repeats: 1,
            },
            at_most,
            case,
        };
        self.found.add(finding);
    }
}

impl Found {
    /// Adds a finding, or counts it where one like it is known.
    fn add(&mut self, finding: Finding) {
        let mut known = self.findings.iter_mut();
        match known.find(|known| known.is_like(&finding)) {
            None => self.findings.push(finding),
            Some(known) => {
                let repeats = known.failure.repeats + finding.failure.repeats;
                if finding.size() < known.size() {
                    *known = finding;
                }
                known.failure.repeats = repeats;
            }
        }
    }

    /// Adds what the same check found elsewhere.
    pub(crate) fn append(&mut self, other: Self) {
        self.cases += other.cases;
        self.failed += other.failed;
        self.seconds += other.seconds;
        for (clause, cases) in other.observed {
            *self.observed.entry(clause).or_default() += cases;
        }
        for finding in other.findings {
            self.add(finding);
        }
    }
}
