//! Verifies who calls, and signs and explains responses.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::Simulator;
use crate::answer;
use crate::check::Checked;
use crate::config::{Config, Origin};
use crate::fault::Fault;
use crate::hawk::{self, Credentials, Header, Incoming, Rejection, Verified};
use crate::hook::{Hook, Rules, SignatureContext};
use crate::message::{Request, Response};

/// The part of the configuration that is about signatures. It has no state, so that a server
/// uses it outside of its lock.
pub(crate) struct Verifier {
    credentials: Vec<Credentials>,
    public_origin: Option<Origin>,
    hosts: Vec<String>,
    explains: bool,
}

/// What a signature covers, without the request's own parts.
struct Destination<'a> {
    host: &'a str,
    port: u16,
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

    /// The host and the port that the caller has to have signed for.
    fn destination<'a>(&'a self, request: &'a Request) -> Destination<'a> {
        if let Some(Origin { host, port }) = &self.public_origin {
            return Destination { host, port: *port };
        }
        let authority = request.header("host").unwrap_or("");
        let (host, port) = match authority.rsplit_once(':') {
            // An IPv6 address has colons inside its brackets. A port that is not a number
            // leads to a MAC that matches nothing.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().unwrap_or(0)),
            _ => (authority, 80),
        };
        Destination { host, port }
    }

    fn incoming<'a>(&'a self, request: &'a Request) -> Incoming<'a> {
        let Destination { host, port } = self.destination(request);
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
        let body = answer::body(response.status, "unauthorized", &message, details);
        // Formatted for people who read it in a terminal.
        response.body = format!("{body:#}\n").into();
        response.headers.insert(
            CONTENT_TYPE,
            http::HeaderValue::from_static("application/json"),
        );
    }
}

impl Simulator {
    /// The caller's id, and the signature if it is valid.
    pub(super) fn authenticate(
        &mut self,
        hook: &mut Option<Box<dyn Hook>>,
        request: &Request,
        checked: &Checked,
        rules: &Rules,
        faults: &[Fault],
        now: u64,
    ) -> Result<(String, Option<Verified>), Rejection> {
        let operation = checked.endpoint.and_then(|index| self.api.operation(index));
        if operation.is_some_and(|operation| operation.security.is_empty()) {
            return Ok((String::new(), None));
        }
        let verifier = &self.verifier;
        let incoming = verifier.incoming(request);
        let parsed = incoming
            .authorization
            .map(Header::parse)
            .and_then(Result::ok);
        let find = |id: &str| verifier.find(id);
        let given = request.headers.contains_key(AUTHORIZATION);
        let verified = if given && incoming.authorization.is_none() {
            Err(Rejection::Malformed {
                at: 0,
                problem: "given more than once, or not plain text",
            })
        } else {
            hawk::verify(
                &incoming,
                find,
                &mut self.state.nonces,
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
            (&outcome, &parsed, rules.stale_uses_nonce)
        {
            self.state.nonces.forget(&header.id, &header.nonce);
        }
        if let Some(hook) = hook {
            let context = SignatureContext {
                request,
                incoming: &incoming,
                header: parsed.as_ref(),
                credentials: &verifier.credentials,
                hosts: &verifier.hosts,
                state: &self.state,
                now,
            };
            hook.signature(&context, &mut outcome);
        }
        outcome?;
        let id = parsed.map_or_else(String::new, |header| header.id);
        Ok((id, verified))
    }
}
