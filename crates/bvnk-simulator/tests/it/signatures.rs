//! Signatures at the service's door: what a rejection is answered, and which host counts.

use crate::common::*;
use bvnk_simulator::hawk::{
    Credentials, Rejection, payload_hash, server_authorization, timestamp_mac,
};
use bvnk_simulator::{Config, Hook, HookContext, Response, Simulator};
use serde_json::Value;

#[test]
fn a_stale_request_is_answered_with_the_proven_time_and_may_be_signed_again() {
    let mut simulator = simulator();
    let request = creation(&example(), Some(UUID_A));
    let late = sign_at(request.clone(), NOW - 61);
    let response = simulator.handle(&late, NOW);
    assert_eq!(response.status, 401);
    let tsm = timestamp_mac(KEY, NOW);
    let challenge = format!(r#"Hawk ts="{NOW}", tsm="{tsm}", error="Stale timestamp""#);
    assert_eq!(response.headers["www-authenticate"], challenge.as_str());
    assert!(matches!(response.rejection, Some(Rejection::Stale { .. })));
    // The same header is not good any more, even when the clock agrees by now.
    let again = simulator.handle(&late, NOW - 61);
    assert_eq!(again.rejection, Some(Rejection::ReplayedNonce));
    assert_eq!(simulator.handle(&sign(request), NOW).status, 202);
}

#[test]
fn each_rejection_has_its_challenge_and_no_details() {
    let good = sign(creation(&example(), None));
    let mut missing = good.clone();
    missing.headers.remove("authorization");
    let mut twice = good.clone();
    let value = twice.headers["authorization"].clone();
    twice.headers.append("authorization", value);
    let mut bearer = good.clone();
    set(&mut bearer, "authorization", "Bearer abc");
    let stranger = sign_as(creation(&example(), None), "who", KEY, NOW, "s", None);
    let forged = sign_as(
        creation(&example(), None),
        ID,
        "another key",
        NOW,
        "f",
        None,
    );
    let hash = payload_hash("application/json", b"another body");
    let swapped = sign_as(creation(&example(), None), ID, KEY, NOW, "h", Some(&hash));

    let mut simulator = simulator();
    assert_eq!(simulator.handle(&good, NOW).status, 202);
    let mut bodies = Vec::new();
    for (request, challenge) in [
        (&missing, "Hawk"),
        (&twice, r#"Hawk error="Bad header format""#),
        (&bearer, r#"Hawk error="Bad header format""#),
        (&stranger, r#"Hawk error="Unknown credentials""#),
        (&forged, r#"Hawk error="Bad mac""#),
        (&swapped, r#"Hawk error="Bad payload hash""#),
        (&good, r#"Hawk error="Invalid nonce""#),
    ] {
        let response = simulator.handle(request, NOW);
        assert_eq!(response.status, 401);
        assert_eq!(response.headers["www-authenticate"], challenge);
        assert!(response.rejection.is_some());
        bodies.push(body(&response));
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    assert_eq!(bodies[0]["details"], Value::Null);
    assert_eq!(simulator.customers().len(), 1);
}

#[test]
fn every_configured_credential_is_good_and_the_default_only_without_any() {
    let default = Simulator::new(bvnk_simulator::Config::default()).unwrap();
    let default = default.credentials()[0].clone();
    let mut config = config();
    config
        .credentials
        .push(Credentials::new("second", "second key"));
    let mut simulator = Simulator::new(config).unwrap();
    for (id, key, expected) in [
        (ID, KEY, 202),
        ("second", "second key", 202),
        ("second", KEY, 401),
        (default.id(), default.key(), 401),
    ] {
        let request = sign_as(creation(&example(), None), id, key, NOW, key, None);
        assert_eq!(simulator.handle(&request, NOW).status, expected, "{id}");
    }
}

#[test]
fn a_right_payload_hash_is_accepted() {
    let request = creation(&example(), None);
    let hash = payload_hash("application/json", &request.body);
    let request = sign_as(request, ID, KEY, NOW, "n", Some(&hash));
    assert_eq!(simulator().handle(&request, NOW).status, 202);
}

#[test]
fn the_signed_host_is_that_of_the_host_header_or_of_the_public_origin() {
    for (signed_for, sent_to, public, expected) in [
        ("sim.test:8080", "sim.test:8080", None, 202),
        ("sim.test:8080", "SIM.test:8080", None, 202),
        ("sim.test:80", "sim.test", None, 202),
        ("sim.test:443", "sim.test", None, 401),
        ("sim.test:8080", "other.test:8080", None, 401),
        ("[::1]:80", "[::1]", None, 202),
        ("[::1]:8080", "[::1]:8080", None, 202),
        ("sim.test:80", "sim.test:x", None, 401),
        ("api.test:443", "inner:8080", Some(("api.test", 443)), 202),
        ("inner:8080", "inner:8080", Some(("api.test", 443)), 401),
    ] {
        let mut config = config();
        if let Some((host, port)) = public {
            config.public_origin = Some((host.into(), port));
        }
        let mut request = creation(&example(), None);
        set(&mut request, "host", signed_for);
        let mut request = sign(request);
        set(&mut request, "host", sent_to);
        let mut simulator = Simulator::new(config).unwrap();
        let status = simulator.handle(&request, NOW).status;
        assert_eq!(status, expected, "{signed_for} {sent_to} {public:?}");
    }
}

#[test]
fn a_nonce_is_forgotten_after_15_minutes() {
    let config = Config {
        clock_tolerance: 5,
        ..config()
    };
    let mut simulator = Simulator::new(config).unwrap();
    let request = sign(creation(&example(), None));
    assert_eq!(simulator.handle(&request, NOW).status, 202);
    let rejection = simulator.handle(&request, NOW + 900).rejection;
    assert_eq!(rejection, Some(Rejection::ReplayedNonce));
    // The nonce is accepted again, and the time is rejected.
    let rejection = simulator.handle(&request, NOW + 901).rejection;
    assert!(
        matches!(rejection, Some(Rejection::Stale { .. })),
        "{rejection:?}"
    );
}

/// Signs each response to a caller who is known.
struct Signing;

impl Hook for Signing {
    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        if let (None, Some(header)) = (&context.rejection, &context.header) {
            let own = &context.config.credentials[0];
            let (incoming, body) = (&context.incoming, &response.body);
            let value = server_authorization(own, incoming, header, "application/json", body);
            let name = "server-authorization";
            response.headers.insert(name, value.parse().unwrap());
        }
    }
}

#[test]
fn answers_are_signed_only_when_that_is_wanted_and_the_caller_is_known() {
    let name = "server-authorization";
    let request = sign(creation(&example(), None));
    assert!(!simulator().handle(&request, NOW).headers.contains_key(name));

    let mut simulator = simulator();
    simulator.set_hook(Signing);
    let response = simulator.handle(&request, NOW);
    let hash = payload_hash("application/json", &response.body);
    let value = response.headers[name].to_str().unwrap();
    assert!(
        value.starts_with("Hawk mac=\"") && value.contains(&hash),
        "{value}"
    );
    let unsigned = simulator.handle(&creation(&example(), None), NOW);
    assert!(!unsigned.headers.contains_key(name));
}

#[test]
fn debug_shows_no_key_no_body_and_no_signature() {
    let request = sign(creation(&example(), None));
    let response = simulator().handle(&request, NOW);
    let text = format!("{request:?} {response:?} {:?}", config());
    for secret in [KEY, "John", "mac=", "customer-1"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(text.contains(ID));
}
