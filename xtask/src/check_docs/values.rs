//! Lists of values outside of attribute tables, and values that sentences name.
//!
//! A page often describes the values of a status below its tables, one a line with its meaning.
//! Which enum a list belongs to is decided by the values that both have.

use std::collections::BTreeMap;

use bvnk_contract::{AttributeRules, Expectation};

use super::page::{cells, without_marks};
use super::rows::list_values;
use super::{Page, words};

/// An attribute with its listed values.
type Enum = (AttributeRules, Vec<String>);

impl Page<'_> {
    /// Compares lists, which are lines or rows that begin with a word in capitals, and then
    /// the values that sentences name.
    ///
    /// A list belongs to the enum with which it shares at least half of its items; others are not
    /// about values. In a sentence that does not name several values of one enum, only words with `_`
    /// count, as `PENDING_AGREEMENTS` does, because abbreviations are in capitals too.
    pub(super) fn compare_lists(&mut self) {
        let bodies = self.bodies(true);
        let enums = bodies.iter().flat_map(|of| self.attributes(of));
        let enums = enums.filter_map(|rules| Some((rules.clone(), rules.known.clone()?)));
        let enums: Vec<Enum> = enums.collect();
        let mut lists: Vec<Vec<(usize, String)>> = vec![Vec::new()];
        let mut named: BTreeMap<String, (Option<&Enum>, Vec<usize>)> = BTreeMap::new();
        for line in &self.lines {
            let text = line.text.trim();
            match (item(text), lists.last_mut()) {
                (Some(value), Some(list)) => list.push((line.number, value)),
                _ if text.is_empty() || cells(text).is_some() => {}
                _ => {
                    lists.push(Vec::new());
                    // What stands among values of an enum is one, too.
                    let names = |(_, known): &&Enum| {
                        let named = known.iter().filter(|value| text.contains(*value));
                        named.count() > 1
                    };
                    let owner = enums.iter().find(names);
                    let words: Vec<&str> = match owner {
                        _ if text.contains("\":") => Vec::new(),
                        Some((_, known)) => words::values(text, known),
                        None => {
                            let words = words::capitals(text).map(|word| word.as_str());
                            words.filter(|word| word.contains('_')).collect()
                        }
                    };
                    for word in words {
                        let (of, lines) = named.entry(word.to_owned()).or_default();
                        *of = of.or(owner);
                        lines.push(line.number);
                    }
                }
            }
        }
        for list in lists.iter().filter(|list| list.len() > 1) {
            let shared = |known: &[String]| {
                list.iter()
                    .filter(|(_, value)| known.contains(value))
                    .count()
            };
            let owner = enums.iter().max_by_key(|(_, known)| shared(known));
            let Some((rules, known)) = owner.filter(|(_, known)| shared(known) * 2 >= list.len())
            else {
                continue;
            };
            let values: Vec<&str> = list.iter().map(|(_, value)| value.as_str()).collect();
            let new = list.iter().filter(|(_, value)| !known.contains(value));
            let mut lines: Vec<usize> = new.map(|(line, _)| *line).collect();
            if lines.is_empty() {
                lines.push(list[0].0);
            }
            let settled = self.settled(&rules.of, &rules.path);
            self.compare_values("in the list of values, ", &lines, rules, &values, &settled);
        }
        named.retain(|value, _| !enums.iter().any(|(_, known)| known.contains(value)));
        for (value, (owner, lines)) in named {
            let shares = |other: &String| {
                let mut words = other.split('_').filter(|word| word.len() > 3);
                words.any(|word| value.split('_').any(|part| part == word))
            };
            let alike = || enums.iter().find(|(_, known)| known.iter().any(shares));
            if let Some((rules, known)) = owner.or_else(alike) {
                self.compare_values("in a sentence, ", &lines, rules, &[&value], known);
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
        let fact = Expectation::from(rules);
        let stated: Vec<_> = lines.iter().map(|line| (*line, fact.clone())).collect();
        self.compare(prefix, &stated);
    }
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
