//! A client that is whole but for what is bent: the layers in their order, with a hook at
//! each place where something can be wrong.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bvnk::{BoxError, Client, Credentials, GeneratedClient, HawkLayer, RetryPolicy, Runtime};
use bvnk::{Sleep, Transport};
use bvnk_auth::{BoundLayer, IdempotencyLayer, RetryLayer};
use http::Method;
use http::response::Parts;
use reqwest::Request;
use tower::util::BoxCloneSyncService;
use tower::{Layer, ServiceExt, service_fn};
use uuid::Uuid;

use crate::onboarding::Tap;
use crate::target::Target;

/// An answer that is changed: the request's method, the head, the body.
type Told = fn(&Method, &mut Parts, &mut Vec<u8>);
type Service = BoxCloneSyncService<Request, reqwest::Response, BoxError>;

/// Where the signature is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signing {
    /// For each attempt, as it must be.
    Attempts,
    /// Once for each call, above the layer that repeats.
    Calls,
    /// Anew for each attempt, as if nothing had been signed before.
    Anew,
    Never,
}

/// What is bent. [`WHOLE`] bends nothing.
#[derive(Clone, Copy)]
pub(super) struct Bend {
    /// Changes a request once for each call.
    pub(super) call: fn(&mut Request),
    /// Changes each attempt before it is signed.
    pub(super) attempt: fn(&mut Request),
    /// Changes each attempt after it was signed.
    pub(super) wire: fn(&mut Request),
    /// Changes each attempt's answer before anything is decided by it.
    pub(super) answer: Told,
    /// Changes the answer of a call before it is decoded.
    pub(super) told: Told,
    /// Whether a refusal is sent once more.
    pub(super) repeats_refusals: bool,
    pub(super) signing: Signing,
    pub(super) keys: bool,
    pub(super) retry: fn(RetryPolicy) -> RetryPolicy,
    pub(super) hawk: fn(HawkLayer) -> HawkLayer,
    pub(super) credentials: fn(&Target) -> (String, String),
    /// The time and the nonces that signatures are made of.
    pub(super) clock: fn(Arc<dyn Runtime>) -> Arc<dyn Runtime>,
    pub(super) http: fn(&reqwest::Client) -> reqwest::Client,
}

pub(super) const WHOLE: Bend = Bend {
    call: |_| {},
    attempt: |_| {},
    wire: |_| {},
    answer: |_, _, _| {},
    told: |_, _, _| {},
    repeats_refusals: false,
    signing: Signing::Attempts,
    keys: true,
    retry: |policy| policy,
    hawk: |hawk| hawk,
    credentials: |target| (target.id.clone(), target.key.clone()),
    clock: |runtime| runtime,
    http: Clone::clone,
};

/// Stacks the layers.
pub(super) fn client(
    target: &Target,
    http: &reqwest::Client,
    runtime: Arc<dyn Runtime>,
    bend: Bend,
) -> Result<Client, String> {
    let (id, key) = (bend.credentials)(target);
    let credentials = Credentials::new(id, key).map_err(|error| error.to_string())?;
    let http = (bend.http)(http);
    let hawk = (bend.hawk)(
        HawkLayer::new(credentials.clone()).runtime((bend.clock)(Arc::clone(&runtime))),
    );
    let keys = IdempotencyLayer::new().runtime(Arc::clone(&runtime));
    let retry = RetryLayer::new((bend.retry)(RetryPolicy::new())).runtime(Arc::clone(&runtime));

    let wire = on_request(
        boxed(BoundLayer::new(1 << 20).layer(http.clone())),
        bend.wire,
    );
    let signed = match bend.signing {
        Signing::Attempts => boxed(hawk.clone().layer(wire)),
        Signing::Anew => {
            let clock = (bend.clock)(runtime);
            boxed(service_fn(move |request: Request| -> Answering {
                let hawk = HawkLayer::new(credentials.clone()).runtime(Arc::clone(&clock));
                Box::pin(hawk.layer(wire.clone()).oneshot(request))
            }))
        }
        Signing::Calls | Signing::Never => wire,
    };
    let attempts = on_answer(on_request(signed, bend.attempt), bend.answer);
    let repeated = boxed(retry.layer(attempts));
    let repeated = match bend.signing {
        Signing::Calls => boxed(hawk.layer(repeated)),
        Signing::Attempts | Signing::Anew | Signing::Never => repeated,
    };
    let keyed = if bend.keys {
        boxed(keys.layer(repeated))
    } else {
        repeated
    };
    let called = on_request(keyed, bend.call);
    let called = if bend.repeats_refusals {
        twice(called)
    } else {
        called
    };
    let told = on_answer(boxed(Tap.layer(called)), bend.told);
    let api = GeneratedClient::new(&target.base, http, Transport::new(told));
    Ok(api.into())
}

fn boxed<S>(service: S) -> Service
where
    S: tower::Service<Request, Response = reqwest::Response, Error = BoxError>
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    BoxCloneSyncService::new(service)
}

type Answering = Pin<Box<dyn Future<Output = Result<reqwest::Response, BoxError>> + Send>>;

fn on_request(inner: Service, change: fn(&mut Request)) -> Service {
    boxed(service_fn(move |mut request: Request| -> Answering {
        let inner = inner.clone();
        change(&mut request);
        Box::pin(inner.oneshot(request))
    }))
}

fn on_answer(inner: Service, change: Told) -> Service {
    boxed(service_fn(move |request: Request| -> Answering {
        let (inner, method) = (inner.clone(), request.method().clone());
        Box::pin(async move {
            let answer: http::Response<reqwest::Body> = inner.oneshot(request).await?.into();
            let (mut parts, body) = answer.into_parts();
            let whole = reqwest::Response::from(http::Response::new(body));
            let mut body = whole.bytes().await?.to_vec();
            change(&method, &mut parts, &mut body);
            Ok(http::Response::from_parts(parts, body).into())
        })
    }))
}

fn twice(inner: Service) -> Service {
    boxed(service_fn(move |request: Request| -> Answering {
        let inner = inner.clone();
        Box::pin(async move {
            let again = request.try_clone();
            let answer = inner.clone().oneshot(request).await?;
            match again {
                Some(again) if answer.status().is_client_error() => inner.oneshot(again).await,
                _ => Ok(answer),
            }
        })
    }))
}

/// A runtime with one thing that stands still.
#[derive(Debug)]
pub(super) struct Still {
    runtime: Arc<dyn Runtime>,
    time: Option<SystemTime>,
    uuid: Option<Uuid>,
}

impl Still {
    /// The wall clock stands.
    pub(super) fn time(runtime: Arc<dyn Runtime>) -> Arc<dyn Runtime> {
        let time = Some(runtime.now());
        Arc::new(Self {
            runtime,
            time,
            uuid: None,
        })
    }

    /// Randomness gives the same again.
    pub(super) fn randomness(runtime: Arc<dyn Runtime>) -> Arc<dyn Runtime> {
        let uuid = Some(runtime.uuid());
        Arc::new(Self {
            runtime,
            time: None,
            uuid,
        })
    }
}

impl Runtime for Still {
    fn now(&self) -> SystemTime {
        self.time.unwrap_or_else(|| self.runtime.now())
    }

    fn elapsed(&self) -> Duration {
        self.runtime.elapsed()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.runtime.sleep(duration)
    }

    fn uuid(&self) -> Uuid {
        self.uuid.unwrap_or_else(|| self.runtime.uuid())
    }
}
