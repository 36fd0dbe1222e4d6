//! Verifies who calls, and signs and explains responses.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::{Call, Simulator};
use crate::answer;
use crate::config::Config;
use crate::fault::Fault;
use crate::hawk::{self, Credentials, Header, Incoming, Rejection};
use crate::hook::{Hook, SignatureContext};
use crate::message::{Request, Response};

/// The credentials of a simulator that is given none.
const DEFAULT_ID: &str = "simulated-partner";
const DEFAULT_KEY: &str = "simulated-key-that-opens-nothing-else";

/// How far the clock of [`Fault::StaleClock`] is ahead, in seconds.
const AHEAD: u64 = 3_600;

/// The part of the configuration that is about signatures. It has no state, so that a server
/// uses it outside of its lock.
pub(crate) struct Verifier {
    /// There is at least one.
    credentials: Vec<Credentials>,
    public_origin: Option<(String, u16)>,
    hosts: Vec<String>,
    explains: bool,
}

impl Verifier {
    pub(super) fn new(config: &mut Config, hosts: Vec<String>) -> Self {
        let mut credentials = std::mem::take(&mut config.credentials);
        if credentials.is_empty() {
            credentials.push(Credentials::new(DEFAULT_ID, DEFAULT_KEY));
        }
        Self {
            credentials,
            public_origin: config.public_origin.take(),
            hosts,
            explains: config.explain,
        }
    }

    pub(crate) fn credentials(&self) -> &[Credentials] {
        &self.credentials
    }

    fn find(&self, id: &str) -> Option<&Credentials> {
        self.credentials.iter().find(|known| known.id() == id)
    }

    /// What a signature covers, for the host and the port that the caller has to sign for.
    fn incoming<'a>(&'a self, request: &'a Request) -> Incoming<'a> {
        let authority = request.header(HOST).unwrap_or("");
        // An IPv6 address has colons inside its brackets. A port that is not a number leads to
        // a MAC that matches nothing.
        let parts = authority
            .rsplit_once(':')
            .filter(|(_, port)| !port.ends_with(']'));
        let parts = parts.map(|(host, port)| (host, port.parse().unwrap_or(0)));
        let public = self
            .public_origin
            .as_ref()
            .map(|(host, port)| (host.as_str(), *port));
        let (host, port) = public.or(parts).unwrap_or((authority, 80));
        Incoming {
            method: request.method.as_str(),
            resource: &request.target,
            host,
            port,
            authorization: request.header(AUTHORIZATION),
            content_type: request.header(CONTENT_TYPE),
            body: &request.body,
        }
    }

    /// Adds `Server-Authorization`.
    pub(super) fn sign(&self, request: &Request, verified: &Header, response: &mut Response) {
        let Some(credentials) = self.find(&verified.id) else {
            return;
        };
        let content_type = response.headers.get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let value = hawk::server_authorization(
            credentials,
            &self.incoming(request),
            verified,
            content_type.unwrap_or(""),
            &response.body,
        );
        if let Ok(value) = value.parse() {
            response.headers.insert("server-authorization", value);
        }
    }

    /// Adds the cause to the response to a rejected signature, if that is configured.
    pub(crate) fn explain(&self, request: &Request, response: &mut Response) {
        let rejection = response.rejection.as_ref();
        let is_answered = response.status == StatusCode::UNAUTHORIZED;
        let Some(rejection) = rejection.filter(|_| self.explains && is_answered) else {
            return;
        };
        let incoming = self.incoming(request);
        let (message, signed) = hawk::explain(rejection, &incoming, &self.credentials, &self.hosts);
        let details = match signed.as_str() {
            "" => Value::Null,
            signed => json!({ "signed": signed.lines().collect::<Vec<_>>() }),
        };
        let body = answer::body(response.status, &message, details);
        // Formatted for people who read it in a terminal.
        response.body = format!("{body:#}\n").into();
        let json = HeaderValue::from_static("application/json");
        response.headers.insert(CONTENT_TYPE, json);
    }
}

impl Simulator {
    /// The attributes of the signature, if the operation needs one and it is valid.
    pub(super) fn authenticate(
        &mut self,
        hook: &mut dyn Hook,
        call: &mut Call<'_>,
    ) -> Result<Option<Header>, Rejection> {
        let endpoint = call.endpoint;
        if endpoint.is_some_and(|it| it.operation.security.is_empty()) {
            return Ok(None);
        }
        let (verifier, rules, request) = (&self.verifier, &call.rules, call.request);
        let now = match rules.faults.contains(&Fault::StaleClock) {
            true => call.now.saturating_add(AHEAD),
            false => call.now,
        };
        let incoming = verifier.incoming(request);
        let header = incoming.authorization.map(Header::parse);
        let header = header.and_then(Result::ok);
        let find = |id: &str| verifier.find(id);
        let nonces = &mut self.state.nonces;
        let mut verified = hawk::verify(&incoming, find, nonces, rules.clock_tolerance, now);
        if incoming.authorization.is_none() && request.headers.contains_key(AUTHORIZATION) {
            verified = Err(Rejection::Malformed {
                at: 0,
                problem: "given more than once, or not plain text",
            });
        }
        if let (Err(Rejection::Stale { .. }), Some(header), false) =
            (&verified, &header, rules.stale_uses_nonce)
        {
            nonces.forget(&header.id, &header.nonce);
        }
        let mut outcome = match &verified {
            Ok(_) if rules.faults.contains(&Fault::RejectSigned) => Err(Rejection::UnknownId),
            Ok(_) => Ok(()),
            Err(rejection) => Err(rejection.clone()),
        };
        let context = SignatureContext {
            request,
            incoming: &incoming,
            header: header.as_ref(),
            credentials: &verifier.credentials,
            hosts: &verifier.hosts,
            state: &self.state,
            now,
        };
        hook.signature(&context, &mut outcome);
        outcome?;
        call.caller = header.map_or_else(String::new, |header| header.id);
        Ok(verified.ok())
    }
}
