//! Who checks the checks: the server and the client are broken in one place at a time, and
//! a check must fail. The snapshots name the checks.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::sync::LazyLock;

use bvnk::{BoxError, Client, Credentials, GeneratedClient, HawkLayer, RetryPolicy, Transport};
use bvnk_simulator::{Config, Fault, Listen, Server};
use conformance::{Contract, Report, Source, Suite, Tap, Verdict};
use http::HeaderValue;
use reqwest::Request;
use tower::{Layer, ServiceBuilder, ServiceExt, service_fn};

/// One for all runs: loading the platform's roots is what a run would spend its time on.
static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| bvnk::http_client().unwrap());

/// Few are enough: each individual meets the fault.
const FEW: Source = Source::Generated { cases: 3, seed: 1 };

async fn server() -> Server {
    Server::start_on(Listen::default().keep(usize::MAX), Config::default())
        .await
        .unwrap()
}

fn suite(server: Server, client: Client) -> Suite {
    Suite::with_client(Contract::embedded().unwrap(), server, client, HTTP.clone()).unwrap()
}

/// The checks that failed, and how many could judge nothing any more.
fn failed(report: &Report) -> String {
    let failed = report
        .rows
        .iter()
        .filter(|row| row.verdict() == Verdict::Failed);
    let failed: Vec<&str> = failed.map(|row| row.check).collect();
    match (failed.as_slice(), report.count(Verdict::Skipped)) {
        ([], 0) => "-".to_owned(),
        (_, 0) => failed.join(", "),
        (_, skipped) => format!("{} ({skipped} skipped)", failed.join(", ")),
    }
}

/// Faults that break no promise: the answer is legal, the connection may be closed, and
/// nobody has promised what a refusal looks like.
const LEGAL: [Fault; 9] = [
    Fault::ExtraMembers,
    Fault::EchoRequest,
    Fault::CharsetParameter,
    Fault::CloseAfterAnswer,
    Fault::ErrorList,
    Fault::ErrorArray,
    Fault::ErrorText,
    Fault::ErrorHtml,
    Fault::ErrorEmpty,
];

/// Faults that no check finds yet.
const UNFOUND: [Fault; 29] = [
    Fault::AcceptedOnLook,
    Fault::WrongCharset,
    Fault::ClaimGzip,
    Fault::EchoRefusal,
    Fault::DropAllow,
    Fault::FindByPrefix,
    Fault::FlashEnd,
    Fault::FlipEnd,
    Fault::RestartJourney,
    Fault::ForgetAtEnd,
    Fault::CaseSensitiveKey,
    Fault::KeyWithQuery,
    Fault::HalfKey,
    Fault::SharedKeys,
    Fault::AdvanceOnReplay,
    Fault::RejectDerivedKeys,
    Fault::AcceptRepeatedKey,
    Fault::RejectUnknownMembers,
    Fault::RejectCharset,
    Fault::AcceptTwoSignatures,
    Fault::AcceptIdInAnyCase,
    Fault::AcceptShortMac,
    Fault::AcceptEmptyKey,
    Fault::AcceptOtherQuery,
    Fault::AcceptOtherNonce,
    Fault::AcceptOtherTime,
    Fault::AcceptAddedHash,
    Fault::AcceptDroppedHash,
    Fault::AcceptAddedExt,
];

/// Faults of a connection that never answers: they are met with time-outs, elsewhere.
const ENDLESS: [Fault; 2] = [Fault::Stall, Fault::CommitThenStall];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_the_server_is_found() {
    let runs: Vec<_> = Fault::ALL
        .iter()
        .filter(|fault| !ENDLESS.contains(fault))
        .map(|fault| {
            tokio::spawn(async move {
                let server = server().await;
                // A client that does not repeat: it is the server that is judged.
                let client = Client::builder()
                    .base_url(server.url().parse().unwrap())
                    .credentials(Credentials::new(server.id(), server.key()).unwrap())
                    .http_client(HTTP.clone())
                    .retry(RetryPolicy::none())
                    .layer(Tap)
                    .build()
                    .unwrap();
                let mut suite = suite(server, client);
                suite.break_server(*fault);
                (*fault, failed(&suite.run(FEW, || {}).await))
            })
        })
        .collect();
    let mut told = String::new();
    let mut survivors = Vec::new();
    for run in runs {
        let (fault, failed) = run.await.unwrap();
        let _ = writeln!(told, "{fault}: {failed}");
        let unfound = LEGAL.contains(&fault) || UNFOUND.contains(&fault);
        if (failed == "-") != unfound {
            survivors.push(fault);
        }
    }
    insta::assert_snapshot!(told);
    assert_eq!(survivors, [], "found although legal, or not found");
}

/// A client that is whole but for one change of each request that it sends.
async fn with_client(break_it: fn(&Credentials) -> Breaker) -> String {
    failed(&run_with_client(break_it, FEW).await)
}

async fn run_with_client(break_it: fn(&Credentials) -> Breaker, source: Source) -> Report {
    let server = server().await;
    let credentials = Credentials::new(server.id(), server.key()).unwrap();
    let http = HTTP.clone();
    let Breaker {
        before,
        sign,
        after,
    } = break_it(&credentials);
    let wire = http.clone();
    let sent = service_fn(move |mut request: Request| {
        let wire = wire.clone();
        async move {
            after(&mut request);
            Ok::<_, BoxError>(wire.oneshot(request).await?)
        }
    });
    let signed = if sign {
        tower::util::BoxCloneSyncService::new(HawkLayer::new(credentials).layer(sent))
    } else {
        tower::util::BoxCloneSyncService::new(sent)
    };
    let changed = service_fn(move |mut request: Request| {
        let signed = signed.clone();
        async move {
            before(&mut request);
            signed.oneshot(request).await
        }
    });
    let stack = ServiceBuilder::new()
        .layer(Tap)
        .layer(bvnk_auth::IdempotencyLayer::new())
        .service(changed);
    let base_url = server.url().parse().unwrap();
    let client = GeneratedClient::new(&base_url, http, Transport::new(stack)).into();
    suite(server, client).run(source, || {}).await
}

/// What is done to each request before and after it is signed.
struct Breaker {
    before: fn(&mut Request),
    sign: bool,
    after: fn(&mut Request),
}

const WHOLE: Breaker = Breaker {
    before: |_| {},
    sign: true,
    after: |_| {},
};

fn edit_body(request: &mut Request, edit: fn(&mut serde_json::Value)) {
    let body = request.body().and_then(reqwest::Body::as_bytes);
    if let Some(body) = body.filter(|body| !body.is_empty()) {
        let mut body = serde_json::from_slice(body).unwrap();
        edit(&mut body);
        *request.body_mut() = Some(body.to_string().into());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_the_client_is_found() {
    type Break = fn(&Credentials) -> Breaker;
    let rows: &[(&str, Break)] = &[
        ("nothing is broken", |_| WHOLE),
        ("no signature", |_| Breaker {
            sign: false,
            ..WHOLE
        }),
        ("two signatures", |_| Breaker {
            after: |request| {
                let signature = request.headers()["authorization"].clone();
                request.headers_mut().append("authorization", signature);
            },
            ..WHOLE
        }),
        ("a path changed after signing", |_| Breaker {
            after: |request| request.url_mut().set_query(Some("a=1")),
            ..WHOLE
        }),
        ("no idempotency key", |_| Breaker {
            before: |request| {
                request.headers_mut().remove("x-idempotency-key");
            },
            ..WHOLE
        }),
        ("a key that is no UUID", |_| Breaker {
            before: |request| {
                if request.headers().contains_key("x-idempotency-key") {
                    request
                        .headers_mut()
                        .insert("x-idempotency-key", HeaderValue::from_static("once"));
                }
            },
            ..WHOLE
        }),
        ("two keys", |_| Breaker {
            before: |request| {
                if let Some(key) = request.headers().get("x-idempotency-key").cloned() {
                    request.headers_mut().append("x-idempotency-key", key);
                }
            },
            ..WHOLE
        }),
        ("a required field dropped", |_| Breaker {
            before: |request| {
                edit_body(request, |body| {
                    body["individual"]
                        .as_object_mut()
                        .unwrap()
                        .remove("lastName");
                })
            },
            ..WHOLE
        }),
        ("an optional field dropped", |_| Breaker {
            before: |request| {
                edit_body(request, |body| {
                    body["individual"]
                        .as_object_mut()
                        .unwrap()
                        .remove("riskScore");
                })
            },
            ..WHOLE
        }),
        ("a field renamed", |_| Breaker {
            before: |request| {
                edit_body(request, |body| {
                    body["signedAgreementId"] = body["signed_agreement_id"].take();
                })
            },
            ..WHOLE
        }),
        ("an extra header", |_| Breaker {
            before: |request| {
                request
                    .headers_mut()
                    .insert("api-version", HeaderValue::from_static("0.1.0"));
            },
            ..WHOLE
        }),
        ("another media type", |_| Breaker {
            before: |request| {
                if request.body().is_some() {
                    request
                        .headers_mut()
                        .insert("content-type", HeaderValue::from_static("text/json"));
                }
            },
            ..WHOLE
        }),
        ("another path", |_| Breaker {
            before: |request| {
                let path = request.url().path().replace("/v1/", "/v2/");
                request.url_mut().set_path(&path);
            },
            ..WHOLE
        }),
        ("another method", |_| Breaker {
            before: |request| {
                if request.body().is_some() {
                    *request.method_mut() = http::Method::PUT;
                }
            },
            ..WHOLE
        }),
    ];
    let mut told = String::new();
    let mut survivors = Vec::new();
    for (name, break_it) in rows {
        let failed = with_client(*break_it).await;
        let _ = writeln!(told, "{name}: {failed}");
        if (failed == "-") != (*name == "nothing is broken") {
            survivors.push(*name);
        }
    }
    insta::assert_snapshot!(told);
    assert!(
        survivors.is_empty(),
        "found although whole, or not found: {survivors:?}"
    );
}

const CANARY: &str = "canary4711";

/// The example with a canary in every text that has no form of its own.
fn canaries(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            let free = |name: &str| !["type", "dateOfBirth", "selfieVerifiedAt"].contains(&name);
            let members = members.iter_mut().filter(|(name, _)| free(name));
            for (name, member) in members {
                match member.as_str() {
                    Some(_) if name.ends_with("ountryCode") => *member = "QZ".into(),
                    Some(text) if text.contains('@') => {
                        *member = format!("{CANARY}@x.example").into()
                    }
                    Some(_) => *member = CANARY.into(),
                    None => canaries(member),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(canaries),
        _ => {}
    }
}

/// A person that somebody gave is in no report, whatever fails.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_given_person_is_never_shown() {
    let mut body = Contract::embedded()
        .unwrap()
        .example("create_customer")
        .unwrap()
        .clone();
    canaries(&mut body);
    let breaks: [fn(&Credentials) -> Breaker; 3] = [
        |_| WHOLE,
        |_| Breaker {
            sign: false,
            ..WHOLE
        },
        |_| Breaker {
            before: |request| {
                edit_body(request, |body| {
                    body["individual"]["lastName"] = format!("{CANARY} the second").into();
                    body["individual"]["address"]["countryCode"] = CANARY.into();
                });
            },
            ..WHOLE
        },
    ];
    for (index, break_it) in breaks.into_iter().enumerate() {
        let report = run_with_client(break_it, Source::Given(body.clone())).await;
        assert_eq!(report.proven(), index == 0, "{report}");
        let told = format!("{report} {report:?}");
        assert!(!told.contains(CANARY) && !told.contains("QZ"), "{told}");
    }
}
