//! How similar names are, and guesses at what was renamed.
//!
//! A guess only words a message or pairs two statements for it. It never decides what breaks.

use std::collections::BTreeSet;

use bvnk_contract::AttributeRules;
use heck::ToSnakeCase;

/// Names that are less similar than this are not taken for a renaming.
///
/// Chosen so that `postCode` and `postalCode` are similar and `city` and `firstName` are not.
pub(crate) const SIMILAR: f64 = 0.45;

/// How similar two names are, from 0 to 1: by their letters, or by a word that both have.
pub fn similarity(a: &str, b: &str) -> f64 {
    let letters = strsim::normalized_damerau_levenshtein(&a.to_lowercase(), &b.to_lowercase());
    // `postCode`, `post-code` and `POST_CODE` have the same words.
    let [a, b] = [a, b].map(|name| name.to_snake_case());
    let [a, b] = [&a, &b].map(|name| name.split('_').collect::<Vec<_>>());
    let shared = a.iter().filter(|word| b.contains(word)).count();
    letters.max(shared as f64 / a.len().max(b.len()).max(1) as f64)
}

/// The most similar of several names. One that is certain to be the only candidate is
/// taken even if it is not similar.
pub(crate) fn most_similar<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    only: bool,
) -> Option<&'a str> {
    let least = if only { 0.0 } else { SIMILAR };
    let candidates = candidates.into_iter();
    candidates
        .map(|other| (similarity(name, other), other))
        .filter(|(similarity, _)| *similarity >= least)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, other)| other)
}

/// What holds an attribute, and its own name.
///
/// For `address.city` they are `address` and `city`; an outermost attribute is held by the body,
/// whose path is empty.
pub(crate) fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}

/// Guesses which attribute of one body became which new one: in the same object, and
/// similar. Objects come first, so that what they hold moves with them.
///
/// The pairs are the old and the new path, in the order in which they apply.
pub(crate) fn renames(
    before: &[&AttributeRules],
    after: &[&AttributeRules],
) -> Vec<(String, String)> {
    let [known, names] = [before, after].map(|all| {
        let paths = all.iter().map(|rules| rules.path.as_str());
        paths.collect::<BTreeSet<_>>()
    });
    let mut renames: Vec<(String, String)> = Vec::new();
    let gone = before.iter();
    let mut gone: Vec<_> = gone.filter(|it| !names.contains(&*it.path)).collect();
    gone.sort_by_key(|rules| rules.path.matches('.').count());
    for &old in &gone {
        let (parent, name) = split(&old.path);
        let moved = moved(parent, &renames);
        if names.contains(&*join(&moved, name)) {
            continue;
        }
        let free = after.iter().filter(|new| {
            let is_taken = renames.iter().any(|(_, to)| *to == new.path);
            !known.contains(&*new.path) && split(&new.path).0 == moved && !is_taken
        });
        let free: Vec<&AttributeRules> = free.copied().collect();
        // A new one in the place of a removed one of its type is taken for the same.
        let siblings = gone.iter().filter(|it| split(&it.path).0 == parent);
        let is_alone = siblings.count() == 1
            && matches!(free[..], [new] if new.r#type == old.r#type && new.required == old.required);
        let inside = known
            .iter()
            .filter_map(|path| path.strip_prefix(&*old.path));
        let inside: Vec<&str> = inside.filter(|rest| rest.starts_with('.')).collect();
        let ranked = free.into_iter().filter_map(|new| {
            // An object is known by what it holds.
            let kept = inside.iter().map(|rest| format!("{}{rest}", new.path));
            let kept = kept.filter(|path| names.contains(&**path)).count();
            let kept = kept as f64 / inside.len().max(1) as f64;
            let likeness = similarity(name, split(&new.path).1).max(kept);
            // Of two that are about as similar, the one with the same rules.
            let mut same = new.clone();
            same.path.clone_from(&old.path);
            let rank = if same == **old {
                likeness + 0.2
            } else {
                likeness
            };
            (is_alone || likeness >= SIMILAR).then_some((rank, &new.path))
        });
        let likely = ranked.max_by(|(a, _), (b, _)| a.total_cmp(b));
        renames.extend(likely.map(|(_, new)| (old.path.clone(), new.clone())));
    }
    renames
}

/// The rest of a path, or of a subject that ends in one, if it is `holder` or within it.
///
/// `address` holds `address.city` and `address[]`, and does not hold `addressLine`.
pub(crate) fn below<'a>(path: &'a str, holder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(holder)?;
    (rest.is_empty() || rest.starts_with(['.', '[', '{', '<'])).then_some(rest)
}

/// Where a path leads after renames of what holds it.
pub(crate) fn moved(path: &str, renames: &[(String, String)]) -> String {
    renames.iter().fold(path.to_owned(), |path, (from, to)| {
        below(&path, from).map_or(path.clone(), |rest| format!("{to}{rest}"))
    })
}

/// The path of what an attribute holds.
pub(crate) fn join(parent: &str, name: &str) -> String {
    match parent {
        "" => name.to_owned(),
        parent => format!("{parent}.{name}"),
    }
}
