//! The guesses: what callers sign who read the specification in a hurry.
//!
//! It must not know which of them fits.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

use super::{Edit, Known, Mistake, Part};
use crate::hawk::mac::payload_hash;
use crate::hawk::{Header, Incoming};

const TIME: usize = 1;
const NONCE: usize = 2;
const METHOD: usize = 3;
const RESOURCE: usize = 4;
const HOST: usize = 5;
const PORT: usize = 6;
const HASH: usize = 7;
const EXT: usize = 8;

/// Collects guesses, and leaves out those that change nothing.
struct Guesses(Vec<Mistake>);

impl Guesses {
    fn push(&mut self, part: Part, told: impl Into<String>, remedy: &'static str, edit: Edit) {
        let told = told.into();
        self.0.push(Mistake {
            part,
            told,
            remedy,
            edit,
        });
    }

    fn line(&mut self, part: Part, at: usize, honest: &str, text: &str, remedy: &'static str) {
        if text != honest {
            let name = match part {
                Part::Time => "the time",
                Part::Nonce => "the nonce",
                Part::Method => "the method",
                Part::Path => "the path",
                Part::Query => "the path with its query",
                Part::Host => "the host",
                Part::Port => "the port",
                Part::Hash => "the payload hash",
                _ => "the ext",
            };
            let told = match text {
                "" => format!("{name} is empty"),
                text => format!("{name} is {text}"),
            };
            self.push(part, told, remedy, Edit::Line(at, text.to_owned()));
        }
    }
}

/// All guesses, the likeliest first.
pub(super) fn all(
    incoming: &Incoming<'_>,
    header: &Header,
    key: &str,
    known: &Known,
) -> Vec<Mistake> {
    let mut guesses = Guesses(Vec::new());
    place(&mut guesses, incoming, known);
    time_and_nonce(&mut guesses, header, known);
    payload(&mut guesses, incoming, header);
    frame(&mut guesses);
    keys(&mut guesses, header, key);
    guesses.0
}

fn place(guesses: &mut Guesses, incoming: &Incoming<'_>, known: &Known) {
    let honest = incoming.port.to_string();
    for port in [
        "443",
        "80",
        "8080",
        "8443",
        "",
        "0",
        &(incoming.port ^ 1).to_string(),
    ] {
        let remedy = "sign for the port that the request goes to";
        guesses.line(Part::Port, PORT, &honest, port, remedy);
    }

    let host = incoming.host.to_ascii_lowercase();
    let with_port = format!("{host}:{}", incoming.port);
    let usual = ["localhost", "127.0.0.1", "[::1]", "::1", "0.0.0.0", ""];
    let known_hosts = known.hosts.iter().map(String::as_str);
    let remedy = "sign for the host that the request goes to, in lower case, without port";
    for text in [incoming.host, &host.to_ascii_uppercase(), &with_port]
        .into_iter()
        .chain(usual)
        .chain(known_hosts)
    {
        guesses.line(Part::Host, HOST, &host, text, remedy);
    }
    guesses.line(Part::Host, HOST, &host, &format!("http://{host}"), remedy);
    guesses.line(
        Part::Host,
        HOST,
        &host,
        &format!("http://{with_port}"),
        remedy,
    );

    let method = incoming.method.to_ascii_uppercase();
    let remedy = "sign the method that is sent, in upper case";
    let usual = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "",
    ];
    for text in [method.to_ascii_lowercase().as_str()]
        .into_iter()
        .chain(usual)
    {
        guesses.line(Part::Method, METHOD, &method, text, remedy);
    }

    let whole = incoming.resource;
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    let remedy = "sign path and query as they are sent";
    guesses.line(Part::Query, RESOURCE, whole, path, remedy);
    guesses.line(Part::Query, RESOURCE, whole, &format!("{whole}?"), remedy);
    let decoded = percent_decode_str(whole).decode_utf8_lossy();
    let bare = path.trim_end_matches('/');
    let remedy = "sign the path as it is sent, whole and with its query";
    for text in [
        decoded.as_ref(),
        &format!("{whole}/"),
        &whole.replacen(path, bare, 1),
        whole.trim_start_matches('/'),
        &whole.to_ascii_lowercase(),
        &format!("http://{with_port}{whole}"),
        &format!("http://{host}{whole}"),
        &format!("https://{host}{whole}"),
        query,
        "/",
        "",
    ] {
        guesses.line(Part::Path, RESOURCE, whole, text, remedy);
    }
    // The path without its beginning: what is left when a base URL is cut off.
    for (at, _) in path.match_indices('/').skip(1) {
        guesses.line(
            Part::Path,
            RESOURCE,
            whole,
            whole.get(at..).unwrap_or(""),
            remedy,
        );
    }
    for text in &known.paths {
        guesses.line(Part::Path, RESOURCE, whole, text, remedy);
    }
}

fn time_and_nonce(guesses: &mut Guesses, header: &Header, known: &Known) {
    let ts = header.ts.to_string();
    let remedy = "sign the time that the header tells, in seconds";
    for text in [
        format!("{ts}000"),
        (header.ts / 1000).to_string(),
        String::new(),
    ] {
        guesses.line(Part::Time, TIME, &ts, &text, remedy);
    }
    // Read from the clock twice, once for the text and once for the header.
    for off in 1..=10 {
        for time in [header.ts.saturating_sub(off), header.ts.saturating_add(off)] {
            guesses.line(Part::Time, TIME, &ts, &time.to_string(), remedy);
        }
    }
    let nonce = &header.nonce;
    let remedy = "sign the nonce that the header tells";
    let cases = [
        nonce.to_ascii_lowercase(),
        nonce.to_ascii_uppercase(),
        String::new(),
    ];
    for text in cases.iter().chain(&known.nonces) {
        guesses.line(Part::Nonce, NONCE, nonce, text, remedy);
    }
}

fn payload(guesses: &mut Guesses, incoming: &Incoming<'_>, header: &Header) {
    let honest = header.hash.as_deref().unwrap_or("");
    let whole_type = incoming.content_type.unwrap_or("");
    let remedy = "a hash that is signed has to be in the header too, and the other way round";
    for content_type in [whole_type, ""] {
        let hash = payload_hash(content_type, incoming.body);
        guesses.line(Part::Hash, HASH, honest, &hash, remedy);
    }
    for text in ["", "null", "None", "undefined"] {
        let remedy = "what is not in the header is an empty line";
        guesses.line(Part::Hash, HASH, honest, text, remedy);
        let honest = header.ext.as_deref().unwrap_or("");
        guesses.line(Part::Ext, EXT, honest, text, remedy);
    }
}

fn frame(guesses: &mut Guesses) {
    let remedy = "end each line, the last one too, with one line feed";
    let mut frame = |told: &str, remedy, edit| guesses.push(Part::Frame, told, remedy, edit);
    frame("the last line feed is missing", remedy, Edit::NoLastBreak);
    for (told, end) in [
        ("lines end with CR LF", "\r\n"),
        ("lines end with a backslash and an n", "\\n"),
        ("lines do not end", ""),
        ("lines end with a space", " "),
    ] {
        frame(told, remedy, Edit::Break(end));
    }
    let remedy = "the first line is hawk.1.header";
    frame("the first line is missing", remedy, Edit::NoLine(0));
    for told in ["hawk.1.response", "hawk.1.payload", "hawk.header", "hawk"] {
        let edit = Edit::Line(0, told.to_owned());
        frame(&format!("the first line is {told}"), remedy, edit);
    }
    let remedy = "app and dlg have lines only when app is in the header";
    frame("there is a line for app", remedy, Edit::More(1));
    frame("there are lines for app and dlg", remedy, Edit::More(2));
    let remedy = "hash and ext have their lines even when they are empty";
    guesses.push(
        Part::Hash,
        "the line of the hash is missing",
        remedy,
        Edit::NoLine(HASH),
    );
    guesses.push(
        Part::Ext,
        "the line of the ext is missing",
        remedy,
        Edit::NoLine(EXT),
    );
}

fn keys(guesses: &mut Guesses, header: &Header, key: &str) {
    let remedy = "use the bytes of the key's text as they are";
    let hex: Option<Vec<u8>> = Some(key)
        .filter(|key| key.len() % 2 == 0)
        .map(str::as_bytes)
        .and_then(|key| {
            let pairs = key.chunks(2);
            let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
            pairs.map(byte).collect()
        });
    for (told, bytes) in [
        (
            "a line feed follows the key",
            Some(format!("{key}\n").into()),
        ),
        ("the key is cut of its white space", Some(key.trim().into())),
        ("the key is in quotes", Some(format!("\"{key}\"").into())),
        ("the key is decoded from base64", STANDARD.decode(key).ok()),
        (
            "the key is decoded from base64url",
            URL_SAFE_NO_PAD.decode(key).ok(),
        ),
        (
            "the key is encoded in base64",
            Some(STANDARD.encode(key).into()),
        ),
        ("the key is decoded from hexadecimal digits", hex),
        ("the id is used for a key", Some(header.id.clone().into())),
    ] {
        if let Some(bytes) = bytes.filter(|bytes: &Vec<u8>| bytes != key.as_bytes()) {
            guesses.push(Part::Key, told, remedy, Edit::Key(bytes));
        }
    }
    let told = "the key is empty";
    guesses.push(Part::NoKey, told, "is the key set?", Edit::Key(Vec::new()));
}
