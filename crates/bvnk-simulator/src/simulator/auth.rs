//! Verifies who calls, and signs and explains responses.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use serde_json::{Value, json};

use super::{Call, Simulator};
use crate::answer;
use crate::config::{Config, Origin};
use crate::fault::{AHEAD, Fault};
use crate::hawk::{self, Credentials, Header, Incoming, Rejection, Verified};
use crate::hook::{Hook, SignatureContext};
use crate::message::{Request, Response};

/// The part of the configuration that is about signatures. It has no state, so that a server
/// uses it outside of its lock.
pub(crate) struct Verifier {
    credentials: Vec<Credentials>,
    public_origin: Option<Origin>,
    hosts: Vec<String>,
    explains: bool,
}

impl Verifier {
    pub(super) fn new(config: &mut Config, hosts: Vec<String>) -> Self {
        Self {
            credentials: std::mem::take(&mut config.credentials),
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
        let (host, port) = match (&self.public_origin, authority.rsplit_once(':')) {
            (Some(origin), _) => (origin.host.as_str(), origin.port),
            // An IPv6 address has colons inside its brackets. A port that is not a number
            // leads to a MAC that matches nothing.
            (None, Some((host, port))) if !port.ends_with(']') => (host, port.parse().unwrap_or(0)),
            _ => (authority, 80),
        };
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
    pub(super) fn sign(&self, request: &Request, verified: &Verified, response: &mut Response) {
        let Some(credentials) = self.find(&verified.header.id) else {
            return;
        };
        let content_type = response.headers.get(CONTENT_TYPE);
        let content_type = content_type
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let incoming = self.incoming(request);
        let value = hawk::server_authorization(
            credentials,
            &incoming,
            verified,
            content_type,
            &response.body,
        );
        if let Ok(value) = value.parse() {
            response.headers.insert("server-authorization", value);
        }
    }

    /// Adds the cause to the response to a rejected signature, if that is configured.
    pub(crate) fn explain(&self, request: &Request, response: &mut Response) {
        let Some(rejection) = response.rejection.as_ref().filter(|_| self.explains) else {
            return;
        };
        if response.status != http::StatusCode::UNAUTHORIZED {
            return;
        }
        let incoming = self.incoming(request);
        let (message, signed) = hawk::explain(rejection, &incoming, &self.credentials, &self.hosts);
        let lines: Vec<_> = signed.lines().collect();
        let details = match lines.as_slice() {
            [] => Value::Null,
            lines => json!({ "signed": lines }),
        };
        let body = answer::body(response.status, &message, details);
        // Formatted for people who read it in a terminal.
        response.body = format!("{body:#}\n").into();
        response.headers.insert(
            CONTENT_TYPE,
            http::HeaderValue::from_static("application/json"),
        );
    }
}

impl Simulator {
    /// The signature, if the operation needs one and it is valid.
    pub(super) fn authenticate(
        &mut self,
        hook: &mut Option<Box<dyn Hook>>,
        call: &mut Call<'_>,
        faults: &[Fault],
    ) -> Result<Option<Verified>, Rejection> {
        let target = call.answers.target;
        if target.is_some_and(|target| target.operation.security.is_empty()) {
            return Ok(None);
        }
        let (verifier, rules, request) = (&self.verifier, &call.rules, call.request);
        let ahead = if faults.contains(&Fault::StaleClock) {
            AHEAD
        } else {
            0
        };
        let now = call.now.saturating_add(ahead);
        let incoming = verifier.incoming(request);
        let header = incoming
            .authorization
            .map(Header::parse)
            .and_then(Result::ok);
        let verified =
            if incoming.authorization.is_none() && request.headers.contains_key(AUTHORIZATION) {
                Err(Rejection::Malformed {
                    at: 0,
                    problem: "given more than once, or not plain text",
                })
            } else {
                let nonces = &mut self.state.nonces;
                hawk::verify(
                    &incoming,
                    |id| verifier.find(id),
                    nonces,
                    rules.clock_tolerance,
                    now,
                )
            };
        let (mut outcome, verified) = match verified {
            Ok(_) if faults.contains(&Fault::RejectSigned) => (Err(Rejection::UnknownId), None),
            Ok(verified) => (Ok(()), Some(verified)),
            Err(Rejection::PayloadHash) if !rules.payload_hash => (Ok(()), None),
            Err(Rejection::ReplayedNonce) if !rules.nonce => (Ok(()), None),
            Err(_) if !rules.signature => (Ok(()), None),
            Err(rejection) => (Err(rejection), None),
        };
        if let (Err(Rejection::Stale { .. }), Some(header), false) =
            (&outcome, &header, rules.stale_uses_nonce)
        {
            self.state.nonces.forget(&header.id, &header.nonce);
        }
        if let Some(hook) = hook {
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
        }
        outcome?;
        call.caller = header.map_or_else(String::new, |header| header.id);
        Ok(verified)
    }
}
