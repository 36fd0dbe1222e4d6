//! What the request types accept is sent as a body that the contract allows by a JSON Schema
//! validator, and what they reject is rejected with path and rule.
//!
//! Values are made without regard to the contract: texts that are nearly right are the
//! interesting ones.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::support;

use std::cell::Cell;

use bvnk::types::CreateCustomerRequest;
use bvnk::{Date, DateTime, Email};
use jiff::{Timestamp, civil};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use support::canaries;

/// A compiled schema, with formats switched on.
struct Validator(boon::Schemas, boon::SchemaIndex);

impl Validator {
    fn new(schema: Value) -> Self {
        let mut schemas = boon::Schemas::new();
        let mut compiler = boon::Compiler::new();
        compiler.enable_format_assertions();
        compiler.set_default_draft(boon::Draft::V7);
        compiler.add_resource("mem:///contract", schema).unwrap();
        let index = compiler.compile("mem:///contract", &mut schemas).unwrap();
        Self(schemas, index)
    }

    /// Validates bodies of a component. The contract's schemas use no keyword that OpenAPI
    /// 3.0 reads differently.
    fn of_component(name: &str) -> Self {
        let mut schema = support::contract().clone();
        schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
        schema["allOf"] = json!([{"$ref": format!("#/components/schemas/{name}")}]);
        Self::new(schema)
    }

    fn validate(&self, body: &Value) -> Result<(), String> {
        let result = self.0.validate(body, self.1);
        result.map_err(|error| error.to_string())
    }
}

/// Texts around the formats: right ones, nearly right ones, and anything.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[+-]?[0-9]{1,5}-[0-9]{1,2}-[0-9]{1,2}",
        "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]",
        "20[0-9]{2}-[01][0-9]-[0-3][0-9][Tt ][0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.,][0-9]{1,12})?([Zz]|[+-][0-2][0-9]:?[0-6][0-9])?",
        "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~\" @-]{0,70}@[a-zA-Z0-9.\\[\\]:_-]{0,70}",
        "[a-z0-9.-]{1,8}@[a-z0-9.-]{1,12}",
        "[A-Za-z]{0,3}\n?",
        Just("INDIVIDUAL".to_owned()),
        Just("EMPLOYED".to_owned()),
    ]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::String),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => any::<f64>().prop_map(|number| json!(number)),
        1 => Just(json!({})),
        1 => Just(json!([])),
    ]
}

/// Pointers to every member of the full body.
fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let at = format!("{at}/{name}");
        all.push(at.clone());
        pointers(member, at, all);
    }
}

fn edited() -> impl Strategy<Value = Value> {
    let mut all = Vec::new();
    pointers(&canaries().0, String::new(), &mut all);
    let edit = (
        proptest::sample::select(all),
        proptest::option::weighted(0.8, leaf()),
    );
    proptest::collection::vec(edit, 1..4).prop_map(|edits| {
        let mut body = canaries().0;
        for (pointer, value) in edits {
            match value {
                Some(value) => {
                    if let Some(place) = body.pointer_mut(&pointer) {
                        *place = value;
                    }
                }
                None => {
                    let (parent, name) = pointer.rsplit_once('/').unwrap();
                    if let Some(Value::Object(members)) = body.pointer_mut(parent) {
                        members.remove(name);
                    }
                }
            }
        }
        body
    })
}

/// The same cases in each run; `STRICT_CASES` asks for more of them.
fn runner(cases: u32) -> TestRunner {
    let wished = std::env::var("STRICT_CASES").ok();
    let config = ProptestConfig {
        cases: wished.map_or(cases, |cases| cases.parse().unwrap()),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

#[test]
fn what_is_read_as_a_request_is_sent_valid() {
    let validator = Validator::of_component("CreateCustomerRequest");
    assert_eq!(validator.validate(&canaries().0), Ok(()));
    assert!(validator.validate(&json!({})).is_err());
    // Both must be seen, or nothing is shown.
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let result = runner(3_000).run(&edited(), |body| {
        let bytes = serde_json::to_vec(&body).unwrap();
        match bvnk::from_json::<CreateCustomerRequest>(&bytes) {
            Ok(request) => {
                accepted.set(accepted.get() + 1);
                let sent = serde_json::to_value(&request).unwrap();
                validator.validate(&sent).map_err(TestCaseError::fail)
            }
            Err(error) => {
                refused.set(refused.get() + 1);
                for violation in error.violations() {
                    prop_assert!(!violation.path().is_empty(), "{}", error);
                    prop_assert!(!violation.rule().is_empty());
                }
                prop_assert!(!error.violations().is_empty());
                Ok(())
            }
        }
    });
    result.unwrap();
    assert!(accepted.get() > 100 && refused.get() > 100);
}

/// One format at a time, from text and from jiff's values, which know years and
/// seconds that RFC 3339 does not.
#[test]
fn every_checked_text_is_valid_by_its_format() {
    let validator = |format: &str| Validator::new(json!({"type": "string", "format": format}));
    let (date, time, email) = (
        validator("date"),
        validator("date-time"),
        validator("email"),
    );
    let moment = (-400_000_000_000i64..400_000_000_000, 0..1_000_000_000i32);
    let check = |validator: &Validator, value: Value| {
        validator.validate(&value).map_err(TestCaseError::fail)
    };
    runner(6_000)
        .run(
            &(text(), moment, any::<i32>()),
            |(text, (seconds, nanos), days)| {
                if let Ok(value) = text.parse::<Date>() {
                    check(&date, json!(value))?;
                    prop_assert_eq!(json!(value), json!(text), "a date is kept as it was");
                }
                if let Ok(value) = text.parse::<DateTime>() {
                    check(&time, json!(value))?;
                }
                if let Ok(value) = text.parse::<Email>() {
                    check(&email, json!(value))?;
                }
                let day = civil::Date::new(i16::try_from(days % 10_000).unwrap(), 5, 12).ok();
                if let Some(Ok(value)) = day.map(Date::try_from) {
                    check(&date, json!(value))?;
                }
                let moment = Timestamp::new(seconds, nanos).ok();
                if let Some(Ok(value)) = moment.map(DateTime::try_from) {
                    check(&time, json!(value))?;
                }
                Ok(())
            },
        )
        .unwrap();
}

#[test]
fn formats_take_the_right_spellings_and_no_other() {
    for (text, valid) in [
        ("1990-05-12", true),
        ("0001-01-01", true),
        ("9999-12-31", true),
        ("2024-02-29", true),
        ("2023-02-29", false),
        ("1990-5-12", false),
        ("+1990-05-12", false),
        ("+10000-01-01", false),
        ("-0001-01-01", false),
        ("1990-05-12 ", false),
        ("1990-05-12T00:00:00Z", false),
        ("", false),
    ] {
        assert_eq!(text.parse::<Date>().is_ok(), valid, "{text:?}");
    }
    for (text, kept) in [
        ("2025-01-01T10:00:00Z", Some("2025-01-01T10:00:00Z")),
        ("2025-01-01T10:00:00.123Z", Some("2025-01-01T10:00:00.123Z")),
        ("2025-01-01T12:00:00+02:00", Some("2025-01-01T10:00:00Z")),
        ("2025-01-01T10:00:00", None),
        ("2025-01-01 10:00:00Z", None),
        ("2025-1-01T10:00:00Z", None),
        ("2025-01-01T12:34:60Z", None),
        ("0000-01-01T00:00:00+01:00", None),
        ("2025-01-01", None),
        ("é", None),
        ("", None),
    ] {
        let read = text.parse::<DateTime>().ok().map(|time| json!(time));
        assert_eq!(read, kept.map(|text| json!(text)), "{text:?}");
    }
    for (text, valid) in [
        ("john.doe@example.com", true),
        ("a+b_c@x-y.example", true),
        ("root@localhost", true),
        ("john", false),
        ("@example.com", false),
        ("john@", false),
        ("john@@example.com", false),
        ("john..doe@example.com", false),
        (".john@example.com", false),
        ("john@-example.com", false),
        ("john@example..com", false),
        ("john doe@example.com", false),
        ("jöhn@example.com", false),
        ("john@[127.0.0.1]", false),
        ("john@127.0.0.1", false),
    ] {
        assert_eq!(text.parse::<Email>().is_ok(), valid, "{text:?}");
    }
}

/// Days and times of jiff are accepted as far as four digits can write their years.
#[test]
fn years_have_four_digits() {
    for (year, valid) in [(-1, false), (0, true), (1990, true), (9999, true)] {
        let day = civil::date(year, 5, 12);
        assert_eq!(Date::try_from(day).is_ok(), valid, "{year}");
        let time = day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        assert_eq!(DateTime::try_from(time).is_ok(), valid, "{year}");
    }
}
