//! Says to a caller what is wrong with a signature and what to do, for those who teach a
//! new client to sign.
//!
//! It must never say a key, nor anything that a key could be computed from. A service must
//! not answer so: it would help those who guess.

use super::header::Header;
use super::mac::payload_hash;
use super::mistakes::{self, Known, Mistake, decode};
use super::{Credentials, Incoming, Kind, Refusal, Signed};

/// What is wrong, and the text that was to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    pub(crate) message: String,
    /// The lines of the text, each of which a line feed ends; none where the text is not
    /// to blame.
    pub(crate) signed: Vec<String>,
}

/// Explains a refusal of this request to whoever sent it.
pub(crate) fn explain(
    refusal: &Refusal,
    incoming: &Incoming<'_>,
    credentials: &[Credentials],
    known: &Known,
) -> Explanation {
    let header = incoming
        .authorization
        .and_then(|text| Header::parse(text).ok());
    let found = header
        .as_ref()
        .and_then(|header| credentials.iter().find(|known| known.id() == header.id));
    let mut signed = Vec::new();
    let message = match (refusal, &header, found) {
        (Refusal::Mac { normalized }, Some(header), Some(credentials)) => {
            signed = normalized.lines().map(str::to_owned).collect();
            wrong_mac(incoming, header, credentials.key(), known)
        }
        (Refusal::PayloadHash, Some(header), _) => wrong_hash(incoming, header),
        (Refusal::MissingHeader, _, _) => {
            signed = template(incoming);
            format!(
                "{refusal}: send `Authorization: Hawk id=\"{}\", ts=\"<seconds since 1970>\", \
                 nonce=\"<never used before>\", mac=\"<base64 of HMAC-SHA256 of the lines in \
                 `signed`, each ended by a line feed>\"`",
                credentials.first().map_or("<id>", Credentials::id)
            )
        }
        (Refusal::UnknownId, _, _) => {
            let ids: Vec<_> = credentials.iter().map(Credentials::id).collect();
            format!("{refusal}: here it is {}", ids.join(" or "))
        }
        (Refusal::ReplayedNonce, _, _) => {
            format!("{refusal}: sign each attempt afresh, with a nonce of its own")
        }
        (Refusal::Stale { ts, .. }, _, _) if *ts > 100_000_000_000 => {
            format!("{refusal}: ts looks like milliseconds, and is to be in seconds")
        }
        (Refusal::Stale { now, .. }, _, _) => {
            format!("{refusal}: here it is {now}; sign again with that time and a fresh nonce")
        }
        _ => refusal.to_string(),
    };
    Explanation { message, signed }
}

fn wrong_mac(incoming: &Incoming<'_>, header: &Header, key: &str, known: &Known) -> String {
    let bytes = decode(&header.mac).map_or(0, |mac| mac.len());
    if bytes != 32 {
        return format!(
            "the MAC has {bytes} bytes; HMAC-SHA256, which is wanted in base64, has 32"
        );
    }
    if honest(incoming, header, key) {
        return "the MAC is right, but not written in standard base64 with its padding".to_owned();
    }
    match mistakes::find(incoming, header, key, known).as_slice() {
        [] => "the MAC is not that of the request, and no usual mistake explains it: compare \
               the text that you sign with the lines in `signed`, each of which one line feed \
               ends, and then the key"
            .to_owned(),
        found => holds("the MAC", found),
    }
}

fn honest(incoming: &Incoming<'_>, header: &Header, key: &str) -> bool {
    let text = incoming.signed(header).normalized(Kind::Header);
    decode(&header.mac) == Some(super::mac::digest(key.as_bytes(), &text))
}

fn holds(what: &str, mistakes: &[Mistake]) -> String {
    let told: Vec<_> = mistakes.iter().map(|it| it.told.as_str()).collect();
    let mut remedies: Vec<_> = mistakes.iter().map(|it| it.remedy).collect();
    remedies.dedup();
    let (told, remedies) = (told.join(" and "), remedies.join("; "));
    format!("{what} holds if {told}: {remedies}")
}

fn wrong_hash(incoming: &Incoming<'_>, header: &Header) -> String {
    let refusal = Refusal::PayloadHash;
    let media_type = incoming.content_type.unwrap_or("");
    let given = header.hash.as_deref().unwrap_or("");
    let without_type = payload_hash("", incoming.body);
    let with_break = payload_hash(media_type, &[incoming.body, b"\n"].concat());
    if given == without_type {
        format!("{refusal}; it holds without the content type: hash the media type too")
    } else if [media_type, ""]
        .iter()
        .any(|it| given == payload_hash(it, b""))
    {
        format!(
            "{refusal}; it holds for an empty body: hash the body that is sent, or leave the \
             hash out"
        )
    } else if given == with_break {
        format!("{refusal}; it holds with a line feed after the body: hash what is sent")
    } else {
        format!(
            "{refusal}: it is the SHA-256 of `hawk.1.payload`, the media type `{}` and the body, \
             each with a line feed after it, in base64; or leave the hash out",
            media_type
                .split(';')
                .next()
                .unwrap_or("")
                .trim()
                .to_ascii_lowercase()
        )
    }
}

/// The text that a caller has to sign, with what it chooses left open.
fn template(incoming: &Incoming<'_>) -> Vec<String> {
    let signed = Signed {
        ts: 0,
        nonce: "<nonce>",
        method: incoming.method,
        resource: incoming.resource,
        host: incoming.host,
        port: incoming.port,
        hash: None,
        ext: None,
        app: None,
        dlg: None,
    };
    let text = signed.normalized(Kind::Header);
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    if let Some(ts) = lines.get_mut(1) {
        "<ts>".clone_into(ts);
    }
    lines
}
