//! Lists of values outside of attribute tables, and values that sentences name.
//!
//! A page often describes the values of a status below its tables, one a line with its meaning.
//! Which enum a list belongs to is decided by the values that both have.

use std::collections::BTreeMap;

use bvnk_contract::AttributeRules;

use super::page::{cells, without_marks};
use super::tables::list_values;
use super::{Page, best, words};

impl<'a> Page<'a> {
    /// Compares lists, which are lines or rows that begin with a word in capitals, and then
    /// the values that sentences name.
    ///
    /// A list belongs to the enum with which it shares at least half of its items; others are not
    /// about values. In a sentence that does not name several values of one enum, only words with `_`
    /// count, as `PENDING_AGREEMENTS` does, because abbreviations are in capitals too.
    pub(super) fn compare_lists(&mut self) {
        let bodies = self.bodies();
        let enums = bodies.iter().flat_map(|of| self.attributes(of));
        let enums: Vec<&AttributeRules> = enums.filter(|rules| rules.known.is_some()).collect();
        let mut lists: Vec<Vec<(usize, String)>> = vec![Vec::new()];
        let mut named: BTreeMap<&'a str, (Option<&'a AttributeRules>, Vec<usize>)> =
            BTreeMap::new();
        for line in self.lines {
            let text = line.text.trim();
            if let (Some(value), Some(list)) = (item(text), lists.last_mut()) {
                list.push((line.number, value));
            } else if !text.is_empty() && cells(text).is_none() {
                lists.push(Vec::new());
                // What stands among values of an enum is one, too.
                let owner = owner(&enums, 2, |value| text.contains(value));
                let words = match owner {
                    _ if text.contains("\":") => Vec::new(),
                    Some(rules) => words::values(text, rules.listed()),
                    None => {
                        let words = words::capitals(text).map(|word| word.as_str());
                        words.filter(|word| word.contains('_')).collect()
                    }
                };
                for word in words {
                    let (of, lines) = named.entry(word).or_default();
                    *of = of.or(owner);
                    lines.push(line.number);
                }
            }
        }
        for list in lists.iter().filter(|list| list.len() > 1) {
            let values: Vec<&str> = list.iter().map(|(_, value)| &**value).collect();
            let half = list.len().div_ceil(2);
            if let Some(rules) = owner(&enums, half, |value| values.contains(&value)) {
                let new = list.iter().filter(|(_, it)| !rules.listed().contains(it));
                let new = new.map(|(line, _)| *line).collect::<Vec<_>>();
                let lines = if new.is_empty() { vec![list[0].0] } else { new };
                let settled = self.settled(rules);
                self.compare_values("in the list of values, ", &lines, rules, &values, &settled);
            }
        }
        for (value, (of, lines)) in named {
            let is_part = |word: &str| value.split('_').any(|part| part == word);
            let shares = |other: &str| other.split('_').any(|it| it.len() > 3 && is_part(it));
            let is_known = enums.iter().any(|rules| count(rules, |it| it == value) > 0);
            let alike = || enums.iter().copied().find(|rules| count(rules, shares) > 0);
            if let Some(rules) = of.or_else(alike).filter(|_| !is_known) {
                self.compare_values("in a sentence, ", &lines, rules, &[value], rules.listed());
            }
        }
    }

    /// Compares an attribute with the values that these lines list; `settled` are kept.
    ///
    /// `prefix` says where the page has them. In a sentence all known values are kept: a sentence
    /// never lists all of them.
    fn compare_values(
        &mut self,
        prefix: &str,
        lines: &[usize],
        rules: &AttributeRules,
        values: &[&str],
        settled: &[String],
    ) {
        let mut rules = rules.clone();
        list_values(&mut rules, values, settled);
        let stated = lines.iter().map(|line| (*line, rules.clone().into()));
        self.compare(prefix, None, &stated.collect::<Vec<_>>());
    }
}

/// The enum with the most values that are such, if it has at least so many of them.
fn owner<'a>(
    enums: &[&'a AttributeRules],
    least: usize,
    is_such: impl Fn(&str) -> bool,
) -> Option<&'a AttributeRules> {
    let owner = best(enums.iter().copied(), |rules| count(rules, &is_such));
    owner.filter(|rules| count(rules, &is_such) >= least)
}

/// How many values of an enum are such.
fn count(rules: &AttributeRules, is_such: impl Fn(&str) -> bool) -> usize {
    rules.listed().iter().filter(|value| is_such(value)).count()
}

/// The value that a line or the first cell of a row describes.
///
/// For example `PENDING` for `- PENDING: the checks are running`.
fn item(line: &str) -> Option<String> {
    let text = match cells(line) {
        Some(cells) => format!("{}:", cells.first()?),
        None => without_marks(line),
    };
    let item = words::regex(r"^[^\p{Alphabetic}\d`]*([A-Z0-9_]{3,})\s*[:\-–—=]").captures(&text)?;
    words::is("[A-Z].*[A-Z]", &item[1]).then(|| item[1].to_owned())
}
