//! The plan of faults: a pure function of its seed.

use bvnk_simulator::Fault;
use conformance::chaos::plan::{Faults, SHARES, is_refused};

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
