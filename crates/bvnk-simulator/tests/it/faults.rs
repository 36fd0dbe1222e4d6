//! Each fault, compared with no fault.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use bvnk_simulator::{Fault, Response};
use http::HeaderMap;

use crate::common::*;

/// What is seen of a response.
fn describe(response: &Response) -> String {
    let mut text = response.status.as_u16().to_string();
    let shown = [
        "retry-after",
        "location",
        "content-type",
        "www-authenticate",
    ];
    let headers: &HeaderMap = &response.headers;
    if !headers.contains_key("content-type") {
        text += " without content-type";
    }
    for name in shown.iter().filter(|name| headers.contains_key(**name)) {
        let value = headers[*name].to_str().unwrap();
        let value = if value.contains("tsm") {
            "Hawk ts, tsm"
        } else {
            value
        };
        if value != "application/json" {
            let _ = write!(text, " {name}: {value}");
        }
    }
    if let Some(fault) = response.interruption {
        let _ = write!(text, " {fault}");
    }
    if !response.delay.is_zero() {
        let _ = write!(text, " after {:?}", response.delay);
    }
    let body = String::from_utf8_lossy(&response.body);
    let _ = write!(text, " {}", body.trim_end());
    text
}

/// A creation, its repetition and two GETs, each under the fault, and how many customers
/// there are then.
fn run(fault: Option<Fault>) -> String {
    let mut simulator = simulator();
    create(&mut simulator, None);
    simulator.set_faults(fault);
    let requests = [
        creation(&example(), Some(UUID_A)),
        creation(&example(), Some(UUID_A)),
        get("customer-2"),
        get("customer-1"),
    ];
    let mut lines = Vec::new();
    for request in requests {
        let response = simulator.handle(&sign(request), NOW);
        assert_eq!(response.faults, Vec::from_iter(fault));
        lines.push(format!("  {}\n", describe(&response)));
    }
    // The same four times is shown once.
    lines.dedup();
    let customers = simulator.customers().len();
    format!("{}  {customers} customers\n", lines.concat())
}

/// The snapshot shows all that a fault changes.
#[test]
fn each_fault_changes_one_thing() {
    let normal = run(None);
    let mut text = format!("no fault\n{normal}");
    let mut seen = HashMap::from([(normal, "no fault")]);
    for fault in Fault::ALL {
        let broken = run(Some(*fault));
        let _ = write!(text, "{fault}: {}\n{broken}", fault.summary());
        let other = seen.insert(broken, fault.name());
        assert_eq!(other, None, "{fault} does what another does");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn names_are_unique_kebab_case_and_read_back() {
    let names: HashSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(names.len(), Fault::ALL.len());
    let summaries: HashSet<_> = Fault::ALL.iter().map(|fault| fault.summary()).collect();
    assert_eq!(summaries.len(), Fault::ALL.len());
    for &fault in Fault::ALL {
        let variant = format!("{fault:?}").to_ascii_lowercase();
        assert_eq!(fault.name().replace('-', ""), variant);
        assert_eq!(fault.to_string().parse(), Ok(fault));
        assert!(fault.summary().ends_with('.') && !fault.summary().contains('\n'));
    }
    let error = "stal\u{1b}"
        .repeat(100)
        .parse::<Fault>()
        .unwrap_err()
        .to_string();
    assert!(error.contains(" stall ") && error.len() < 2_000 && !error.contains('\u{1b}'));
}

#[test]
fn a_pushed_fault_changes_one_request_and_goes_before_the_set_one() {
    let mut simulator = simulator();
    simulator.push_fault(Fault::BadGateway);
    simulator.push_fault(Fault::GatewayTimeout);
    simulator.set_faults([Fault::Unavailable]);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(send(&mut simulator, creation(&example(), None)).0);
    }
    simulator.set_faults([]);
    statuses.push(send(&mut simulator, creation(&example(), None)).0);
    assert_eq!(statuses, [502, 504, 503, 503, 202]);
}

#[test]
fn several_faults_are_set_at_once() {
    let mut simulator = simulator();
    simulator.set_faults([Fault::UnlistedStatus, Fault::OkStatus, Fault::TruncateBody]);
    let response = simulator.handle(&sign(creation(&example(), None)), NOW);
    assert_eq!(
        (response.status.as_u16(), response.interruption),
        (200, Some(Fault::TruncateBody))
    );
    assert_eq!(body(&response)["status"], "UNLISTED_STATUS");
    simulator.set_faults([Fault::GatewayTimeout, Fault::InternalError]);
    assert_eq!(send(&mut simulator, creation(&example(), None)).0, 504);
    assert_eq!(
        simulator.faults(),
        [Fault::GatewayTimeout, Fault::InternalError]
    );
}

#[test]
fn a_fault_in_place_of_the_service_still_uses_up_the_nonce() {
    let mut simulator = simulator();
    simulator.push_fault(Fault::Unavailable);
    let request = sign(creation(&example(), Some(UUID_A)));
    assert_eq!(simulator.handle(&request, NOW).status, 503);
    // A caller that repeats the same header is found out.
    assert_eq!(simulator.handle(&request, NOW).status, 401);
}

#[test]
fn what_a_key_is_answered_later_has_no_fault() {
    let mut simulator = simulator();
    simulator.push_fault(Fault::DropReference);
    let (_, body) = send(&mut simulator, creation(&example(), Some(UUID_A)));
    assert!(body["reference"].is_null());
    let (_, body) = send(&mut simulator, creation(&example(), Some(UUID_A)));
    assert_eq!(body["reference"], "customer-1");
}

/// A client that corrects its clock by the proven time gets through.
#[test]
fn a_stale_clock_accepts_the_time_that_it_proves() {
    let mut simulator = simulator();
    simulator.set_faults([Fault::StaleClock]);
    let request = creation(&example(), None);
    assert_eq!(simulator.handle(&sign(request.clone()), NOW).status, 401);
    assert_eq!(
        simulator.handle(&sign_at(request, NOW + 3600), NOW).status,
        202
    );
}
