//! Reports that no run has made, so that their dates and times do not change.

use std::collections::BTreeMap;

use bvnk_contract::{Basis, Weight};
use conformance::report::{
    AllowanceRow, AllowanceState, CheckRow, ClauseRow, ExchangeLine, FailingCase, Failure, Place,
    Report, RunInfo, Verdict,
};
use serde_json::json;

/// A report of another server with a row for each verdict.
pub(crate) fn small() -> Report {
    let failing = Failure {
        case: Some(FailingCase {
            label: "generated body 2, shrunk".to_owned(),
            body: json!({"postCode": null, "city": "<Zürich> & | `co`"}),
            base: json!({"postCode": "8001", "city": "London"}),
        }),
        exchange: Some(ExchangeLine {
            operation: "create_customer".to_owned(),
            curl: "curl -X POST http://127.0.0.1:9/customers -H \"authorization: $(cargo \
                   conformance sign POST http://127.0.0.1:9/customers)\" -d '{\"city\":\"…\"}'"
                .to_owned(),
            status: Some(400),
            request_id: Some("req-7".to_owned()),
        }),
        repeats: 4,
        ..failure("request.post-code", Verdict::Failed)
    };
    Report {
        run: run(),
        checks: vec![
            check("request-route", Verdict::Proven),
            check("request-body", Verdict::Failed),
            check("response-body", Verdict::Warned),
            CheckRow {
                reason: Some("the server shows no webhooks".to_owned()),
                ..check("webhooks", Verdict::Skipped)
            },
        ],
        clauses: vec![
            clause("operation.create", Weight::Must, Verdict::Proven),
            clause("request.post-code", Weight::Must, Verdict::Failed),
            clause("response.status", Weight::Should, Verdict::Warned),
            clause("response.sample", Weight::Must, Verdict::Allowed),
            ClauseRow {
                reason: Some("no response had this status".to_owned()),
                ..clause("status.verified", Weight::Must, Verdict::NotObserved)
            },
            ClauseRow {
                reason: Some("the server shows no webhooks".to_owned()),
                ..clause("webhook.signed", Weight::Should, Verdict::Skipped)
            },
        ],
        failures: vec![
            failing,
            failure("response.status", Verdict::Warned),
            failure("response.sample", Verdict::Allowed),
        ],
        allowances: vec![
            allowance("response.sample", None, AllowanceState::Deviates),
            allowance(
                "operation.create",
                Some("2027-01-31"),
                AllowanceState::Holds,
            ),
            allowance(
                "request.post-code",
                Some("2026-01-31"),
                AllowanceState::Expired,
            ),
        ],
    }
}

/// A report that has one text everywhere a text can be.
pub(crate) fn with(text: &str) -> Report {
    let own = || text.to_owned();
    let place = || Place {
        file: own(),
        line: 7,
    };
    let failure = |verdict| Failure {
        check: own(),
        clause: own(),
        says: own(),
        verdict,
        what: own(),
        expected: own(),
        actual: own(),
        place: place(),
        exchange: Some(ExchangeLine {
            operation: own(),
            curl: own(),
            status: Some(400),
            request_id: Some(own()),
        }),
        case: Some(FailingCase {
            label: own(),
            body: json!({text: text}),
            base: json!({}),
        }),
        repeats: 2,
    };
    let verdicts = [
        Verdict::Failed,
        Verdict::Warned,
        Verdict::Allowed,
        Verdict::NotObserved,
        Verdict::Skipped,
    ];
    Report {
        run: RunInfo {
            commit: Some(own()),
            client: own(),
            contract: own(),
            contract_version: own(),
            target: own(),
            command: own(),
            date: own(),
            stopped: Some(own()),
            ..run()
        },
        checks: Vec::from(verdicts.map(|verdict| CheckRow {
            id: own(),
            about: own(),
            reason: Some(own()),
            ..check("", verdict)
        })),
        clauses: Vec::from(verdicts.map(|verdict| ClauseRow {
            id: own(),
            says: own(),
            reason: Some(own()),
            place: place(),
            checks: BTreeMap::from([(own(), 1)]),
            ..clause("", Weight::Must, verdict)
        })),
        failures: Vec::from([Verdict::Failed, Verdict::Warned, Verdict::Allowed].map(failure)),
        allowances: vec![AllowanceRow {
            clause: own(),
            until: Some(own()),
            state: AllowanceState::Expired,
        }],
    }
}

/// A report of the simulator with one clause, which has so many failures.
pub(crate) fn many(verdict: Verdict, failures: usize) -> Report {
    let failure = |index| Failure {
        what: format!("attempt {index}"),
        actual: format!("{index} {}", "é".repeat(500)),
        ..failure("operation.create", Verdict::Failed)
    };
    Report {
        run: RunInfo {
            target: "simulator".to_owned(),
            complete: true,
            ..run()
        },
        checks: vec![check("request-route", verdict)],
        clauses: vec![clause("operation.create", Weight::Must, verdict)],
        failures: (0..failures).map(failure).collect(),
        allowances: Vec::new(),
    }
}

fn run() -> RunInfo {
    RunInfo {
        date: "2026-11-26T09:30:00Z".to_owned(),
        commit: Some("0123abc".to_owned()),
        client: "bvnk 0.2.0".to_owned(),
        contract: "Customers".to_owned(),
        contract_version: "1.0".to_owned(),
        target: "http://127.0.0.1:9".to_owned(),
        complete: false,
        seed: Some(7),
        cases: Some(3),
        strict: false,
        stopped: None,
        command: "cargo conformance --target http://127.0.0.1:9 --cases 3 --seed 7".to_owned(),
        requests: 42,
        transient: 2,
        seconds: 12.4,
    }
}

fn check(id: &str, verdict: Verdict) -> CheckRow {
    let failing = matches!(verdict, Verdict::Failed | Verdict::Warned);
    CheckRow {
        id: id.to_owned(),
        about: "the request is what the contract declares".to_owned(),
        verdict,
        reason: None,
        cases: 4,
        failed: if failing { 2 } else { 0 },
        seconds: 0.25,
    }
}

fn clause(id: &str, weight: Weight, verdict: Verdict) -> ClauseRow {
    ClauseRow {
        id: id.to_owned(),
        says: format!("The page says {id}."),
        weight,
        basis: Basis::Documented,
        place: Place {
            file: "openapi/clauses.toml".to_owned(),
            line: 12,
        },
        verdict,
        reason: None,
        checks: BTreeMap::from([("request-body".to_owned(), 4)]),
    }
}

fn failure(clause: &str, verdict: Verdict) -> Failure {
    Failure {
        check: "request-body".to_owned(),
        clause: clause.to_owned(),
        says: "A post code is a text.".to_owned(),
        verdict,
        what: "POST /customers with a post code of null".to_owned(),
        expected: "202".to_owned(),
        actual: "400 {\"error\":\"postCode\"}".to_owned(),
        place: Place {
            file: "openapi/clauses.toml".to_owned(),
            line: 12,
        },
        exchange: None,
        case: None,
        repeats: 1,
    }
}

fn allowance(clause: &str, until: Option<&str>, state: AllowanceState) -> AllowanceRow {
    AllowanceRow {
        clause: clause.to_owned(),
        until: until.map(str::to_owned),
        state,
    }
}
