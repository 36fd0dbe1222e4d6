//! Explains a rejected signature to a developer: which usual mistake leads to the MAC that
//! was sent, and the text that was to be signed.
//!
//! A MAC cannot be reversed, but a guess can be tried. The work is bounded, and neither a
//! key nor anything computed from one is part of an explanation.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use percent_encoding::percent_decode_str;

use super::mac::{digest, payload_hash};
use super::{Credentials, Header, Incoming, Kind, Rejection, Signed};

/// How many bytes are hashed for one explanation: all single guesses and all pairs for a
/// usual request, fewer for a longer one.
const MAX_HASHED: usize = 4 * 1024 * 1024;

/// What is wrong, and the text that was to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    pub(crate) message: String,
    /// The lines of the text, each of which ends with a line feed; empty where the text is
    /// not the cause.
    pub(crate) signed: Vec<String>,
}

/// Explains a rejection of this request. `hosts` are those that callers may have meant.
pub(crate) fn explain(
    rejection: &Rejection,
    incoming: &Incoming<'_>,
    credentials: &[Credentials],
    hosts: &[String],
) -> Explanation {
    let header = incoming.authorization.map(Header::parse);
    let header = header.and_then(Result::ok);
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    let mut signed = Vec::new();
    let help = match (rejection, &header) {
        (Rejection::Mac { normalized }, Some(header)) => {
            signed = lines(normalized);
            let found = credentials.iter().find(|known| known.id() == header.id);
            let key = found.map_or("", Credentials::key);
            mac_help(incoming, header, key, normalized, hosts)
        }
        (Rejection::PayloadHash, Some(header)) => hash_help(incoming, header),
        (Rejection::MissingHeader, _) => {
            signed = lines(&template(incoming));
            format!(
                "send `Authorization: Hawk id=\"{}\", ts=\"<seconds since 1970>\", \
                 nonce=\"<never used before>\", mac=\"<base64 of HMAC-SHA256 of the lines in \
                 `signed`, each ended by a line feed>\"`",
                credentials.first().map_or("<id>", Credentials::id)
            )
        }
        (Rejection::UnknownId, _) => {
            let ids: Vec<_> = credentials.iter().map(Credentials::id).collect();
            format!("this server has {}", ids.join(" and "))
        }
        (Rejection::ReplayedNonce, _) => "sign each attempt again, with a new nonce".to_owned(),
        (Rejection::Stale { ts, .. }, _) if *ts > 100_000_000_000 => {
            "ts looks like milliseconds; send seconds".to_owned()
        }
        (Rejection::Stale { now, .. }, _) => {
            format!("this server's time is {now}; sign again with it and a new nonce")
        }
        _ => "follow the Hawk specification, `Hawk id=\"…\", ts=\"…\", nonce=\"…\", mac=\"…\"`"
            .to_owned(),
    };
    Explanation {
        message: format!("{rejection}\nhelp: {help}"),
        signed,
    }
}

fn mac_help(
    incoming: &Incoming<'_>,
    header: &Header,
    key: &str,
    normalized: &str,
    hosts: &[String],
) -> String {
    let mac = decode(&header.mac).unwrap_or_default();
    if mac.len() != 32 {
        let length = mac.len();
        return format!("the MAC has {length} bytes; send the 32 of HMAC-SHA256, in base64");
    }
    if mac == digest(key.as_bytes(), normalized) {
        return "the MAC is right; write it in standard base64 with padding".to_owned();
    }
    let text = Text {
        lines: normalized.lines().map(str::to_owned).map(Some).collect(),
        line_end: "\n",
        ends: true,
        key: key.as_bytes().to_vec(),
    };
    let guesses = guesses(incoming, header, key, hosts);
    match find(&text, &guesses, &mac).as_slice() {
        [] => "no usual mistake explains the MAC; compare the text that you sign with the lines \
               in `signed`, each ended by one line feed, and then the key"
            .to_owned(),
        found => {
            let causes: Vec<_> = found.iter().map(|guess| guess.cause.as_str()).collect();
            let mut help: Vec<_> = found.iter().map(|guess| guess.help).collect();
            help.dedup();
            let (causes, help) = (causes.join(" and "), help.join("; "));
            format!("the MAC is right if {causes}; {help}")
        }
    }
}

/// The guesses that lead to the MAC: one, or two at once, or none.
fn find<'g>(text: &Text, guesses: &'g [Guess], mac: &[u8]) -> Vec<&'g Guess> {
    let length: usize = text.lines.iter().flatten().map(|line| line.len() + 1).sum();
    // The HMAC itself hashes four blocks.
    let mut tries = MAX_HASHED / (length + 256);
    let mut fits = |guesses: &[&Guess]| {
        tries = tries.saturating_sub(1);
        tries > 0 && text.with(guesses).digest() == mac
    };
    if let Some(guess) = guesses.iter().find(|guess| fits(&[guess])) {
        return vec![guess];
    }
    for (index, first) in guesses.iter().enumerate() {
        for second in guesses.iter().skip(index + 1) {
            if first.part != second.part && fits(&[first, second]) {
                return vec![first, second];
            }
        }
    }
    Vec::new()
}

/// One mistake that a caller may have made.
struct Guess {
    /// The line that it is about; two guesses about one line exclude each other.
    part: usize,
    /// Follows "the MAC is right if".
    cause: String,
    help: &'static str,
    edit: Edit,
}

enum Edit {
    Line(usize, String),
    NoLine(usize),
    EmptyLines(usize),
    LineEnd(&'static str),
    NoFinalLineEnd,
    Key(Vec<u8>),
}

/// The text to sign and the key, with edits.
#[derive(Clone)]
struct Text {
    lines: Vec<Option<String>>,
    line_end: &'static str,
    ends: bool,
    key: Vec<u8>,
}

impl Text {
    fn with(&self, guesses: &[&Guess]) -> Self {
        let mut text = self.clone();
        for guess in guesses {
            let (at, line) = match &guess.edit {
                Edit::Line(at, line) => (*at, Some(line.clone())),
                Edit::NoLine(at) => (*at, None),
                Edit::EmptyLines(count) => {
                    let count = text.lines.len() + count;
                    text.lines.resize(count, Some(String::new()));
                    continue;
                }
                Edit::LineEnd(end) => {
                    text.line_end = end;
                    continue;
                }
                Edit::NoFinalLineEnd => {
                    text.ends = false;
                    continue;
                }
                Edit::Key(key) => {
                    text.key.clone_from(key);
                    continue;
                }
            };
            if let Some(slot) = text.lines.get_mut(at) {
                *slot = line;
            }
        }
        text
    }

    fn digest(&self) -> Vec<u8> {
        let lines: Vec<&str> = self.lines.iter().flatten().map(String::as_str).collect();
        let mut text = lines.join(self.line_end);
        if self.ends {
            text.push_str(self.line_end);
        }
        digest(&self.key, &text)
    }
}

/// The name of each line, and what to do about it.
const LINES: [(&str, &str); 9] = [
    ("the first line", "write hawk.1.header"),
    ("the time", "sign the ts of the header, in seconds"),
    ("the nonce", "sign the nonce of the header"),
    ("the method", "sign the method that is sent, in upper case"),
    ("the path", "sign path and query exactly as they are sent"),
    (
        "the host",
        "sign the host of the request, in lower case, without port",
    ),
    ("the port", "sign the port of the request"),
    (
        "the payload hash",
        "put the hash that is signed into the header too, or leave out both",
    ),
    ("the ext", "sign the ext of the header, or an empty line"),
];

/// The parts of guesses that are about no line.
const FRAME: usize = LINES.len();
const KEY: usize = FRAME + 1;

/// The mistakes of callers who sign for the first time, the likeliest first.
fn guesses(incoming: &Incoming<'_>, header: &Header, key: &str, hosts: &[String]) -> Vec<Guess> {
    let mut guesses = Vec::new();
    let mut line = |part: usize, right: &str, texts: &[&str]| {
        let (name, help) = LINES.get(part).copied().unwrap_or_default();
        for text in texts.iter().filter(|text| **text != right) {
            let cause = match *text {
                "" => format!("{name} is empty"),
                text => format!("{name} is {text}"),
            };
            let edit = Edit::Line(part, (*text).to_owned());
            guesses.push(Guess {
                part,
                cause,
                help,
                edit,
            });
        }
    };
    let next = (incoming.port ^ 1).to_string();
    let ports = ["443", "80", "8080", "8443", "", "0", next.as_str()];
    line(6, &incoming.port.to_string(), &ports);

    let host = incoming.host.to_ascii_lowercase();
    let upper = host.to_ascii_uppercase();
    let authority = format!("{host}:{}", incoming.port);
    let (origin, bare) = (format!("http://{authority}"), format!("http://{host}"));
    let mut names = vec![
        incoming.host,
        &upper,
        &authority,
        "localhost",
        "127.0.0.1",
        "[::1]",
    ];
    names.extend(["::1", "0.0.0.0", "", &bare, &origin]);
    names.extend(hosts.iter().map(String::as_str));
    line(5, &host, &names);

    let method = incoming.method.to_ascii_uppercase();
    let lower = method.to_ascii_lowercase();
    let methods = [&lower, "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", ""];
    line(3, &method, &methods);

    let whole = incoming.resource;
    let (path, query) = whole.split_once('?').unwrap_or((whole, ""));
    let decoded = percent_decode_str(whole).decode_utf8_lossy();
    let edited = [
        format!("{whole}?"),
        format!("{whole}/"),
        whole.replacen(path, path.trim_end_matches('/'), 1),
        whole.to_ascii_lowercase(),
        format!("{origin}{whole}"),
        format!("{bare}{whole}"),
        format!("https://{host}{whole}"),
    ];
    let mut paths = vec![
        path,
        decoded.as_ref(),
        whole.trim_start_matches('/'),
        query,
        "/",
        "",
    ];
    paths.extend(edited.iter().map(String::as_str));
    // The path without its beginning: what is left when a base URL is cut off.
    let starts = path.match_indices('/').skip(1).take(8);
    paths.extend(starts.filter_map(|(at, _)| whole.get(at..)));
    line(4, whole, &paths);

    let ts = header.ts.to_string();
    let mut times = vec![
        format!("{ts}000"),
        (header.ts / 1000).to_string(),
        String::new(),
    ];
    // The clock was read twice, for the text and for the header.
    times.extend(
        [header.ts.saturating_sub(1), header.ts.saturating_add(1)].map(|ts| ts.to_string()),
    );
    let times: Vec<&str> = times.iter().map(String::as_str).collect();
    line(1, &ts, &times);
    let cases = [
        header.nonce.to_ascii_lowercase(),
        header.nonce.to_ascii_uppercase(),
    ];
    line(2, &header.nonce, &[&cases[0], &cases[1], ""]);

    let content_type = incoming.content_type.unwrap_or("");
    let hashes = [content_type, ""].map(|media_type| payload_hash(media_type, incoming.body));
    let nothing = ["", "null", "None", "undefined"];
    let hash = header.hash.as_deref().unwrap_or("");
    line(7, hash, &[&hashes[0], &hashes[1]]);
    line(7, hash, &nothing);
    line(8, header.ext.as_deref().unwrap_or(""), &nothing);
    let first = ["hawk.1.response", "hawk.1.payload", "hawk.header", "hawk"];
    line(0, "hawk.1.header", &first);
    frame_guesses(&mut guesses);
    key_guesses(&mut guesses, header, key);
    guesses
}

fn frame_guesses(guesses: &mut Vec<Guess>) {
    let ends = "end each line, the last one too, with one line feed";
    let extra = "write app and dlg only if app is in the header";
    let empty = "write the line of a missing hash or ext as an empty line";
    for (part, cause, help, edit) in [
        (
            FRAME,
            "the last line feed is missing",
            ends,
            Edit::NoFinalLineEnd,
        ),
        (FRAME, "lines end with CR LF", ends, Edit::LineEnd("\r\n")),
        (
            FRAME,
            "lines end with a backslash and an n",
            ends,
            Edit::LineEnd("\\n"),
        ),
        (FRAME, "lines do not end", ends, Edit::LineEnd("")),
        (FRAME, "lines end with a space", ends, Edit::LineEnd(" ")),
        (FRAME, "there is a line for app", extra, Edit::EmptyLines(1)),
        (
            FRAME,
            "there are lines for app and dlg",
            extra,
            Edit::EmptyLines(2),
        ),
        (
            0,
            "the first line is missing",
            "write hawk.1.header",
            Edit::NoLine(0),
        ),
        (7, "the line of the hash is missing", empty, Edit::NoLine(7)),
        (8, "the line of the ext is missing", empty, Edit::NoLine(8)),
    ] {
        let cause = cause.to_owned();
        guesses.push(Guess {
            part,
            cause,
            help,
            edit,
        });
    }
}

fn key_guesses(guesses: &mut Vec<Guess>, header: &Header, key: &str) {
    for (cause, bytes) in [
        (
            "a line feed follows the key",
            Some(format!("{key}\n").into_bytes()),
        ),
        (
            "the key has no surrounding white space",
            Some(key.trim().into()),
        ),
        (
            "the key is in quotes",
            Some(format!("\"{key}\"").into_bytes()),
        ),
        ("the key is decoded from base64", STANDARD.decode(key).ok()),
        (
            "the key is decoded from base64url",
            URL_SAFE_NO_PAD.decode(key).ok(),
        ),
        (
            "the key is encoded in base64",
            Some(STANDARD.encode(key).into_bytes()),
        ),
        ("the key is decoded from hexadecimal digits", from_hex(key)),
        (
            "the id is used as the key",
            Some(header.id.clone().into_bytes()),
        ),
        ("the key is empty", Some(Vec::new())),
    ] {
        let Some(bytes) = bytes.filter(|bytes| bytes != key.as_bytes()) else {
            continue;
        };
        guesses.push(Guess {
            part: KEY,
            cause: cause.to_owned(),
            help: "use the bytes of the key's text",
            edit: Edit::Key(bytes),
        });
    }
}

fn hash_help(incoming: &Incoming<'_>, header: &Header) -> String {
    let media_type = incoming.content_type.unwrap_or("");
    let given = header.hash.as_deref().unwrap_or("");
    let of = |media_type: &str, body: &[u8]| given == payload_hash(media_type, body);
    if of("", incoming.body) {
        return "the hash lacks the content type; hash the media type too".to_owned();
    }
    if of(media_type, b"") || of("", b"") {
        return "the hash is that of an empty body; hash the body that is sent, or leave it out"
            .to_owned();
    }
    if of(media_type, &[incoming.body, b"\n"].concat()) {
        return "the hash has a line feed after the body; hash what is sent".to_owned();
    }
    let essence = media_type.split(';').next().unwrap_or("").trim();
    format!(
        "hash `hawk.1.payload`, the media type `{}` and the body, each followed by a line feed, \
         with SHA-256 in base64, or leave the hash out",
        essence.to_ascii_lowercase()
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
    signed
        .normalized(Kind::Header)
        .replacen("\n0\n", "\n<ts>\n", 1)
}

/// The bytes of a MAC in any of the usual spellings.
fn decode(mac: &str) -> Option<Vec<u8>> {
    // 64 hexadecimal digits are valid base64 too, of 48 bytes.
    Some(mac)
        .filter(|mac| mac.len() == 64)
        .and_then(from_hex)
        .or_else(|| STANDARD.decode(mac).ok())
        .or_else(|| STANDARD_NO_PAD.decode(mac).ok())
        .or_else(|| URL_SAFE.decode(mac).ok())
        .or_else(|| URL_SAFE_NO_PAD.decode(mac).ok())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| Some(pair).filter(|pair| pair.len() == 2).and_then(byte))
        .collect()
}
