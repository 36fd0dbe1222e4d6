//! Which fault meets which attempt: a pure function of a seed.
//!
//! It must not know sockets or time. The n-th attempt of a call meets the same fault in
//! every run with the same seed, whatever else happens at the same moment.

use bvnk_simulator::{Fault, Replay};

/// What the proxy does to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The request is read whole and not forwarded; the connection is reset.
    ResetBefore,
    /// The request is read whole and not forwarded; nothing happens any more.
    StallBefore,
    /// The answer came and is thrown away; the connection is reset.
    ResetAfter,
    /// The answer came and is kept back; nothing happens any more.
    StallAfter,
    /// Half of the answer's head, then the end.
    HalfHead,
    /// Half of the answer's body, then the end.
    HalfBody,
    /// Half of the answer's body, then nothing any more.
    StallMidway,
    /// The answer is replaced by one of the 5xx that are repeated.
    Gateway,
    /// The answer is replaced by any other 5xx; the client gives up at once and says that
    /// it does not know. Rare: each costs a call.
    OtherServerError,
    /// The answer whole, then the end of a connection that promised to stay open. The
    /// attempt succeeds; what the next one makes of the dead connection is the question.
    CloseAfter,
}

impl Cut {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ResetBefore => "reset before forwarding",
            Self::StallBefore => "stall before forwarding",
            Self::ResetAfter => "answer lost, reset",
            Self::StallAfter => "answer lost, stall",
            Self::HalfHead => "half a head",
            Self::HalfBody => "half a body",
            Self::StallMidway => "half a body, then stall",
            Self::Gateway => "answer lost, 500, 502, 503 or 504",
            Self::OtherServerError => "answer lost, another 5xx",
            Self::CloseAfter => "closed after the answer",
        }
    }

    /// Whether the attempt itself suffers.
    pub(crate) fn spoils(self) -> bool {
        self != Self::CloseAfter
    }
}

/// Shares of all attempts that reach the proxy, in 1/10,000.
const CUTS: [(Cut, u64); 10] = [
    (Cut::ResetBefore, 300),
    (Cut::StallBefore, 100),
    (Cut::ResetAfter, 300),
    (Cut::StallAfter, 100),
    (Cut::HalfHead, 150),
    (Cut::HalfBody, 200),
    (Cut::StallMidway, 100),
    (Cut::Gateway, 400),
    (Cut::OtherServerError, 5),
    (Cut::CloseAfter, 300),
];

/// Shares of all attempts that reach the simulator, in 1/10,000.
const FAULTS: [(Fault, u64); 13] = [
    (Fault::TooManyRequests, 300),
    (Fault::UnavailableUntil, 150),
    (Fault::InternalError, 250),
    (Fault::BadGateway, 250),
    (Fault::Unavailable, 250),
    (Fault::GatewayTimeout, 250),
    (Fault::EmptyError, 100),
    (Fault::MalformedHttp, 100),
    (Fault::ResetBeforeCommit, 150),
    (Fault::CommitThenReset, 200),
    (Fault::CommitThenError, 250),
    (Fault::CommitThenStall, 50),
    (Fault::TruncateBody, 150),
];

/// One call in so many has its replays refused. A client cannot make a success of that:
/// more of them would leave no room for other faults in the 1 % of calls that may fail.
const REPLAYS_REFUSED: usize = 250;

/// The plan of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    seed: u64,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// What the proxy does to the n-th attempt of a call.
    pub(crate) fn cut(self, call: usize, nth: usize) -> Option<Cut> {
        if refused(call) && nth == 0 {
            // Without a lost answer nothing is replayed, and few calls are to show it.
            return Some(Cut::ResetAfter);
        }
        pick(&CUTS, self.roll(1, call, nth))
    }

    /// What the simulator does to the n-th attempt of a call that reaches it.
    pub(crate) fn fault(self, call: usize, nth: usize) -> Option<Fault> {
        if refused(call) && nth == 0 {
            return None;
        }
        pick(&FAULTS, self.roll(2, call, nth))
    }

    /// How a repeated key of a call is answered.
    pub(crate) fn replay(self, call: usize) -> Replay {
        if refused(call) {
            Replay::AlreadyExists400
        } else if self.roll(3, call, 0).is_multiple_of(2) {
            Replay::Stored
        } else {
            Replay::Ok200
        }
    }

    /// The status in place of an answer that is replaced.
    pub(crate) fn server_error(self, cut: Cut, call: usize, nth: usize) -> u16 {
        let roll = self.roll(4, call, nth);
        if cut == Cut::Gateway {
            return [500, 502, 503, 504][(roll % 4) as usize];
        }
        // All that have a name, and some of those that only a gateway uses.
        let others = [501, 505, 506, 507, 508, 510, 511, 520, 522, 524, 599];
        others[(roll % 11) as usize]
    }

    /// How many seconds the server's clock is ahead of the callers' in an epoch. At first
    /// they agree; later they differ by one hour to ten, now this way and now that.
    pub(crate) fn clock_skew(self, epoch: usize) -> i64 {
        let hours = 3_600 + (self.roll(5, 0, epoch) % 32_400) as i64;
        match epoch {
            0 => 0,
            odd if odd % 2 == 1 => hours,
            _ => -hours,
        }
    }

    fn roll(self, salt: u64, call: usize, nth: usize) -> u64 {
        [salt, call as u64, nth as u64]
            .into_iter()
            .fold(self.seed, |state, part| mix(state ^ mix(part)))
    }
}

fn refused(call: usize) -> bool {
    // Not the first of all: a short run has no room for it.
    call % REPLAYS_REFUSED == REPLAYS_REFUSED / 2
}

fn pick<T: Copy>(shares: &[(T, u64)], roll: u64) -> Option<T> {
    let mut left = roll % 10_000;
    for (item, share) in shares {
        match left.checked_sub(*share) {
            None => return Some(*item),
            Some(rest) => left = rest,
        }
    }
    None
}

/// SplitMix64: enough to be different each time and the same in each run.
fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Attempts = Vec<(Option<Cut>, Option<Fault>)>;

    fn first_attempts(seed: u64) -> Attempts {
        let plan = Plan::new(seed);
        (0..10_000)
            .map(|call| (plan.cut(call, 0), plan.fault(call, 0)))
            .collect()
    }

    #[test]
    fn a_seed_plans_the_same_again_and_another_seed_something_else() {
        assert_eq!(first_attempts(7), first_attempts(7));
        assert_ne!(first_attempts(7), first_attempts(8));
    }

    #[test]
    fn a_third_of_the_attempts_meets_a_fault_and_every_fault_comes() {
        let attempts = first_attempts(7);
        let spoilt = attempts.iter().filter(|(cut, fault)| {
            let by_proxy = cut.is_some_and(Cut::spoils);
            by_proxy || fault.is_some()
        });
        let spoilt = spoilt.count();
        assert!((3_000..4_500).contains(&spoilt), "{spoilt} of 10,000");
        for (cut, _) in CUTS {
            assert!(attempts.iter().any(|planned| planned.0 == Some(cut)));
        }
        for (fault, _) in FAULTS {
            assert!(attempts.iter().any(|planned| planned.1 == Some(fault)));
        }
    }

    #[test]
    fn clocks_differ_by_hours_but_less_than_clients_correct() {
        let plan = Plan::new(7);
        assert_eq!(plan.clock_skew(0), 0);
        for epoch in 1..100 {
            let between = plan.clock_skew(epoch).abs_diff(plan.clock_skew(epoch + 1));
            assert!((7_200..24 * 3_600).contains(&between), "{between} s");
        }
    }
}
