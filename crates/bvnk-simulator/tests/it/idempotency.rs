//! Idempotency keys: what is carried out once, and what a repetition is answered.

use crate::common::*;
use bvnk_simulator::hawk::Credentials;
use bvnk_simulator::{Config, Replay, Simulator};
use serde_json::json;

#[test]
fn a_repeated_key_makes_one_customer_and_is_answered_as_configured() {
    let first = json!({ "reference": "customer-1", "status": "VERIFICATION_PENDING" });
    let moved = json!({ "reference": "customer-1", "status": "PENDING_VERIFICATION" });
    for (replay, status, body) in [
        (Replay::Stored, 202, Some(first)),
        (Replay::Ok200, 200, Some(moved)),
        (Replay::AlreadyExists400, 400, None),
    ] {
        let mut simulator = Simulator::new(Config { replay, ..config() }).unwrap();
        simulator.push_sequence(
            "VERIFICATION_PENDING PENDING_VERIFICATION VERIFIED"
                .split(' ')
                .map(str::to_owned)
                .collect(),
        );
        let reference = create(&mut simulator, Some(UUID_A));
        send(&mut simulator, get(&reference));
        let (again, answer) = send(&mut simulator, creation(&example(), Some(UUID_A)));
        assert_eq!(again, status, "{replay:?}");
        match body {
            Some(body) => assert_eq!(answer, body, "{replay:?}"),
            None => assert_eq!(answer["code"], "already_exists"),
        }
        assert_eq!(simulator.customers().len(), 1, "{replay:?}");
        // The repetition is not a GET: it does not advance the customer.
        assert_eq!(simulator.customers()[0].status(), "PENDING_VERIFICATION");
    }
}

#[test]
fn the_kind_of_replay_can_be_changed() {
    let mut simulator = simulator();
    create(&mut simulator, Some(UUID_A));
    simulator.set_replay(Replay::AlreadyExists400);
    assert_eq!(
        send(&mut simulator, creation(&example(), Some(UUID_A))).0,
        400
    );
}

#[test]
fn the_same_body_is_one_that_means_the_same() {
    let mut simulator = simulator();
    create(&mut simulator, Some(UUID_A));
    let spaced = serde_json::to_string_pretty(&example()).unwrap();
    let mut again = creation(&example(), Some(&UUID_A.to_ascii_uppercase()));
    again.body = spaced.into();
    assert_eq!(send(&mut simulator, again).0, 202);
    assert_eq!(simulator.customers().len(), 1);
}

#[test]
fn a_key_with_another_body_creates_nothing_and_stays_the_first_ones() {
    for replay in [Replay::Stored, Replay::Ok200, Replay::AlreadyExists400] {
        let mut simulator = Simulator::new(Config { replay, ..config() }).unwrap();
        create(&mut simulator, Some(UUID_A));
        let mut other = example();
        other["individual"]["firstName"] = json!("Jane");
        let (status, answer) = send(&mut simulator, creation(&other, Some(UUID_A)));
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!("idempotency_key_reused"))
        );
        assert_eq!(simulator.customers().len(), 1);
    }
}

#[test]
fn other_keys_no_keys_and_other_callers_make_other_customers() {
    let mut config = config();
    config
        .credentials
        .push(Credentials::new("other-id", "other-key"));
    let mut simulator = Simulator::new(config).unwrap();
    create(&mut simulator, Some(UUID_A));
    create(&mut simulator, Some(UUID_B));
    create(&mut simulator, None);
    create(&mut simulator, None);
    let request = creation(&example(), Some(UUID_A));
    let request = sign_as(request, "other-id", "other-key", NOW, "n", None);
    assert_eq!(simulator.handle(&request, NOW).status, 202);
    assert_eq!(simulator.customers().len(), 5);
}

#[test]
fn a_refused_request_does_not_use_its_key_up() {
    let mut simulator = simulator();
    let mut wrong = example();
    wrong["type"] = json!("COMPANY");
    assert_eq!(send(&mut simulator, creation(&wrong, Some(UUID_A))).0, 400);
    let unsigned = creation(&example(), Some(UUID_A));
    assert_eq!(simulator.handle(&unsigned, NOW).status, 401);
    create(&mut simulator, Some(UUID_A));
    assert_eq!(simulator.customers().len(), 1);
}

#[test]
fn of_too_many_customers_the_oldest_are_forgotten_with_their_keys() {
    let mut simulator = Simulator::new(Config {
        capacity: 4,
        ..config()
    })
    .unwrap();
    let keys: Vec<_> = (0..9)
        .map(|n| format!("00000000-0000-4000-8000-{n:012}"))
        .collect();
    for key in &keys {
        create(&mut simulator, Some(key));
        assert!(simulator.customers().len() <= 4);
    }
    let latest = simulator.customers().last().unwrap().reference().to_owned();
    assert_eq!(latest, "customer-9");
    assert_eq!(simulator.customer(&latest).unwrap().reference(), latest);
    assert!(simulator.customer("customer-1").is_none());
    assert_eq!(send(&mut simulator, get("customer-1")).0, 404);
    assert_eq!(send(&mut simulator, get(&latest)).0, 200);
    // A key that is remembered creates no customer; one that is forgotten does.
    assert_eq!(create(&mut simulator, Some(&keys[8])), latest);
    assert_eq!(create(&mut simulator, Some(&keys[0])), "customer-10");
}
