//! Text from outside, made safe for terminals, logs and reports.

use std::fmt::{self, Write};

/// Text that is shown escaped and cut: control characters, bidirectional marks, invisible
/// characters and newlines appear as `\u{…}`, and what exceeds 100 characters as `…`.
///
/// `Debug` and `Display` show the same, without quotes. Use it for every text of a server, a file
/// or a page that reaches a terminal, a log or a report: an escape sequence could change what a
/// terminal shows, and a newline could forge a line of a log.
///
/// ```
/// use bvnk_gen::Escaped;
///
/// assert_eq!(Escaped::new("a\n\u{1b}[31mb").to_string(), "a\\n\\u{1b}[31mb");
/// assert!(Escaped::new(&"a".repeat(1000)).to_string().ends_with("a…"));
/// ```
#[derive(Clone, Copy)]
pub struct Escaped<'a>(&'a str);

/// The number of characters of the text that are shown.
const LIMIT: usize = 100;

impl<'a> Escaped<'a> {
    /// Escapes a text and cuts it to 100 characters.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut characters = self.0.chars();
        for character in characters.by_ref().take(LIMIT) {
            match character {
                '\'' | '"' => f.write_char(character)?,
                // `escape_debug` knows what is not printable, but not what is invisible.
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' => {
                    write!(f, "{}", character.escape_unicode())?;
                }
                '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
                    write!(f, "{}", character.escape_unicode())?;
                }
                '\u{e0000}'..='\u{e0fff}' => write!(f, "{}", character.escape_unicode())?,
                _ => write!(f, "{}", character.escape_debug())?,
            }
        }
        match characters.next() {
            Some(_) => f.write_char('…'),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_act_on_a_terminal_or_a_line_is_escaped() {
        for (text, shown) in [
            ("VERIFIED", "VERIFIED"),
            ("é 北 \"it's\"", "é 北 \"it's\""),
            ("\r\n::error::x", "\\r\\n::error::x"),
            ("\u{7}\u{9b}31m", "\\u{7}\\u{9b}31m"),
            (
                "a\u{202e}b\u{200b}\u{2028}",
                "a\\u{202e}b\\u{200b}\\u{2028}",
            ),
            ("\\n", "\\\\n"),
        ] {
            assert_eq!(Escaped::new(text).to_string(), shown);
            assert_eq!(format!("{:?}", Escaped::new(text)), shown);
        }
        let long = "x".repeat(1 << 20);
        assert!(Escaped::new(&long).to_string().len() < 110);
    }
}
