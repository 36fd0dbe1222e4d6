//! Parses the `Authorization` header, strictly.

use std::collections::HashMap;

use super::Rejection;

/// The longest header that is parsed, in bytes.
const MAX_LENGTH: usize = 4096;

const NAMES: [&str; 8] = ["id", "ts", "nonce", "mac", "hash", "ext", "app", "dlg"];

const BLANKS: [char; 2] = [' ', '\t'];

/// The attributes of a Hawk `Authorization` header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
        let malformed = |at, problem| Rejection::Malformed { at, problem };
        // Where the rest of the text starts.
        let place = |rest: &str| text.len() - rest.len();
        let expect = |rest: &'_ str, token: &str, problem| {
            let found = rest.starts_with(token).then(|| place(rest) + token.len());
            let after = found.and_then(|at| text.get(at..));
            after.ok_or_else(|| malformed(place(rest), problem))
        };
        if text.len() > MAX_LENGTH {
            return Err(malformed(MAX_LENGTH, "longer than 4096 characters"));
        }
        let (scheme, mut rest) = take(text, |it| it != ' ');
        if !scheme.eq_ignore_ascii_case("hawk") {
            return Err(malformed(0, "the scheme is not Hawk"));
        }
        // The place and the value of each attribute that is given.
        let mut found = HashMap::new();
        loop {
            rest = rest.trim_start_matches(BLANKS);
            let at = place(rest);
            let (name, after) = take(rest, |it| it.is_ascii_alphanumeric() || it == '_');
            if name.is_empty() {
                return Err(malformed(at, "expected an attribute"));
            }
            let after = expect(after, "=\"", "expected =\" after the attribute's name")?;
            // Printable ASCII but the quote and the backslash.
            let (value, after) = take(after, |it| matches!(it, ' '..='~' if !"\"\\".contains(it)));
            if value.is_empty() {
                let problem = "empty value or forbidden character";
                return Err(malformed(place(after), problem));
            }
            let after = expect(after, "\"", "forbidden character or no closing quote")?;
            if !NAMES.contains(&name) {
                return Err(malformed(at, "unknown attribute"));
            }
            if found.insert(name, (at, value)).is_some() {
                return Err(malformed(at, "attribute given twice"));
            }
            rest = after.trim_start_matches(BLANKS);
            if rest.is_empty() {
                break;
            }
            rest = expect(rest, ",", "expected a comma")?;
        }
        let optional = |name| found.get(name).map(|(_, value)| (*value).to_owned());
        let required = |name, problem| optional(name).ok_or_else(|| malformed(text.len(), problem));
        let id = required("id", "no id")?;
        let ts = required("ts", "no ts")?;
        // `parse` alone would accept a leading plus sign.
        let is_number = ts.bytes().all(|byte| byte.is_ascii_digit());
        let at = found.get("ts").map_or(0, |(at, _)| *at);
        let ts = ts.parse().ok().filter(|_| is_number);
        Ok(Self {
            id,
            nonce: required("nonce", "no nonce")?,
            mac: required("mac", "no mac")?,
            ts: ts.ok_or_else(|| malformed(at, "ts is not a number of seconds"))?,
            hash: optional("hash"),
            ext: optional("ext"),
            app: optional("app"),
            dlg: optional("dlg"),
        })
    }
}

/// The longest start of such characters, and the rest.
fn take(text: &str, wanted: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|it| !wanted(it)).unwrap_or(text.len());
    text.split_at(end)
}
