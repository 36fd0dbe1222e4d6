//! The headers that a page names or gives in a command.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{AttributeRules, Expectation};

use super::tables::Column;
use super::{Page, Stated};
use crate::similar::most_similar;

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
        let mut seen: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        let mut stated = Vec::new();
        for line in &self.lines {
            for name in named(&line.text) {
                seen.entry(name.to_owned()).or_default().insert(line.number);
            }
            let Some((name, value)) = given(&line.text) else {
                continue;
            };
            seen.entry(name.to_owned()).or_default().insert(line.number);
            let word = value.split([' ', ';']).next().unwrap_or_default();
            let fact = match name.to_lowercase().as_str() {
                "authorization" => Expectation::Security {
                    operation: id.clone(),
                    scheme: self.spelling(&self.operation.security, word),
                },
                "content-type" => {
                    let Some(body) = &self.operation.body else {
                        continue;
                    };
                    let media = Expectation::Media {
                        operation: id.clone(),
                        of: "request".to_owned(),
                        r#type: self.spelling(std::slice::from_ref(&body.media_type), word),
                        body: Some(self.contract.resolve(&body.schema).shape.name().to_owned()),
                        required: self.operation.body_required,
                    };
                    media
                }
                _ => continue,
            };
            stated.push(Stated {
                lines: vec![line.number],
                fact,
            });
        }
        for table in self.tables.iter().filter(|table| table.has(Column::Header)) {
            for row in &table.rows {
                let name = table.cell(row, Column::Header).unwrap_or_default();
                if !name.is_empty() && !name.contains(' ') {
                    seen.entry(name.to_owned()).or_default().insert(row.line);
                }
            }
        }
        let known: Vec<AttributeRules> = self.attributes("header").into_iter().cloned().collect();
        let names = || known.iter().map(|rules| rules.path.as_str());
        let mut renamed = Vec::new();
        for (name, lines) in seen {
            let same = |rules: &&AttributeRules| rules.path.eq_ignore_ascii_case(&name);
            let lines: Vec<usize> = lines.into_iter().collect();
            if let Some(rules) = known.iter().find(same) {
                let fact = Expectation::Attribute(rules.clone().into());
                stated.push(Stated { lines, fact });
            } else if USUAL.contains(&name.to_lowercase().as_str()) {
            } else if let Some(old) = most_similar(&name, names(), false) {
                renamed.push((old.to_owned(), name, lines));
            } else {
                let rules = AttributeRules {
                    operation: id.clone(),
                    of: "header".to_owned(),
                    path: name,
                    r#type: "string".to_owned(),
                    ..AttributeRules::default()
                };
                stated.push(Stated {
                    lines,
                    fact: Expectation::Attribute(rules.into()),
                });
            }
        }
        for (old, name, lines) in &renamed {
            let Some(rules) = known.iter().find(|rules| rules.path == *old) else {
                continue;
            };
            let new = AttributeRules {
                path: name.clone(),
                ..rules.clone()
            };
            let [was, new] = [rules.clone(), new].map(|rules| Expectation::Attribute(rules.into()));
            let says = format!("the header {old} seems to be called {name} now (a guess)");
            self.report(lines.clone(), says, Some(&was), Some(new));
        }
        let listed = |fact: &Expectation| {
            matches!(fact, Expectation::Attribute(rules)
                if rules.operation == id && rules.of == "header"
                    && !renamed.iter().any(|(old, ..)| *old == rules.path))
        };
        self.compare("", &stated, listed, |_| None);
    }

    /// A word as the contract spells all of them, if it is among them in any case.
    fn spelling(&self, known: &[String], word: &str) -> String {
        match known.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            true => known.join(", "),
            false => word.to_owned(),
        }
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
fn named(line: &str) -> Vec<&str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    let is_header = |word: &&str| {
        word.len() > 3 && (word.starts_with("X-") || word.starts_with("x-"))
            || word.eq_ignore_ascii_case("idempotency-key")
    };
    words.filter(is_header).collect()
}
