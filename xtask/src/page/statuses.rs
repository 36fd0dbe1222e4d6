//! Response codes, and the values that the text lists or names outside of attribute tables.

use std::collections::BTreeMap;

use super::Reading;
use super::tables::{Column, bare_text, cells};
use super::values::told_values;
use super::words;
use crate::clauses::Subject;
use crate::facts::{Key, known};

pub(super) fn codes(reading: &mut Reading<'_>) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for table in reading
        .tables
        .iter()
        .filter(|table| table.has(Column::Code))
    {
        for row in &table.rows {
            let cell = table.cell(row, Column::Code).unwrap_or_default();
            seen.extend(code(cell).map(|code| (code, row.line)));
        }
    }
    if seen.is_empty() {
        // Not a table, but perhaps a list.
        for line in &reading.lines {
            let item = bare_text(line.text.trim_start_matches(|c: char| !c.is_alphanumeric()));
            let rest = item.get(3..).unwrap_or_default();
            if rest.trim_start().starts_with(['-', ':', '–', '—']) || rest.starts_with(' ') {
                seen.extend(code(&item).map(|code| (code, line.number)));
            }
        }
    }
    let id = reading.operation.clone();
    let operation = reading.facts.operations[&id].clone();
    for (code, line) in &seen {
        if !operation.answers.contains(code) {
            reading.tell(
                [*line],
                format!("the response code {code} is not in the contract"),
                format!("{}/responses", operation.place),
                format!("add the answer {code} to {id}, and a clause"),
                None,
            );
        }
    }
    for status in operation
        .answers
        .iter()
        .filter(|status| !seen.contains_key(*status))
    {
        reading.tell(
            seen.values().min().copied(),
            format!("the response code {status} is nowhere on the page any more"),
            format!("{}/responses/{status}", operation.place),
            format!("remove the answer {status} of {id}, with its clauses"),
            Some(&Subject::Answer(id.clone(), status.clone())),
        );
    }
}

/// The response code that a text begins with.
fn code(text: &str) -> Option<String> {
    let digits: String = text
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    (digits.len() == 3 && ('1'..='5').contains(&digits.chars().next()?)).then_some(digits)
}

/// Lists of values in the text: lines or rows that begin with a word in capitals.
pub(super) fn statuses(reading: &mut Reading<'_>) {
    let mut lists: Vec<Vec<(usize, String)>> = vec![Vec::new()];
    for line in &reading.lines {
        match item(&line.text) {
            Some(value) => {
                if let Some(list) = lists.last_mut() {
                    list.push((line.number, value));
                }
            }
            None if line.text.trim().is_empty() || cells(&line.text).is_some() => {}
            None => lists.push(Vec::new()),
        }
    }
    let enums: Vec<(Key, Vec<String>, bool, String)> = reading
        .facts
        .attributes
        .iter()
        .filter(|(key, _)| key.operation == reading.operation)
        .filter_map(|(key, attribute)| {
            let (values, open) = known(&attribute.schema)?;
            let values = values
                .iter()
                .filter_map(|value| Some(value.as_str()?.to_owned()));
            Some((key.clone(), values.collect(), open, attribute.place.clone()))
        })
        .collect();
    for list in lists.iter().filter(|list| list.len() > 1) {
        let owner = enums
            .iter()
            .map(|owner| {
                (
                    list.iter()
                        .filter(|(_, value)| owner.1.contains(value))
                        .count(),
                    owner,
                )
            })
            .max_by_key(|(count, _)| *count)
            .filter(|(count, _)| count * 2 >= list.len());
        let Some((_, (key, known, open, place))) = owner else {
            continue;
        };
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let settled: Vec<&str> = reading
            .clauses
            .settled(key)
            .map(|(value, _)| value)
            .collect();
        let has = |value: &str| list.iter().any(|(_, listed)| listed == value);
        let new: Vec<&str> = list
            .iter()
            .map(|(_, value)| value.as_str())
            .filter(|value| !known.contains(value))
            .collect();
        let gone: Vec<&str> = known
            .iter()
            .copied()
            .filter(|value| !has(value) && !settled.contains(value))
            .collect();
        let subject = Subject::Attribute(key.clone());
        let told = told_values(&key.path, &new, &gone, &known, *open);
        for (says, edit) in told {
            let at = list.iter().find(|(_, value)| {
                says.contains(&format!(" {value}")) && !known.contains(&value.as_str())
            });
            let at = at.or(list.first()).map(|(line, _)| *line);
            reading.tell(
                at,
                format!("in the list of values, {says}"),
                place.clone(),
                edit,
                Some(&subject),
            );
        }
    }
    mentions(reading, &enums);
}

/// The value that a line is about.
fn item(line: &str) -> Option<String> {
    let text = match cells(line) {
        Some(cells) => format!("{}:", cells.first()?),
        None => bare_text(line.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '`')),
    };
    let token = words::tokens(&text).into_iter().next()?;
    let rest = text.strip_prefix(token.text)?.trim_start();
    (rest.starts_with([':', '-', '–', '—', '=']) && token.text.len() > 2)
        .then(|| token.text.to_owned())
}

/// A value in a sentence that is like a known one and is none.
fn mentions(reading: &mut Reading<'_>, enums: &[(Key, Vec<String>, bool, String)]) {
    let mut strange: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for line in &reading.lines {
        if cells(&line.text).is_some() || item(&line.text).is_some() || line.text.contains("\":") {
            continue;
        }
        for token in words::tokens(&line.text) {
            let is_known = enums
                .iter()
                .any(|(_, values, _, _)| values.iter().any(|value| value == token.text));
            if token.text.contains('_') && !is_known {
                strange
                    .entry(token.text.to_owned())
                    .or_default()
                    .push(line.number);
            }
        }
    }
    for (value, lines) in strange {
        let shares = |known: &String| {
            known
                .split('_')
                .any(|word| word.len() > 3 && value.split('_').any(|part| part == word))
        };
        let owner = enums
            .iter()
            .find(|(_, values, _, _)| values.iter().any(shares));
        if let Some((key, _, _, place)) = owner {
            let says = format!(
                "a sentence names {value}, which is no known value of {}",
                key.path
            );
            let edit = format!("add `{value}` to its `enum`, if it is one");
            reading.tell(
                lines,
                says,
                place.clone(),
                edit,
                Some(&Subject::Attribute(key.clone())),
            );
        }
    }
}
