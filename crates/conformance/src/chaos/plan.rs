//! Which fault meets which attempt: a pure function of a seed.
//!
//! It knows neither connections nor time. The n-th attempt of a call meets the same fault in
//! every run with the same seed, independently of what happens at the same moment.

use std::time::Duration;

use bvnk_simulator::{Fault, Replay};

/// Shares of all attempts, in 1/10,000.
///
/// They add up to less than half: most attempts meet no fault.
const SHARES: [(Fault, u64); 17] = [
    // Before the request is carried out.
    (Fault::TooManyRequests, 300),
    (Fault::UnavailableUntil, 150),
    (Fault::InternalError, 250),
    (Fault::BadGateway, 250),
    (Fault::Unavailable, 250),
    (Fault::GatewayTimeout, 250),
    (Fault::EmptyError, 100),
    (Fault::MalformedHttp, 100),
    (Fault::ResetBeforeCommit, 400),
    (Fault::Stall, 100),
    // After it.
    (Fault::CommitThenReset, 500),
    (Fault::CommitThenError, 600),
    (Fault::CommitThenStall, 150),
    (Fault::TruncateHead, 150),
    (Fault::TruncateBody, 350),
    (Fault::StallBody, 100),
    (Fault::CloseAfterResponse, 300),
];

/// One call in so many has its repetitions refused. A client cannot make a success of that,
/// and at most 1 % of the calls may fail.
const REFUSED: usize = 250;

/// One call in so many is cancelled and repeated with its key.
const CANCELLED: u64 = 8;

/// The plan of a run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults {
    /// Printed by a run, so that its faults can be repeated.
    pub(crate) seed: u64,
}

impl Faults {
    /// The fault that the n-th attempt of a call meets.
    pub(crate) fn fault(self, call: usize, nth: usize) -> Option<Fault> {
        if is_refused(call) && nth == 0 {
            // Without a lost response nothing is repeated.
            return Some(Fault::CommitThenReset);
        }
        let mut left = self.roll(1, call, nth) % 10_000;
        let hit = |(_, share): &&(Fault, u64)| match left.checked_sub(*share) {
            None => true,
            Some(rest) => {
                left = rest;
                false
            }
        };
        SHARES.iter().find(hit).map(|(fault, _)| *fault)
    }

    /// How a repeated key of a call is answered.
    pub(crate) fn replay(self, call: usize) -> Replay {
        match self.roll(2, call, 0) % 2 {
            _ if is_refused(call) => Replay::AlreadyExists400,
            0 => Replay::Stored,
            _ => Replay::Ok200,
        }
    }

    /// When the caller gives a call up, if it does.
    pub(crate) fn cancelled_after(self, call: usize) -> Option<Duration> {
        let roll = self.roll(4, call, 0);
        let cancelled = roll.is_multiple_of(CANCELLED) && !is_refused(call);
        cancelled.then(|| Duration::from_micros(roll / CANCELLED % 20_000))
    }

    /// How many seconds the server's clock is ahead of the callers' in an epoch. At first they
    /// agree; later the server is in turn one to ten hours ahead and 10 to 50 minutes behind,
    /// because a client corrects its clock by 24 hours forwards and 1 hour backwards at most.
    pub(crate) fn clock_offset(self, epoch: usize) -> i64 {
        let roll = self.roll(5, 0, epoch);
        match epoch {
            0 => 0,
            odd if odd % 2 == 1 => 3_600 + (roll % 32_400) as i64,
            _ => -600 - (roll % 2_400) as i64,
        }
    }

    /// Returns a number that depends on the seed and the place only. `salt` keeps decisions about one
    /// attempt independent: its fault says nothing about how its repetition is answered.
    fn roll(self, salt: u64, call: usize, nth: usize) -> u64 {
        [salt, call as u64, nth as u64]
            .into_iter()
            .fold(self.seed, |state, part| mix(state ^ mix(part)))
    }
}

/// Whether the repetitions of a call are refused: see [`REFUSED`].
fn is_refused(call: usize) -> bool {
    // Not the first of all: a short run has no room for it.
    call % REFUSED == REFUSED / 2
}

/// SplitMix64: different for each input, the same in each run.
fn mix(state: u64) -> u64 {
    let z = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_attempts(seed: u64) -> Vec<Option<Fault>> {
        let plan = Faults { seed };
        (0..10_000).map(|call| plan.fault(call, 0)).collect()
    }

    #[test]
    fn a_seed_plans_the_same_again_and_another_seed_does_not() {
        assert_eq!(first_attempts(7), first_attempts(7));
        assert_ne!(first_attempts(7), first_attempts(8));
    }

    #[test]
    fn two_fifths_of_the_attempts_fail_and_every_fault_is_met() {
        let attempts = first_attempts(7);
        let faults = attempts.iter().flatten();
        let failing = faults.filter(|fault| **fault != Fault::CloseAfterResponse);
        let failing = failing.count();
        assert!((3_500..4_500).contains(&failing), "{failing} of 10,000");
        for (fault, _) in SHARES {
            assert!(attempts.contains(&Some(fault)), "{fault}");
        }
    }

    #[test]
    fn some_calls_are_cancelled_but_none_whose_repetition_is_refused() {
        let plan = Faults { seed: 7 };
        let cancelled = |call: &usize| plan.cancelled_after(*call).is_some();
        let count = (0..10_000).filter(cancelled).count();
        assert!((1_000..1_500).contains(&count), "{count} of 10,000");
        assert!(!(0..10_000).any(|call| is_refused(call) && cancelled(&call)));
    }

    #[test]
    fn clocks_differ_by_more_than_servers_tolerate_and_less_than_clients_correct() {
        let plan = Faults { seed: 7 };
        assert_eq!(plan.clock_offset(0), 0);
        for epoch in 1..100 {
            let offsets = [epoch, epoch + 1].map(|epoch| plan.clock_offset(epoch));
            assert!(offsets[0].abs_diff(offsets[1]) > 600, "{offsets:?}");
            assert!((-3_600..24 * 3_600).contains(&offsets[0]), "{offsets:?}");
        }
    }
}
