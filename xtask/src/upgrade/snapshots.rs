//! Which snapshots of the workspace show what changed. It reads them, and does not know
//! which tests made them.

use std::path::{Path, PathBuf};

/// The snapshots that show one of the words, with that word. With `lists`, also those that
/// list all clauses.
pub(super) fn showing(root: &Path, words: &[String], lists: bool) -> Vec<String> {
    let mut files = Vec::new();
    // Those of xtask are made of a contract that does not change.
    collect(&root.join("crates"), &mut files);
    files.sort();
    let shown = files.iter().filter_map(|file| {
        let text = std::fs::read_to_string(file).ok()?;
        let is_list = lists && text.contains("with a check");
        let word = words.iter().find(|word| has_word(&text, word));
        let word = word
            .cloned()
            .or(is_list.then(|| "all clauses".to_owned()))?;
        let name = file.strip_prefix(root).unwrap_or(file);
        Some(format!("{} (shows {word})", name.display()))
    });
    shown.collect()
}

/// Whether a text has a word that is not a part of another one.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !is_part(text[..at].chars().next_back()) && !is_part(text[at + word.len()..].chars().next())
    })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect(&path, files);
            }
        } else if path.to_string_lossy().ends_with(".snap") {
            files.push(path);
        }
    }
}
