//! A small server of the documented API that shares nothing with this workspace: another
//! Hawk implementation, another validator. It is right, or wrong in one place.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac_sha256::{HMAC, Hash};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub(crate) const ID: &str = "partner";
pub(crate) const KEY: &str = "a key that only the partner has";
const COLLECTION: &str = "/platform/v1/customers";
const PREFIX: &str = "/below/a/path";

/// What a server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing, and it does everything that it should.
    None,
    /// Nothing that it must do: it answers errors with as little as possible, and compares keys as
    /// texts.
    Terse,
    /// Nothing: it is below a path, and fails now and then.
    Unreliable,
    /// Nothing, but it serves one connection at a time.
    OneConnection,
    /// Nothing, but its first responses are lost.
    LateStart,
    /// Nothing, but it forgets a request now and then.
    Forgetful,
    /// Nothing, but of many requests with one key at once it fails for one.
    OneOfMany,
    /// From the second request on, its responses are lost.
    AlwaysLost,
    /// Every second response is lost, after the request was carried out.
    EverySecondLost,
    /// Nothing, but every fifth request is one too many.
    OftenTooMany,
    /// It sends everything elsewhere.
    Redirects,
    /// From the second request on, it asks for a pause of a day.
    TooManyForSeconds,
    /// The same with the day, in a thousand years.
    TooManyForDates,
    /// Nothing, but it takes three seconds for each answer.
    Slow,
    /// Success is sent byte by byte, without an end.
    Dripping,
    /// Nothing, but its clock is five minutes ahead.
    ClockAhead,
    NoAuthentication,
    GetWithoutAuthentication,
    AnySignature,
    MethodNotSigned,
    QueryNotSigned,
    HostNotSigned,
    NonceReplayed,
    StaleTime,
    OtherMethodCreates,
    GetAnswersAnother,
    MixesConcurrentRequests,
    UnknownAnswersSomeone,
    ErrorOnBadJson,
    ErrorOnInvalidBody,
    AcceptsMissing,
    AcceptsWrongType,
    MisspeltStatus,
    ReplayCreatesAnother,
    ConcurrentReplayCreates,
    StatusGoesBack,
    EndChanges,
    CreateIsHtml,
    GetIsHtml,
    TypeTwice,
    NeverFound,
    CreateIs201,
    NoReference,
    SharedReference,
    StatusIsNumber,
    AsciiOnly,
    KeyRequired,
    EndlessAnswer,
    LargeAnswer,
    PathNotSigned,
    MacWithoutCase,
    MacOfZeros,
    CreatesUnauthenticated,
    NonceForgotten,
    LastNonceOnly,
    KeyForgotten,
    ReferenceInCapitals,
    EmptySuccessForUnknown,
    ErrorsAre200,
}

/// Time that passes only when a run waits.
pub(crate) type Clock = Arc<Mutex<Duration>>;

/// What is forgotten after so long.
const MEMORY: Duration = Duration::from_secs(1);

struct Customer {
    reference: String,
    polls: usize,
}

#[derive(Default)]
struct State {
    requests: usize,
    nonces: BTreeMap<String, Duration>,
    keys: BTreeMap<String, (Bytes, String, Duration)>,
    customers: Vec<Customer>,
    /// The reference that was asked for last.
    asked: String,
    /// The last key, and how often it was sent.
    repeated: (String, usize),
}

struct Service {
    fault: Fault,
    authority: String,
    schemas: boon::Schemas,
    request: boon::SchemaIndex,
    state: Mutex<State>,
    clock: Clock,
}

/// Starts a server; the URL is returned.
pub(crate) async fn start(fault: Fault) -> String {
    start_with(fault, Clock::default()).await
}

/// Starts a server with a clock.
pub(crate) async fn start_with(fault: Fault, clock: Clock) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let (schemas, request) = compile();
    let service = Arc::new(Service {
        fault,
        authority: authority.clone(),
        schemas,
        request,
        state: Mutex::default(),
        clock,
    });
    let router = Router::new().fallback(move |ConnectInfo(peer), method, uri, headers, body| {
        let service = Arc::clone(&service);
        async move { service.handle(peer, method, uri, headers, body).await }
    });
    if fault == Fault::OneConnection {
        tokio::spawn(serve_one_by_one(listener, router));
    } else {
        let router = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    let prefix = if fault == Fault::Unreliable {
        PREFIX
    } else {
        ""
    };
    format!("http://{authority}{prefix}")
}

/// Serves a connection to its end, then the next.
async fn serve_one_by_one(listener: tokio::net::TcpListener, router: Router) {
    while let Ok((stream, peer)) = listener.accept().await {
        let service = service_fn(|request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = hyper::server::conn::http1::Builder::new();
        drop(
            connection
                .serve_connection(TokioIo::new(stream), service)
                .await,
        );
    }
}

/// The schema of a creation request, with formats switched on.
fn compile() -> (boon::Schemas, boon::SchemaIndex) {
    let text = include_str!("../../../../bvnk-simulator/contract.json");
    let document: Value = serde_json::from_str(text).unwrap();
    let schema = json!({
        "$ref": "#/components/schemas/CreateCustomerRequest",
        "components": document["components"],
    });
    compiled(schema)
}

/// A validator of a JSON Schema, with formats switched on.
pub(crate) fn compiled(schema: Value) -> (boon::Schemas, boon::SchemaIndex) {
    let (mut compiler, mut schemas) = (boon::Compiler::new(), boon::Schemas::new());
    compiler.enable_format_assertions();
    for (name, func) in [("date", is_date as IsFormat), ("email", is_email)] {
        compiler.register_format(boon::Format { name, func });
    }
    compiler.add_resource("mem:///schema", schema).unwrap();
    let index = compiler.compile("mem:///schema", &mut schemas).unwrap();
    (schemas, index)
}

type IsFormat = fn(&Value) -> Result<(), Box<dyn std::error::Error>>;

/// boon accepts signs before the numbers too.
fn is_date(value: &Value) -> Result<(), Box<dyn std::error::Error>> {
    match value.as_str() {
        Some(text) if text.len() != 10 => Err("not YYYY-MM-DD".into()),
        Some(text) => Ok(text.parse::<jiff::civil::Date>().map(drop)?),
        None => Ok(()),
    }
}

/// boon accepts an address without a local part.
fn is_email(value: &Value) -> Result<(), Box<dyn std::error::Error>> {
    let text = value.as_str().unwrap_or("a@b");
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    let is_odd = local.is_empty() || domain.is_empty() || text.contains(char::is_whitespace);
    match is_odd || domain.starts_with(['.', '-']) || domain.ends_with('.') {
        true => Err("not an e-mail address".into()),
        false => Ok(()),
    }
}

type Answer = Response<Body>;

impl Service {
    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn error(&self, status: u16, code: &str) -> Answer {
        let body = match self.fault {
            Fault::Terse => String::new(),
            Fault::ErrorsAre200 => {
                return answer(200, "application/json", json!({ "code": code }).to_string());
            }
            _ => json!({ "code": code, "message": "the request is not valid" }).to_string(),
        };
        answer(status, "application/json", body)
    }

    async fn handle(
        &self,
        peer: SocketAddr,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Answer {
        let requests = {
            let mut state = self.state.lock().unwrap();
            state.requests += 1;
            state.requests
        };
        match requests % 20 {
            7 if self.is(Fault::Unreliable) => self.error(503, "busy"),
            13 if self.is(Fault::Unreliable) => {
                drop(Box::pin(self.respond(peer, method, uri, headers, body)).await);
                lost()
            }
            odd if odd % 2 == 1 && self.is(Fault::EverySecondLost) => {
                drop(Box::pin(self.respond(peer, method, uri, headers, body)).await);
                lost()
            }
            1 | 6 | 11 | 16 if self.is(Fault::OftenTooMany) => too_many("1"),
            _ if self.is(Fault::Redirects) => {
                let mut answer = answer(301, "text/plain", String::new());
                let place = "https://api.example".parse().unwrap();
                answer.headers_mut().insert("location", place);
                answer
            }
            _ if requests > 1 && self.is(Fault::AlwaysLost) => lost(),
            _ if self.is(Fault::LateStart) && requests <= 5 => lost(),
            _ if requests > 1 && self.is(Fault::TooManyForSeconds) => too_many("86400"),
            _ if requests > 1 && self.is(Fault::TooManyForDates) => {
                too_many("Fri, 31 Dec 3025 23:59:59 GMT")
            }
            0 if self.is(Fault::Forgetful) => std::future::pending().await,
            _ => {
                if self.is(Fault::Slow) {
                    tokio::time::sleep(Duration::from_secs(3)).await;
                }
                self.respond(peer, method, uri, headers, body).await
            }
        }
    }

    async fn respond(
        &self,
        peer: SocketAddr,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Answer {
        if let Err(challenge) = self.authenticate(&method, &uri, &headers, &body) {
            if self.is(Fault::CreatesUnauthenticated) && method == Method::POST {
                drop(self.create(peer, &headers, body).await);
            }
            let mut answer = self.error(401, "unauthorized");
            if !self.is(Fault::Terse) {
                for value in ["Bearer realm=\"a, b\"", &challenge] {
                    let value = value.parse().unwrap();
                    answer.headers_mut().append("www-authenticate", value);
                }
            }
            return answer;
        }
        let path = uri.path();
        let path = path.strip_prefix(PREFIX).unwrap_or(path);
        match path.strip_prefix(COLLECTION) {
            Some("") if method == Method::POST => self.create(peer, &headers, body).await,
            Some("") if self.is(Fault::OtherMethodCreates) => {
                self.create(peer, &headers, body).await
            }
            Some("") => self.method("POST"),
            Some(rest) if rest.starts_with('/') && !rest[1..].contains('/') => match method {
                Method::GET if self.is(Fault::MixesConcurrentRequests) => {
                    rest[1..].clone_into(&mut self.state.lock().unwrap().asked);
                    for _ in 0..200 {
                        tokio::task::yield_now().await;
                    }
                    let asked = self.state.lock().unwrap().asked.clone();
                    self.get(&asked)
                }
                Method::GET => self.get(&rest[1..]),
                _ => self.method("GET"),
            },
            _ => self.error(404, "not_found"),
        }
    }

    fn method(&self, allow: &str) -> Answer {
        let status = if self.is(Fault::Terse) { 501 } else { 405 };
        let mut answer = self.error(status, "method");
        if !self.is(Fault::Terse) {
            for allow in ["OPTIONS", allow] {
                answer.headers_mut().append("allow", allow.parse().unwrap());
            }
        }
        answer
    }

    /// The paths of all customers and of their collection, and this one.
    fn resources(&self, resource: String) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let customers = state.customers.iter();
        let paths = customers.map(|customer| format!("{COLLECTION}/{}", customer.reference));
        paths.chain([COLLECTION.to_owned(), resource]).collect()
    }

    /// The challenge of a request that is not signed right.
    fn authenticate(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), String> {
        let open = self.is(Fault::GetWithoutAuthentication) && method == Method::GET;
        if self.is(Fault::NoAuthentication) || open {
            return Ok(());
        }
        let bad = |reason: &str| Err(format!("hawk error=\"{reason}\""));
        let mut all = headers.get_all("authorization").iter();
        let (Some(header), None) = (all.next(), all.next()) else {
            return bad("one header");
        };
        let Some(fields) = header.to_str().ok().and_then(parse) else {
            return bad("syntax");
        };
        let field = |name: &str| fields.get(name).map_or("", String::as_str);
        if field("id") != ID {
            return bad("id");
        }
        let resource = match self.fault {
            Fault::QueryNotSigned => uri.path().to_owned(),
            _ => uri.path_and_query().unwrap().to_string(),
        };
        let (host, port) = self.authority.rsplit_once(':').unwrap();
        let methods: &[&str] = match self.fault {
            Fault::MethodNotSigned => &["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE"],
            _ => &[method.as_str()],
        };
        let hosts: &[&str] = match self.fault {
            Fault::HostNotSigned => &[host, "api.example"],
            _ => &[host],
        };
        let resources = match self.fault {
            Fault::PathNotSigned => self.resources(resource),
            _ => vec![resource],
        };
        let signed = methods.iter().any(|method| {
            let mut places = hosts
                .iter()
                .flat_map(|host| resources.iter().map(move |it| (host, it)));
            places.any(|(host, resource)| {
                let text = format!(
                    "hawk.1.header\n{}\n{}\n{method}\n{resource}\n{host}\n{port}\n{}\n{}\n",
                    field("ts"),
                    field("nonce"),
                    field("hash"),
                    field("ext"),
                );
                match self.fault {
                    Fault::MacWithoutCase => mac(&text).eq_ignore_ascii_case(field("mac")),
                    _ => mac(&text) == field("mac"),
                }
            })
        });
        let zeros = self.is(Fault::MacOfZeros) && field("mac").starts_with("AAAAAAAA");
        if !signed && !zeros && !self.is(Fault::AnySignature) {
            return bad("mac");
        }
        if fields.contains_key("hash") && !self.is(Fault::Terse) {
            let media = headers.get("content-type").and_then(|it| it.to_str().ok());
            let media = media.unwrap_or_default().split(';').next().unwrap().trim();
            let mut hash = Hash::new();
            hash.update(format!("hawk.1.payload\n{}\n", media.to_lowercase()));
            hash.update(body);
            hash.update("\n");
            if STANDARD.encode(hash.finalize()) != field("hash") {
                return bad("hash");
            }
        }
        // As Hawk has it, a nonce is unique for its time.
        let nonce = format!("{} {}", field("ts"), field("nonce"));
        let now = *self.clock.lock().unwrap();
        let nonces = &mut self.state.lock().unwrap().nonces;
        if self.is(Fault::LastNonceOnly) {
            nonces.retain(|seen, _| *seen == nonce);
        }
        let seen = nonces.insert(nonce, now);
        let kept = |seen| !self.is(Fault::NonceForgotten) || now - seen < MEMORY;
        if seen.is_some_and(kept) && !self.is(Fault::NonceReplayed) {
            return bad("nonce");
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let now = if self.is(Fault::ClockAhead) {
            now + 300
        } else {
            now
        };
        let ts: u64 = field("ts").parse().unwrap_or(0);
        if ts.abs_diff(now) > 60 && !self.is(Fault::StaleTime) {
            let tsm = mac(&format!("hawk.1.ts\n{now}\n"));
            return Err(format!("Hawk ts=\"{now}\", tsm=\"{tsm}\", error=\"stale\""));
        }
        Ok(())
    }

    async fn create(&self, peer: SocketAddr, headers: &HeaderMap, body: Bytes) -> Answer {
        let media = headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        if !media.unwrap_or_default().starts_with("application/json") {
            return self.error(415, "media_type");
        }
        let Ok(value) = serde_json::from_slice::<Value>(&body) else {
            let status = if self.is(Fault::ErrorOnBadJson) {
                500
            } else {
                400
            };
            return self.error(status, "json");
        };
        let mut keys = headers.get_all("x-idempotency-key").iter();
        let key = match (keys.next(), keys.next()) {
            (None, _) if self.is(Fault::KeyRequired) => return self.error(400, "key"),
            (None, _) => None,
            (Some(key), None) => match key
                .to_str()
                .ok()
                .and_then(|key| key.parse::<uuid::Uuid>().ok())
            {
                // Keys of one connection are not known to the others.
                Some(key) if self.is(Fault::ConcurrentReplayCreates) => {
                    Some(format!("{peer} {key}"))
                }
                Some(_) if self.is(Fault::Terse) => Some(key.to_str().unwrap().to_owned()),
                Some(key) => Some(key.to_string()),
                None => return self.error(400, "key"),
            },
            _ => return self.error(400, "key"),
        };
        let mut judged = value.clone();
        if let Some(person) = judged.get_mut("individual").and_then(Value::as_object_mut) {
            if self.is(Fault::AcceptsMissing) && !person.contains_key("firstName") {
                person.insert("firstName".to_owned(), json!("x"));
            }
            let edd = person.get_mut("edd").and_then(Value::as_object_mut);
            if let (true, Some(edd)) = (self.is(Fault::AcceptsWrongType), edd)
                && edd.get("intermediary").is_some_and(Value::is_string)
            {
                edd.insert("intermediary".to_owned(), json!(true));
            }
        }
        if self.schemas.validate(&judged, self.request).is_err() {
            let status = if self.is(Fault::ErrorOnInvalidBody) {
                500
            } else {
                400
            };
            return self.error(status, "invalid");
        }
        if self.is(Fault::AsciiOnly) && !body.is_ascii() {
            return self.error(400, "letters");
        }
        if self.is(Fault::OneOfMany) {
            let key = key.clone().unwrap_or_default();
            let repeated = &mut self.state.lock().unwrap().repeated;
            let before = if repeated.0 == key { repeated.1 } else { 0 };
            *repeated = (key, before + 1);
            if before + 1 == 9 {
                return self.error(500, "ninth");
            }
        }
        let now = *self.clock.lock().unwrap();
        let known = |key: &str| {
            let kept = self.state.lock().unwrap().keys.get(key).cloned();
            kept.filter(|(_, _, at)| !self.is(Fault::KeyForgotten) || now - *at < MEMORY)
        };
        if let Some((first, reference, _)) = key.as_deref().and_then(known) {
            if first != body || self.is(Fault::Terse) {
                return self.error(400, "key_used");
            }
            if !self.is(Fault::ReplayCreatesAnother) {
                return self.created(&reference, 200);
            }
        }
        let mut state = self.state.lock().unwrap();
        let raced = key.as_ref().and_then(|key| state.keys.get(key).cloned());
        let repeats = matches!(
            self.fault,
            Fault::ReplayCreatesAnother | Fault::KeyForgotten
        );
        if let Some((_, reference, _)) = raced.filter(|_| !repeats) {
            drop(state);
            return self.created(&reference, 200);
        }
        let reference = match self.fault {
            Fault::SharedReference => "the-same-for-all".to_owned(),
            _ => uuid::Uuid::new_v4().to_string(),
        };
        state.customers.push(Customer {
            reference: reference.clone(),
            polls: 0,
        });
        if let Some(key) = key {
            let kept = (body, reference.clone(), now);
            state.keys.insert(key, kept);
        }
        drop(state);
        self.created(
            &reference,
            if self.is(Fault::CreateIs201) {
                201
            } else {
                202
            },
        )
    }

    fn created(&self, reference: &str, status: u16) -> Answer {
        let mut body = json!({ "reference": reference, "status": "PENDING_VERIFICATION" });
        if self.is(Fault::NoReference) {
            body.as_object_mut().unwrap().remove("reference");
        }
        if self.is(Fault::StatusIsNumber) {
            body["status"] = json!(3);
        }
        let media = if self.is(Fault::CreateIsHtml) {
            "text/html"
        } else {
            "application/json"
        };
        let mut answer = answer(status, media, body.to_string());
        if self.is(Fault::TypeTwice) {
            let other = "text/html".parse().unwrap();
            answer.headers_mut().append("content-type", other);
        }
        answer
    }

    fn get(&self, reference: &str) -> Answer {
        let mut state = self.state.lock().unwrap();
        let other = state
            .customers
            .first()
            .map(|customer| customer.reference.clone());
        let found = state
            .customers
            .iter_mut()
            .find(|customer| customer.reference == reference);
        let Some(customer) = found.filter(|_| !self.is(Fault::NeverFound)) else {
            return match other.filter(|_| self.is(Fault::UnknownAnswersSomeone)) {
                Some(other) => self.found(&other, "VERIFIED"),
                None if self.is(Fault::EmptySuccessForUnknown) => {
                    answer(200, "application/json", String::new())
                }
                None => self.error(404, "not_found"),
            };
        };
        customer.polls += 1;
        let status = match (self.fault, customer.polls) {
            (Fault::MisspeltStatus, 2..) => "VERIFEID",
            (Fault::StatusGoesBack, 1) => "PENDING_AGREEMENTS",
            (Fault::EndChanges, 4..) => "UNSUCCESSFUL",
            (_, 1) => "PENDING_VERIFICATION",
            _ => "VERIFIED",
        };
        match other.filter(|_| self.is(Fault::GetAnswersAnother)) {
            Some(other) => self.found(&other, status),
            None => self.found(reference, status),
        }
    }

    fn found(&self, reference: &str, status: &str) -> Answer {
        if self.is(Fault::EndlessAnswer) {
            let chunks = futures_util::stream::repeat_with(|| {
                Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 16_384]))
            });
            return Response::new(Body::from_stream(chunks));
        }
        if self.is(Fault::Dripping) {
            let bytes = futures_util::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
            });
            return Response::new(Body::from_stream(bytes));
        }
        let media = if self.is(Fault::GetIsHtml) {
            "text/html"
        } else {
            "application/json"
        };
        let reference = match self.fault {
            Fault::ReferenceInCapitals => reference.to_uppercase(),
            _ => reference.to_owned(),
        };
        let mut body = json!({ "reference": reference, "status": status, "createdAt": 7 });
        if self.is(Fault::LargeAnswer) {
            body["more"] = " ".repeat(1 << 19).into();
        }
        answer(200, media, body.to_string())
    }
}

fn too_many(after: &'static str) -> Answer {
    let mut answer = answer(429, "text/plain", "later".to_owned());
    let after = after.parse().unwrap();
    answer.headers_mut().insert("retry-after", after);
    answer
}

/// A response that breaks off.
fn lost() -> Answer {
    let lost = async { Err::<Bytes, _>(std::io::Error::other("lost")) };
    Response::new(Body::from_stream(futures_util::stream::once(lost)))
}

fn answer(status: u16, media_type: &str, body: String) -> Answer {
    Response::builder()
        .status(StatusCode::from_u16(status).unwrap())
        .header("content-type", media_type)
        .header("x-request-id", uuid::Uuid::new_v4().to_string())
        .body(Body::from(body))
        .unwrap()
}

/// The attributes of a Hawk header.
fn parse(header: &str) -> Option<BTreeMap<String, String>> {
    let mut fields = BTreeMap::new();
    for part in header.strip_prefix("Hawk ")?.split(", ") {
        let (name, value) = part.split_once('=')?;
        let value = value.strip_prefix('"')?.strip_suffix('"')?;
        fields.insert(name.to_owned(), value.to_owned());
    }
    Some(fields)
}

fn mac(text: &str) -> String {
    STANDARD.encode(HMAC::mac(text.as_bytes(), KEY.as_bytes()))
}
