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
    /// In lower case, as OpenAPI writes it.
    method: String,
    server: Option<String>,
    path: String,
    /// The words before it in its line.
    label: String,
}

impl Endpoint {
    /// Reads a URL or a path. `:name` is `{name}`.
    fn new(line: usize, method: &str, url: &str, label: String) -> Option<Self> {
        let url = url.trim_end_matches(['.', ';', ':', '\\', '/']);
        let (server, path) = match url.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest.split_once('/')?;
                (Some(format!("{scheme}://{host}")), path)
            }
            None => (None, url.strip_prefix('/')?),
        };
        let path = path
            .split(['?', '#'])
            .next()
            .filter(|path| !path.is_empty())?;
        let segments = path
            .split('/')
            .map(|segment| match segment.strip_prefix(':') {
                Some(name) => format!("/{{{name}}}"),
                None => format!("/{segment}"),
            });
        let (method, path) = (method.to_lowercase(), segments.collect());
        Some(Self {
            line,
            method,
            server,
            path,
            label,
        })
    }

    fn fact(&self, operation: &Operation) -> Expectation {
        Expectation::Operation {
            operation: operation.id.clone(),
            method: self.method.clone(),
            path: self.path.clone(),
        }
    }

    /// How likely it is that the operation is this one.
    fn similarity(&self, operation: &Operation) -> f64 {
        let path = similarity(&without_names(&operation.path), &without_names(&self.path));
        path + f64::from(u8::from(operation.method == self.method))
    }

    fn is(&self, operation: &Operation) -> bool {
        operation.method == self.method
            && without_names(&operation.path) == without_names(&self.path)
    }
}

fn read(lines: &[Line]) -> Vec<Endpoint> {
    let mut texts: Vec<(usize, String)> = Vec::new();
    let mut continues = false;
    for line in lines {
        let text = line
            .text
            .replace(['`', '"', '\'', '|', '*', ',', '(', ')', '<', '>'], " ");
        match texts.last_mut() {
            Some((_, command)) if continues => command.push_str(&text),
            _ => texts.push((line.number, text)),
        }
        // A command continues while its lines end in a backslash.
        let command = texts.last().filter(|(_, text)| text.contains("curl "));
        continues = command.is_some() && line.text.trim_end().ends_with('\\');
    }
    let mut found = Vec::new();
    for (line, text) in texts {
        let words: Vec<&str> = text.split_whitespace().collect();
        for (index, pair) in words.windows(2).enumerate() {
            if METHODS.contains(&pair[0]) {
                let label = words[..index].join(" ").to_lowercase();
                found.extend(Endpoint::new(line, pair[0], pair[1], label));
            }
        }
        if words.contains(&"curl") {
            let given = words
                .windows(2)
                .find(|pair| matches!(pair[0], "-X" | "--request"));
            let sends = text.contains("--data") || words.contains(&"-d");
            let method = given.map_or(if sends { "POST" } else { "GET" }, |pair| pair[1]);
            let url = words.iter().find(|word| word.starts_with("http"));
            found.extend(url.and_then(|url| Endpoint::new(line, method, url, String::new())));
        }
    }
    found
}

impl Page<'_> {
    pub(super) fn compare_endpoints(&mut self) {
        let found = read(&self.lines);
        let operations = self.contract.operations();
        let is_found = |operation: &Operation| found.iter().any(|endpoint| endpoint.is(operation));
        let (mut known, mut guessed): (Vec<Stated>, Vec<Stated>) = (Vec::new(), Vec::new());
        for endpoint in &found {
            if let Some(operation) = operations.iter().find(|operation| endpoint.is(operation)) {
                known.push((endpoint.line, endpoint.fact(operation)));
                continue;
            }
            // An endpoint that is none of the contract is taken for the most similar one,
            // rather for one that the page does not have.
            let score = |operation: &Operation| {
                endpoint.similarity(operation) - 0.1 * f64::from(u8::from(is_found(operation)))
            };
            let likely = operations
                .iter()
                .max_by(|a, b| score(a).total_cmp(&score(b)));
            guessed.extend(likely.map(|operation| (endpoint.line, endpoint.fact(operation))));
        }
        let listed = |fact: &Expectation| {
            let mut guesses = guessed.iter().map(|(_, guess)| guess.operation());
            let is_guessed = guesses.any(|operation| operation == fact.operation());
            matches!(fact, Expectation::Operation { .. }) && !is_guessed
        };
        self.compare("", &known, listed, |_| None);
        self.compare("a guess: ", &guessed, |_| false, |_| None);
        self.compare_servers(&found);
    }

    fn compare_servers(&mut self, found: &[Endpoint]) {
        let servers = self.contract.servers();
        let stated = found.iter().filter_map(|endpoint| {
            let address = endpoint.server.as_ref()?;
            let is = |url: &str| url.trim_end_matches('/') == address;
            let known = servers.iter().position(|server| is(&server.url));
            // The row of the endpoint may begin like the description of a server.
            let labelled = servers.iter().position(|server| {
                let description = server
                    .description
                    .iter()
                    .flat_map(|text| text.split([',', ' ']));
                let word = description
                    .map(str::to_lowercase)
                    .next()
                    .unwrap_or_default();
                !word.is_empty() && endpoint.label.split(' ').any(|part| part == word)
            });
            let url = known.map_or(address, |known| &servers[known].url).clone();
            let rank = labelled.or(known).unwrap_or(servers.len()) + 1;
            Some((endpoint.line, Expectation::Server { url, rank }))
        });
        let stated: Vec<Stated> = stated.collect();
        let listed = |fact: &Expectation| matches!(fact, Expectation::Server { .. });
        self.compare("", &stated, listed, |_| None);
    }
}
