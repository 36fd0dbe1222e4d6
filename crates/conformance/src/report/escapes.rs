//! How each format writes text, so that it becomes no markup and no command. All of them get text
//! on one line, in which everything is visible.

/// Writes a text in a format.
pub(super) type Escape = fn(&str) -> String;

/// What a template may name in place of the escape of its format. Names of ours, such as a verdict,
/// are written in lower case without hyphens; those for a terminal are padded.
pub(super) const NAMED: [(&str, Escape); 8] = [
    // Within a fenced block of Markdown: it cannot end the block, as it has no backtick.
    ("code", |text| text.replace('`', "\\u{60}")),
    // A property of a workflow command: what would end it is encoded too.
    ("property", |text| {
        command(text).replace(':', "%3A").replace(',', "%2C")
    }),
    ("words", words),
    ("capitals", |text| words(text).to_uppercase()),
    ("left6", |text| format!("{:6}", words(text))),
    ("left10", |text| format!("{:10}", words(text))),
    ("left12", |text| format!("{:12}", words(text))),
    ("right8", |text| format!("{:>8}", words(text))),
];

/// A name of ours.
fn words(text: &str) -> String {
    text.to_lowercase().replace('-', " ")
}

/// Text in a workflow command of GitHub Actions.
pub(super) fn command(text: &str) -> String {
    text.replace('%', "%25")
}

/// Text within HTML or XML, also within the quotes of an attribute.
pub(super) fn markup(text: &str) -> String {
    references(text, "<>&\"'#")
}

/// Text within a line, a table or a line of HTML in Markdown. References to characters are safe in
/// all three, where a backslash is not.
pub(super) fn inline(text: &str) -> String {
    references(text, "\\`*_{}[]<>()#+!|~&$@:\"'")
}

/// The text with a numeric reference for each special character.
fn references(text: &str, special: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        match special.contains(character) {
            true => written.push_str(&format!("&#{};", u32::from(character))),
            false => written.push(character),
        }
    }
    written
}
