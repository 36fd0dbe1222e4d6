//! Which fault meets which attempt: a pure function of a seed.
//!
//! It knows neither connections nor time. The n-th attempt of a call meets the same fault in
//! every run with the same seed, independently of what happens at the same moment.

use std::time::Duration;

use bvnk_simulator::{Fault, Replay};

/// Shares of all attempts, in 1/10,000.
///
/// They add up to less than half: most attempts meet no fault.
pub const SHARES: [(Fault, u64); 17] = [
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
pub struct Faults {
    /// Printed by a run, so that its faults can be repeated.
    pub seed: u64,
}

impl Faults {
    /// The fault that the n-th attempt of a call meets.
    pub fn fault(self, call: usize, nth: usize) -> Option<Fault> {
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
    pub fn cancelled_after(self, call: usize) -> Option<Duration> {
        let roll = self.roll(4, call, 0);
        let cancelled = roll.is_multiple_of(CANCELLED) && !is_refused(call);
        cancelled.then(|| Duration::from_micros(roll / CANCELLED % 20_000))
    }

    /// How many seconds the server's clock is ahead of the callers' in an epoch. At first they
    /// agree; later the server is in turn one to ten hours ahead and 10 to 50 minutes behind,
    /// because a client corrects its clock by 24 hours forwards and 1 hour backwards at most.
    pub fn clock_offset(self, epoch: usize) -> i64 {
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

/// Whether the repetitions of a call are refused.
pub fn is_refused(call: usize) -> bool {
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
