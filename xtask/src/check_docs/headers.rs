//! The headers that a page names or gives in a command.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::Expectation;

use super::tables::Column;
use super::{Page, Stated};
use crate::diff::{attribute, attribute_fact};

/// Headers that every request has.
const USUAL: [&str; 6] = [
    "accept",
    "authorization",
    "content-type",
    "content-length",
    "host",
    "user-agent",
];

impl Page<'_> {
    pub(super) fn compare_headers(&mut self) {
        let id = self.operation.id.clone();
        let mut names: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut name = |name: &str, line| {
            names.entry(name.to_owned()).or_default().insert(line);
        };
        let mut stated: Vec<Stated> = Vec::new();
        for line in &self.lines {
            named(&line.text).for_each(|header| name(header, line.number));
            let Some((header, value)) = given(&line.text) else {
                continue;
            };
            name(header, line.number);
            let word = value.split([' ', ';']).next().unwrap_or_default();
            let fact = match header.to_lowercase().as_str() {
                "authorization" => Expectation::Security {
                    operation: id.clone(),
                    scheme: spelling(&self.operation.security, word),
                },
                "content-type" => {
                    let Some(mut fact) = self.request_media().cloned() else {
                        continue;
                    };
                    if let Expectation::Media { r#type, .. } = &mut fact {
                        *r#type = spelling(std::slice::from_ref(r#type), word);
                    }
                    fact
                }
                _ => continue,
            };
            stated.push((line.number, fact));
        }
        for (cell, line) in self.cells(Column::Header) {
            if !cell.is_empty() && !cell.contains(' ') {
                name(cell, line);
            }
        }
        names.retain(|name, _| !USUAL.contains(&name.to_lowercase().as_str()));
        let known = self.attributes("header");
        for (name, lines) in names {
            let mut paths = known.iter().map(|rules| &rules.path);
            let name = paths
                .find(|path| path.eq_ignore_ascii_case(&name))
                .unwrap_or(&name);
            let fact = attribute_fact(self.rules("header", name));
            stated.extend(lines.into_iter().map(|line| (line, fact.clone())));
        }
        let listed = |fact: &Expectation| {
            attribute(fact).is_some_and(|rules| rules.operation == id && rules.of == "header")
        };
        self.compare("", &stated, listed, |_| None);
    }

    /// The statement of the request's media type.
    fn request_media(&self) -> Option<&Expectation> {
        let mut facts = self
            .statements
            .iter()
            .map(|statement| &statement.expectation);
        facts.find(|fact| {
            matches!(fact, Expectation::Media { operation, of, .. }
                if *operation == self.operation.id && of == "request")
        })
    }
}

/// A word as the contract spells all of them, if it is one of them in any case.
fn spelling(known: &[String], word: &str) -> String {
    match known.iter().any(|known| known.eq_ignore_ascii_case(word)) {
        true => known.join(", "),
        false => word.to_owned(),
    }
}

/// The header that a command gives: `--header 'Name: value'`.
fn given(line: &str) -> Option<(&str, &str)> {
    let flags = ["--header ", "-H "];
    let at = flags
        .iter()
        .find_map(|flag| Some(line.find(flag)? + flag.len()))?;
    let header = line[at..].trim_start_matches(['\'', '"', '$']);
    let (name, value) = header.split_once(':')?;
    let value = value.trim().trim_end_matches(['\\', ' ']);
    Some((name.trim(), value.trim_end_matches(['\'', '"'])))
}

/// The words of a line that only headers have.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words.filter(|word| {
        word.len() > 3 && (word.starts_with("X-") || word.starts_with("x-"))
            || word.eq_ignore_ascii_case("idempotency-key")
    })
}
