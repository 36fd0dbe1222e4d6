//! Who is calling, and the faults that let anybody pass.
//!
//! It must not know what is asked for.

use http::HeaderName;
use http::header::CONTENT_TYPE;

use super::Simulator;
use crate::fault::{Fault, Faults};
use crate::hawk::{self, Credentials, Explanation, Header, Incoming, Known, Refusal, Verified};
use crate::message::{Request, Response};

/// Who called.
pub(super) struct Caller {
    /// The id; empty when nobody signed.
    pub(super) id: String,
    verified: Option<Verified>,
}

impl Caller {
    fn unverified(authorization: Option<&str>) -> Self {
        let header = authorization.and_then(|text| Header::parse(text).ok());
        Self {
            id: header.map_or_else(String::new, |header| header.id),
            verified: None,
        }
    }
}

impl Simulator {
    pub(super) fn authenticate(
        &mut self,
        request: &Request,
        public: bool,
        faults: Faults,
        now: u64,
    ) -> Result<Caller, Refusal> {
        let authorization = request.header("authorization");
        if public {
            return Ok(Caller::unverified(None));
        }
        if authorization.is_none() && request.headers.contains_key("authorization") {
            return Err(Refusal::Malformed {
                at: 0,
                problem: "given more than once, or not plain text",
            });
        }
        let (host, port) = self.origin(request);
        let credentials = &self.config.credentials;
        let verified = hawk::verify(
            &incoming(request, &host, port, authorization),
            |id| find(credentials, id),
            &mut self.nonces,
            self.config.clock_tolerance,
            now,
        );
        match verified {
            Ok(_) if faults.has(Fault::RejectSigned) => Err(Refusal::UnknownId),
            Ok(verified) => Ok(Caller {
                id: verified.header.id.clone(),
                verified: Some(verified),
            }),
            Err(refusal) if overlooks(faults, &refusal) => Ok(Caller::unverified(authorization)),
            Err(refusal) => Err(refusal),
        }
    }

    /// What is wrong with a signature, if callers are to be told.
    pub(super) fn explain(&self, request: &Request, refusal: &Refusal) -> Option<Explanation> {
        if !self.config.explain {
            return None;
        }
        let (host, port) = self.origin(request);
        Some(hawk::explain(
            refusal,
            &incoming(request, &host, port, request.header("authorization")),
            &self.config.credentials,
            &self.known(),
        ))
    }

    /// What callers may have meant to sign for.
    fn known(&self) -> Known {
        Known {
            hosts: self.contract.hosts().to_vec(),
            ..Known::default()
        }
    }

    /// Adds `Server-Authorization`, if that is wanted and the caller's signature held.
    pub(super) fn sign(&self, request: &Request, caller: &Caller, response: &mut Response) {
        let Some(verified) = &caller.verified else {
            return;
        };
        let credentials = find(&self.config.credentials, &caller.id);
        let Some(credentials) = credentials.filter(|_| self.config.server_authorization) else {
            return;
        };
        let (host, port) = self.origin(request);
        let content_type = response
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("");
        let value = hawk::server_authorization(
            credentials,
            &incoming(request, &host, port, None),
            verified,
            content_type,
            &response.body,
        );
        if let Ok(value) = value.parse() {
            let name = HeaderName::from_static("server-authorization");
            response.headers.insert(name, value);
        }
    }

    /// The host and the port that the caller has to have signed for.
    fn origin(&self, request: &Request) -> (String, u16) {
        if let Some(origin) = &self.config.public_origin {
            return (origin.host.clone(), origin.port);
        }
        let authority = request.header("host").unwrap_or("");
        // An IPv6 address holds colons, but only inside its brackets.
        match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                // A port that is none leads to a MAC that matches nothing.
                (host.to_owned(), port.parse().unwrap_or(0))
            }
            _ => (authority.to_owned(), 80),
        }
    }
}

/// Whether a fault makes the service overlook what is wrong with a signature.
fn overlooks(faults: Faults, refusal: &Refusal) -> bool {
    faults.has(match refusal {
        Refusal::MissingHeader => Fault::AcceptUnsigned,
        Refusal::UnknownId => Fault::AcceptUnknownId,
        Refusal::Mac { .. } => Fault::AcceptBadMac,
        Refusal::PayloadHash => Fault::AcceptBadPayloadHash,
        Refusal::ReplayedNonce => Fault::AcceptReplayedNonce,
        Refusal::Stale { .. } => Fault::AcceptStale,
        Refusal::Malformed { .. } => return false,
    })
}

fn find<'c>(credentials: &'c [Credentials], id: &str) -> Option<&'c Credentials> {
    credentials.iter().find(|known| known.id() == id)
}

fn incoming<'a>(
    request: &'a Request,
    host: &'a str,
    port: u16,
    authorization: Option<&'a str>,
) -> Incoming<'a> {
    Incoming {
        method: request.method.as_str(),
        resource: &request.target,
        host,
        port,
        authorization,
        content_type: request.header("content-type"),
        body: &request.body,
    }
}
