//! Methods, paths and servers: where the page sends requests.

use bvnk_contract::{Expectation, Operation};

use super::lines::Line;
use super::{Page, Stated};
use crate::diff::without_names;
use crate::similar::similarity;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A method, a path and, if one is given, a server.
struct Endpoint {
    line: usize,
    method: String,
    server: Option<String>,
    path: String,
    /// The words before it in its line.
    label: String,
}

impl Endpoint {
    fn new(line: usize, method: &str, url: &str, label: String) -> Option<Self> {
        let (server, path) = split_url(url)?;
        let method = method.to_lowercase();
        Some(Self {
            line,
            method,
            server,
            path,
            label,
        })
    }
}

fn read(lines: &[Line]) -> Vec<Endpoint> {
    let mut found = Vec::new();
    // The line, the URL and the method of an open command.
    let mut curl: Option<(usize, String, String)> = None;
    for line in lines {
        let text = line
            .text
            .replace(['`', '"', '\'', '|', '*', ',', '(', ')', '<', '>'], " ");
        let words: Vec<&str> = text.split_whitespace().collect();
        for (index, pair) in words.windows(2).enumerate() {
            if METHODS.contains(&pair[0]) {
                let label = words[..index].join(" ");
                found.extend(Endpoint::new(line.number, pair[0], pair[1], label));
            }
        }
        if words.contains(&"curl") {
            curl = Some((line.number, String::new(), "GET".to_owned()));
        }
        let Some((number, url, method)) = &mut curl else {
            continue;
        };
        for (index, word) in words.iter().enumerate() {
            if word.starts_with("http") && url.is_empty() {
                *url = (*word).to_owned();
            }
            if matches!(*word, "-X" | "--request") {
                *method = words.get(index + 1).copied().unwrap_or_default().to_owned();
            }
        }
        if method == "GET" && (text.contains("--data") || words.contains(&"-d")) {
            *method = "POST".to_owned();
        }
        // A command continues while its lines end in a backslash.
        let is_last = lines.last().is_some_and(|last| last.number == line.number);
        if !line.text.trim_end().ends_with('\\') || is_last {
            found.extend(Endpoint::new(*number, method, url, String::new()));
            curl = None;
        }
    }
    found
}

/// The server and the path of a URL, or a path alone. `:name` is `{name}`.
fn split_url(word: &str) -> Option<(Option<String>, String)> {
    let word = word.trim_end_matches(['.', ';', ':', '\\', '/']);
    let (server, path) = match word.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/')?;
            (Some(format!("{scheme}://{host}")), format!("/{path}"))
        }
        None => (None, word.to_owned()),
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments = path
        .split('/')
        .map(|segment| match segment.strip_prefix(':') {
            Some(name) => format!("{{{name}}}"),
            None => segment.to_owned(),
        });
    let is_path = path.starts_with('/') && path.len() > 1;
    is_path.then(|| (server, segments.collect::<Vec<_>>().join("/")))
}

impl Page<'_> {
    pub(super) fn compare_endpoints(&mut self) {
        let found = read(&self.lines);
        let operations = self.contract.operations();
        let fact = |operation: &Operation, endpoint: &Endpoint| Expectation::Operation {
            operation: operation.id.clone(),
            method: endpoint.method.clone(),
            path: endpoint.path.clone(),
        };
        let matching = |endpoint: &Endpoint| {
            operations.iter().find(|operation| {
                operation.method == endpoint.method
                    && without_names(&operation.path) == without_names(&endpoint.path)
            })
        };
        let stated = |operation: &Operation, endpoint: &Endpoint| Stated {
            lines: vec![endpoint.line],
            fact: fact(operation, endpoint),
        };
        let (mut known, mut renamed): (Vec<Stated>, Vec<Stated>) = (Vec::new(), Vec::new());
        let mut strange: Vec<&Endpoint> = Vec::new();
        for endpoint in &found {
            match matching(endpoint) {
                Some(operation) => known.push(stated(operation, endpoint)),
                None => strange.push(endpoint),
            }
        }
        let is_known = |operation: &Operation, known: &[Stated]| {
            known
                .iter()
                .any(|stated| stated.fact.operation() == Some(&operation.id))
        };
        for endpoint in strange {
            let likeness = |operation: &Operation| {
                let path = similarity(
                    &without_names(&operation.path),
                    &without_names(&endpoint.path),
                );
                path + f64::from(u8::from(operation.method == endpoint.method))
                    // Rather one that the page does not have otherwise.
                    + if is_known(operation, &known) { 0.0 } else { 0.1 }
            };
            let likely = operations
                .iter()
                .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
            renamed.extend(likely.map(|operation| stated(operation, endpoint)));
        }
        // An operation that is only found by another path is not missing.
        let missing = |fact: &Expectation| {
            matches!(fact, Expectation::Operation { operation, .. }
                if !renamed.iter().any(|stated| stated.fact.operation() == Some(operation)))
        };
        self.compare("", &known, missing, |_| None);
        self.compare("a guess: ", &renamed, |_| false, |_| None);
        self.compare_servers(&found);
    }

    fn compare_servers(&mut self, found: &[Endpoint]) {
        let servers = self.contract.servers();
        let has = |url: &str| {
            found
                .iter()
                .any(|endpoint| endpoint.server.as_deref() == Some(url))
        };
        let url = |url: &str| url.trim_end_matches('/').to_owned();
        let missing = servers.iter().position(|server| !has(&url(&server.url)));
        let mut stated = Vec::new();
        let mut strange: Option<Stated> = None;
        for endpoint in found {
            let Some(address) = &endpoint.server else {
                continue;
            };
            let known = servers
                .iter()
                .position(|server| url(&server.url) == *address);
            // The first word of a server's description, in the row of the endpoint.
            let label = endpoint.label.to_lowercase();
            let labelled = servers.iter().position(|server| {
                let description = server
                    .description
                    .as_deref()
                    .unwrap_or_default()
                    .to_lowercase();
                let word = description.split([',', ' ']).next().unwrap_or_default();
                !word.is_empty() && label.split(' ').any(|part| part == word)
            });
            let index = labelled.or(known).or(missing).unwrap_or(servers.len());
            let name = match known {
                Some(known) => servers[known].url.clone(),
                None => address.clone(),
            };
            let fact = Expectation::Server {
                url: name,
                rank: index + 1,
            };
            match (known, missing, &mut strange) {
                (Some(_), ..) | (None, None, _) => {
                    stated.push(Stated {
                        lines: vec![endpoint.line],
                        fact,
                    });
                }
                (.., Some(strange)) => strange.lines.push(endpoint.line),
                _ => {
                    strange = Some(Stated {
                        lines: vec![endpoint.line],
                        fact,
                    })
                }
            }
        }
        // A server that is new where one is missing is the same one, renamed.
        let renamed = missing
            .filter(|_| strange.is_some())
            .map(|index| &servers[index].url);
        if let (Some(was), Some(Stated { lines, fact })) = (renamed, strange) {
            let statements = self
                .statements
                .iter()
                .map(|statement| &statement.expectation);
            let old = statements
                .clone()
                .find(|fact| matches!(fact, Expectation::Server { url, .. } if url == was));
            let old = old.cloned();
            let now = match &fact {
                Expectation::Server { url, .. } => url.clone(),
                _ => String::new(),
            };
            let says = format!("the server {was} seems to be {now} now (a guess)");
            self.report(lines, says, old.as_ref(), Some(fact));
        }
        let listed = |fact: &Expectation| matches!(fact, Expectation::Server { url, .. } if Some(url) != renamed);
        // The first label counts, and a command has none.
        stated.sort_by_key(|stated| stated.lines[0]);
        self.compare("", &stated, listed, |_| None);
    }
}
