//! Hawk signatures of requests, made and verified by the simulator's Hawk code, which was written
//! from the specification and is not the client's.

use std::time::{SystemTime, UNIX_EPOCH};

use bvnk_simulator::hawk::{Header, Incoming, Kind, Nonces, mac, verify};
use uuid::Uuid;

use super::Connection;
use crate::exchange::Request;

/// How far the time in a signature may be from the time of the check, in seconds: the run
/// itself may take a while.
///
/// It is not the server's tolerance, which may be a minute.
pub(crate) const TOLERANCE: u64 = 900;

/// What a signature is made of; a check may change it before it is used.
#[derive(Clone)]
pub(crate) struct Signature {
    /// The Hawk id.
    pub(crate) id: String,
    /// The Hawk key.
    pub(crate) key: String,
    /// Unix seconds.
    pub(crate) ts: u64,
    /// A text that is used once.
    pub(crate) nonce: String,
    /// The method.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) resource: String,
    /// The host, without the port.
    pub(crate) host: String,
    /// The port; a URL without one has that of its scheme.
    pub(crate) port: u16,
    /// The payload hash, where the body is signed too.
    pub(crate) hash: Option<String>,
}

impl Signature {
    /// The value of the header: `Hawk id="…", ts="…", nonce="…", mac="…"`, with the MAC of what the
    /// signature has now.
    pub(crate) fn header(&self) -> String {
        let incoming = Incoming {
            method: &self.method,
            resource: &self.resource,
            host: &self.host,
            port: self.port,
            ..Incoming::default()
        };
        let header = Header {
            ts: self.ts,
            nonce: self.nonce.clone(),
            hash: self.hash.clone(),
            ..Header::default()
        };
        let mac = mac(Kind::Header, &self.key, &incoming, &header);
        let Self { id, ts, nonce, .. } = self;
        let hash = self.hash.as_ref().map(|hash| format!(r#"hash="{hash}", "#));
        let hash = hash.unwrap_or_default();
        format!(r#"Hawk id="{id}", ts="{ts}", nonce="{nonce}", {hash}mac="{mac}""#)
    }
}

impl Connection {
    /// The right signature of a request, without a payload hash.
    pub(crate) fn sign(&self, request: &Request) -> Signature {
        let (host, port) = self.authority();
        Signature {
            id: self.credentials.id().to_owned(),
            key: self.credentials.key().to_owned(),
            ts: now(),
            nonce: Uuid::new_v4().simple().to_string(),
            method: request.method.to_string(),
            resource: request.target.clone(),
            host,
            port,
            hash: None,
        }
    }

    /// The attributes of a signature that holds, or what is wrong with it: no header or several, one
    /// that cannot be parsed, a wrong MAC, or a time that is far from now.
    pub(crate) fn verified(&self, request: &Request) -> Result<Header, String> {
        let credentials = &self.credentials;
        let count = request.headers.get_all("authorization").iter().count();
        if count != 1 {
            return Err(format!("{count} Authorization headers"));
        }
        let (host, port) = self.authority();
        let incoming = Incoming {
            method: request.method.as_str(),
            resource: &request.target,
            host: &host,
            port,
            authorization: request.header("authorization"),
            content_type: request.header("content-type"),
            body: &request.body,
        };
        let find = |id: &str| (id == credentials.id()).then_some(credentials);
        let mut nonces = Nonces::new(TOLERANCE);
        let verified = verify(&incoming, find, &mut nonces, TOLERANCE, now());
        verified.map_err(|rejection| rejection.to_string())
    }
}

/// Whether a signature is of a later time, when it may be right: it must not be shown.
pub(super) fn is_ahead(authorization: &str) -> bool {
    Header::parse(authorization).is_ok_and(|header| header.ts > now())
}

/// Unix seconds.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
