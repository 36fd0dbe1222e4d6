//! One onboarding through the real client: create a customer, follow it to its end, and
//! keep everything that was said. It judges nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bvnk::types::{CreateCustomerRequest, Customer};
use bvnk::{BoxError, CallInfo, Client, IdempotencyKey, ResponseValue};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use tower::{Layer, Service};

use crate::target::Arrived;

/// How often a status is asked for before it counts as never-ending.
pub(crate) const MOST_LOOKS: usize = 12;

/// The statuses with which a verification ends, as the documentation names them.
pub(crate) const ENDS: [&str; 2] = ["VERIFIED", "UNSUCCESSFUL"];

/// A successful answer, decoded and raw.
#[derive(Clone)]
pub struct Answer {
    /// The status of the response.
    pub status: StatusCode,
    /// The media type that the answer gives itself.
    pub media_type: String,
    /// The body as it came.
    pub raw: Bytes,
    /// The body as the client decoded it.
    pub customer: Customer,
}

/// Everything that was said while one individual was onboarded.
pub struct Onboarding {
    /// The request body that the caller had.
    pub body: Value,
    /// The same after a turn through the client's type, or why the type refused it.
    pub typed: Result<Value, Misread>,
    /// The idempotency key of the creation.
    pub key: Option<IdempotencyKey>,
    /// The answer to the creation.
    pub created: Result<Answer, String>,
    /// The answers to the looks that followed, up to the first failure.
    pub followed: Vec<Result<Answer, String>>,
    /// What arrived at the server for it.
    pub(crate) requests: Vec<Arrived>,
}

impl Onboarding {
    /// Onboards one individual.
    pub(crate) async fn of(client: &Client, body: Value) -> Self {
        let (request, typed) = turn(&body);
        let mut key = None;
        let created = match request {
            Ok(request) => {
                let result = client.create_customer().body(request).send().await;
                let result = result.map_err(bvnk::Error::from);
                key = match &result {
                    Ok(response) => key_of(response),
                    Err(error) => error.idempotency_key(),
                };
                answer(result)
            }
            Err(misread) => Err(format!("the type refuses the body: {}", misread.told)),
        };
        let mut followed = Vec::new();
        if let Ok(created) = &created {
            while followed.len() < MOST_LOOKS {
                let reference = created.customer.reference.clone();
                let look = client.get_customer().reference(reference).send().await;
                let look = answer(look.map_err(bvnk::Error::from));
                let last = match &look {
                    Ok(answer) => ENDS.contains(&answer.customer.status.as_str()),
                    Err(_) => true,
                };
                followed.push(look);
                if last {
                    break;
                }
            }
        }
        Self {
            body,
            typed,
            key,
            created,
            followed,
            requests: Vec::new(),
        }
    }

    /// One that goes no further than the client's type.
    pub(crate) fn still(body: Value) -> Self {
        let (_, typed) = turn(&body);
        Self {
            body,
            typed,
            key: None,
            created: Err("nothing was sent".to_owned()),
            followed: Vec::new(),
            requests: Vec::new(),
        }
    }

    /// All answers that came, the creation's first.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.created.iter().chain(self.followed.iter().flatten())
    }

    /// Whether a creation arrived with the key of the call.
    pub fn creation_arrived(&self) -> bool {
        self.requests.iter().any(|request| !request.body.is_empty())
    }
}

/// Why the client's type refuses a body. It quotes nothing of it, for it may be about
/// somebody.
#[derive(Clone, Debug)]
pub struct Misread {
    /// The place, as names joined by dots; empty for the whole.
    pub path: String,
    /// The place and the rule.
    pub told: String,
}

/// A body through the client's type: the request, and what the request is in JSON.
fn turn(
    body: &Value,
) -> (
    Result<CreateCustomerRequest, Misread>,
    Result<Value, Misread>,
) {
    let request = bvnk::from_json::<CreateCustomerRequest>(body.to_string().as_bytes());
    let request = request.map_err(|error| Misread {
        path: error.path().to_owned(),
        told: error.to_string(),
    });
    let typed = request
        .as_ref()
        .map_err(Misread::clone)
        .and_then(|request| {
            serde_json::to_value(request).map_err(|error| Misread {
                path: String::new(),
                told: error.to_string(),
            })
        });
    (request, typed)
}

/// Requests that arrived, by what tells to which onboarding they belong.
pub(crate) struct Index {
    by_key: BTreeMap<String, Vec<Arrived>>,
    by_tail: BTreeMap<String, Vec<Arrived>>,
}

impl Index {
    pub(crate) fn new(arrived: Vec<Arrived>, key_header: &str) -> Self {
        let (mut by_key, mut by_tail) = (BTreeMap::new(), BTreeMap::new());
        for request in arrived {
            // A look is told by its path, whatever it carries.
            let key = request.headers.get(key_header);
            let key = key.filter(|_| !request.body.is_empty());
            let (map, name) = match key.and_then(|value| value.to_str().ok()) {
                Some(key) => (&mut by_key, key.to_owned()),
                None => {
                    let tail = request.target.rsplit('/').next().unwrap_or_default();
                    (&mut by_tail, tail.to_owned())
                }
            };
            map.entry(name).or_insert_with(Vec::new).push(request);
        }
        Self { by_key, by_tail }
    }

    /// Moves the requests of an onboarding out: the creation's, then the looks'.
    pub(crate) fn of(&mut self, onboarding: &Onboarding) -> Vec<Arrived> {
        let key = onboarding.key.map(|key| key.to_string());
        let created = key.and_then(|key| self.by_key.remove(&key));
        let reference = onboarding
            .created
            .as_ref()
            .ok()
            .map(|created| created.customer.reference.as_str());
        let looked = reference.and_then(|reference| self.by_tail.remove(reference));
        created.into_iter().chain(looked).flatten().collect()
    }
}

impl fmt::Debug for Onboarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Onboarding")
            .field("requests", &self.requests.len())
            .finish_non_exhaustive()
    }
}

pub(crate) fn answer(
    result: Result<ResponseValue<Customer>, bvnk::Error>,
) -> Result<Answer, String> {
    match result {
        Ok(response) => Ok(Answer {
            status: response.status(),
            media_type: media_type(response.headers()),
            raw: response
                .extensions()
                .get::<RawBody>()
                .map(|raw| raw.0.clone())
                .unwrap_or_default(),
            customer: response.into_inner(),
        }),
        Err(error) => Err(error.to_string()),
    }
}

fn key_of(response: &ResponseValue<Customer>) -> Option<IdempotencyKey> {
    response
        .extensions()
        .get::<CallInfo>()
        .and_then(CallInfo::idempotency_key)
}

pub(crate) fn media_type(headers: &http::HeaderMap) -> String {
    let value = headers
        .get(http::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next());
    essence.unwrap_or_default().trim().to_ascii_lowercase()
}

/// The bytes of an answer, left in its extensions by [`Tap`].
#[derive(Clone)]
struct RawBody(Bytes);

/// A layer around the client that keeps the bytes of each answer, so that they can be
/// compared with what the client made of them.
#[derive(Clone, Copy, Debug)]
pub struct Tap;

impl<S> Layer<S> for Tap {
    type Service = Tapped<S>;

    fn layer(&self, inner: S) -> Tapped<S> {
        Tapped(inner)
    }
}

/// The service that [`Tap`] makes.
#[derive(Clone, Debug)]
pub struct Tapped<S>(S);

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<S> Service<reqwest::Request> for Tapped<S>
where
    S: Service<reqwest::Request, Response = reqwest::Response, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = BoxFuture<Result<reqwest::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: reqwest::Request) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move {
            let response = answer.await?;
            let (status, headers) = (response.status(), response.headers().clone());
            let extensions = response.extensions().clone();
            let bytes = response.bytes().await?;
            let mut copy = http::Response::new(bytes.clone());
            *copy.status_mut() = status;
            *copy.headers_mut() = headers;
            *copy.extensions_mut() = extensions;
            copy.extensions_mut().insert(RawBody(bytes));
            Ok(copy.into())
        })
    }
}
