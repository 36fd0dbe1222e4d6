//! Which texts of a server `Display` and `Debug` may show.
//!
//! Any text of a response may repeat a person's data. What is shown must look like an
//! identifier that a program chose, and must not occur in the request.

use std::error::Error;

use bvnk_gen::Escaped;

/// Returns the text of the innermost source of an error of the connection or of TLS.
pub(crate) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    Escaped::new(&root.to_string()).to_string()
}

/// Whether a text has the form of an error code: `ACCOUNTS-2000` or `invalid_request`.
pub(crate) fn is_code(text: &str) -> bool {
    let separated = text.contains(['-', '_', '.']);
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let upper = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let lower = |byte: u8| byte.is_ascii_lowercase();
    is_token(text, 64)
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && (text
            .bytes()
            .all(|byte| upper(byte) || b"-_.".contains(&byte))
            && (separated || has_digit)
            || text.bytes().all(|byte| lower(byte) || byte == b'_') && separated)
}

/// Whether a text has the form of a trace id: long, of hexadecimal digits and hyphens, as a UUID is.
/// Cloudflare's ids end with the code of an airport.
pub(crate) fn is_trace_id(text: &str) -> bool {
    let digits = match text.rsplit_once('-') {
        Some((digits, airport)) if airport.len() == 3 => digits,
        _ => text,
    };
    is_token(text, 128)
        && digits.len() >= 12
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a text has the form of a status: capital letters and underscores.
pub(crate) fn is_status(text: &str) -> bool {
    is_token(text, 64)
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn is_token(text: &str, longest: usize) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=longest).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_shown_and_other_texts_are_not() {
        // Code, trace id, status.
        for (text, shown) in [
            ("ACCOUNTS-2000", [true, false, false]),
            ("invalid_request", [true, false, false]),
            ("E42", [true, false, false]),
            ("4f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f", [false, true, false]),
            ("7d1a2b3c4d5e6f70-LHR", [false, true, false]),
            ("INFO_REQUIRED", [true, false, true]),
            ("VERIFIED", [false, false, true]),
            ("Ada Lovelace", [false; 3]),
            ("Ada", [false; 3]),
            ("c4nary", [false; 3]),
            ("c4nary-description", [false; 3]),
            ("ada@example.com", [false; 3]),
            ("1815-12-10", [false; 3]),
            ("+441234567890", [false; 3]),
            ("A\u{1b}[31m_1", [false; 3]),
            ("A_\n::error::x", [false; 3]),
            ("", [false; 3]),
        ] {
            let found = [is_code(text), is_trace_id(text), is_status(text)];
            assert_eq!(found, shown, "{text}");
        }
        assert!(!is_code(&"A_".repeat(33)) && !is_status(&"A".repeat(65)));
    }
}
