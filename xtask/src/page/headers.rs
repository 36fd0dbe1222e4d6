//! The headers that the page names or gives in a command.

use std::collections::BTreeMap;

use super::Reading;
use super::tables::Column;
use super::words;
use crate::clauses::Subject;
use crate::facts::Key;

/// What every request has, whatever a page says of it.
const USUAL: [&str; 6] = [
    "accept",
    "authorization",
    "content-type",
    "content-length",
    "host",
    "user-agent",
];

pub(super) fn compare(reading: &mut Reading<'_>) {
    let stated: Vec<Key> = reading
        .facts
        .attributes
        .keys()
        .filter(|key| key.of == "header")
        .cloned()
        .collect();
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut told = Vec::new();
    let operation = reading.facts.operations[&reading.operation].clone();
    for line in &reading.lines {
        if let Some((name, value)) = given(&line.text) {
            let media = operation.media.get("request").cloned().unwrap_or_default();
            let scheme = value.split_whitespace().next().unwrap_or_default();
            let (is, stated, subject) = match name.to_lowercase().as_str() {
                "authorization" => (
                    scheme,
                    operation.security.clone(),
                    Subject::Security(reading.operation.clone()),
                ),
                "content-type" => (
                    scheme.trim_end_matches(';'),
                    media,
                    Subject::Attribute(reading.key("request", "")),
                ),
                _ => {
                    seen.entry(name.to_owned()).or_default().push(line.number);
                    continue;
                }
            };
            if !stated.iter().any(|stated| stated.eq_ignore_ascii_case(is)) {
                told.push((
                    line.number,
                    format!(
                        "{name} is of the kind {is}, the contract says {}",
                        stated.join(" or ")
                    ),
                    subject,
                ));
            }
        }
        for name in named(&line.text) {
            seen.entry(name.to_owned()).or_default().push(line.number);
        }
    }
    for table in &reading.tables {
        for row in table.rows.iter().filter(|_| table.has(Column::Header)) {
            let name = table.cell(row, Column::Header).unwrap_or_default();
            if !name.is_empty() && !name.contains(' ') {
                seen.entry(name.to_owned()).or_default().push(row.line);
            }
        }
    }
    for (line, says, subject) in told {
        let edit = "say the page's kind in the contract; the same in the clause".to_owned();
        reading.tell([line], says, operation.place.clone(), edit, Some(&subject));
    }
    let has = |name: &str| seen.keys().any(|other| other.eq_ignore_ascii_case(name));
    let mut missing: Vec<&Key> = stated.iter().filter(|key| !has(&key.path)).collect();
    let strange = seen.iter().filter(|(name, _)| {
        let known = |key: &Key| key.path.eq_ignore_ascii_case(name);
        !USUAL.contains(&name.to_lowercase().as_str()) && !stated.iter().any(known)
    });
    for (name, lines) in strange {
        let likely = stated
            .iter()
            .map(|key| (words::likeness(&key.path, name), key))
            .max_by(|(a, _), (b, _)| a.total_cmp(b))
            .filter(|(likeness, _)| *likeness >= 0.5);
        let (says, edit, key) = match likely {
            Some((_, key)) => {
                missing.retain(|other| *other != key);
                (
                    format!(
                        "the header {name} is perhaps what {} is called now (a guess by likeness)",
                        key.path
                    ),
                    format!("rename the parameter to `{name}`; the same in the clause"),
                    Some(key),
                )
            }
            None => (
                format!("the header {name} is new"),
                "add a parameter `in: header`, if requests need it, and a clause".to_owned(),
                None,
            ),
        };
        let place = key.and_then(|key| reading.facts.attributes.get(key));
        let place = place.map_or(operation.place.clone(), |header| header.stated.clone());
        reading.tell(
            lines.clone(),
            says,
            place,
            edit,
            key.map(|key| Subject::Attribute(key.clone())).as_ref(),
        );
    }
    for key in missing {
        let place = reading.facts.attributes[key].stated.clone();
        let says = format!("the header {} is nowhere on the page any more", key.path);
        let edit = "remove the parameter, if the API lost it, with its clause".to_owned();
        reading.tell(
            [],
            says,
            place,
            edit,
            Some(&Subject::Attribute(key.clone())),
        );
    }
}

/// The header that a command gives: `--header 'Name: value'`.
fn given(line: &str) -> Option<(&str, &str)> {
    let at = ["--header ", "-H "]
        .iter()
        .find_map(|flag| Some(line.find(flag)? + flag.len()))?;
    let (name, value) = line[at..]
        .trim_start_matches(['\'', '"', '$'])
        .split_once(':')?;
    let value = value.trim().trim_end_matches(['\\', ' ']);
    Some((name.trim(), value.trim_end_matches(['\'', '"'])))
}

/// The names in a line that only headers have.
fn named(line: &str) -> Vec<&str> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words
        .filter(|word| {
            word.len() > 3 && (word.starts_with("X-") || word.starts_with("x-"))
                || word.eq_ignore_ascii_case("idempotency-key")
        })
        .collect()
}
