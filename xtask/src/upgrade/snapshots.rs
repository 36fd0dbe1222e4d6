//! Which snapshots of the workspace show what changed. It reads them, and does not know
//! which tests made them.

use std::path::Path;

use crate::diff::git;

/// The snapshots that show one of the words, with that word. With `lists`, also those that
/// list all clauses.
pub(super) fn showing(root: &Path, words: &[String], lists: bool) -> Vec<String> {
    // Those of xtask are made of a contract that does not change.
    let files = git(root, &["ls-files", "crates/*.snap"]).unwrap_or_default();
    let shown = files.lines().filter_map(|file| {
        let text = std::fs::read_to_string(root.join(file)).ok()?;
        let word = words.iter().find(|word| has_word(&text, word));
        let is_list = lists && text.contains("with a check");
        let word = word
            .map(String::as_str)
            .or(is_list.then_some("all clauses"))?;
        Some(format!("{file} (shows {word})"))
    });
    shown.collect()
}

/// Whether a text has a word that is not a part of another one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}
