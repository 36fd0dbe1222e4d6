//! Guesses: which name that the page no longer has is which of its new ones.

use std::collections::{BTreeMap, BTreeSet};

use super::rows::Said;
use super::words;
use crate::facts::Attribute;

/// Names that are less alike than this are not taken for a renaming.
pub(super) const ALIKE: f64 = 0.45;

/// What the page no longer names, with what it names instead, where that is likely: in
/// the same object, and alike. Objects first, so that what they hold moves with them.
pub(super) fn renamings(
    said: &[Said],
    stated: &BTreeMap<String, Attribute>,
) -> Vec<(String, String)> {
    let mut renamed: Vec<(String, String)> = Vec::new();
    let names: BTreeSet<&str> = said.iter().map(|said| said.path.as_str()).collect();
    let split = |path: &str| -> (String, String) {
        path.rsplit_once('.')
            .map_or((String::new(), path.to_owned()), |(a, b)| {
                (a.to_owned(), b.to_owned())
            })
    };
    let mut missing: Vec<&String> = stated
        .keys()
        .filter(|path| !names.contains(path.as_str()))
        .collect();
    let gone = missing.clone();
    missing.sort_by_key(|path| path.matches('.').count());
    for path in missing {
        let (holder, old) = split(path);
        let moved = renamed.iter().fold(holder.clone(), |holder, (from, to)| {
            match holder.strip_prefix(from.as_str()) {
                Some(rest) if rest.is_empty() || rest.starts_with('.') => format!("{to}{rest}"),
                _ => holder,
            }
        });
        if names.contains(format!("{moved}.{old}").trim_start_matches('.')) {
            continue;
        }
        let within: BTreeSet<&str> = stated
            .keys()
            .filter_map(|inner| inner.strip_prefix(&format!("{path}.")))
            .collect();
        let is_free = |said: &&Said| {
            !stated.contains_key(&said.path)
                && split(&said.path).0 == moved
                && !renamed.iter().any(|(_, to)| *to == said.path)
        };
        let candidates: Vec<&Said> = said.iter().filter(is_free).collect();
        let went = gone.iter().filter(|other| split(other).0 == holder);
        // One that came where one of its type went is taken for the same, alike or not.
        let is_alone =
            went.count() == 1 && matches!(candidates[..], [one] if one.is_of(&stated[path]));
        let least = if is_alone { 0.0 } else { ALIKE };
        let likely = candidates
            .into_iter()
            .map(|candidate| {
                // An object is known by what it holds.
                let holds =
                    |inner: &&&str| names.contains(format!("{}.{inner}", candidate.path).as_str());
                let kept = within.iter().filter(holds).count() as f64 / within.len().max(1) as f64;
                (
                    words::likeness(&old, &split(&candidate.path).1).max(kept),
                    candidate,
                )
            })
            .max_by(|(a, _), (b, _)| a.total_cmp(b));
        if let Some((likeness, candidate)) = likely
            && likeness >= least
        {
            renamed.push((path.clone(), candidate.path.clone()));
        }
    }
    renamed
}
