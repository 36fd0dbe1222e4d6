//! Reports that no run has made: their times do not change.

use std::collections::BTreeMap;

use conformance::{Basis, ClauseLine, Example, Failure, Generated, Report, Row, Run, Verdict};
use serde_json::json;

/// A report with one of each.
pub(crate) fn small() -> Report {
    let failure = |clause: &str, came: &str| Failure {
        clause: clause.to_owned(),
        what: "POST /customers with a post code of null".to_owned(),
        expected: "202".to_owned(),
        came: came.to_owned(),
        example: None,
        repeat: "cargo conformance --cases 3 --seed 7".to_owned(),
    };
    let with_example = Failure {
        example: Some(Example {
            label: "generated individual 2, made smaller".to_owned(),
            body: json!({"postCode": null, "city": "<Zürich> & | `co`"}),
            near: json!({"postCode": "8001", "city": "London"}),
        }),
        ..failure("request.post-code", "400 {\"error\":\"postCode\"}")
    };
    let clause =
        |id: &str, says: &str, basis, judged: &[(&'static str, u64)], broken: &[_]| ClauseLine {
            id: id.to_owned(),
            says: says.to_owned(),
            basis,
            judged: judged.iter().copied().collect(),
            broken: broken.to_vec(),
        };
    Report {
        run: run("https://customers.example.com"),
        rows: vec![
            row("request-route", Verdict::Passed, &["operation.create"]),
            Row {
                failures: vec![with_example, failure("request.city", "400")],
                ..row(
                    "request-body",
                    Verdict::Failed,
                    &["request.post-code", "request.city"],
                )
            },
            Row {
                failures: vec![failure("answer.status", "200")],
                ..row("answer-body", Verdict::Warned, &["answer.status"])
            },
            Row {
                skipped: Some("the server does not show what it received".to_owned()),
                ..row("signature-fresh", Verdict::Skipped, &[])
            },
        ],
        clauses: vec![
            clause(
                "operation.create",
                "POST creates.",
                Basis::Documented,
                &[("request-route", 4)],
                &[],
            ),
            clause(
                "request.post-code",
                "A post code may be null.",
                Basis::Documented,
                &[("request-body", 4)],
                &["request-body"],
            ),
            clause(
                "request.city",
                "A city is a text.",
                Basis::Documented,
                &[("request-body", 4)],
                &["request-body"],
            ),
            clause(
                "answer.status",
                "A status is known.",
                Basis::Inferred,
                &[("answer-body", 4)],
                &["answer-body"],
            ),
            clause(
                "auth.fresh",
                "A nonce serves once.",
                Basis::Inferred,
                &[],
                &[],
            ),
        ],
    }
}

/// A report that has one text wherever it can.
pub(crate) fn with(text: &str) -> Report {
    let own = || text.to_owned();
    let name: &'static str = Box::leak(own().into_boxed_str());
    let failure = Failure {
        clause: own(),
        what: own(),
        expected: own(),
        came: own(),
        example: Some(Example {
            label: own(),
            body: json!({text: text}),
            near: json!({}),
        }),
        repeat: own(),
    };
    let row = |verdict| Row {
        about: name,
        skipped: (verdict == Verdict::Skipped).then(own),
        failures: match verdict {
            Verdict::Failed | Verdict::Warned => vec![failure.clone(), failure.clone()],
            _ => Vec::new(),
        },
        ..row(name, verdict, &[text])
    };
    Report {
        run: Run {
            client: own(),
            contract: own(),
            ..run(text)
        },
        rows: [
            Verdict::Failed,
            Verdict::Warned,
            Verdict::Passed,
            Verdict::Skipped,
        ]
        .map(row)
        .to_vec(),
        clauses: vec![ClauseLine {
            id: own(),
            says: own(),
            basis: Basis::Inferred,
            judged: BTreeMap::from([(name, 1)]),
            broken: vec![name],
        }],
    }
}

/// A report on the simulator of one check, which has many failures if it has any.
pub(crate) fn many(verdict: Verdict, failures: usize) -> Report {
    let failure = |index| Failure {
        clause: "operation.create".to_owned(),
        what: format!("attempt {index}"),
        expected: "202".to_owned(),
        came: "é".repeat(500),
        example: None,
        repeat: "cargo conformance".to_owned(),
    };
    let failed = verdict == Verdict::Failed;
    Report {
        run: Run {
            generated: None,
            ..run("simulator")
        },
        rows: vec![Row {
            failures: (0..failures).map(failure).collect(),
            ..row("request-route", verdict, &["operation.create"])
        }],
        clauses: vec![ClauseLine {
            id: "operation.create".to_owned(),
            says: "POST creates.".to_owned(),
            basis: Basis::Documented,
            judged: BTreeMap::from([("request-route", 4)]),
            broken: if failed {
                vec!["request-route"]
            } else {
                vec![]
            },
        }],
    }
}

fn run(target: &str) -> Run {
    Run {
        client: "bvnk 0.1.0".to_owned(),
        contract: "1.0".to_owned(),
        target: target.to_owned(),
        strict: false,
        generated: Some(Generated { cases: 3, seed: 7 }),
        requests: 42,
        seconds: 12.4,
    }
}

fn row(check: &'static str, verdict: Verdict, clauses: &[&str]) -> Row {
    let cases = if verdict == Verdict::Skipped { 0 } else { 4 };
    Row {
        check,
        about: "what it holds against what",
        verdict,
        skipped: None,
        cases,
        failed: match verdict {
            Verdict::Failed | Verdict::Warned => 2,
            Verdict::Passed | Verdict::Skipped => 0,
        },
        judged: clauses.iter().map(|id| ((*id).to_owned(), 4)).collect(),
        seconds: 0.25,
        failures: Vec::new(),
    }
}
