//! Response codes, lists of values, and values that sentences name.

use std::collections::BTreeMap;

use bvnk_contract::{AttributeRules, Expectation};

use super::rows::list_values;
use super::tables::{Column, cells, without_marks};
use super::{Page, Stated, words};
use crate::diff::attribute_fact;

impl Page<'_> {
    pub(super) fn compare_codes(&mut self) {
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        for (cell, line) in self.cells(Column::Code) {
            codes.extend(code(cell).map(|code| (code, line)));
        }
        let id = self.operation.id.clone();
        let first = codes.values().min().copied();
        let fact = |status| Expectation::Answer {
            operation: id.clone(),
            status,
        };
        let stated = codes.into_iter().map(|(status, line)| (line, fact(status)));
        let stated: Vec<Stated> = stated.collect();
        let listed = |fact: &Expectation| matches!(fact, Expectation::Answer { operation, .. } if *operation == id);
        self.compare("", &stated, listed, |_| first);
    }

    /// Lists of values outside of attribute tables: lines or rows that begin with a word in
    /// capitals. Then the values that sentences name.
    pub(super) fn compare_lists(&mut self) {
        let enums: Vec<AttributeRules> = self
            .bodies(true)
            .iter()
            .flat_map(|of| self.attributes(of))
            .filter(|rules| rules.known.is_some())
            .cloned()
            .collect();
        let known = |rules: &AttributeRules| rules.known.clone().unwrap_or_default();
        let mut lists: Vec<Vec<(usize, String)>> = vec![Vec::new()];
        let mut named: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for line in &self.lines {
            let is_row = cells(&line.text).is_some();
            match item(&line.text) {
                Some(value) => lists
                    .last_mut()
                    .into_iter()
                    .for_each(|list| list.push((line.number, value.clone()))),
                None if line.text.trim().is_empty() || is_row => {}
                None => {
                    lists.push(Vec::new());
                    let words = words::tokens(&line.text)
                        .into_iter()
                        .map(|token| token.text);
                    for word in
                        words.filter(|word| word.contains('_') && !line.text.contains("\":"))
                    {
                        named.entry(word.to_owned()).or_default().push(line.number);
                    }
                }
            }
        }
        for list in lists.iter().filter(|list| list.len() > 1) {
            let shared = |rules: &AttributeRules| {
                let known = known(rules);
                list.iter()
                    .filter(|(_, value)| known.contains(value))
                    .count()
            };
            let owner = enums.iter().max_by_key(|rules| shared(rules));
            let Some(rules) = owner.filter(|rules| shared(rules) * 2 >= list.len()) else {
                continue;
            };
            let values: Vec<&str> = list.iter().map(|(_, value)| value.as_str()).collect();
            let mut stated = rules.clone();
            list_values(&mut stated, &values, &self.settled(&rules.of, &rules.path));
            let is_new = |(_, value): &&(usize, String)| !known(rules).contains(value);
            let new: Vec<usize> = list.iter().filter(is_new).map(|(line, _)| *line).collect();
            let lines = if new.is_empty() { vec![list[0].0] } else { new };
            self.compare_values("in the list of values, ", &lines, &stated);
        }
        named.retain(|value, _| !enums.iter().any(|rules| known(rules).contains(value)));
        for (value, lines) in named {
            let shares = |other: &String| {
                let mut words = other.split('_').filter(|word| word.len() > 3);
                words.any(|word| value.split('_').any(|part| part == word))
            };
            if let Some(rules) = enums.iter().find(|rules| known(rules).iter().any(shares)) {
                let mut stated = rules.clone();
                list_values(&mut stated, &[&value], &known(rules));
                self.compare_values("in a sentence, ", &lines, &stated);
            }
        }
    }

    fn compare_values(&mut self, prefix: &str, lines: &[usize], rules: &AttributeRules) {
        let fact = attribute_fact(rules.clone());
        let stated: Vec<Stated> = lines.iter().map(|line| (*line, fact.clone())).collect();
        self.compare(prefix, &stated, |_| false, |_| None);
    }

    /// The cells of all columns of a kind, with their lines.
    pub(super) fn cells(&self, column: Column) -> impl Iterator<Item = (&str, usize)> {
        let rows = self
            .tables
            .iter()
            .flat_map(|table| table.rows.iter().map(move |row| (table, row)));
        rows.filter_map(move |(table, row)| Some((table.cell(row, column)?, row.line)))
    }
}

/// The response code at the start of a text.
fn code(text: &str) -> Option<String> {
    let digits = text.trim().chars().take_while(char::is_ascii_digit);
    let digits: String = digits.collect();
    (digits.len() == 3 && digits.starts_with(['1', '2', '3', '4', '5'])).then_some(digits)
}

/// The value that a line describes.
fn item(line: &str) -> Option<String> {
    let text = match cells(line) {
        Some(cells) => format!("{}:", cells.first()?),
        None => without_marks(line.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '`')),
    };
    let token = words::tokens(&text).into_iter().next()?;
    let rest = text.strip_prefix(token.text)?.trim_start();
    let is_item = rest.starts_with([':', '-', '–', '—', '=']) && token.text.len() > 2;
    is_item.then(|| token.text.to_owned())
}
