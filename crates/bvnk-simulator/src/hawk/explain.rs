//! Explains a rejected signature to a developer: which usual mistake leads to the MAC that
//! was sent, and the text that was to be signed.
//!
//! A MAC cannot be reversed, but a guess can be tried. The work is bounded, and neither a
//! key nor anything computed from one is part of an explanation.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

use super::mac::{digest, hex, normalized, payload_hash};
use super::{Credentials, Header, Incoming, Kind, Rejection};

/// How many bytes are hashed for one explanation: all single guesses and all pairs for a
/// usual request, fewer for a longer one.
const MAX_HASHED: usize = 4 * 1024 * 1024;

/// The names of the lines of the text.
const LINES: [&str; 9] = [
    "the first line",
    "the time",
    "the nonce",
    "the method",
    "the path",
    "the host",
    "the port",
    "the payload hash",
    "the ext",
];

/// Explains a rejection of this request. Returns the cause with what to do about it, and the
/// text that was to be signed; empty where the text is not the cause. `hosts` are those that
/// callers may have meant.
pub(crate) fn explain(
    rejection: &Rejection,
    incoming: &Incoming<'_>,
    credentials: &[Credentials],
    hosts: &[String],
) -> (String, String) {
    let header = incoming.authorization.map(Header::parse);
    let header = header.and_then(Result::ok);
    let ids: Vec<_> = credentials.iter().map(Credentials::id).collect();
    let ids = ids.join(" or ");
    let mut signed = String::new();
    let help = match (rejection, &header) {
        (Rejection::Mac { normalized }, Some(header)) => {
            signed.clone_from(normalized);
            let found = credentials.iter().find(|known| known.id() == header.id);
            let key = found.map_or("", Credentials::key);
            mac_help(incoming, header, key, normalized, hosts)
        }
        (Rejection::PayloadHash, Some(header)) => hash_help(incoming, header),
        (Rejection::MissingHeader, _) => {
            // With placeholders for what the caller chooses.
            let nonce = "<nonce>".to_owned();
            let header = Header {
                nonce,
                ..Header::default()
            };
            signed = replace_line(&normalized(Kind::Header, incoming, &header), 1, "<ts>");
            format!(
                "send `Authorization: Hawk id=\"{ids}\", ts=\"<seconds since 1970>\", \
                 nonce=\"<never used before>\", mac=\"<base64 of HMAC-SHA256 of the lines in \
                 `signed`, each ended by a line feed>\"`"
            )
        }
        (Rejection::UnknownId, _) => format!("use the id {ids}"),
        (Rejection::ReplayedNonce, _) => "sign each attempt again, with a new nonce".to_owned(),
        (Rejection::Stale { ts, .. }, _) if *ts > 100_000_000_000 => {
            "ts is in milliseconds; send seconds".to_owned()
        }
        (Rejection::Stale { now, .. }, _) => {
            format!("this server's time is {now}; sign again with it and a new nonce")
        }
        _ => "send `Hawk id=\"…\", ts=\"…\", nonce=\"…\", mac=\"…\"`".to_owned(),
    };
    (format!("{rejection}\nhelp: {help}"), signed)
}

/// What to do about a MAC that is not that of the request. First the right MAC in another
/// spelling, then one of the wrong length, then single guesses and pairs of them.
fn mac_help(
    incoming: &Incoming<'_>,
    header: &Header,
    key: &str,
    normalized: &str,
    hosts: &[String],
) -> String {
    let right = digest(key.as_bytes(), &[normalized.as_bytes()]);
    let spellings = [&STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].map(|it| it.encode(&right));
    if spellings.contains(&header.mac) || hex(&right).eq_ignore_ascii_case(&header.mac) {
        return "the MAC is right; write it in standard base64 with padding".to_owned();
    }
    let mac = STANDARD.decode(&header.mac).unwrap_or_default();
    if mac.len() != 32 {
        let length = mac.len();
        return format!("the MAC has {length} bytes; send the 32 of HMAC-SHA256, in base64");
    }
    // The HMAC itself hashes four blocks.
    let tries = MAX_HASHED / (normalized.len() + 256);
    let guesses = guesses(incoming, header, key, hosts);
    let fits = |chosen: &Vec<&Guess>| {
        let (mut text, mut key) = (normalized.to_owned(), key.as_bytes().to_vec());
        for guess in chosen {
            (guess.1)(&mut text, &mut key);
        }
        digest(&key, &[text.as_bytes()]) == mac
    };
    // Edits of the text come last in the list, so that lines are found before.
    let pairs = guesses.iter().enumerate().flat_map(|(index, first)| {
        let others = guesses.iter().skip(index + 1);
        others.map(move |second| vec![first, second])
    });
    let single = guesses.iter().map(|guess| vec![guess]);
    match single.chain(pairs).take(tries).find(fits) {
        Some(chosen) => {
            let causes: Vec<_> = chosen.iter().map(|guess| guess.0.as_str()).collect();
            let causes = causes.join(" and ");
            format!("the MAC is right if {causes}; sign exactly the lines in `signed`")
        }
        None => "no usual mistake explains the MAC; compare the text that you sign with the \
                 lines in `signed`, each ended by one line feed, and then the key"
            .to_owned(),
    }
}

/// One mistake that a caller may have made: the cause, which follows "the MAC is right if",
/// and the change of the text and of the key that the caller signed with.
type Guess = (String, Edit);

type Edit = Box<dyn Fn(&mut String, &mut Vec<u8>)>;

type TextEdit = fn(&str) -> String;

/// Changes of the text.
const TEXTS: [(&str, TextEdit); 6] = [
    ("the last line feed is missing", |it| {
        it.strip_suffix('\n').unwrap_or(it).to_owned()
    }),
    ("lines end with CR LF", |it| it.replace('\n', "\r\n")),
    ("lines end with a backslash and an n", |it| {
        it.replace('\n', "\\n")
    }),
    ("the first line is missing", |it| {
        it.split_once('\n').map_or("", |(_, rest)| rest).to_owned()
    }),
    ("the lines of hash and ext are missing", |it| {
        it.trim_end().to_owned() + "\n"
    }),
    ("there are lines for app and dlg", |it| format!("{it}\n\n")),
];

/// The text with another line in place of the one with this number; the first is 0.
fn replace_line(text: &str, at: usize, line: &str) -> String {
    let lines = text.split('\n').enumerate();
    let lines = lines.map(|(index, old)| if index == at { line } else { old });
    lines.collect::<Vec<_>>().join("\n")
}

/// The mistakes of callers who sign for the first time, the likeliest first.
fn guesses(incoming: &Incoming<'_>, header: &Header, key: &str, hosts: &[String]) -> Vec<Guess> {
    let (sent, port, target) = (incoming.host, incoming.port, incoming.resource);
    let (host, upper) = (sent.to_ascii_lowercase(), sent.to_ascii_uppercase());
    let hosts = hosts.join(" ");
    let method = incoming.method.to_ascii_lowercase();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (lower, trimmed) = (target.to_ascii_lowercase(), path.trim_end_matches('/'));
    let ts = header.ts;
    let (sooner, later, milliseconds) = (ts.saturating_sub(1), ts.saturating_add(1), ts / 1000);
    let media_type = incoming.content_type.unwrap_or("");
    let [hash, bare_hash] = [media_type, ""].map(|it| payload_hash(it, incoming.body));
    let (nonce, other_nonce) = (header.nonce.to_lowercase(), header.nonce.to_uppercase());
    // For each line, its texts with spaces between them.
    let texts = [
        (6, format!("443 80 8080 8443 0 {}", port ^ 1)),
        (5, format!("{sent} {upper} {host}:{port} {hosts} localhost")),
        (5, format!("127.0.0.1 [::1] ::1 0.0.0.0 http://{host}")),
        (3, format!("{method} GET POST PUT PATCH DELETE HEAD")),
        (
            4,
            format!("{path} {target}? {target}/ {trimmed} {lower} {query}"),
        ),
        (
            4,
            format!("http://{host}:{port}{target} https://{host}{target}"),
        ),
        (1, format!("{ts}000 {sooner} {later} {milliseconds}")),
        (2, format!("{nonce} {other_nonce}")),
        (7, format!("{hash} {bare_hash} null None undefined")),
        (8, "null None undefined".to_owned()),
        (0, "hawk.1.response hawk.1.payload hawk".to_owned()),
    ];
    let lines = texts
        .iter()
        .flat_map(|(line, all)| all.split(' ').map(|it| (*line, it)));
    // What is left of the path when a base URL is cut off.
    let starts = path.match_indices('/').skip(1).take(8);
    let starts = starts.filter_map(|(at, _)| Some((4, target.get(at..)?)));
    let decoded = percent_decode_str(target).decode_utf8_lossy();
    let empty = (0..LINES.len()).map(|line| (line, ""));
    let lines = lines.chain(starts).chain(empty).chain([(4, &*decoded)]);
    let lines = lines.map(|(line, text)| {
        let name = LINES.get(line).unwrap_or(&"");
        let cause = format!("{name} is {}", if text.is_empty() { "empty" } else { text });
        let new = text.to_owned();
        let edit: Edit = Box::new(move |text, _| *text = replace_line(text, line, &new));
        (cause, edit)
    });
    let keys = [
        ("a line feed follows the key", format!("{key}\n").into()),
        ("the key has no surrounding white space", key.trim().into()),
        ("the key is in quotes", format!("\"{key}\"").into()),
        (
            "the key is decoded from base64",
            STANDARD.decode(key).unwrap_or_else(|_| key.into()),
        ),
        ("the key is encoded in base64", STANDARD.encode(key).into()),
        ("the id is used as the key", header.id.clone().into()),
        ("the key is empty", Vec::new()),
    ];
    let keys = keys.map(|(cause, other)| {
        let edit: Edit = Box::new(move |_, key| key.clone_from(&other));
        (cause.to_owned(), edit)
    });
    let texts = TEXTS.map(|(cause, change)| {
        let edit: Edit = Box::new(move |text, _| *text = change(text));
        (cause.to_owned(), edit)
    });
    lines.chain(keys).chain(texts).collect()
}

/// What to do about a payload hash that is not that of the body.
fn hash_help(incoming: &Incoming<'_>, header: &Header) -> String {
    let (body, given) = (incoming.body, header.hash.as_deref().unwrap_or(""));
    let media_type = incoming.content_type.unwrap_or("");
    let mistakes: [(&str, &str, &[u8]); 4] = [
        ("lacks the content type", "", body),
        ("is that of an empty body", media_type, b""),
        ("is that of an empty body", "", b""),
        (
            "has a line feed after the body",
            media_type,
            &[body, b"\n"].concat(),
        ),
    ];
    let mut mistakes = mistakes.into_iter();
    let mistake = mistakes.find(|(_, it, body)| given == payload_hash(it, body));
    let cause = mistake.map_or_else(String::new, |(cause, ..)| format!("the hash {cause}; "));
    format!(
        "{cause}hash `hawk.1.payload`, the media type `{}` and the body, each followed by a \
         line feed, with SHA-256 in base64, or leave the hash out",
        super::media_type(media_type)
    )
}
