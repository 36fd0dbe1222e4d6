//! The hook: each thing that it changes, as a server that is wrong in one place.

use bvnk_simulator::hawk::{Incoming, Kind, Rejection, mac};
use bvnk_simulator::{Hook, HookContext, Response, Rules, Simulator, ValidationError, Violation};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::common::*;

/// A hook of closures.
#[derive(Default)]
struct Wrong {
    rules: Option<fn(&HookContext<'_>, &mut Rules)>,
    signature: Option<fn(&HookContext<'_>, &mut Result<(), Rejection>)>,
    validation: Option<fn(&HookContext<'_>, &mut Vec<ValidationError>)>,
    response: Option<fn(&mut HookContext<'_>, &mut Response)>,
}

impl Hook for Wrong {
    fn rules(&mut self, context: &HookContext<'_>, rules: &mut Rules) {
        self.rules.iter().for_each(|it| it(context, rules));
    }

    fn signature(&mut self, context: &HookContext<'_>, outcome: &mut Result<(), Rejection>) {
        self.signature.iter().for_each(|it| it(context, outcome));
    }

    fn validation(&mut self, context: &HookContext<'_>, errors: &mut Vec<ValidationError>) {
        self.validation.iter().for_each(|it| it(context, errors));
    }

    fn response(&mut self, context: &mut HookContext<'_>, response: &mut Response) {
        self.response.iter().for_each(|it| it(context, response));
    }
}

/// A simulator with two customers and a hook.
fn with(hook: Wrong) -> Simulator {
    let mut simulator = simulator();
    create(&mut simulator, Some(UUID_B));
    create(&mut simulator, None);
    simulator.set_hook(hook);
    simulator
}

fn statuses(
    simulator: &mut Simulator,
    requests: impl IntoIterator<Item = bvnk_simulator::Request>,
) -> Vec<u16> {
    requests
        .into_iter()
        .map(|it| simulator.handle(&it, NOW).status.as_u16())
        .collect()
}

#[test]
fn a_pushed_response_is_given_once_and_nothing_is_carried_out() {
    let mut simulator = with(Wrong::default());
    let teapot = Response::json(StatusCode::IM_A_TEAPOT, &json!({ "short": true }));
    simulator.push_response(teapot.clone());
    let request = || sign(creation(&example(), None));
    let answered = simulator.handle(&request(), NOW);
    assert_eq!(
        (answered.status, answered.body),
        (teapot.status, teapot.body)
    );
    assert_eq!(simulator.customers().len(), 2);
    assert_eq!(
        simulator.handle(&request(), NOW).status,
        StatusCode::ACCEPTED
    );
}

#[test]
fn each_rule_is_enforced_unless_it_is_off() {
    type Case = (
        &'static str,
        fn(&HookContext<'_>, &mut Rules),
        fn() -> Vec<bvnk_simulator::Request>,
        [u16; 2],
    );
    let same = || {
        let request = sign(get("customer-1"));
        vec![request.clone(), request]
    };
    let stale = || {
        let request = sign_at(get("customer-1"), NOW - 100);
        vec![request.clone(), request]
    };
    let twice = |edit: fn(&mut bvnk_simulator::Request)| {
        let mut second = creation(&example(), Some(UUID_A));
        edit(&mut second);
        vec![sign(creation(&example(), Some(UUID_A))), sign(second)]
    };
    let cases: Vec<Case> = vec![
        (
            "time",
            |_, rules| rules.clock_tolerance = 100,
            stale,
            [2, 4],
        ),
        (
            "method",
            |_, rules| rules.method = false,
            || {
                let other = || {
                    let mut other = creation(&example(), None);
                    other.method = Method::DELETE;
                    sign(other)
                };
                vec![other(), other()]
            },
            [2, 2],
        ),
        (
            "answer",
            |_, rules| rules.answer = Some(Response::new(StatusCode::IM_A_TEAPOT)),
            same,
            [4, 4],
        ),
    ];
    for (name, rules, requests, expected) in cases {
        let classes = |simulator: &mut Simulator| -> Vec<u16> {
            let statuses = statuses(simulator, requests());
            statuses.into_iter().map(|status| status / 100).collect()
        };
        let strict = classes(&mut with(Wrong::default()));
        assert_ne!(strict, expected, "{name}");
        let mut simulator = with(Wrong {
            rules: Some(rules),
            ..Wrong::default()
        });
        assert_eq!(classes(&mut simulator), expected, "{name}");
    }

    // How many customers two creations with one key make, of which the second differs.
    type KeyCase = (
        &'static str,
        fn(&HookContext<'_>, &mut Rules),
        fn(&mut bvnk_simulator::Request),
        [usize; 2],
    );
    let cases: Vec<KeyCase> = vec![
        ("idempotency", |_, rules| rules.key = None, |_| {}, [1, 2]),
        (
            "case of the key",
            |context, rules| rules.key = context.request.header(IDEMPOTENCY).map(str::to_owned),
            |it| set(it, IDEMPOTENCY, &UUID_A.to_ascii_uppercase()),
            [1, 2],
        ),
        (
            "half a key",
            |_, rules| rules.key.iter_mut().for_each(|it| it.truncate(18)),
            |it| set(it, IDEMPOTENCY, "86b5f133-9ee8-4f67-0000-000000000000"),
            [2, 1],
        ),
    ];
    for (name, rules, edit, expected) in cases {
        for (hook, expected) in [(None, expected[0]), (Some(rules), expected[1])] {
            let mut simulator = with(Wrong {
                rules: hook,
                ..Wrong::default()
            });
            assert_eq!(statuses(&mut simulator, twice(edit)), [202, 202], "{name}");
            assert_eq!(simulator.customers().len() - 2, expected, "{name}");
        }
    }
}

#[test]
fn keys_are_remembered_as_the_rules_say() {
    let wrong = creation(&json!({}), Some(UUID_A));
    let right = || sign(creation(&example(), Some(UUID_A)));
    type Case = (
        &'static str,
        fn(&HookContext<'_>, &mut Rules),
        [bvnk_simulator::Request; 3],
        [u16; 3],
        usize,
    );
    let cases: Vec<Case> = vec![
        (
            "errors",
            |_, rules| rules.remember_errors = true,
            [sign(wrong), right(), right()],
            [400, 400, 400],
            0,
        ),
        (
            "forgotten",
            |_, rules| rules.forget_after_replay = true,
            [right(), right(), right()],
            [202, 202, 202],
            2,
        ),
    ];
    for (name, rules, requests, expected, count) in cases {
        let mut simulator = with(Wrong {
            rules: Some(rules),
            ..Wrong::default()
        });
        assert_eq!(statuses(&mut simulator, requests), expected, "{name}");
        assert_eq!(simulator.customers().len() - 2, count, "{name}");
    }
}

#[test]
fn a_signature_hook_accepts_what_was_signed_for_another_method() {
    let mut simulator = with(Wrong {
        signature: Some(|context, outcome| {
            let Some(header) = &context.header else {
                return;
            };
            let other = Incoming {
                method: "PUT",
                ..context.incoming
            };
            let key = context.config.credentials[0].key();
            if mac(Kind::Header, key, &other, header) == header.mac {
                *outcome = Ok(());
            }
        }),
        ..Wrong::default()
    });
    let mut signed = sign(request(Method::PUT, &format!("{CUSTOMERS}/customer-1"), ""));
    signed.method = Method::GET;
    assert_eq!(statuses(&mut simulator, [signed]), [200]);
    let forged = sign_as(get("customer-1"), ID, "another key", NOW, "n", None);
    assert_eq!(statuses(&mut simulator, [forged]), [401]);

    let mut simulator = with(Wrong {
        signature: Some(|_, outcome| *outcome = Ok(())),
        ..Wrong::default()
    });
    let unknown = sign_as(get("customer-1"), "who", "?", NOW, "a", None);
    let requests = [get("customer-1"), unknown];
    assert_eq!(statuses(&mut simulator, requests), [200, 200]);

    let mut simulator = with(Wrong {
        rules: Some(|_, rules| rules.stale_uses_nonce = false),
        ..Wrong::default()
    });
    let late = sign_at(get("customer-1"), NOW - 100);
    assert_eq!(simulator.handle(&late, NOW).status, 401);
    assert_eq!(simulator.handle(&late, NOW - 100).status, 200);
}

#[test]
fn a_validation_hook_removes_and_adds_errors() {
    let everything: fn(&HookContext<'_>, &mut Vec<ValidationError>) = |_, errors| errors.clear();
    for (validation, expected) in [(None, [400, 400, 415]), (Some(everything), [202, 202, 202])] {
        let mut no_json = creation(&json!({}), None);
        no_json.body = "{".into();
        let mut text = creation(&example(), None);
        set(&mut text, "content-type", "text/plain");
        let requests = [no_json, creation(&example(), Some("key")), text].map(sign);
        let hook = Wrong {
            validation,
            ..Wrong::default()
        };
        assert_eq!(statuses(&mut with(hook), requests), expected);
    }
    let mut simulator = with(Wrong {
        validation: Some(|_, errors| {
            for error in errors.iter_mut() {
                if let ValidationError::InvalidBody(violations) = error {
                    violations.retain(|it| it.rule != "required");
                }
            }
            errors.retain(|it| *it != ValidationError::InvalidBody(Vec::new()));
        }),
        ..Wrong::default()
    });
    assert_eq!(send(&mut simulator, creation(&json!({}), None)).0, 202);
    assert_eq!(
        send(&mut simulator, creation(&json!({ "type": 7 }), None)).0,
        400
    );
    let mut simulator = with(Wrong {
        validation: Some(|context, errors| {
            let body: Value = serde_json::from_slice(&context.request.body).unwrap_or_default();
            if body.get("more").is_some() {
                let violation = Violation::new("/more", "additionalProperties", "is not allowed");
                errors.push(ValidationError::InvalidBody(vec![violation]));
            }
        }),
        ..Wrong::default()
    });
    let mut more = example();
    more["more"] = json!(1);
    let (status, answer) = send(&mut simulator, creation(&more, None));
    assert_eq!(
        (status, &answer["details"]["errors"]["/more"][0]),
        (400, &json!("additionalProperties: is not allowed"))
    );
}

#[test]
fn a_response_hook_changes_the_response_and_the_state() {
    /// What is seen of a creation, of its repetition and of a GET of the first customer.
    fn seen(response: fn(&mut HookContext<'_>, &mut Response)) -> String {
        let mut simulator = with(Wrong {
            response: Some(response),
            ..Wrong::default()
        });
        let mut seen = Vec::new();
        for request in [
            creation(&example(), Some(UUID_A)),
            creation(&example(), Some(UUID_A)),
            get("customer-1"),
            get("cust"),
        ] {
            let (status, answer) = send(&mut simulator, request);
            let text = |name: &str| answer[name].as_str().unwrap_or("-").to_owned();
            seen.push(format!("{status} {} {}", text("reference"), text("status")));
        }
        format!(
            "{}; {} customers",
            seen.join(", "),
            simulator.customers().len()
        )
    }
    let mut text = String::new();
    for (name, response) in [
        (
            "nothing",
            (|_, _| {}) as fn(&mut HookContext<'_>, &mut Response),
        ),
        ("swaps the customer", |context, response| {
            if let (Some(_), true, Some(identity)) = (
                context.reference.as_deref(),
                response.status == 200,
                context.identity(),
            ) {
                let other = context.state.customers()[1].reference().to_owned();
                response.edit_json(|body| *body.pointer_mut(identity).unwrap() = other.into());
            }
        }),
        ("removes what was created", |context, _| {
            if let (true, Some(reference)) = (context.created, context.reference.as_deref()) {
                assert!(context.state.remove(reference).is_some());
            }
        }),
        ("creates another", |context, _| {
            if let (true, Some(operation)) = (context.created, context.operation) {
                context.state.create(&operation.id, context.now).unwrap();
            }
        }),
        ("finds by a beginning", |context, response| {
            let start = context.request.path().rsplit('/').next().unwrap();
            let found = context
                .state
                .customers()
                .into_iter()
                .find(|it| it.reference().starts_with(start));
            if let (404, Some(found)) = (response.status.as_u16(), found) {
                *response = context.success(found.reference(), found.status());
            }
        }),
        ("goes back", |context, response| {
            let customer = context
                .reference
                .as_deref()
                .and_then(|it| context.state.customer(it));
            if let (Some(customer), Some(status), true) =
                (customer, context.status(), response.status == 200)
            {
                let before = customer.sequence().statuses()[customer.steps() - 1].clone();
                response.edit_json(|body| *body.pointer_mut(status).unwrap() = before.into());
            }
        }),
        ("conflicts on repetition", |context, response| {
            if context.replayed {
                response.status = StatusCode::CONFLICT;
                let reference = context.reference.clone().unwrap();
                context.state.advance(&reference, context.now);
            }
        }),
    ] {
        text.push_str(&format!("{name}\n  {}\n", seen(response)));
    }
    insta::assert_snapshot!(text);
}
