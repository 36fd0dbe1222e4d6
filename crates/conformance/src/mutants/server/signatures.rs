//! Servers that accept a signature that is wrong in one place, or refuse a right one.

use bvnk_simulator::hawk::{Kind, Rejection, Signed, mac, payload_hash, timestamp_mac};
use bvnk_simulator::{Response, SignatureContext};
use http::{HeaderValue, header};

use super::Rows;

const REFUSED: [&str; 1] = ["auth.refused"];
const FRESH: [&str; 1] = ["auth.fresh"];
const PAYLOAD: [&str; 1] = ["auth.payload"];
const CLOCK: [&str; 1] = ["auth.clock"];

/// Whether a rejection is overlooked.
type Overlooks = fn(&SignatureContext<'_>, &Rejection) -> bool;

const OVERLOOKED: [(&str, [&str; 1], Overlooks); 16] = [
    (
        "a request without a signature is accepted",
        REFUSED,
        |_, rejection| *rejection == Rejection::MissingHeader,
    ),
    (
        "a header that is no Hawk is accepted",
        REFUSED,
        |_, rejection| matches!(rejection, Rejection::Malformed { .. }),
    ),
    (
        "the first of two signatures is accepted",
        REFUSED,
        |context, _| {
            context
                .request
                .headers
                .get_all(header::AUTHORIZATION)
                .iter()
                .count()
                == 2
        },
    ),
    ("an unknown id is accepted", REFUSED, |_, rejection| {
        *rejection == Rejection::UnknownId
    }),
    (
        "an id in another case is accepted",
        REFUSED,
        |context, rejection| {
            let id = context.header.map_or("", |header| header.id.as_str());
            *rejection == Rejection::UnknownId
                && context
                    .credentials
                    .iter()
                    .any(|own| own.id().eq_ignore_ascii_case(id))
        },
    ),
    ("any MAC is accepted", REFUSED, |_, rejection| {
        matches!(rejection, Rejection::Mac { .. })
    }),
    ("any payload hash is accepted", PAYLOAD, |_, rejection| {
        *rejection == Rejection::PayloadHash
    }),
    ("a nonce may be used again", FRESH, |_, rejection| {
        *rejection == Rejection::ReplayedNonce
    }),
    ("any time is accepted", FRESH, |_, rejection| {
        matches!(rejection, Rejection::Stale { .. })
    }),
    (
        "any past time is accepted",
        FRESH,
        |_, rejection| matches!(rejection, Rejection::Stale { ts, now, .. } if ts < now),
    ),
    (
        "any future time is accepted",
        FRESH,
        |_, rejection| matches!(rejection, Rejection::Stale { ts, now, .. } if ts > now),
    ),
    (
        "a MAC that is cut short is accepted",
        REFUSED,
        |context, rejection| {
            let given = context.header.map_or("", |header| header.mac.as_str());
            matches!(rejection, Rejection::Mac { .. })
                && own_mac(context, |key| key.to_owned()).is_some_and(|own| own.starts_with(given))
        },
    ),
    (
        "a wrong key of the same beginning is accepted",
        REFUSED,
        |context, rejection| {
            matches!(rejection, Rejection::Mac { .. })
                && signed_with(context, |key| format!("{key}x"))
        },
    ),
    ("an empty key is accepted", REFUSED, |context, rejection| {
        matches!(rejection, Rejection::Mac { .. }) && signed_with(context, |_| String::new())
    }),
    (
        "a creation without a signature is accepted",
        REFUSED,
        |context, rejection| {
            *rejection == Rejection::MissingHeader && !context.request.body.is_empty()
        },
    ),
    (
        "a fetch without a signature is accepted",
        REFUSED,
        |context, rejection| {
            *rejection == Rejection::MissingHeader && context.request.body.is_empty()
        },
    ),
];

/// What a server leaves out when it verifies: the MAC of a request that was signed for
/// something else there is accepted. A MAC cannot be read backwards, so each row has the
/// values that a caller may have signed.
type LeftOut = fn(&SignatureContext<'_>) -> bool;

const LEFT_OUT: [(&str, [&str; 1], LeftOut); 10] = [
    ("the method is not covered", REFUSED, |context| {
        [
            "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE",
        ]
        .iter()
        .any(|method| holds(context, |signed| signed.method = method))
    }),
    ("the end of the path is not covered", REFUSED, |context| {
        let longer = (b'!'..=b'~')
            .map(|letter| format!("{}{}", context.incoming.resource, char::from(letter)));
        longer
            .into_iter()
            .any(|path| holds(context, |signed| signed.resource = &path))
    }),
    ("the query is not covered", REFUSED, |context| {
        let path = context.request.path();
        holds(context, |signed| signed.resource = path)
    }),
    ("the path is not covered", REFUSED, |context| {
        holds(context, |signed| signed.resource = "")
    }),
    ("the host is not covered", REFUSED, |context| {
        let hosts = context
            .hosts
            .iter()
            .map(String::as_str)
            .chain(["localhost", "api.example"]);
        hosts
            .into_iter()
            .any(|host| holds(context, |signed| signed.host = host))
    }),
    ("the port is not covered", REFUSED, |context| {
        let own = context.incoming.port;
        [80, 443, 8080, 8443, own ^ 1]
            .iter()
            .any(|port| holds(context, |signed| signed.port = *port))
    }),
    ("the nonce is not covered", REFUSED, |context| {
        let id = context.header.map_or("", |header| header.id.as_str());
        let used = context.state.nonces().latest(id, 100).into_iter();
        used.into_iter()
            .any(|nonce| holds(context, |signed| signed.nonce = nonce))
    }),
    ("the time is not covered", REFUSED, |context| {
        (0..=20).any(|seconds| {
            holds(context, |signed| {
                signed.ts = (signed.ts + 10).saturating_sub(seconds)
            })
        })
    }),
    ("an added payload hash is accepted", PAYLOAD, |context| {
        holds(context, |signed| signed.hash = None)
    }),
    ("a payload hash may be left out", PAYLOAD, |context| {
        let media_type = context.incoming.content_type.unwrap_or_default();
        let hash = payload_hash(media_type, context.incoming.body);
        holds(context, |signed| signed.hash = Some(&hash))
    }),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    for (name, clauses, overlooks) in OVERLOOKED {
        rows.signature(name, &clauses, move |context, outcome| {
            if outcome
                .as_ref()
                .is_err_and(|rejection| overlooks(context, rejection))
            {
                *outcome = Ok(());
            }
        });
    }
    for (name, clauses, left_out) in LEFT_OUT {
        rows.signature(name, &clauses, move |context, outcome| {
            if matches!(outcome, Err(Rejection::Mac { .. })) && left_out(context) {
                *outcome = Ok(());
            }
        });
    }
    rows.signature(
        "an ext that was not signed is accepted",
        &REFUSED,
        |context, outcome| {
            if matches!(outcome, Err(Rejection::Mac { .. }))
                && holds(context, |signed| signed.ext = None)
            {
                *outcome = Ok(());
            }
        },
    );
    rows.signature("no signature is needed", &REFUSED, |_, outcome| {
        *outcome = Ok(());
    });
    rows.rules(
        "a stale time does not use up its nonce",
        &CLOCK,
        |_, rules| rules.stale_uses_nonce = false,
    );
    rows.rules("a signature lasts for a day", &FRESH, |_, rules| {
        rules.clock_tolerance = 24 * 60 * 60
    });
    let challenges: [(&str, Challenge); 5] = [
        (
            "the answer to a stale time proves it with another key",
            |_, now| {
                format!(
                    r#"Hawk ts="{now}", tsm="{}", error="Stale timestamp""#,
                    timestamp_mac("another key", now)
                )
            },
        ),
        ("the answer to a stale time has no proof", |_, now| {
            format!(r#"Hawk ts="{now}", error="Stale timestamp""#)
        }),
        ("the answer to a stale time has no time", |_, _| {
            r#"Hawk error="Stale timestamp""#.to_owned()
        }),
        (
            "the answer to a stale time has the time of an hour later",
            |key, now| {
                let later = now + 3600;
                format!(r#"Hawk ts="{later}", tsm="{}""#, timestamp_mac(key, later))
            },
        ),
        ("the answer to a stale time has milliseconds", |key, now| {
            let later = now * 1000;
            format!(r#"Hawk ts="{later}", tsm="{}""#, timestamp_mac(key, later))
        }),
    ];
    for (name, challenge) in challenges {
        rows.response(name, &CLOCK, move |context, response: &mut Response| {
            let key = context.credentials.first().map_or("", |own| own.key());
            if let Some(Rejection::Stale { now, .. }) = context.rejection
                && let Ok(value) = HeaderValue::from_str(&challenge(key, *now))
            {
                response.headers.insert(header::WWW_AUTHENTICATE, value);
            }
        });
    }
}

/// A challenge, by the caller's key and the server's time.
type Challenge = fn(&str, u64) -> String;

/// Whether the MAC is that of the request with an edit.
fn holds<'a>(context: &'a SignatureContext<'_>, edit: impl FnOnce(&mut Signed<'a>)) -> bool {
    let Some(header) = context.header else {
        return false;
    };
    let mut own = context.credentials.iter();
    own.find(|own| own.id() == header.id).is_some_and(|own| {
        let mut signed = context.incoming.signed(header);
        edit(&mut signed);
        mac(Kind::Header, own.key(), &signed) == header.mac
    })
}

/// The MAC of the request with another key.
fn own_mac(context: &SignatureContext<'_>, key: fn(&str) -> String) -> Option<String> {
    let header = context.header?;
    let own = context
        .credentials
        .iter()
        .find(|own| own.id() == header.id)?;
    Some(mac(
        Kind::Header,
        key(own.key()),
        &context.incoming.signed(header),
    ))
}

fn signed_with(context: &SignatureContext<'_>, key: fn(&str) -> String) -> bool {
    own_mac(context, key).is_some_and(|own| context.header.is_some_and(|header| header.mac == own))
}
