//! Reads the `Authorization` header, strictly.
//!
//! It must not know keys, nonces or time: it says what the text says, or where it fails.

use super::Refusal;

/// The longest header that is read, in bytes.
const MAX_LENGTH: usize = 4096;

/// The attributes of a Hawk `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Whose key signed.
    pub id: String,
    /// When it was signed, in Unix seconds by the caller's clock.
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
    /// Who delegated.
    pub dlg: Option<String>,
}

impl Header {
    /// Reads a header's value: the scheme `Hawk` in any case, then attributes
    /// `name="value"` with commas between them.
    ///
    /// A value is non-empty and holds space, letters, digits and
    /// ``!#$%&'()*+,-./:;<=>?@[]^`{|}~_``.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`], with the place.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut attributes = Attributes::default();
        let mut reader = Reader { text, at: 0 };
        if text.len() > MAX_LENGTH {
            return Err(malformed(MAX_LENGTH, "longer than 4096 characters"));
        }
        reader.scheme()?;
        loop {
            let at = reader.at;
            let name = reader.name()?;
            let value = reader.value()?;
            let slot = attributes
                .slot(name)
                .ok_or_else(|| malformed(at, "unknown attribute"))?;
            // Which of two would be signed, and which used? Nobody should have to ask.
            if slot.replace((at, value)).is_some() {
                return Err(malformed(at, "attribute given twice"));
            }
            if !reader.comma()? {
                break;
            }
        }
        attributes.finish(text.len())
    }
}

/// The attributes as they are found, each with its place.
#[derive(Default)]
struct Attributes<'a> {
    id: Option<(usize, &'a str)>,
    ts: Option<(usize, &'a str)>,
    nonce: Option<(usize, &'a str)>,
    mac: Option<(usize, &'a str)>,
    hash: Option<(usize, &'a str)>,
    ext: Option<(usize, &'a str)>,
    app: Option<(usize, &'a str)>,
    dlg: Option<(usize, &'a str)>,
}

impl<'a> Attributes<'a> {
    fn slot(&mut self, name: &str) -> Option<&mut Option<(usize, &'a str)>> {
        Some(match name {
            "id" => &mut self.id,
            "ts" => &mut self.ts,
            "nonce" => &mut self.nonce,
            "mac" => &mut self.mac,
            "hash" => &mut self.hash,
            "ext" => &mut self.ext,
            "app" => &mut self.app,
            "dlg" => &mut self.dlg,
            _ => return None,
        })
    }

    fn finish(self, end: usize) -> Result<Header, Refusal> {
        let required =
            |slot: Option<(usize, &'a str)>, problem| slot.ok_or_else(|| malformed(end, problem));
        let own = |slot: Option<(usize, &'a str)>| slot.map(|(_, value)| value.to_owned());
        let (ts_at, ts) = required(self.ts, "no ts")?;
        // `parse` alone would take a leading plus sign.
        let digits = ts.bytes().all(|byte| byte.is_ascii_digit());
        Ok(Header {
            id: required(self.id, "no id")?.1.to_owned(),
            ts: ts
                .parse()
                .ok()
                .filter(|_| digits)
                .ok_or_else(|| malformed(ts_at, "ts is not a number of seconds"))?,
            nonce: required(self.nonce, "no nonce")?.1.to_owned(),
            mac: required(self.mac, "no mac")?.1.to_owned(),
            hash: own(self.hash),
            ext: own(self.ext),
            app: own(self.app),
            dlg: own(self.dlg),
        })
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn scheme(&mut self) -> Result<(), Refusal> {
        let (scheme, _) = self.rest().split_once(' ').unwrap_or((self.rest(), ""));
        if !scheme.eq_ignore_ascii_case("hawk") {
            return Err(malformed(self.at, "the scheme is not Hawk"));
        }
        self.at += scheme.len();
        self.spaces();
        Ok(())
    }

    fn name(&mut self) -> Result<&'a str, Refusal> {
        let name = self.take(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if name.is_empty() {
            return Err(malformed(self.at, "expected an attribute"));
        }
        Ok(name)
    }

    fn value(&mut self) -> Result<&'a str, Refusal> {
        self.expect("=\"", "expected =\" after the attribute's name")?;
        let value = self.take(is_value);
        if value.is_empty() {
            return Err(malformed(self.at, "empty value or forbidden character"));
        }
        self.expect("\"", "forbidden character or no closing quote")?;
        Ok(value)
    }

    /// Whether another attribute follows.
    fn comma(&mut self) -> Result<bool, Refusal> {
        self.spaces();
        if self.rest().is_empty() {
            return Ok(false);
        }
        self.expect(",", "expected a comma")?;
        self.spaces();
        Ok(true)
    }

    fn spaces(&mut self) {
        self.take(|byte| byte == b' ' || byte == b'\t');
    }

    fn expect(&mut self, token: &str, problem: &'static str) -> Result<(), Refusal> {
        if !self.rest().starts_with(token) {
            return Err(malformed(self.at, problem));
        }
        self.at += token.len();
        Ok(())
    }

    /// Takes the longest run of such bytes; they are ASCII, so that no character is cut.
    fn take(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| wanted(*byte)).count();
        self.at += length;
        rest.get(..length).unwrap_or("")
    }
}

/// Printable ASCII but the quote and the backslash.
fn is_value(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

fn malformed(at: usize, problem: &'static str) -> Refusal {
    Refusal::Malformed { at, problem }
}
