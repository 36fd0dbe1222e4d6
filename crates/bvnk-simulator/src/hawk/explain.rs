//! Explains a rejected signature to a developer: which usual mistake leads to the MAC that
//! was sent, and the text that was to be signed.
//!
//! A MAC cannot be reversed, but a guess can be tried. The work is bounded, and neither a
//! key nor anything computed from one is part of an explanation.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

use super::mac::{digest, payload_hash};
use super::{Credentials, Header, Incoming, Kind, Rejection, Signed};

/// How many bytes are hashed for one explanation: all single guesses and all pairs for a
/// usual request, fewer for a longer one.
const MAX_HASHED: usize = 4 * 1024 * 1024;

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
    let mut signed = String::new();
    let ids: Vec<_> = credentials.iter().map(Credentials::id).collect();
    let ids = ids.join(" or ");
    let help = match (rejection, &header) {
        (Rejection::Mac { normalized }, Some(header)) => {
            signed.clone_from(normalized);
            let found = credentials.iter().find(|known| known.id() == header.id);
            let key = found.map_or("", Credentials::key);
            mac_help(incoming, header, key, normalized, hosts)
        }
        (Rejection::PayloadHash, Some(header)) => hash_help(incoming, header),
        (Rejection::MissingHeader, _) => {
            signed = template(incoming);
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

fn mac_help(
    incoming: &Incoming<'_>,
    header: &Header,
    key: &str,
    normalized: &str,
    hosts: &[String],
) -> String {
    let mac = decode(&header.mac);
    if mac.len() != 32 {
        let length = mac.len();
        return format!("the MAC has {length} bytes; send the 32 of HMAC-SHA256, in base64");
    }
    if mac == digest(key.as_bytes(), &[normalized.as_bytes()]) {
        return "the MAC is right; write it in standard base64 with padding".to_owned();
    }
    // The HMAC itself hashes four blocks.
    let tries = MAX_HASHED / (normalized.len() + 256);
    let guesses = guesses(incoming, header, key, hosts);
    let fits = |chosen: &[&Guess]| {
        let mut text = normalized.to_owned();
        let mut key = key.as_bytes();
        for guess in chosen {
            match &guess.edit {
                Edit::Line(line) => text = replace_line(&text, guess.part, line),
                Edit::Text(edit) => text = edit(&text),
                Edit::Key(other) => key = other,
            }
        }
        digest(key, &[text.as_bytes()]) == mac
    };
    // Edits of the text come last in the list, so that lines are found before.
    let pairs = guesses.iter().enumerate().flat_map(|(index, first)| {
        let others = guesses.iter().skip(index + 1);
        let others = others.filter(|second| second.part != first.part);
        others.map(move |second| vec![first, second])
    });
    let single = guesses.iter().map(|guess| vec![guess]);
    let mut chosen = single.chain(pairs).take(tries);
    match chosen.find(|chosen| fits(chosen)) {
        Some(chosen) => {
            let causes: Vec<_> = chosen.iter().map(|guess| guess.cause.as_str()).collect();
            let causes = causes.join(" and ");
            format!("the MAC is right if {causes}; sign exactly the lines in `signed`")
        }
        None => "no usual mistake explains the MAC; compare the text that you sign with the \
                 lines in `signed`, each ended by one line feed, and then the key"
            .to_owned(),
    }
}

/// One mistake that a caller may have made.
struct Guess {
    /// What it is about. Two guesses about one part exclude each other.
    part: usize,
    /// Follows "the MAC is right if".
    cause: String,
    edit: Edit,
}

type TextEdit = fn(&str) -> String;

enum Edit {
    /// Another text in the line that the guess is about.
    Line(String),
    /// A change of the text.
    Text(TextEdit),
    /// Another key.
    Key(Vec<u8>),
}

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
/// The parts of guesses that are about no line.
const TEXT: usize = LINES.len();
const KEY: usize = TEXT + 1;

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
        replace_line(it, 0, "").split_off(1)
    }),
    ("the lines of hash and ext are missing", |it| {
        it.trim_end().to_owned() + "\n"
    }),
    ("there are lines for app and dlg", |it| format!("{it}\n\n")),
];

fn replace_line(text: &str, at: usize, line: &str) -> String {
    let lines = text.split('\n').enumerate();
    let lines = lines.map(|(index, old)| if index == at { line } else { old });
    lines.collect::<Vec<_>>().join("\n")
}

/// The mistakes of callers who sign for the first time, the likeliest first.
fn guesses(incoming: &Incoming<'_>, header: &Header, key: &str, hosts: &[String]) -> Vec<Guess> {
    let (sent, port) = (incoming.host, incoming.port);
    let host = sent.to_ascii_lowercase();
    let upper = host.to_ascii_uppercase();
    let hosts = hosts.join(" ");
    let method = incoming.method.to_ascii_lowercase();
    let target = incoming.resource;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let lower = target.to_ascii_lowercase();
    let trimmed = target.replacen(path, path.trim_end_matches('/'), 1);
    let (ts, nonce) = (header.ts, &header.nonce);
    let (sooner, later, milliseconds) = (ts.saturating_sub(1), ts.saturating_add(1), ts / 1000);
    let media_type = incoming.content_type.unwrap_or("");
    let [hash, bare_hash] = [media_type, ""].map(|it| payload_hash(it, incoming.body));
    let [nonce, other_nonce] = [nonce.to_ascii_lowercase(), nonce.to_ascii_uppercase()];
    let base = format!("http://{host}:{port}");
    // The texts of each line, separated by spaces.
    let mut texts = vec![
        (6, format!("443 80 8080 8443 0 {}", port ^ 1)),
        (
            5,
            format!("{sent} {upper} {host}:{port} {hosts} localhost 127.0.0.1"),
        ),
        (5, format!("[::1] ::1 0.0.0.0 http://{host} {base}")),
        (3, format!("{method} GET POST PUT PATCH DELETE HEAD")),
        (
            4,
            format!("{path} {target}? {target}/ {trimmed} {lower} {query}"),
        ),
        (
            4,
            format!("{base}{target} http://{host}{target} https://{host}{target}"),
        ),
        (1, format!("{ts}000 {sooner} {later} {milliseconds}")),
        (2, format!("{nonce} {other_nonce}")),
        (7, format!("{hash} {bare_hash} null None undefined")),
        (8, "null None undefined".to_owned()),
        (0, "hawk.1.response hawk.1.payload hawk".to_owned()),
    ];
    // What is left of the path when a base URL is cut off.
    let starts = path.match_indices('/').skip(1).take(8);
    texts.extend(starts.filter_map(|(at, _)| Some((4, target.get(at..)?.to_owned()))));
    let lines = texts
        .iter()
        .flat_map(|(part, all)| all.split(' ').map(|it| (*part, it)));
    let mut lines: Vec<_> = lines.collect();
    lines.extend((0..LINES.len()).map(|part| (part, "")));
    let decoded = percent_decode_str(target).decode_utf8_lossy();
    lines.push((4, &decoded));
    let guess = |part, cause: &str, edit| Guess {
        part,
        cause: cause.to_owned(),
        edit,
    };
    let mut guesses = Vec::new();
    for (part, text) in lines {
        let name = LINES.get(part).unwrap_or(&"");
        let cause = format!("{name} is {}", if text.is_empty() { "empty" } else { text });
        guesses.push(guess(part, &cause, Edit::Line(text.to_owned())));
    }
    let keys = [
        (
            "a line feed follows the key",
            Some(format!("{key}\n").into()),
        ),
        (
            "the key has no surrounding white space",
            Some(key.trim().into()),
        ),
        ("the key is in quotes", Some(format!("\"{key}\"").into())),
        ("the key is decoded from base64", STANDARD.decode(key).ok()),
        ("the key is decoded from hexadecimal digits", from_hex(key)),
        (
            "the key is encoded in base64",
            Some(STANDARD.encode(key).into()),
        ),
        ("the id is used as the key", Some(header.id.clone().into())),
        ("the key is empty", Some(Vec::new())),
    ];
    let keys = keys
        .into_iter()
        .filter_map(|(cause, key)| Some((cause, key?)));
    guesses.extend(keys.map(|(cause, key)| guess(KEY, cause, Edit::Key(key))));
    guesses.extend(TEXTS.map(|(cause, edit)| guess(TEXT, cause, Edit::Text(edit))));
    guesses
}

fn hash_help(incoming: &Incoming<'_>, header: &Header) -> String {
    let media_type = incoming.content_type.unwrap_or("");
    let given = header.hash.as_deref().unwrap_or("");
    let with_line_feed = [incoming.body, b"\n"].concat();
    let mistakes: [(&str, &str, &[u8]); 4] = [
        ("lacks the content type", "", incoming.body),
        ("is that of an empty body", media_type, b""),
        ("is that of an empty body", "", b""),
        (
            "has a line feed after the body",
            media_type,
            &with_line_feed,
        ),
    ];
    let mistake = mistakes
        .iter()
        .find(|(_, it, body)| given == payload_hash(it, body));
    let cause = mistake.map_or_else(String::new, |(cause, ..)| format!("the hash {cause}; "));
    format!(
        "{cause}hash `hawk.1.payload`, the media type `{}` and the body, each followed by a \
         line feed, with SHA-256 in base64, or leave the hash out",
        crate::message::media_type(media_type)
    )
}

/// The text that a caller has to sign, with placeholders for what the caller chooses.
fn template(incoming: &Incoming<'_>) -> String {
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
    replace_line(&signed.normalized(Kind::Header), 1, "<ts>")
}

/// The bytes of a MAC in any of the usual spellings.
fn decode(mac: &str) -> Vec<u8> {
    // 64 hexadecimal digits are valid base64 too, of 48 bytes.
    let hex = Some(mac).filter(|mac| mac.len() == 64).and_then(from_hex);
    let decoded = hex
        .or_else(|| STANDARD.decode(mac).ok())
        .or_else(|| STANDARD_NO_PAD.decode(mac).ok())
        .or_else(|| URL_SAFE_NO_PAD.decode(mac.trim_end_matches('=')).ok());
    decoded.unwrap_or_default()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    pairs
        .map(|pair| Some(pair).filter(|pair| pair.len() == 2).and_then(byte))
        .collect()
}
