//! The usual mistakes in signing: which of them, made alone or two at once, leads to the
//! MAC that a caller sent.
//!
//! A MAC cannot be read backwards, but a guess can be tried. It must not know what is
//! answered, and its words never hold a key.

mod guesses;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::mac::digest;
use super::{Header, Incoming, Kind};

/// What a mistake is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The lines themselves: their number, their ends.
    Frame,
    /// The time.
    Time,
    /// The nonce.
    Nonce,
    /// The method.
    Method,
    /// The path.
    Path,
    /// The query.
    Query,
    /// The host.
    Host,
    /// The port.
    Port,
    /// The payload hash.
    Hash,
    /// The application-specific text.
    Ext,
    /// The key, used in another form.
    Key,
    /// The key, left empty.
    NoKey,
}

/// What the verifier knows beside the request, to guess better.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    /// Hosts that callers may have meant.
    pub(crate) hosts: Vec<String>,
    /// Paths that callers may have meant.
    pub(crate) paths: Vec<String>,
    /// Nonces that were seen lately.
    pub(crate) nonces: Vec<String>,
}

/// One thing done wrong.
#[derive(Clone, Debug)]
pub(crate) struct Mistake {
    pub(crate) part: Part,
    /// Goes on after "the MAC holds if".
    pub(crate) told: String,
    pub(crate) remedy: &'static str,
    edit: Edit,
}

#[derive(Clone, Debug)]
enum Edit {
    /// Another text in a line.
    Line(usize, String),
    /// A line that is not there.
    NoLine(usize),
    /// Lines at the end.
    More(usize),
    /// Other ends of lines.
    Break(&'static str),
    /// No end of the last line.
    NoLastBreak,
    /// Another key.
    Key(Vec<u8>),
}

/// The text to sign, and the key, while both are bent.
#[derive(Clone)]
struct Draft {
    lines: Vec<Option<String>>,
    end: &'static str,
    last_end: bool,
    key: Vec<u8>,
}

impl Draft {
    fn bent(&self, mistakes: &[&Mistake]) -> Self {
        let mut draft = self.clone();
        for mistake in mistakes {
            match &mistake.edit {
                Edit::Line(at, text) => draft.set(*at, Some(text.clone())),
                Edit::NoLine(at) => draft.set(*at, None),
                Edit::More(count) => draft
                    .lines
                    .extend(std::iter::repeat_n(Some(String::new()), *count)),
                Edit::Break(end) => draft.end = end,
                Edit::NoLastBreak => draft.last_end = false,
                Edit::Key(key) => draft.key.clone_from(key),
            }
        }
        draft
    }

    fn set(&mut self, at: usize, text: Option<String>) {
        if let Some(line) = self.lines.get_mut(at) {
            *line = text;
        }
    }

    fn digest(&self) -> Vec<u8> {
        let lines: Vec<&str> = self.lines.iter().flatten().map(String::as_str).collect();
        let mut text = lines.join(self.end);
        if self.last_end {
            text.push_str(self.end);
        }
        digest(&self.key, &text)
    }
}

/// The mistakes that lead to the caller's MAC: none if no guess fits, one, or two.
///
/// Mistakes in `Known` apart, the guesses are the same for everybody.
pub(crate) fn find(
    incoming: &Incoming<'_>,
    header: &Header,
    key: &str,
    known: &Known,
) -> Vec<Mistake> {
    let Some(given) = decode(&header.mac) else {
        return Vec::new();
    };
    let draft = Draft {
        lines: incoming
            .signed(header)
            .normalized(Kind::Header)
            .lines()
            .map(|line| Some(line.to_owned()))
            .collect(),
        end: "\n",
        last_end: true,
        key: key.as_bytes().to_vec(),
    };
    let guesses = guesses::all(incoming, header, key, known);
    let fits = |mistakes: &[&Mistake]| draft.bent(mistakes).digest() == given;
    if let Some(single) = guesses.iter().find(|guess| fits(&[guess])) {
        return vec![single.clone()];
    }
    for (index, first) in guesses.iter().enumerate() {
        for second in guesses.iter().skip(index + 1) {
            if first.part != second.part && fits(&[first, second]) {
                return vec![first.clone(), second.clone()];
            }
        }
    }
    Vec::new()
}

/// The bytes of a MAC in any of the usual spellings.
pub(super) fn decode(mac: &str) -> Option<Vec<u8>> {
    let hex = || {
        let digits = mac.as_bytes().chunks(2);
        let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        digits.map(byte).collect::<Option<Vec<u8>>>()
    };
    // 64 hexadecimal digits are good base64 too, of 48 bytes.
    Some(mac)
        .filter(|mac| mac.len() == 64)
        .and_then(|_| hex())
        .or_else(|| STANDARD.decode(mac).ok())
        .or_else(|| STANDARD_NO_PAD.decode(mac).ok())
        .or_else(|| URL_SAFE.decode(mac).ok())
        .or_else(|| URL_SAFE_NO_PAD.decode(mac).ok())
}
