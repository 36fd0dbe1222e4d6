//! Methods, paths and servers: where the page says that requests go.

use std::collections::{BTreeMap, BTreeSet};

use super::Reading;
use super::lines::Line;
use super::words;
use crate::clauses::Subject;
use crate::diff::bare;
use crate::facts::Facts;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

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

pub(super) fn compare(reading: &mut Reading<'_>) {
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
