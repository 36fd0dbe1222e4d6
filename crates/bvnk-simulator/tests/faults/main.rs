//! Every fault, shown at work beside what happens without it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod probes;
mod seen;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use bvnk_simulator::{Fault, Simulator};
use common::*;
use probes::PROBES;

/// What each probe sees of a service that knows two customers.
fn sights(fault: Option<Fault>) -> Vec<String> {
    let look = |probe: &probes::Probe| {
        let config = config().credentials(OTHER_ID, OTHER_KEY);
        let mut simulator = Simulator::new(config).unwrap();
        create(&mut simulator, Some(UUID_A));
        create(&mut simulator, None);
        simulator.set_fault(fault);
        (probe.1)(&mut simulator)
    };
    PROBES.iter().map(look).collect()
}

#[test]
fn without_a_fault_every_probe_sees_the_documented_service() {
    let mut told = String::new();
    for ((name, _), seen) in PROBES.iter().zip(sights(None)) {
        let _ = writeln!(told, "{name}: {seen}");
    }
    insta::assert_snapshot!(told);
}

/// The snapshot shows all that a fault changes: one thing, wherever it matters.
#[test]
fn each_fault_is_seen_by_the_probes_that_watch_it() {
    let whole = sights(None);
    let mut told = String::new();
    let mut alike: HashMap<Vec<String>, Fault> = HashMap::new();
    for &fault in Fault::ALL {
        let broken = sights(Some(fault));
        let mut changes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (((name, _), whole), broken) in PROBES.iter().zip(&whole).zip(&broken) {
            if whole != broken {
                changes.entry(broken).or_default().push(name);
            }
        }
        let _ = writeln!(told, "{fault}");
        for (seen, names) in changes {
            let names = match names.len() {
                ..=12 => names.join(", "),
                many => format!("{many} probes"),
            };
            let _ = writeln!(told, "  {names}: {seen}");
        }
        // Seen only by requests at the same time; the server's tests show it.
        if fault == Fault::RaceKeys {
            assert_eq!(broken, whole);
            continue;
        }
        assert_ne!(broken, whole, "{fault} changes nothing");
        if let Some(other) = alike.insert(broken, fault) {
            panic!("{other} and {fault} cannot be told apart");
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn names_are_unique_kebab_case_and_read_back() {
    let names: HashSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(names.len(), Fault::ALL.len());
    for &fault in Fault::ALL {
        let kebab = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        assert!(fault.name().chars().all(kebab), "{fault}");
        assert_eq!(fault.to_string().parse(), Ok(fault));
        // The name is the variant's, so that a list in either form can be read.
        let variant = format!("{fault:?}").to_ascii_lowercase();
        assert_eq!(fault.name().replace('-', ""), variant);
    }
    let error = "status-typos".parse::<Fault>().unwrap_err().to_string();
    assert!(error.contains(r#""status-typos""#) && error.contains(" status-typo "));
    assert!(!error.contains("stall"), "{error}");
    let error = "nosuchfault".parse::<Fault>().unwrap_err().to_string();
    for list in ["serve --list-faults", "GET /_simulator/faults"] {
        assert!(error.contains(list), "{error}");
    }
}

#[test]
fn a_scripted_fault_breaks_one_request_and_goes_before_the_standing_one() {
    let mut simulator = simulator();
    simulator.push_fault(Fault::BadGateway);
    simulator.push_fault(Fault::GatewayTimeout);
    simulator.set_fault(Some(Fault::Unavailable));
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(send(&mut simulator, creation(&example(), None)).0);
    }
    simulator.set_fault(None);
    statuses.push(send(&mut simulator, creation(&example(), None)).0);
    assert_eq!(statuses, [502, 504, 503, 503, 202]);
}

#[test]
fn several_faults_stand_at_once() {
    let mut simulator = simulator();
    simulator.set_faults([Fault::StatusTypo, Fault::OkOnCreate, Fault::AcceptUnsigned]);
    let response = simulator.handle(&creation(&example(), None), NOW);
    assert_eq!(response.status, 200);
    assert_eq!(json(&response)["status"], "VERIFICATION_PENDIGN");
    let faults: Vec<_> = simulator.faults().iter().collect();
    assert_eq!(
        faults,
        [Fault::OkOnCreate, Fault::StatusTypo, Fault::AcceptUnsigned]
    );
    simulator.set_faults([Fault::GatewayTimeout, Fault::InternalError]);
    assert_eq!(send(&mut simulator, creation(&example(), None)).0, 500);
    simulator.set_faults([]);
    assert_eq!(send(&mut simulator, creation(&example(), None)).0, 202);
}

#[test]
fn each_summary_is_one_sentence_of_its_own() {
    let summaries: HashSet<_> = Fault::ALL.iter().map(|fault| fault.summary()).collect();
    assert_eq!(summaries.len(), Fault::ALL.len());
    for summary in summaries {
        assert!(
            summary.ends_with('.') && !summary.contains('\n') && summary.trim() == summary,
            "{summary:?}"
        );
    }
}

#[test]
fn a_fault_in_front_still_uses_the_nonce_up() {
    let mut simulator = simulator();
    simulator.push_fault(Fault::Unavailable);
    let request = sign(creation(&example(), Some(UUID_A)));
    assert_eq!(simulator.handle(&request, NOW).status, 503);
    // A caller that retries with the same header is found out.
    assert_eq!(simulator.handle(&request, NOW).status, 401);
}

#[test]
fn the_stored_answer_is_the_honest_one() {
    let mut simulator = simulator();
    simulator.push_fault(Fault::DropStatusField);
    create(&mut simulator, Some(UUID_A));
    let (_, body) = send(&mut simulator, creation(&example(), Some(UUID_A)));
    assert_eq!(body["status"], "VERIFICATION_PENDING");
}
