//! Finds everything that is wrong with a JSON text, type by type.
//!
//! serde stops at the first violation, and its messages quote the document. This walks the
//! text along the types instead, and holds no more of it than one object's names.

use std::fmt;

use serde::Deserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::validation::join;
use crate::{Escaped, ValidationError};

/// Levels of nesting that are checked.
const DEPTH: usize = 64;

/// The place that is checked, and what was found so far.
pub struct Checker {
    path: Vec<String>,
    strict: bool,
    found: ValidationError,
}

impl Checker {
    pub(crate) fn new(strict: bool) -> Self {
        Self {
            path: Vec::new(),
            strict,
            found: ValidationError::none(),
        }
    }

    /// Records the rules that the value at this place breaks.
    pub fn report(&mut self, error: impl Into<ValidationError>) {
        // A document of any size must not take time for what is not kept.
        if self.found.is_full() {
            return;
        }
        let place = self.path.iter().rev();
        let path = place.fold(String::new(), |inner, outer| join(outer, &inner));
        self.found.append(error.into().at(&path));
    }

    pub(crate) fn finish(self) -> Result<(), ValidationError> {
        self.found.result()
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.strict
    }

    fn inside(&mut self, segment: String, json: &str, check: Check) {
        if self.found.is_full() {
            return;
        }
        if self.path.len() < DEPTH {
            self.path.push(segment);
            check(json, self);
            self.path.pop();
        } else {
            self.report("must be nested less deeply");
        }
    }
}

/// Checks the JSON text of a value.
pub(crate) type Check = fn(&str, &mut Checker);

/// A member that a type has.
pub struct Member {
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Checks its value.
    pub check: Check,
}

/// Checks an object. Unknown members are reported when the checker is strict and the type
/// does not keep them.
pub fn check_object(json: &str, members: &[Member], keeps_unknown: bool, checker: &mut Checker) {
    let mut seen = vec![false; members.len()];
    let strict = checker.strict && !keeps_unknown;
    let visited = each_member(json, |name, value| {
        let known = members.iter().position(|member| member.name == name);
        let (Some(index), Some(member)) = (known, known.and_then(|index| members.get(index)))
        else {
            if strict && !checker.found.is_full() {
                checker.report(unknown_member(name, members));
            }
            return;
        };
        match seen.get_mut(index) {
            Some(seen) if !*seen => *seen = true,
            _ => checker.report(ValidationError::from("must occur once").at(member.name)),
        }
        checker.inside(member.name.to_owned(), value, member.check);
    });
    if visited.is_err() {
        return checker.report("must be an object");
    }
    for (member, seen) in members.iter().zip(seen) {
        if member.required && !seen {
            checker.report(ValidationError::from("is required").at(member.name));
        }
    }
}

/// Checks every value of a map.
pub(crate) fn check_map(json: &str, check: Check, checker: &mut Checker) {
    let visited = each_member(json, |_, value| {
        checker.inside("{}".to_owned(), value, check)
    });
    if visited.is_err() {
        checker.report("must be an object");
    }
}

/// Checks every item of a list.
pub(crate) fn check_list(json: &str, check: Check, checker: &mut Checker) {
    let mut index = 0;
    let visited = each_item(json, |item| {
        checker.inside(format!("[{index}]"), item, check);
        index += 1;
    });
    if visited.is_err() {
        checker.report("must be an array");
    }
}

/// Checks a value that has one of several types: with the rules of the nearest, if it has
/// none of them.
pub fn check_one_of(json: &str, checks: &[Check], checker: &mut Checker) {
    let found = checks.iter().map(|check| {
        let mut one = Checker::new(checker.strict);
        check(json, &mut one);
        one.found
    });
    if let Some(nearest) = found.min_by_key(|found| found.violations().len()) {
        checker.report(nearest);
    }
}

fn unknown_member(name: &str, members: &[Member]) -> ValidationError {
    let nearest = members
        .iter()
        .map(|member| (distance(name, member.name), member.name))
        .min();
    let shown = Escaped::new(name);
    ValidationError::new(match nearest {
        Some((edits, known)) if edits <= known.chars().count().div_ceil(3) => {
            format!("unknown field `{shown}`, did you mean `{known}`?")
        }
        _ => format!("unknown field `{shown}`"),
    })
}

/// The number of edits of one character (Levenshtein), of names that are short enough.
fn distance(one: &str, other: &str) -> usize {
    if one.len().abs_diff(other.len()) > other.len() {
        return usize::MAX;
    }
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let (one, other) = (plain(one), plain(other));
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above, letter) in one.chars().enumerate() {
        let (mut left, mut diagonal) = (above + 1, above);
        for (cell, letter_of_other) in row.iter_mut().skip(1).zip(other.chars()) {
            let replaced = diagonal + usize::from(letter != letter_of_other);
            diagonal = *cell;
            *cell = replaced.min(*cell + 1).min(left + 1);
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = above + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

fn each_member(json: &str, visit: impl FnMut(&str, &str)) -> serde_json::Result<()> {
    struct Members<F>(F);
    impl<'de, F: FnMut(&str, &str)> Visitor<'de> for Members<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                (self.0)(&name, value.get());
            }
            Ok(())
        }
    }
    serde_json::Deserializer::from_str(json).deserialize_map(Members(visit))
}

fn each_item(json: &str, visit: impl FnMut(&str)) -> serde_json::Result<()> {
    struct Items<F>(F);
    impl<'de, F: FnMut(&str)> Visitor<'de> for Items<F> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
            while let Some(item) = items.next_element::<&RawValue>()? {
                (self.0)(item.get());
            }
            Ok(())
        }
    }
    serde_json::Deserializer::from_str(json).deserialize_seq(Items(visit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let names = ["nationality", "firstName", "signed_agreement_id"];
        let members = names.map(|name| Member {
            name,
            required: false,
            check: |_, _| {},
        });
        for (given, suggestion) in [
            ("natonality", Some("nationality")),
            ("first_name", Some("firstName")),
            ("firstname", Some("firstName")),
            ("signedAgreementId", Some("signed_agreement_id")),
            ("middle", None),
            ("", None),
        ] {
            let told = unknown_member(given, &members).to_string();
            match suggestion {
                Some(known) => assert!(told.ends_with(&format!("did you mean `{known}`?"))),
                None => assert_eq!(told, format!("unknown field `{given}`")),
            }
        }
    }
}
