//! Every fault, shown at work beside what happens without it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::HashSet;

use bvnk_simulator::hawk::payload_hash;
use bvnk_simulator::{Fault, Request, Response, Simulator};
use common::*;
use serde_json::{Value, json};

/// The same value with its members in the order of their names, whatever order this build
/// of the JSON library keeps.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| name.as_str());
            let members = members.into_iter();
            members
                .map(|(name, value)| (name.clone(), sorted(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// What a caller sees, and what became of it.
fn seen(simulator: &Simulator, response: &Response) -> String {
    let header = |name: &str| match response.headers.get(name) {
        Some(value) => format!(" {name}={}", value.to_str().unwrap()),
        None => String::new(),
    };
    let body = match serde_json::from_slice::<Value>(&response.body) {
        Ok(body) => match body["code"].as_str() {
            Some(code) => code.to_owned(),
            None => sorted(&body).to_string(),
        },
        Err(_) => String::from_utf8_lossy(&response.body).into_owned(),
    };
    format!(
        "{} {:?}{}{}{}{} {body} #{}",
        response.status.as_u16(),
        response.delivery,
        header("content-type"),
        header("retry-after"),
        header("location"),
        header("www-authenticate"),
        simulator.customers().len(),
    )
}

/// Sends one request to a broken service that one customer is known to already.
fn probe(fault: Option<Fault>, request: Request) -> String {
    let mut simulator = simulator();
    create(&mut simulator, Some(UUID_A));
    simulator.set_fault(fault);
    let response = simulator.handle(&request, NOW);
    seen(&simulator, &response)
}

type Probe = fn(Option<Fault>) -> String;

fn creating(fault: Option<Fault>) -> String {
    probe(fault, sign(creation(&example(), Some(UUID_B))))
}

fn looking(fault: Option<Fault>) -> String {
    probe(fault, sign(look("customer-1")))
}

fn looking_for_nobody(fault: Option<Fault>) -> String {
    probe(fault, sign(look("nobody")))
}

fn repeating(fault: Option<Fault>) -> String {
    probe(fault, sign(creation(&example(), Some(UUID_A))))
}

fn reusing_the_key(fault: Option<Fault>) -> String {
    let mut other = example();
    other["individual"]["city"] = json!("another");
    probe(fault, sign(creation(&other, Some(UUID_A))))
}

fn mending_with_the_same_key(fault: Option<Fault>) -> String {
    let mut simulator = simulator();
    simulator.set_fault(fault);
    let mut wrong = example();
    wrong["type"] = json!("COMPANY");
    assert_eq!(send(&mut simulator, creation(&wrong, Some(UUID_A))).0, 400);
    let mended = sign(creation(&example(), Some(UUID_A)));
    let response = simulator.handle(&mended, NOW);
    seen(&simulator, &response)
}

fn invalid_body(fault: Option<Fault>) -> String {
    probe(fault, sign(creation(&json!([]), None)))
}

fn invalid_key(fault: Option<Fault>) -> String {
    probe(fault, sign(creation(&example(), Some("key"))))
}

fn plain_text(fault: Option<Fault>) -> String {
    let mut request = creation(&example(), None);
    set(&mut request, "content-type", "text/plain");
    probe(fault, sign(request))
}

fn unsigned(fault: Option<Fault>) -> String {
    probe(fault, look("customer-1"))
}

fn unknown_id(fault: Option<Fault>) -> String {
    probe(
        fault,
        sign_as(look("customer-1"), "who", KEY, NOW, "u", None),
    )
}

fn bad_mac(fault: Option<Fault>) -> String {
    probe(
        fault,
        sign_as(look("customer-1"), ID, "other", NOW, "m", None),
    )
}

fn bad_hash(fault: Option<Fault>) -> String {
    let hash = payload_hash("", b"another body");
    probe(
        fault,
        sign_as(look("customer-1"), ID, KEY, NOW, "h", Some(&hash)),
    )
}

fn stale(fault: Option<Fault>) -> String {
    probe(fault, sign_at(look("customer-1"), NOW - 61))
}

fn replayed(fault: Option<Fault>) -> String {
    let mut simulator = simulator();
    create(&mut simulator, None);
    let request = sign(look("customer-1"));
    assert_eq!(simulator.handle(&request, NOW).status, 200);
    simulator.set_fault(fault);
    let response = simulator.handle(&request, NOW);
    seen(&simulator, &response)
}

const JSON: &str = "content-type=application/json";
const CREATED: &str = r#"{"reference":"customer-2","status":"PENDING_AGREEMENTS"}"#;
const FIRST: &str = r#"{"reference":"customer-1","status":"VERIFICATION_PENDING"}"#;
const LOOKED: &str = r#"{"reference":"customer-1","status":"PENDING_VERIFICATION"}"#;

/// What each probe sees when nothing is broken.
fn whole() -> Vec<(Probe, String)> {
    vec![
        (creating, format!("202 Whole {JSON} {CREATED} #2")),
        (looking, format!("200 Whole {JSON} {LOOKED} #1")),
        (looking_for_nobody, format!("404 Whole {JSON} not_found #1")),
        (repeating, format!("202 Whole {JSON} {FIRST} #1")),
        (
            reusing_the_key,
            format!("400 Whole {JSON} idempotency_key_reused #1"),
        ),
        (
            mending_with_the_same_key,
            format!("202 Whole {JSON} {FIRST} #1"),
        ),
        (invalid_body, format!("400 Whole {JSON} invalid_request #1")),
        (invalid_key, format!("400 Whole {JSON} invalid_request #1")),
        (
            plain_text,
            format!("415 Whole {JSON} unsupported_media_type #1"),
        ),
        (unsigned, refused("Hawk")),
        (unknown_id, refused(r#"Hawk error="Unknown credentials""#)),
        (bad_mac, refused(r#"Hawk error="Bad mac""#)),
        (bad_hash, refused(r#"Hawk error="Bad payload hash""#)),
        (stale, refused(&stale_challenge(KEY))),
        (replayed, refused(r#"Hawk error="Invalid nonce""#)),
    ]
}

fn refused(challenge: &str) -> String {
    format!("401 Whole {JSON} www-authenticate={challenge} unauthorized #1")
}

fn stale_challenge(key: &str) -> String {
    let tsm = bvnk_simulator::hawk::timestamp_mac(key, NOW);
    format!(r#"Hawk ts="{NOW}", tsm="{tsm}", error="Stale timestamp""#)
}

/// What the probe that watches the broken thing sees.
fn broken(fault: Fault) -> (Probe, String) {
    let failed = |status: u16, code: &str| format!("{status} Whole {JSON} {code} #1");
    let created = |body: &str| format!("202 Whole {JSON} {body} #2");
    let looked = format!("200 Whole {JSON} {LOOKED} #1");
    match fault {
        Fault::TooManyRequests => (
            creating,
            format!("429 Whole {JSON} retry-after=1 too_many_requests #1"),
        ),
        Fault::InternalError => (creating, failed(500, "internal_server_error")),
        Fault::BadGateway => (creating, failed(502, "bad_gateway")),
        Fault::Unavailable => (creating, failed(503, "service_unavailable")),
        Fault::UnavailableUntil => (
            creating,
            format!(
                "503 Whole {JSON} retry-after=Tue, 14 Nov 2023 22:13:21 GMT service_unavailable #1"
            ),
        ),
        Fault::GatewayTimeout => (creating, failed(504, "gateway_timeout")),
        Fault::HtmlError => (
            creating,
            "403 Whole content-type=text/html <!doctype html><title>Blocked</title>\
             <h1>Request blocked</h1>\n #1"
                .to_owned(),
        ),
        Fault::EmptyError => (creating, "502 Whole  #1".to_owned()),
        Fault::Redirect => (
            creating,
            format!("307 Whole location=http://elsewhere.invalid{CUSTOMERS}  #1"),
        ),
        Fault::MalformedHttp => (creating, "502 Malformed  #1".to_owned()),
        Fault::ResetBeforeCommit => (creating, "502 Reset  #1".to_owned()),
        Fault::Stall => (creating, "502 Stalled  #1".to_owned()),
        Fault::CommitThenReset => (creating, format!("202 Reset {JSON} {CREATED} #2")),
        Fault::CommitThenError => (
            creating,
            format!("500 Whole {JSON} internal_server_error #2"),
        ),
        Fault::CommitThenStall => (creating, format!("202 Stalled {JSON} {CREATED} #2")),
        Fault::TruncateBody => (creating, format!("202 Truncated {JSON} {CREATED} #2")),
        Fault::CloseAfterAnswer => (creating, format!("202 ThenClosed {JSON} {CREATED} #2")),
        Fault::OkOnCreate => (creating, format!("200 Whole {JSON} {CREATED} #2")),
        Fault::StatusTypo => (creating, created(&CREATED.replace("NTS", "NST"))),
        Fault::DropStatusField => (creating, created(r#"{"reference":"customer-2"}"#)),
        Fault::NullStatus => (
            creating,
            created(r#"{"reference":"customer-2","status":null}"#),
        ),
        Fault::DropReferenceField => (creating, created(r#"{"status":"PENDING_AGREEMENTS"}"#)),
        Fault::EmptyReference => (creating, created(&CREATED.replace("customer-2", ""))),
        Fault::WrongReference => (
            creating,
            created(&CREATED.replace("customer-2", "00000000-0000-4000-8000-000000000000")),
        ),
        Fault::RenameReference => (
            creating,
            created(r#"{"id":"customer-2","status":"PENDING_AGREEMENTS"}"#),
        ),
        Fault::NumericReference => (creating, created(&CREATED.replace("\"customer-2\"", "42"))),
        Fault::SharedReference => (
            creating,
            created(&CREATED.replace("customer-2", "customer-1")),
        ),
        Fault::ExtraMembers => (
            looking,
            looked
                .replace(r#"{"reference""#, r#"{"noSuchField":null,"reference""#)
                .replace(r#"} #1"#, r#","undocumented":{"deep":[1,null]}} #1"#),
        ),
        Fault::ErrorList => (
            invalid_body,
            format!(
                r#"400 Whole {JSON} {{"errorList":[{{"code":"invalid_request","message":"the body is not valid","parameter":null}}]}} #1"#
            ),
        ),
        Fault::ErrorArray => (
            invalid_body,
            format!(
                r#"400 Whole {JSON} [{{"code":"invalid_request","message":"the body is not valid","parameter":null}}] #1"#
            ),
        ),
        Fault::ErrorText => (
            invalid_body,
            "400 Whole content-type=text/plain The request is not valid. #1".to_owned(),
        ),
        Fault::NestBody => (creating, created(&format!(r#"{{"data":{CREATED}}}"#))),
        Fault::GarbageBody => (creating, created(r#"{"refer"#)),
        Fault::EmptyBody => (creating, created("")),
        Fault::WrongContentType => (
            creating,
            format!("202 Whole content-type=text/plain {CREATED} #2"),
        ),
        Fault::ForgetCustomer => (looking, failed(404, "not_found")),
        Fault::InventCustomer => (looking_for_nobody, looked.replace("customer-1", "nobody")),
        Fault::FreezeStatus => (looking, format!("200 Whole {JSON} {FIRST} #1")),
        Fault::NewCustomerOnReplay => (repeating, created(CREATED)),
        Fault::AcceptOtherBody => (reusing_the_key, format!("202 Whole {JSON} {FIRST} #1")),
        Fault::RememberFailures => (
            mending_with_the_same_key,
            format!("400 Whole {JSON} invalid_request #0"),
        ),
        Fault::SkipValidation => (invalid_body, created(CREATED)),
        Fault::SkipHeaderValidation => (invalid_key, created(CREATED)),
        Fault::SkipMediaType => (plain_text, created(CREATED)),
        Fault::RejectValid => (creating, failed(400, "invalid_request")),
        Fault::AcceptUnsigned => (unsigned, looked),
        Fault::AcceptUnknownId => (unknown_id, looked),
        Fault::AcceptBadMac => (bad_mac, looked),
        Fault::AcceptBadPayloadHash => (bad_hash, looked),
        Fault::AcceptReplayedNonce => {
            (replayed, looked.replace("PENDING_VERIFICATION", "VERIFIED"))
        }
        Fault::AcceptStale => (stale, looked),
        Fault::RejectSigned => (creating, refused(r#"Hawk error="Unknown credentials""#)),
        Fault::WrongTsm => (stale, refused(&stale_challenge("nobody's key"))),
        Fault::DropChallenge => (unsigned, format!("401 Whole {JSON} unauthorized #1")),
        other => panic!("no test shows {other} at work"),
    }
}

#[test]
fn without_a_fault_every_probe_sees_the_documented_service() {
    for (probe, expected) in whole() {
        assert_eq!(probe(None), expected);
    }
}

#[test]
fn each_fault_is_seen_by_the_probe_that_watches_it() {
    for &fault in Fault::ALL {
        let (probe, expected) = broken(fault);
        assert_eq!(probe(Some(fault)), expected, "{fault}");
        assert_ne!(probe(None), expected, "{fault}");
    }
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
    assert!(error.ends_with("`Fault::ALL` has them all"), "{error}");
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
