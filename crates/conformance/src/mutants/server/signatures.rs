//! Servers that accept a signature that is wrong in one place, or refuse a right one.
//!
//! The simulator rejects a request for one reason, a [`Rejection`]. A row accepts the request where
//! the reason, or what was signed in place of the request, is the one that it overlooks. A server
//! that verifies less than the whole request is the mistake with the worst effect, so that each
//! part of the signed text has a row.

use bvnk_simulator::HookContext;
use bvnk_simulator::hawk::{Header, Incoming, Kind, Rejection, mac, payload_hash, timestamp_mac};
use http::{HeaderValue, header};

use super::Rows;

/// The clause about signatures that are missing or wrong.
const REFUSED: &str = "auth.refused";
/// The clause about nonces and times.
const FRESH: &str = "auth.fresh";
/// The clause about the hash of the body.
const PAYLOAD: &str = "auth.payload";

/// Whether a rejection is overlooked, so that the request is accepted all the same.
type Overlooks = fn(&HookContext<'_>, &Rejection) -> bool;

/// Each has the words for the mutant's name, the clause that breaks, and the condition.
const OVERLOOKED: [(&str, &str, Overlooks); 8] = [
    ("a missing signature", REFUSED, |_, it| {
        *it == Rejection::MissingHeader
    }),
    ("a header that is no Hawk", REFUSED, |_, it| {
        matches!(it, Rejection::Malformed { .. })
    }),
    ("an unknown id", REFUSED, |_, it| {
        *it == Rejection::UnknownId
    }),
    ("any MAC", REFUSED, |_, it| is_mac(it)),
    ("any payload hash", PAYLOAD, |_, it| {
        *it == Rejection::PayloadHash
    }),
    ("a nonce again", FRESH, |_, it| {
        *it == Rejection::ReplayedNonce
    }),
    ("any past time", FRESH, |_, it| ahead(it) < 0),
    ("any future time", FRESH, |_, it| ahead(it) > 0),
];

/// What a server leaves out when it verifies: the MAC of a request that was signed for
/// something else there is accepted. A MAC cannot be read backwards, so each row has the
/// values that a caller may have signed.
type LeftOut = fn(&HookContext<'_>) -> bool;

/// Each has the part of the signed text, the clause that breaks, and the condition.
const LEFT_OUT: [(&str, &str, LeftOut); 8] = [
    ("method", REFUSED, |context| {
        let mut methods = ["GET", "POST", "TRACE"].iter();
        methods.any(|method| holds(context, |it, _| it.method = method))
    }),
    ("query", REFUSED, |context| {
        holds(context, |it, _| it.resource = context.request.path())
    }),
    ("path", REFUSED, |context| {
        holds(context, |it, _| it.resource = "")
    }),
    ("host", REFUSED, |context| {
        holds(context, |it, _| it.host = "api.example")
    }),
    ("port", REFUSED, |context| {
        holds(context, |it, _| it.port ^= 1)
    }),
    ("nonce", REFUSED, |context| {
        let id = context.header.as_ref().map_or("", |header| &header.id);
        let mut used = context.state.nonces().latest(id, 100).into_iter();
        used.any(|nonce| holds(context, |_, it| it.nonce = nonce.to_owned()))
    }),
    ("added hash", PAYLOAD, |context| {
        holds(context, |_, it| it.hash = None)
    }),
    ("signed hash", PAYLOAD, |context| {
        let media_type = context.incoming.content_type.unwrap_or_default();
        let hash = payload_hash(media_type, context.incoming.body);
        holds(context, |_, it| it.hash = Some(hash))
    }),
];

/// Challenges that answer a stale time, by the caller's key and the server's time.
type Challenge = fn(&str, u64) -> String;

/// A client must not correct its clock by any of them.
const CHALLENGES: [(&str, Challenge); 3] = [
    ("another key", |_, now| challenge("another key", now)),
    ("no proof", |_, now| format!(r#"Hawk ts="{now}""#)),
    ("a later time", |key, now| challenge(key, now + 3600)),
];

/// Adds all rows of this file.
pub(super) fn rows(rows: &mut Rows<'_>) {
    for (what, clause, overlooks) in OVERLOOKED {
        rows.breaks([clause]);
        rows.signature(format!("{what} is accepted"), move |context, outcome| {
            if outcome.as_ref().is_err_and(|it| overlooks(context, it)) {
                *outcome = Ok(());
            }
        });
    }
    for (what, clause, left_out) in LEFT_OUT {
        rows.breaks([clause]);
        let name = format!("the {what} is not covered");
        rows.signature(name, move |context, outcome| {
            if outcome.as_ref().is_err_and(is_mac) && left_out(context) {
                *outcome = Ok(());
            }
        });
    }
    rows.breaks([FRESH]);
    rows.rules("a signature lasts for a day", |_, rules| {
        rules.clock_tolerance = 24 * 60 * 60
    });
    rows.breaks(["auth.clock"]);
    rows.rules("a stale time does not use up its nonce", |_, rules| {
        rules.stale_uses_nonce = false
    });
    for (what, challenge) in CHALLENGES {
        let name = format!("a stale time is answered with {what}");
        rows.response(name, move |context, response| {
            let key = context
                .config
                .credentials
                .first()
                .map_or("", |own| own.key());
            if let Some(Rejection::Stale { now, .. }) = &context.rejection
                && let Ok(value) = HeaderValue::from_str(&challenge(key, *now))
            {
                response.headers.insert(header::WWW_AUTHENTICATE, value);
            }
        });
    }
}

/// A challenge with a time, and the proof of it that a key gives.
///
/// A client corrects its clock by such a challenge, if the proof (`tsm`) was made with its own key.
fn challenge(key: &str, ts: u64) -> String {
    format!(r#"Hawk ts="{ts}", tsm="{}""#, timestamp_mac(key, ts))
}

/// How many seconds the time of a stale signature is ahead of the server's.
/// 0 where the time is not what is wrong.
fn ahead(rejection: &Rejection) -> i128 {
    match rejection {
        Rejection::Stale { ts, now, .. } => i128::from(*ts) - i128::from(*now),
        _ => 0,
    }
}

/// Whether a request was rejected for its MAC.
///
/// Other reasons, such as an unknown id, do not depend on what was signed.
fn is_mac(rejection: &Rejection) -> bool {
    matches!(rejection, Rejection::Mac { .. })
}

/// Whether the MAC is that of the request with an edit, by the caller's key.
///
/// False for an id that has no key, and for a header that cannot be read.
fn holds<'a>(
    context: &'a HookContext<'_>,
    edit: impl FnOnce(&mut Incoming<'a>, &mut Header),
) -> bool {
    let Some(mut header) = context.header.clone() else {
        return false;
    };
    let (mut incoming, given) = (context.incoming, header.mac.clone());
    let mut known = context.config.credentials.iter();
    let own = known.find(|own| own.id() == header.id);
    edit(&mut incoming, &mut header);
    own.is_some_and(|own| mac(Kind::Header, own.key(), &incoming, &header) == given)
}
