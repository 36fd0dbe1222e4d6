//! What stands around the attributes: endpoints, servers, headers, response codes, and the
//! statuses that the text lists.

use std::collections::{BTreeMap, BTreeSet};

use super::Reading;
use super::attributes::told_values;
use super::lines::Line;
use super::tables::{Column, bare_text, cells};
use super::words;
use crate::clauses::Subject;
use crate::diff::bare;
use crate::facts::{Facts, Key, known};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

pub(super) fn compare(reading: &mut Reading<'_>) {
    endpoints(reading);
    headers(reading);
    codes(reading);
    statuses(reading);
}

/// A method, a server (if one is given) and a path, with the line.
struct Endpoint {
    line: usize,
    method: String,
    server: Option<String>,
    path: String,
    /// The words before it in its line.
    label: String,
}

fn find_endpoints(lines: &[Line]) -> Vec<Endpoint> {
    let mut found = Vec::new();
    let mut curl: Option<(usize, String, String)> = None;
    let sends = |text: &str| text.contains("--data") || text.contains(" -d ");
    for line in lines {
        let text = line
            .text
            .replace(['`', '"', '\'', '|', '*', ',', '(', ')', '<', '>'], " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        for (index, word) in words.iter().enumerate() {
            let next = words.get(index + 1).copied().unwrap_or_default();
            if METHODS.contains(word)
                && let Some((server, path)) = route(next)
            {
                found.push(Endpoint {
                    line: line.number,
                    method: (*word).to_owned(),
                    server,
                    path,
                    label: words[..index].join(" "),
                });
            }
        }
        // A command goes on while its lines end in a backslash.
        if words.contains(&"curl") {
            curl = Some((line.number, String::new(), "GET".to_owned()));
        }
        if let Some((_, url, method)) = &mut curl {
            for (index, word) in words.iter().enumerate() {
                if word.starts_with("http") && url.is_empty() {
                    *url = (*word).to_owned();
                }
                if matches!(*word, "-X" | "--request") {
                    *method = words.get(index + 1).copied().unwrap_or_default().to_owned();
                }
            }
            if sends(&line.text) && method == "GET" {
                *method = "POST".to_owned();
            }
            if !line.text.trim_end().ends_with('\\') {
                found.extend(curl.take().and_then(told));
            }
        }
    }
    found.extend(curl.and_then(told));
    found
}

fn told((line, url, method): (usize, String, String)) -> Option<Endpoint> {
    let (server, path) = route(&url)?;
    Some(Endpoint {
        line,
        method,
        server,
        path,
        label: String::new(),
    })
}

/// The server and the path of a URL or of a path alone.
fn route(word: &str) -> Option<(Option<String>, String)> {
    let word = word.trim_end_matches(['.', ';', ':', '\\', '/']);
    if let Some((scheme, rest)) = word.split_once("://") {
        let (host, path) = rest.split_once('/')?;
        let path = path.split(['?', '#']).next().unwrap_or_default();
        return Some((Some(format!("{scheme}://{host}")), format!("/{path}")));
    }
    let path = word.split(['?', '#']).next().unwrap_or_default();
    (path.starts_with('/') && path.len() > 1).then(|| (None, path.to_owned()))
}

/// `:reference` is `{reference}`.
fn braced(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.strip_prefix(':') {
        Some(name) => format!("{{{name}}}"),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

fn endpoints(reading: &mut Reading<'_>) {
    let found = find_endpoints(&reading.lines);
    let mut seen = BTreeSet::new();
    let mut strange: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for endpoint in &found {
        let path = braced(&endpoint.path);
        let same = |facts: &Facts| {
            let mut operations = facts.operations.iter();
            operations
                .find(|(_, operation)| {
                    operation.method.to_uppercase() == endpoint.method
                        && bare(&operation.path) == bare(&path)
                })
                .map(|(id, operation)| (id.clone(), operation.clone()))
        };
        match same(&reading.facts) {
            Some((id, operation)) => {
                if operation.path != path {
                    reading.tell(
                        [endpoint.line],
                        format!(
                            "a part of the path is called otherwise: {path}, the contract says {}",
                            operation.path
                        ),
                        operation.place.clone(),
                        "rename the part in the path and in its parameter; the same in the clauses"
                            .to_owned(),
                        Some(&Subject::Operation(id.clone())),
                    );
                }
                seen.insert(id);
            }
            None => strange
                .entry((endpoint.method.clone(), path))
                .or_default()
                .push(endpoint.line),
        }
    }
    for ((method, path), lines) in strange {
        let unseen = reading
            .facts
            .operations
            .iter()
            .filter(|(id, _)| !seen.contains(*id));
        let likely = unseen
            .chain(&reading.facts.operations)
            .map(|(id, operation)| {
                let same = f64::from(u8::from(operation.method.to_uppercase() == method));
                (
                    words::likeness(&bare(&operation.path), &bare(&path)) + same,
                    id.clone(),
                    operation.clone(),
                )
            })
            // The first of equals: one that the page does not have any more.
            .reduce(|best, other| if other.0 > best.0 { other } else { best });
        if let Some((_, id, operation)) = likely {
            let was = format!("{} {}", operation.method.to_uppercase(), operation.path);
            reading.tell(
                lines,
                format!("{method} {path} is not in the contract; perhaps it is what {id} ({was}) is called now (a guess by likeness)"),
                operation.place,
                format!("change the path of {id} to `{path}` and its method to `{}`, or add an operation; the same in the clause", method.to_lowercase()),
                Some(&Subject::Operation(id.clone())),
            );
            seen.insert(id);
        }
    }
    for (id, operation) in reading.facts.operations.clone() {
        if !seen.contains(&id) {
            reading.tell(
                [],
                format!(
                    "{} {} is nowhere on the page any more",
                    operation.method.to_uppercase(),
                    operation.path
                ),
                operation.place,
                format!("remove the operation {id}, if the API lost it, with its clauses"),
                Some(&Subject::Operation(id.clone())),
            );
        }
    }
    servers(reading, &found);
}

fn servers(reading: &mut Reading<'_>, found: &[Endpoint]) {
    let stated = reading.facts.servers.clone();
    let mut strange: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for endpoint in found {
        let Some(server) = endpoint.server.as_deref() else {
            continue;
        };
        if !stated
            .iter()
            .any(|(url, _)| url.trim_end_matches('/') == server)
        {
            strange.entry(server).or_default().push(endpoint.line);
            continue;
        }
        // The word of the row is that of the server's description.
        let label = endpoint.label.to_lowercase();
        let meant = stated.iter().find(|(_, description)| {
            let word = description
                .split([',', ' '])
                .next()
                .unwrap_or_default()
                .to_lowercase();
            !word.is_empty() && label.split(' ').any(|part| part == word)
        });
        if let Some((url, description)) = meant
            && url != server
        {
            reading.tell(
                [endpoint.line],
                format!("{server} stands for `{description}`, the contract says {url}"),
                "/servers",
                "exchange the URLs; the same in the clauses".to_owned(),
                Some(&Subject::Server(url.clone())),
            );
        }
    }
    let missing: Vec<&String> = stated
        .iter()
        .map(|(url, _)| url)
        .filter(|url| {
            !found
                .iter()
                .any(|endpoint| endpoint.server.as_deref() == Some(url.trim_end_matches('/')))
        })
        .collect();
    for (server, lines) in &strange {
        let guess = missing.first().map_or(String::new(), |url| {
            format!("; perhaps it stands for {url} (a guess)")
        });
        let subject = missing.first().map(|url| Subject::Server((*url).clone()));
        reading.tell(
            lines.clone(),
            format!("the server {server} is not in the contract{guess}"),
            "/servers",
            format!("change the URL to `{server}`, or add the server; the same in the clause"),
            subject.as_ref(),
        );
    }
    for url in missing.iter().skip(strange.len()) {
        reading.tell(
            [],
            format!("the server {url} is nowhere on the page any more"),
            "/servers",
            "remove the server, with its clause".to_owned(),
            Some(&Subject::Server((*url).clone())),
        );
    }
}

/// What every request has, whatever a page says of it.
const USUAL: [&str; 6] = [
    "accept",
    "authorization",
    "content-type",
    "content-length",
    "host",
    "user-agent",
];

fn headers(reading: &mut Reading<'_>) {
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

fn codes(reading: &mut Reading<'_>) {
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
fn statuses(reading: &mut Reading<'_>) {
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
