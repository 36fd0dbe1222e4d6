//! The faults that let forgers pass, or tell them something else.
//!
//! It must not know what is asked for.

use super::Simulator;
use super::auth::find;
use crate::customers::Customer;
use crate::fault::{Fault, Faults};
use crate::hawk::{self, Header, Incoming, Kind, Known, Part, Refusal};

/// The faults that leave a part of what is signed unwatched.
const PARTS: [Fault; 12] = [
    Fault::AcceptShortMac,
    Fault::AcceptEmptyKey,
    Fault::AcceptOtherMethod,
    Fault::AcceptOtherPath,
    Fault::AcceptOtherQuery,
    Fault::AcceptOtherHost,
    Fault::AcceptOtherPort,
    Fault::AcceptOtherNonce,
    Fault::AcceptOtherTime,
    Fault::AcceptAddedHash,
    Fault::AcceptDroppedHash,
    Fault::AcceptAddedExt,
];

impl Simulator {
    /// Whether a fault makes the service overlook which part of the text was not signed.
    pub(super) fn mistakes(
        &self,
        faults: Faults,
        refusal: &Refusal,
        incoming: &Incoming<'_>,
    ) -> bool {
        if faults.among(&PARTS).is_empty() {
            return false;
        }
        let (Refusal::Mac { .. }, Some(Ok(header))) =
            (refusal, incoming.authorization.map(Header::parse))
        else {
            return false;
        };
        let Some(credentials) = find(&self.config.credentials, &header.id, faults) else {
            return false;
        };
        if faults.has(Fault::AcceptShortMac) {
            let whole = hawk::mac(Kind::Header, credentials.key(), &incoming.signed(&header));
            return whole.starts_with(&header.mac);
        }
        // The latest are enough: a caller who tries has just seen them.
        let latest = self.customers.all().iter().rev().take(100);
        let known = Known {
            hosts: self.contract.hosts().to_vec(),
            paths: latest.map(Customer::path).collect(),
            nonces: self.nonces.latest(&header.id, 100),
        };
        let mistakes = hawk::mistakes(incoming, &header, credentials.key(), &known);
        let [mistake] = mistakes.as_slice() else {
            return false;
        };
        faults.has(match mistake.part {
            Part::Method => Fault::AcceptOtherMethod,
            Part::Path => Fault::AcceptOtherPath,
            Part::Query => Fault::AcceptOtherQuery,
            Part::Host => Fault::AcceptOtherHost,
            Part::Port => Fault::AcceptOtherPort,
            Part::Nonce => Fault::AcceptOtherNonce,
            Part::Time => Fault::AcceptOtherTime,
            Part::Hash if header.hash.is_some() => Fault::AcceptAddedHash,
            Part::Hash => Fault::AcceptDroppedHash,
            Part::Ext => Fault::AcceptAddedExt,
            Part::NoKey => Fault::AcceptEmptyKey,
            Part::Frame | Part::Key => return false,
        })
    }

    /// What faults make of a refusal that stays one.
    pub(super) fn twist(
        &mut self,
        mut refusal: Refusal,
        faults: Faults,
        authorization: Option<&str>,
    ) -> Refusal {
        let Some(Ok(header)) = authorization.map(Header::parse) else {
            return refusal;
        };
        if let Refusal::Stale { now, tsm, .. } = &mut refusal {
            if faults.has(Fault::SpareStaleNonce) {
                self.nonces.give_back(&header.id, &header.nonce);
            }
            let credentials = find(&self.config.credentials, &header.id, faults);
            if let Some(credentials) = credentials.filter(|_| faults.has(Fault::WrongChallengeTime))
            {
                *now += 3600;
                *tsm = hawk::timestamp_mac(credentials.key(), *now);
            }
        }
        refusal
    }
}

/// Whether a fault makes the service overlook what is wrong with a signature.
pub(super) fn overlooks(faults: Faults, refusal: &Refusal) -> bool {
    faults.has(match refusal {
        Refusal::MissingHeader => Fault::AcceptUnsigned,
        Refusal::UnknownId => Fault::AcceptUnknownId,
        Refusal::Mac { .. } => Fault::AcceptBadMac,
        Refusal::PayloadHash => Fault::AcceptBadPayloadHash,
        Refusal::ReplayedNonce => Fault::AcceptReplayedNonce,
        Refusal::Stale { ts, now, .. } if ts < now && faults.has(Fault::AcceptPast) => return true,
        Refusal::Stale { ts, now, .. } if ts > now && faults.has(Fault::AcceptFuture) => {
            return true;
        }
        Refusal::Stale { .. } => Fault::AcceptStale,
        Refusal::Malformed { .. } => Fault::AcceptMalformed,
    })
}
