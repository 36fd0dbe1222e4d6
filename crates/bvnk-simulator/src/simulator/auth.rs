//! Who is calling.
//!
//! It must not know what is asked for.

use http::HeaderName;
use http::header::CONTENT_TYPE;

use super::{Simulator, forgery};
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
        let mut authorization = request.header("authorization");
        if public {
            return Ok(Caller::unverified(None));
        }
        if faults.has(Fault::AcceptTwoSignatures) {
            let first = request.headers.get("authorization");
            authorization = first.and_then(|value| value.to_str().ok());
        }
        if authorization.is_none() && request.headers.contains_key("authorization") {
            return Err(Refusal::Malformed {
                at: 0,
                problem: "given more than once, or not plain text",
            });
        }
        let (host, port) = self.origin(request);
        let credentials = &self.config.credentials;
        let incoming = incoming(request, &host, port, authorization);
        let verified = hawk::verify(
            &incoming,
            |id| find(credentials, id, faults),
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
            Err(refusal) if faults.is_empty() => Err(refusal),
            Err(refusal)
                if forgery::overlooks(faults, &refusal)
                    || self.mistakes(faults, &refusal, &incoming) =>
            {
                Ok(Caller::unverified(authorization))
            }
            Err(refusal) => Err(self.twist(refusal, faults, authorization)),
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
            &Known {
                hosts: self.contract.hosts().to_vec(),
                ..Known::default()
            },
        ))
    }

    /// Adds `Server-Authorization`, if that is wanted and the caller's signature held.
    pub(super) fn sign(&self, request: &Request, caller: &Caller, response: &mut Response) {
        let Some(verified) = &caller.verified else {
            return;
        };
        let credentials = find(&self.config.credentials, &caller.id, Faults::NONE);
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

pub(super) fn find<'c>(
    credentials: &'c [Credentials],
    id: &str,
    faults: Faults,
) -> Option<&'c Credentials> {
    let same = |known: &&Credentials| match faults.has(Fault::AcceptIdInAnyCase) {
        true => known.id().eq_ignore_ascii_case(id),
        false => known.id() == id,
    };
    credentials.iter().find(same)
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
