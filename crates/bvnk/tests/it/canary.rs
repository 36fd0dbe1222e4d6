//! A person's data, planted in every string, is in no output: not of requests, builders,
//! answers, errors with their sources, the client, nor in tracing events.
//!
//! A text that the contract gains is planted too.

#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use crate::support;

use std::error::Error as StdError;
use std::fmt::Debug;
use std::time::Duration;

use bvnk::types::{Address, CreateCustomerRequest, Customer, Individual};
use bvnk::{Client, Error, ErrorKind, ValidationError};
use serde_json::json;
use support::{builder, canaries, fake, request, response};

/// Collects outputs, and at the end searches all of them.
#[derive(Default)]
struct Outputs(Vec<(String, String)>);

impl Outputs {
    fn debug(&mut self, what: &str, value: &dyn Debug) {
        self.0
            .push((what.to_owned(), format!("{value:?}\n{value:#?}")));
    }

    fn error(&mut self, what: &str, error: &dyn StdError) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.debug(what, &error);
            self.0.push((what.to_owned(), error.to_string()));
            next = error.source();
        }
    }

    fn search(self, planted: &[String]) {
        assert!(!self.0.is_empty());
        for (what, text) in &self.0 {
            for canary in planted
                .iter()
                .map(String::as_str)
                .chain(["c4nary", "1907", "2019"])
            {
                assert!(!text.contains(canary), "{what} shows {canary}: {text}");
            }
        }
    }
}

#[test]
fn types_and_builders_are_silent() {
    let (_, planted) = canaries();
    let mut outputs = Outputs::default();
    let request = request();
    outputs.debug("request", &request);
    outputs.debug("individual", &request.individual);
    outputs.debug("address", &request.individual.address);
    outputs.debug("date", &request.individual.date_of_birth);
    outputs.debug("email", &request.individual.email);
    outputs.debug("identification", &request.individual.identification);
    outputs.debug("edd", &request.individual.edd);
    outputs.debug("risk", &request.individual.risk_score);
    outputs.debug("agreement", &request.signed_agreement_id);
    outputs.debug(
        "address builder",
        &bvnk::types::AddressBuilder::from(request.individual.address.clone()),
    );
    outputs.debug(
        "individual builder",
        &bvnk::types::IndividualBuilder::from(request.individual.clone()),
    );
    outputs.debug(
        "request builder",
        &bvnk::types::CreateCustomerRequestBuilder::from(request.clone()),
    );
    let client = fake(|_| Ok(response(202, "{}")));
    outputs.debug("operation builder", &client.create_customer().body(request));
    outputs.debug("client", &builder().build().unwrap());
    outputs.debug("client builder", &builder());
    outputs.search(&planted);
}

/// A value that cannot be converted, with an error that says why, and says too much.
struct Talkative;

impl TryFrom<Talkative> for String {
    type Error = String;

    fn try_from(_: Talkative) -> Result<String, String> {
        Err("c4nary-conversion".to_owned())
    }
}

#[test]
fn violations_name_fields_and_rules_only() {
    let mut outputs = Outputs::default();
    let mut check = |error: ValidationError, expected: &str| {
        assert_eq!(error.to_string(), expected);
        outputs.error(expected, &error);
        outputs.error(expected, &Error::from(error));
    };
    let address = || {
        Address::builder()
            .address_line1("c4nary")
            .city("c4nary")
            .post_code("c4nary")
            .country_code("QZ")
    };
    let individual = || {
        Individual::builder()
            .first_name("c4nary")
            .last_name("c4nary")
            .date_of_birth("1907-05-23")
            .address(address())
    };
    let request = |individual| {
        CreateCustomerRequest::builder()
            .type_("INDIVIDUAL")
            .signed_agreement_id("c4nary")
            .individual::<bvnk::types::IndividualBuilder, _>(individual)
            .build()
    };
    assert!(request(individual()).is_ok());
    for (refused, expected) in [
        (
            request(individual().email("c4nary")),
            "individual.email: must be an e-mail address",
        ),
        (
            request(individual().date_of_birth("1907-5-23")),
            "individual.dateOfBirth: must be a date written YYYY-MM-DD",
        ),
        (
            request(individual().birth_country_code("c4nary")),
            "individual.birthCountryCode: must match ^[A-Z]{2}$",
        ),
        (
            request(individual().address(address().country_code("c4nary"))),
            "individual.address.countryCode: must match ^[A-Z]{2}$",
        ),
        (
            request(individual().first_name(Talkative)),
            "individual.firstName: cannot be converted to the type of this field",
        ),
        (
            request(individual().address(Address::builder())),
            "individual.address.addressLine1: is required; individual.address.city: is required; \
             individual.address.countryCode: is required; individual.address.postCode: is required",
        ),
        (
            request(Individual::builder().address(address())),
            "individual.dateOfBirth: is required; individual.firstName: is required; \
             individual.lastName: is required",
        ),
    ] {
        check(refused.unwrap_err(), expected);
    }
    outputs.search(&[]);
}

/// An echo of what was sent, as servers do in their messages, in every shape.
fn echoes() -> Vec<String> {
    let (sent, planted) = canaries();
    // In the places that `Display` shows, if they look like identifiers.
    let identifiers = planted.iter().map(|planted| {
        json!({"code": planted, "errorCode": planted, "traceId": planted}).to_string()
    });
    let shapes = [
        sent.to_string(),
        json!([sent]).to_string(),
        json!({"code": "c4nary", "message": "c4nary", "traceId": "c4nary", "details": {"c4nary": ["c4nary"]}}).to_string(),
        json!({"errorList": [{"code": "c4nary", "parameter": "c4nary", "message": "c4nary"}]}).to_string(),
        json!({"reference": {"c4nary": "c4nary"}, "status": "c4nary"}).to_string(),
        json!({"reference": "", "status": "c4nary"}).to_string(),
        json!("c4nary").to_string(),
        "c4nary".to_owned(),
        r#"{"reference": "c4nary"#.to_owned(),
        r#"{"c4nary": c4nary}"#.to_owned(),
        // JSON for a parser that skips it.
        r#"{"reference": "r", "status": "S", "c4nary@example.com": 1e999}"#.to_owned(),
        r#"{"reference": "r", "status": "S", "c4nary": "\ud800"}"#.to_owned(),
        String::new(),
    ];
    shapes.into_iter().chain(identifiers).collect()
}

#[tokio::test(start_paused = true)]
async fn errors_of_every_kind_are_silent() {
    let (_, planted) = canaries();
    let mut outputs = Outputs::default();
    for status in [200, 202, 302, 400, 401, 403, 404, 409, 418, 429, 500, 503] {
        for body in echoes() {
            let client = fake(move |_| Ok(response(status, body.clone())));
            match client.create_customer().body(request()).send().await {
                Ok(created) => outputs.debug("a response", &created),
                Err(error) => {
                    outputs.error("an error", &error);
                    outputs.debug("its response", &error.response());
                    outputs.debug("its fields", &error.field_errors());
                    outputs.debug("its violations", &error.violations());
                }
            }
            if let Err(error) = client
                .wait_for_verification("r-1")
                .settings(bvnk::PollSettings::new().creation_grace(Duration::ZERO))
                .timeout(Duration::ZERO)
                .await
            {
                outputs.error("a wait", &error);
                outputs.debug("what was seen", &error.last_seen());
            }
            let diagnosis = client.doctor().await;
            outputs.debug("a diagnosis", &diagnosis);
            outputs
                .0
                .push(("a diagnosis".to_owned(), diagnosis.to_string()));
        }
    }
    outputs.search(&planted);
}

/// A value in the path is sent encoded; a server may repeat it either way.
#[tokio::test]
async fn a_code_that_repeats_the_path_is_not_shown() {
    for code in ["c4nary-1", "c4nary:1", "c4nary%3A1"] {
        let body = json!({"errors": [{"code": code}]}).to_string();
        let client = fake(move |_| Ok(response(404, body.clone())));
        let reference = code.replace("%3A", ":");
        let call = client.get_customer().reference(reference);
        let error = call.send().await.unwrap_err();
        assert!(!error.to_string().contains(code), "{error}");
        assert!(!format!("{error:?}").contains(code), "{error:?}");
    }
}

#[tokio::test]
async fn responses_show_what_is_public_only() {
    let body = json!({"reference": "ref-1", "status": "VERIFIED", "firstName": "c4nary", "more": {"c4nary": 1}});
    let client = fake(move |_| Ok(response(200, body.to_string())));
    let customer = client
        .get_customer()
        .reference("ref-1")
        .send()
        .await
        .unwrap();
    assert_eq!(customer.extra.get("firstName").unwrap(), "c4nary");
    let mut outputs = Outputs::default();
    outputs.debug("answer", &customer);
    let customer: Customer = customer.into_inner();
    assert!(format!("{customer:?}").contains("ref-1"));
    assert!(format!("{customer:?}").contains("VERIFIED"));
    outputs.debug("customer", &customer);
    outputs.search(&[]);
}

#[tokio::test]
async fn failures_of_the_network_are_silent() {
    let mut outputs = Outputs::default();
    let address = crate::support::closed().await;
    let client: Client = builder()
        .base_url(format!("http://{address}").parse().unwrap())
        .retry(bvnk::RetryPolicy::new().max_attempts(1))
        .build()
        .unwrap();
    let error = client
        .create_customer()
        .body(request())
        .send()
        .await
        .unwrap_err();
    outputs.error("a connection", &error);
    assert!(error.kind() == ErrorKind::Connect);
    outputs.error("a connection", &error);
    outputs.search(&canaries().1);
}
