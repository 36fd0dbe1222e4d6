//! The hook that the suite puts into its simulator: answers that a check asks for, before
//! the hook of a mutant.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bvnk_simulator::webhook::{Delivery, StatusChange};
use bvnk_simulator::{Hook, HookContext, RequestContext, Response, Rules, SignatureContext};
use bvnk_simulator::{ValidationError, hawk};

/// Makes a hook for each simulator of a run.
pub type MakeHook = Arc<dyn Fn() -> Box<dyn Hook> + Send + Sync>;

/// Answers that were asked for, in their order. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Answers(Arc<Mutex<VecDeque<Response>>>);

impl Answers {
    /// The next request gets this answer, and nothing is carried out.
    pub(super) fn push(&self, answer: Response) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.push_back(answer);
    }

    fn next(&self) -> Option<Response> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }
}

/// Answers as asked, else does what another hook does.
pub(crate) struct Script {
    answers: Answers,
    other: Option<Box<dyn Hook>>,
}

impl Script {
    pub(super) fn new(answers: Answers, other: Option<&MakeHook>) -> Self {
        Self {
            answers,
            other: other.map(|make| make()),
        }
    }

    /// Without answers of its own.
    pub(crate) fn only(other: &MakeHook) -> Self {
        Self::new(Answers::default(), Some(other))
    }
}

impl Hook for Script {
    fn rules(&mut self, context: &RequestContext<'_>, rules: &mut Rules) {
        if let Some(other) = &mut self.other {
            other.rules(context, rules);
        }
        if let Some(answer) = self.answers.next() {
            rules.answer = Some(answer);
        }
    }

    fn signature(
        &mut self,
        context: &SignatureContext<'_>,
        outcome: &mut Result<(), hawk::Rejection>,
    ) {
        if let Some(other) = &mut self.other {
            other.signature(context, outcome);
        }
    }

    fn validation(&mut self, context: &RequestContext<'_>, errors: &mut Vec<ValidationError>) {
        if let Some(other) = &mut self.other {
            other.validation(context, errors);
        }
    }

    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        if let Some(other) = &mut self.other {
            other.response(context, response);
        }
    }

    fn webhooks(&mut self, change: &StatusChange, deliveries: &mut Vec<Delivery>) {
        if let Some(other) = &mut self.other {
            other.webhooks(change, deliveries);
        }
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script").finish_non_exhaustive()
    }
}
