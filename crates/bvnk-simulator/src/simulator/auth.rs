//! Verifies who calls, and signs and explains responses.

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::answer;
use crate::config::Config;
use crate::fault::Fault;
use crate::hawk::{self, Credentials, Incoming, Rejection};
use crate::hook::{Hook, HookContext};
use crate::message::{Request, Response};

/// How far the clock of [`Fault::StaleClock`] is ahead, in seconds.
const AHEAD: u64 = 3_600;

impl Config {
    fn find(&self, id: &str) -> Option<&Credentials> {
        self.credentials.iter().find(|known| known.id() == id)
    }

    /// What a signature covers, for the host and the port that the caller has to sign for.
    pub(super) fn incoming<'a>(&'a self, request: &'a Request) -> Incoming<'a> {
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

    /// Adds the cause to the response to a rejected signature, if that is configured. It needs
    /// no state, so that a server does it outside of its lock.
    pub(crate) fn explain(&self, hosts: &[String], request: &Request, response: &mut Response) {
        let rejection = response.rejection.as_ref();
        let is_answered = response.status == StatusCode::UNAUTHORIZED;
        let Some(rejection) = rejection.filter(|_| self.explain && is_answered) else {
            return;
        };
        let incoming = self.incoming(request);
        let (message, signed) = hawk::explain(rejection, &incoming, &self.credentials, hosts);
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

impl HookContext<'_> {
    /// Verifies the signature, if the operation needs one.
    pub(super) fn authenticate(&mut self, hook: &mut dyn Hook) {
        if self.operation.is_some_and(|it| it.security.is_empty()) {
            return;
        }
        let now = match self.rules.faults.contains(&Fault::StaleClock) {
            true => self.now.saturating_add(AHEAD),
            false => self.now,
        };
        let (incoming, tolerance) = (self.incoming, self.rules.clock_tolerance);
        let find = |id: &str| self.config.find(id);
        let nonces = &mut self.state.nonces;
        let verified = hawk::verify(&incoming, find, nonces, tolerance, now);
        let mut outcome = match verified {
            _ if incoming.authorization.is_none()
                && self.request.headers.contains_key(AUTHORIZATION) =>
            {
                Err(Rejection::Malformed {
                    at: 0,
                    problem: "given more than once, or not plain text",
                })
            }
            Ok(_) if self.rules.faults.contains(&Fault::RejectSigned) => Err(Rejection::UnknownId),
            Ok(_) => Ok(()),
            Err(rejection) => Err(rejection),
        };
        if let (Err(Rejection::Stale { .. }), Some(header), false) =
            (&outcome, &self.header, self.rules.stale_uses_nonce)
        {
            nonces.forget(&header.id, &header.nonce);
        }
        hook.signature(self, &mut outcome);
        if outcome.is_ok() {
            let header = self.header.as_ref();
            self.caller = header.map(|header| header.id.clone());
        }
        self.rejection = outcome.err();
    }
}
