//! Parses the `Authorization` header, strictly.

use super::Rejection;

/// The longest header that is parsed, in bytes.
const MAX_LENGTH: usize = 4096;

const NAMES: [&str; 8] = ["id", "ts", "nonce", "mac", "hash", "ext", "app", "dlg"];

/// The attributes of a Hawk `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The id of the credentials.
    pub id: String,
    /// When the request was signed, in Unix seconds by the caller's clock.
    pub ts: u64,
    /// A text that is used once.
    pub nonce: String,
    /// The MAC, in base64.
    pub mac: String,
    /// The payload hash, in base64.
    pub hash: Option<String>,
    /// Application-specific text.
    pub ext: Option<String>,
    /// The application id.
    pub app: Option<String>,
    /// The id of the delegating application.
    pub dlg: Option<String>,
}

impl Header {
    /// Parses a header's value: the scheme `Hawk` in any case, then attributes
    /// `name="value"` with commas between them.
    ///
    /// A value is non-empty and consists of space, letters, digits and
    /// ``!#$%&'()*+,-./:;<=>?@[]^`{|}~_``.
    ///
    /// # Errors
    ///
    /// [`Rejection::Malformed`], with the place.
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        if text.len() > MAX_LENGTH {
            return Err(malformed(MAX_LENGTH, "longer than 4096 characters"));
        }
        let scheme = text.split(' ').next().unwrap_or("");
        if !scheme.eq_ignore_ascii_case("hawk") {
            return Err(malformed(0, "the scheme is not Hawk"));
        }
        let mut parser = Parser {
            text,
            at: scheme.len(),
        };
        parser.spaces();
        // The place and the value of each attribute that was given.
        let mut found: [Option<(usize, &str)>; NAMES.len()] = [None; NAMES.len()];
        loop {
            let at = parser.at;
            let name = parser.take(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if name.is_empty() {
                return Err(malformed(at, "expected an attribute"));
            }
            parser.expect("=\"", "expected =\" after the attribute's name")?;
            // Printable ASCII but the quote and the backslash.
            let value = parser.take(|byte| matches!(byte, b' '..=b'~') && !b"\"\\".contains(&byte));
            if value.is_empty() {
                return Err(malformed(parser.at, "empty value or forbidden character"));
            }
            parser.expect("\"", "forbidden character or no closing quote")?;
            let index = NAMES.iter().position(|known| *known == name);
            let slot = index.and_then(|index| found.get_mut(index));
            let slot = slot.ok_or_else(|| malformed(at, "unknown attribute"))?;
            if slot.replace((at, value)).is_some() {
                return Err(malformed(at, "attribute given twice"));
            }
            parser.spaces();
            if parser.at == text.len() {
                break;
            }
            parser.expect(",", "expected a comma")?;
            parser.spaces();
        }
        let [id, ts, nonce, mac, hash, ext, app, dlg] = found;
        let required = |slot: Option<(usize, &str)>, problem| match slot {
            Some((_, value)) => Ok(value.to_owned()),
            None => Err(malformed(text.len(), problem)),
        };
        let optional = |slot: Option<(usize, &str)>| slot.map(|(_, value)| value.to_owned());
        let id = required(id, "no id")?;
        let (ts_at, ts) = ts.ok_or_else(|| malformed(text.len(), "no ts"))?;
        // `parse` alone would accept a leading plus sign.
        let digits = ts.bytes().all(|byte| byte.is_ascii_digit());
        let ts = ts.parse().ok().filter(|_| digits);
        Ok(Self {
            id,
            ts: ts.ok_or_else(|| malformed(ts_at, "ts is not a number of seconds"))?,
            nonce: required(nonce, "no nonce")?,
            mac: required(mac, "no mac")?,
            hash: optional(hash),
            ext: optional(ext),
            app: optional(app),
            dlg: optional(dlg),
        })
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn spaces(&mut self) {
        self.take(|byte| byte == b' ' || byte == b'\t');
    }

    fn expect(&mut self, token: &str, problem: &'static str) -> Result<(), Rejection> {
        if !self.rest().starts_with(token) {
            return Err(malformed(self.at, problem));
        }
        self.at += token.len();
        Ok(())
    }

    /// Takes the longest run of such bytes. They are ASCII, so no character is cut.
    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| wanted(*byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or("")
    }
}

fn malformed(at: usize, problem: &'static str) -> Rejection {
    Rejection::Malformed { at, problem }
}
