//! The suite against other servers: right ones pass, wrong ones fail and the clause is named.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use crate::server::{Clock, Fault, ID, KEY, start, start_with};
use bvnk_contract::{Clauses, Contract};
use conformance::cases::Plan;
use conformance::report::{AllowanceState, Report, Verdict};
use conformance::run::{RunOptions, Target, Wait, run};
use conformance::specification::Specification;
use futures_util::stream::{self, StreamExt};

async fn report(fault: Fault, options: RunOptions) -> Report {
    let clock = Clock::default();
    let url = start_with(fault, Arc::clone(&clock)).await;
    let target = Target::foreign(&url, ID, KEY, None).unwrap();
    let wait: Wait = Arc::new(move |duration| {
        *clock.lock().unwrap() += duration;
        Box::pin(std::future::ready(()))
    });
    let options = RunOptions { wait, ..options };
    run(target, options).await.unwrap()
}

/// The contract and its clauses with the operations that the server in these tests has, and no
/// others that they may gain.
static DOCUMENTED: LazyLock<Arc<Specification>> = LazyLock::new(|| {
    let served = |id: &str| ["create_customer", "get_customer"].contains(&id);
    let mut document = bvnk_simulator::contract().unwrap().document.clone();
    let paths = document["paths"].as_object_mut().unwrap();
    for path in paths.values_mut() {
        let members = path.as_object_mut().unwrap();
        members.retain(|_, member| member["operationId"].as_str().is_none_or(served));
    }
    let contract = Contract::from_value("contract.json", document).unwrap();
    let text = include_str!("../../../../openapi/clauses.toml");
    let start = "\n[[clause]]\n";
    let clauses = text.split(start).filter(|clause| {
        let operation = clause.split("operation = \"").nth(1);
        operation.is_none_or(|rest| served(rest.split('"').next().unwrap()))
    });
    let clauses = clauses.collect::<Vec<_>>().join(start);
    let clauses = Clauses::from_toml("clauses.toml", &clauses).unwrap();
    Arc::new(Specification::new(contract, clauses))
});

/// Cases enough to find each wrong server.
static PLAN: LazyLock<Arc<Plan>> = LazyLock::new(|| {
    let plan = Plan::generated(&DOCUMENTED, 2, 7).unwrap();
    Arc::new(plan.shortened())
});

fn options() -> RunOptions {
    RunOptions {
        plan: Some(Arc::clone(&PLAN)),
        cases: 2,
        seed: 7,
        specification: Some(Arc::clone(&DOCUMENTED)),
        ..RunOptions::default()
    }
}

/// A run about these clauses, and what is seen of others on the way.
fn only<const N: usize>(clauses: [&str; N]) -> Option<Arc<BTreeSet<String>>> {
    Some(Arc::new(clauses.map(str::to_owned).into()))
}

/// The failures with a verdict, in lines.
fn lines(report: &Report, verdict: Verdict) -> String {
    let failures = report
        .failures
        .iter()
        .filter(|failure| failure.verdict == verdict);
    let line = |failure: &conformance::report::Failure| {
        format!(
            "{} [{}] {}: expected {}, actual {}\n",
            failure.clause, failure.check, failure.what, failure.expected, failure.actual
        )
    };
    failures.map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn right_servers_pass() {
    let options = || RunOptions {
        plan: None,
        ..options()
    };
    let careful = report(Fault::None, options()).await;
    assert!(careful.passed(), "{}", lines(&careful, Verdict::Failed));
    assert_eq!(lines(&careful, Verdict::Warned), "");
    let strict = RunOptions {
        strict: true,
        ..options()
    };
    let careful = report(Fault::None, strict.clone()).await;
    assert!(careful.passed(), "{}", lines(&careful, Verdict::Failed));

    // What fails on the way is sent again, and reported.
    let unreliable = report(Fault::Unreliable, strict.clone()).await;
    assert!(
        unreliable.passed(),
        "{}",
        lines(&unreliable, Verdict::Failed)
    );
    assert!(unreliable.run.transient > 20, "{:?}", unreliable.run);
    let command = &unreliable.run.command;
    assert!(command.contains("/below/a/path --strict"), "{command}");
    assert_eq!(careful.run.transient, 0);

    let terse = report(Fault::Terse, options()).await;
    assert!(terse.passed(), "{}", lines(&terse, Verdict::Failed));
    for clause in [
        "auth.challenge",
        "refused.allow",
        "auth.payload",
        "idempotency.replay",
    ] {
        let row = terse.clauses.iter().find(|row| row.id == clause).unwrap();
        assert_eq!(row.verdict, Verdict::Warned, "{clause}");
    }
    assert!(!report(Fault::Terse, strict).await.passed());
}

/// The first responses are lost in the preflight, which tries three times; later a request that
/// gets no response is sent once more, by the client and by hand. No time passes but what is
/// waited for.
#[tokio::test(start_paused = true)]
async fn what_hangs_or_is_lost_is_sent_again() {
    for fault in [Fault::LateStart, Fault::Forgetful, Fault::OftenTooMany] {
        let strict = RunOptions {
            strict: true,
            ..options()
        };
        let report = report(fault, strict).await;
        assert!(
            report.passed(),
            "{fault:?} {}",
            lines(&report, Verdict::Failed)
        );
        assert_eq!(report.run.transient > 20, fault != Fault::LateStart);
    }
}

/// A server that never answers in time, or late each time, or asks for pauses without an end, does
/// not keep a run from its end.
#[tokio::test(start_paused = true)]
async fn a_run_ends_whatever_a_server_does() {
    for (fault, reason) in [
        (Fault::TooManyForSeconds, "429 Too Many Requests"),
        (Fault::TooManyForDates, "429 Too Many Requests"),
        (Fault::Dripping, "the body cannot be read"),
        (Fault::Slow, "a response after 3.0 s"),
        (Fault::AlwaysLost, "connection closed before"),
    ] {
        let started = tokio::time::Instant::now();
        let report = report(fault, options()).await;
        let stopped = report.run.stopped.as_ref().unwrap();
        assert!(stopped.contains(reason), "{stopped}");
        let seconds = started.elapsed().as_secs();
        assert!(
            !report.passed() && report.run.requests < 150,
            "{:?}",
            report.run
        );
        assert!(seconds < 330, "{fault:?}: {seconds} s");
        // What was not sent is no failure.
        let text = report.to_string();
        assert!(!text.contains("not sent"), "{text}");
        // A status that the server did not send.
        assert!(!text.contains("502 Bad Gateway"), "{text}");
        assert!(text.contains("skipped"), "{text}");
    }
}

/// Nor does one that uses each signature up and loses the answer: the repetition finds it used.
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_is_made_again_a_few_times_only() {
    let options = RunOptions {
        only: only(["auth.payload"]),
        ..options()
    };
    let run = report(Fault::EverySecondLost, options);
    let run = tokio::time::timeout(std::time::Duration::from_secs(60), run).await;
    let failed = lines(&run.unwrap(), Verdict::Warned);
    assert!(failed.contains("signed right"), "{failed}");
}

/// An idle connection does not keep a server from the next one.
#[tokio::test(start_paused = true)]
async fn a_server_may_serve_one_connection_at_a_time() {
    let report = report(Fault::OneConnection, options()).await;
    assert_eq!(lines(&report, Verdict::Warned), "");
    assert!(report.passed(), "{}", lines(&report, Verdict::Failed));
    assert_eq!(report.run.transient, 0);
}

/// Of requests at once, the one that failed is shown.
#[tokio::test(flavor = "multi_thread")]
async fn one_failure_of_many_requests_at_once_is_shown() {
    let report = report(Fault::OneOfMany, options()).await;
    let failures = report.failures.iter();
    let mut failures = failures.filter(|failure| failure.what.contains("at once"));
    let shown = failures.next().unwrap();
    assert_eq!(shown.clause, "idempotency.replay");
    assert_eq!(shown.actual, "500");
    assert_eq!(shown.exchange.as_ref().unwrap().status, Some(500));
    assert_eq!(failures.next(), None);
}

/// The client's error does not hide what the server answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_call_is_shown_with_its_response() {
    let options = RunOptions {
        only: only(["answer.accepted"]),
        ..options()
    };
    let report = report(Fault::AsciiOnly, options).await;
    let mut failures = report.failures.iter();
    let shown = failures.find(|failure| failure.check == "answer-body");
    let exchange = shown.unwrap().exchange.as_ref().unwrap();
    assert_eq!(exchange.status, Some(400));
    assert!(exchange.request_id.is_some());
}

/// Each server is wrong in one place, and the clause that it breaks.
const WRONG: [(Fault, &str); 41] = [
    (Fault::NoAuthentication, "auth.refused"),
    (Fault::GetWithoutAuthentication, "auth.refused"),
    (Fault::AnySignature, "auth.refused"),
    (Fault::MethodNotSigned, "auth.refused"),
    (Fault::QueryNotSigned, "auth.refused"),
    (Fault::HostNotSigned, "auth.refused"),
    (Fault::NonceReplayed, "auth.fresh"),
    (Fault::StaleTime, "auth.fresh"),
    (Fault::OtherMethodCreates, "refused.method"),
    (Fault::GetAnswersAnother, "answer.get-reference"),
    (Fault::MixesConcurrentRequests, "answer.get-reference"),
    (Fault::UnknownAnswersSomeone, "refused.unknown-customer"),
    (Fault::ErrorOnBadJson, "refused.json"),
    (Fault::ErrorOnInvalidBody, "request.individual.email"),
    (Fault::AcceptsMissing, "request.individual.first-name"),
    (
        Fault::AcceptsWrongType,
        "request.individual.edd.intermediary",
    ),
    (Fault::MisspeltStatus, "answer.get-status"),
    (Fault::ReplayCreatesAnother, "idempotency.once"),
    (Fault::ConcurrentReplayCreates, "idempotency.once"),
    (Fault::StatusGoesBack, "flow.forward"),
    (Fault::EndChanges, "flow.forward"),
    (Fault::CreateIsHtml, "answer.media"),
    (Fault::GetIsHtml, "answer.get-media"),
    (Fault::CreateIs201, "answer.accepted"),
    (Fault::NoReference, "answer.reference"),
    (Fault::SharedReference, "answer.reference-unique"),
    (Fault::StatusIsNumber, "answer.status"),
    (Fault::AsciiOnly, "answer.accepted"),
    (Fault::KeyRequired, "idempotency.header"),
    (Fault::EndlessAnswer, "answer.get-media"),
    (Fault::PathNotSigned, "auth.refused"),
    (Fault::MacWithoutCase, "auth.refused"),
    (Fault::MacOfZeros, "auth.refused"),
    (Fault::CreatesUnauthenticated, "auth.refused"),
    (Fault::NonceForgotten, "auth.fresh"),
    (Fault::LastNonceOnly, "auth.fresh"),
    (Fault::TypeTwice, "answer.media"),
    (Fault::KeyForgotten, "idempotency.once"),
    (Fault::ReferenceInCapitals, "answer.get-reference"),
    (Fault::EmptySuccessForUnknown, "refused.unknown-customer"),
    (Fault::ErrorsAre200, "auth.refused"),
];

/// What is wrong with the verdict about a wrong server, if something is.
async fn missed(fault: Fault, clause: &str) -> Option<String> {
    let options = RunOptions {
        only: only([clause]),
        ..options()
    };
    let report = report(fault, options).await;
    let named = report
        .failures
        .iter()
        .any(|failure| failure.clause == clause && failure.verdict == Verdict::Failed);
    let row = report.clauses.iter().find(|row| row.id == clause).unwrap();
    let failed = !report.passed() && row.verdict == Verdict::Failed && named;
    (!failed).then(|| format!("{fault:?}: {clause}\n{}", lines(&report, Verdict::Failed)))
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_servers_fail_and_the_clause_is_named() {
    let runs = stream::iter(WRONG).map(|(fault, clause)| tokio::spawn(missed(fault, clause)));
    let missed: Vec<String> = runs
        .buffer_unordered(8)
        .filter_map(|run| async { run.unwrap() })
        .collect()
        .await;
    assert_eq!(missed.join("\n"), "");
}

/// A status that never appeared is not proven.
#[tokio::test(flavor = "multi_thread")]
async fn proven_means_observed() {
    let report = report(Fault::MisspeltStatus, options()).await;
    let verdict = |id: &str| {
        report
            .clauses
            .iter()
            .find(|row| row.id == id)
            .unwrap()
            .verdict
    };
    assert_eq!(verdict("status.pending-verification"), Verdict::Proven);
    assert_eq!(verdict("status.unsuccessful"), Verdict::NotObserved);
    assert_eq!(verdict("flow.end"), Verdict::NotObserved);
    assert_eq!(verdict("repeat.transient"), Verdict::Skipped);
    assert_ne!(verdict("status.verified"), Verdict::Proven);
}

#[tokio::test(flavor = "multi_thread")]
async fn known_deviations_are_allowed_until_their_day() {
    for (allow, passes, state) in [
        ("auth.fresh", true, AllowanceState::Deviates),
        ("auth.fresh=2999-12-31", true, AllowanceState::Deviates),
        ("auth.fresh=2020-01-01", false, AllowanceState::Expired),
        ("auth.refused", false, AllowanceState::Holds),
        ("repeat.fresh", false, AllowanceState::NotObserved),
    ] {
        let options = RunOptions {
            allow: vec![allow.parse().unwrap()],
            only: only(["auth.fresh", "auth.refused", "repeat.fresh"]),
            ..options()
        };
        let report = report(Fault::NonceReplayed, options).await;
        assert_eq!(report.passed(), passes, "{allow}");
        assert_eq!(report.allowances[0].state, state, "{allow}");
    }
    let allow = vec!["auth.no-such-clause".parse().unwrap()];
    let options = RunOptions { allow, ..options() };
    let error = run(Target::Simulator, options)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("--allow auth.no-such-clause: no such clause"),
        "{error}"
    );
}

/// What cannot be fetched, as its creation did not name it, is no failure of the fetch or of its
/// signature; and the status of a body that cannot be read is right.
#[tokio::test(flavor = "multi_thread")]
async fn one_fault_breaks_no_clause_about_something_else() {
    let failed = |report: &Report| {
        let failures = report.failures.iter();
        failures
            .map(|failure| failure.clause.clone())
            .collect::<BTreeSet<_>>()
    };
    let lost = report(Fault::NeverFound, options()).await;
    let about = ["answer.found", "flow.follow", "flow.link"].map(str::to_owned);
    assert_eq!(
        failed(&lost),
        about.into(),
        "{}",
        lines(&lost, Verdict::Failed)
    );
    let report = report(Fault::NoReference, options()).await;
    let about = [
        "answer.media",
        "answer.reference",
        "flow.start",
        "idempotency.replay",
    ];
    let about = about.map(str::to_owned);
    assert_eq!(
        failed(&report),
        about.into(),
        "{}",
        lines(&report, Verdict::Failed)
    );
    let mut failures = report.failures.iter();
    // A reference that is missing in both is no difference between them.
    let compared = failures.find(|failure| failure.what.contains("same request again"));
    assert_eq!(compared, None);
}

/// A reader finds the operation that was called, not the one that it is tried with.
#[tokio::test(flavor = "multi_thread")]
async fn the_operation_of_the_request_is_named() {
    let report = report(Fault::UnknownAnswersSomeone, options()).await;
    let mut failures = report.failures.iter();
    let found = failures.find(|failure| failure.clause == "refused.unknown-customer");
    let what = "get_customer, something that does not exist";
    assert_eq!(found.unwrap().what, what);
}

/// Two answers to one key are both shown.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_creation_is_shown_with_the_first() {
    let report = report(Fault::ReplayCreatesAnother, options()).await;
    let failure = report
        .failures
        .iter()
        .find(|it| it.clause == "idempotency.once");
    let failure = failure.unwrap();
    assert!(
        failure.expected.starts_with("202 and reference "),
        "{failure:?}"
    );
    assert!(
        failure.actual.starts_with("202 and reference "),
        "{failure:?}"
    );
    assert_ne!(failure.expected, failure.actual);
}

/// A report shows a wrong signature as it was sent, unless it is right at a later time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_is_what_failed() {
    let reports = [
        report(Fault::AnySignature, options()).await,
        report(Fault::StaleTime, options()).await,
    ];
    let failed = |what: &str| {
        let mut failures = reports.iter().flat_map(|report| &report.failures);
        failures.find(|it| it.what == what).unwrap()
    };
    let curl = |what: &str| &failed(what).exchange.as_ref().unwrap().curl;
    let wrong = "create_customer, signed with a wrong key";
    assert!(curl(wrong).contains("'authorization: Hawk id="));
    assert!(!curl(wrong).contains("sign POST"), "{}", curl(wrong));
    assert!(failed(wrong).says.contains("refused"));
    let later = "create_customer, a future time";
    assert!(curl(later).contains("sign POST"), "{}", curl(later));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_cannot_begin_is_one_error() {
    let url = start(Fault::None).await;
    let ahead = start(Fault::ClockAhead).await;
    let moved = start(Fault::Redirects).await;
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let dead = format!("http://127.0.0.1:{port}");
    let elsewhere = format!("{url}/elsewhere");
    for (url, id, key, expected) in [
        (url.as_str(), ID, "another key", "credentials"),
        (
            elsewhere.as_str(),
            ID,
            KEY,
            "help: check the path of the URL",
        ),
        (url.as_str(), "someone", KEY, "credentials"),
        (dead.as_str(), ID, KEY, "connection"),
        (ahead.as_str(), ID, KEY, "clock"),
        (moved.as_str(), ID, KEY, "`https://api.example`"),
    ] {
        let target = Target::foreign(url, id, key, None).unwrap();
        let error = run(target, options()).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains(key), "{error}");
    }
}

#[test]
fn production_and_open_networks_are_refused_and_secrets_not_shown() {
    for (url, expected) in [
        ("https://api.bvnk.com", "production"),
        ("https://API.bvnk.com./", "production"),
        ("https://bvnk.com", "production"),
        ("https://www.bvnk.com", "production"),
        ("http://api.example.com", "encrypted"),
        ("https://user:secret@api.example.com", "target"),
        ("not a url", "target"),
    ] {
        let error = Target::foreign(url, ID, KEY, None).err().unwrap();
        assert!(error.contains(expected), "{url}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    assert!(Target::foreign("http://127.0.0.1:1", " id", KEY, None).is_err());
    let sandbox = Target::foreign("https://api.sandbox.bvnk.com", ID, KEY, None).unwrap();
    assert!(sandbox.is_sandbox());
}

/// The same seed and the same answers give the same verdicts.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_repeats() {
    let mut reports = Vec::new();
    for _ in 0..2 {
        let mut report = report(Fault::StatusGoesBack, options()).await;
        report.checks.iter_mut().for_each(|row| row.seconds = 0.0);
        report
            .failures
            .iter_mut()
            .for_each(|failure| failure.exchange = None);
        reports.push((report.checks, report.clauses, report.failures));
    }
    assert_eq!(reports[0], reports[1]);
}

/// Each answer is judged and dropped. A run kept all of them to its end once, and a server
/// could fill the memory.
#[test]
fn memory_does_not_follow_what_a_server_sends() {
    // On its own threads: memory is counted by thread.
    let server = tokio::runtime::Runtime::new().unwrap();
    let url = server.block_on(start(Fault::LargeAnswer));
    let target = Target::foreign(&url, ID, KEY, None).unwrap();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    let memory = allocation_counter::measure(|| {
        runtime.block_on(run(target, options())).unwrap();
    });
    assert!(memory.bytes_max < 64 << 20, "{} bytes", memory.bytes_max);
}

#[test]
fn only_other_machines_have_a_rate_by_default() {
    for (url, limited) in [
        ("http://127.0.0.1:1", false),
        ("https://localhost:1", false),
        ("https://api.example.com", true),
    ] {
        let target = Target::foreign(url, "id", "key", None).unwrap();
        assert_eq!(target.arguments().contains(" --rate 5"), limited, "{url}");
    }
}
