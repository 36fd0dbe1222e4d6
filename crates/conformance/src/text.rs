//! Words that commands, checks and reports share.

/// Returns the words that start this program again: cargo runs it as its own command, as the
/// repository's alias does; else it was started by its name or by a path.
pub fn program() -> String {
    if std::env::var_os("CARGO").is_some() {
        return "cargo conformance".to_owned();
    }
    let own = std::env::args_os().next().unwrap_or_default();
    let is_word = |own: &&str| {
        let plain = |it: char| it.is_ascii_alphanumeric() || "/._-".contains(it);
        !own.is_empty() && own.chars().all(plain)
    };
    // A shell would split or change another text.
    let own = own.to_str().filter(is_word);
    own.unwrap_or("conformance").to_owned()
}

/// Returns `1 case` or `2 cases`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// JSON in which the characters that are not plain have escapes, so that values stay what they are.
pub(crate) fn escaped_json(json: &str, is_plain: impl Fn(char) -> bool) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_plain(letter) {
            text.push(letter);
            continue;
        }
        for unit in letter.encode_utf16(&mut [0; 2]) {
            text.push_str(&format!("\\u{unit:04x}"));
        }
    }
    text
}
