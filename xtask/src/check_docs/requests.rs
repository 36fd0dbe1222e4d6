//! Where and how a page sends requests: methods, paths, servers, headers, the media type and
//! authentication; and the response codes that it lists.
//!
//! Endpoints appear in tables, in sentences and in curl commands, so that all three are searched
//! as text. Nothing is sent to any server.

use std::collections::{BTreeMap, BTreeSet};

use bvnk_contract::{Expectation, Operation};

use super::page::{Column, Line};
use super::rows::AttributeRow;
use super::{Page, Stated, words};
use crate::diff::without_names;
use crate::similar::{most_similar, similarity};

/// A method before a URL or a path.
///
/// The two groups are the method and the URL, as in `POST https://api.bvnk.com/customers`. Between
/// them may be marks of Markdown or of a table.
const ENDPOINT: &str =
    r#"\b(GET|POST|PUT|PATCH|DELETE)[ `"'|*,()<>]+(https?://[^\s`"'|*,()<>]+|/[^\s`"'|*,()<>]+)"#;
/// A command, with the lines that continue it.
///
/// A backslash at the end of a line continues the command, as a shell reads it.
const CURL: &str = r"\bcurl (?:[^\n\\]|\\[ \t]*\n?)*";
/// Headers that every request has.
///
/// Contracts do not list these, so that a page that names one states nothing new.
const USUAL: &str = "(?i)^(accept|authorization|content-type|content-length|host|user-agent)$";

/// A method, a path and, if one is given, a server.
///
/// For example, the line `Production | POST https://api.bvnk.com/customers` is one.
struct Endpoint {
    /// The line of the page; of a command, its first.
    line: usize,
    /// In lower case, as OpenAPI writes it.
    method: String,
    /// Scheme and host, such as `https://api.bvnk.com`.
    server: Option<String>,
    /// The path, with `{name}` for each parameter, without query and final slash.
    path: String,
    /// What stands before it in its line.
    ///
    /// In a table of servers this is the name of the environment, such as `Production |`.
    label: String,
}

impl Endpoint {
    /// Reads a URL or a path. `:name` is `{name}`.
    ///
    /// `None` if there is no path after the host. Punctuation at the end belongs to the sentence.
    fn new(line: usize, method: &str, url: &str, label: &str) -> Option<Self> {
        let url = words::regex(r"^(https?://[^/]+)?(/[^?#]+)").captures(url)?;
        let path = url[2].trim_end_matches(['.', ';', ':', '\\', '/']);
        let path = words::regex("/:([^/]+)").replace_all(path, "/{$1}");
        (!path.is_empty()).then(|| Self {
            line,
            method: method.to_lowercase(),
            server: url.get(1).map(|server| server.as_str().to_owned()),
            path: path.into_owned(),
            label: label.to_owned(),
        })
    }

    /// What the endpoint states if it is this operation's.
    ///
    /// The operation id is the contract's, because pages do not have ids.
    fn fact(&self, operation: &Operation) -> Expectation {
        Expectation::Operation {
            operation: operation.id.clone(),
            method: self.method.clone(),
            path: self.path.clone(),
        }
    }

    /// Whether it is this operation's; the names of path parameters do not matter.
    fn is(&self, operation: &Operation) -> bool {
        operation.method == self.method
            && without_names(&operation.path) == without_names(&self.path)
    }
}

impl Page<'_> {
    /// All endpoints: those after a method, and those that commands call. A command without a
    /// method sends a POST if it has a body, as curl does.
    fn endpoints(&self) -> Vec<Endpoint> {
        let mut found = Vec::new();
        for line in &self.lines {
            for endpoint in words::regex(ENDPOINT).captures_iter(&line.text) {
                let label = endpoint.get(0).map_or("", |all| &line.text[..all.start()]);
                found.extend(Endpoint::new(
                    line.number,
                    &endpoint[1],
                    &endpoint[2],
                    label,
                ));
            }
        }
        for command in words::regex(CURL).find_iter(&self.text) {
            let line = self.text[..command.start()].matches('\n').count();
            let command = command.as_str();
            let given = words::regex(r#"(?:-X|--request)[ "']+(\w+)"#).captures(command);
            let method = match &given {
                Some(given) => &given[1],
                None if words::is(r"--data|-d\b", command) => "POST",
                None => "GET",
            };
            if let Some(url) = words::regex(r#"https?://[^\s"'`]+"#).find(command) {
                found.extend(Endpoint::new(
                    self.lines[line].number,
                    method,
                    url.as_str(),
                    "",
                ));
            }
        }
        found
    }

    /// The operations and servers that a page names. An endpoint that is none of the contract
    /// is compared here with the most similar one, rather with one that the page lacks.
    ///
    /// The method weighs more than the path: with the same method, a path may have changed a lot
    /// and still be taken for a rename.
    pub(super) fn read_endpoints(&mut self) -> Vec<Stated> {
        let (found, operations) = (self.endpoints(), self.contract.operations());
        let (mut stated, mut guessed) = (Vec::new(), Vec::new());
        for endpoint in &found {
            let score = |operation: &Operation| {
                let [known, new] =
                    [&operation.path, &endpoint.path].map(|path| without_names(path));
                let is_lacking = !found.iter().any(|endpoint| endpoint.is(operation));
                let bonus = 10 * u8::from(operation.method == endpoint.method);
                similarity(&known, &new) + f64::from(bonus + u8::from(is_lacking)) / 10.0
            };
            if let Some(operation) = operations.iter().find(|operation| endpoint.is(operation)) {
                stated.push((endpoint.line, endpoint.fact(operation)));
                continue;
            }
            let likely = operations.iter();
            let likely = likely.max_by(|a, b| score(a).total_cmp(&score(b)));
            guessed.extend(likely.map(|operation| (endpoint.line, endpoint.fact(operation))));
        }
        self.compare("a guess: ", &guessed);
        stated.extend(self.read_servers(&found));
        stated
    }

    /// The servers of endpoints, without those that seem to be renamed, which are reported here.
    ///
    /// A server has a rank, its position in the contract from 1. The label of an endpoint decides
    /// the rank where it has a word of the server's description, such as `Sandbox`.
    fn read_servers(&mut self, found: &[Endpoint]) -> Vec<Stated> {
        let servers = self.contract.servers();
        let named = |url: &str| {
            let mut found = found.iter();
            found.any(|endpoint| endpoint.server.as_deref() == Some(url.trim_end_matches('/')))
        };
        let mut stated = Vec::new();
        let mut renamed: BTreeMap<[String; 2], (Vec<usize>, usize)> = BTreeMap::new();
        for endpoint in found {
            let Some(address) = &endpoint.server else {
                continue;
            };
            let mut known = servers.iter();
            let known = known.position(|server| server.url.trim_end_matches('/') == address);
            // The row of the endpoint may begin like the description of a server.
            let labelled = servers.iter().position(|server| {
                let description = server.description.as_deref().unwrap_or_default();
                let word = description.split([',', ' ']).next().unwrap_or_default();
                let mut label = endpoint.label.split(|c: char| !c.is_alphanumeric());
                !word.is_empty() && label.any(|part| part.eq_ignore_ascii_case(word))
            });
            let rank = labelled.or(known).unwrap_or(servers.len()) + 1;
            let url = known.map_or(address, |known| &servers[known].url);
            let gone = servers.iter().map(|server| &*server.url);
            let gone = gone.filter(|url| known.is_none() && !named(url));
            match most_similar(url, gone, false) {
                Some(old) => {
                    let names = [old.to_owned(), url.clone()];
                    let (lines, _) = renamed.entry(names).or_insert((Vec::new(), rank));
                    lines.push(endpoint.line);
                }
                None => {
                    let url = url.clone();
                    stated.push((endpoint.line, Expectation::Server { url, rank }));
                }
            }
        }
        for (names, (lines, rank)) in renamed {
            let [old, new] = names.map(|url| Expectation::Server { url, rank });
            self.report_rename(lines, &old, new);
        }
        stated
    }

    /// The headers that a page names or gives in a command, with what their values state.
    ///
    /// Headers are searched by their names, since pages mention them in tables, in sentences and
    /// in commands. An `Authorization` header states the scheme, and `Content-Type` the media
    /// type.
    pub(super) fn read_headers(&mut self) -> Vec<Stated> {
        // A header of a command and the first word of its value.
        const GIVEN: &str = r#"(?:--header|-H) +['"$]*([\w-]+) *: *([^\s;'"\\]*)"#;
        // Words that only headers have.
        const NAMED: &str = r"(?i)(?:^|[^\w-])(x-[\w-]+|idempotency-key)";
        let mut stated = Vec::new();
        let mut names: BTreeSet<(usize, &str)> = BTreeSet::new();
        for Line { number, text } in &self.lines {
            for named in words::regex(NAMED).captures_iter(text) {
                names.extend(named.get(1).map(|name| (*number, name.as_str())));
            }
            let Some(given) = words::regex(GIVEN).captures(text) else {
                continue;
            };
            names.extend(given.get(1).map(|name| (*number, name.as_str())));
            let fact = match given[1].to_lowercase().as_str() {
                "authorization" => Some(Expectation::Security {
                    operation: self.operation.id.clone(),
                    scheme: spelling(&self.operation.security, &given[2]),
                }),
                "content-type" => self.request_media(&given[2]),
                _ => None,
            };
            stated.extend(fact.map(|fact| (*number, fact)));
        }
        let cells = self.cells(Column::Header);
        names.extend(cells.filter(|(_, cell)| !cell.is_empty() && !cell.contains(' ')));
        names.retain(|(_, name)| !words::is(USUAL, name));
        let row = |(line, name): &(usize, &str)| {
            let mut known = self.attributes("header").map(|rules| &*rules.path);
            let known = known.find(|known| known.eq_ignore_ascii_case(name));
            AttributeRow {
                line: *line,
                path: known.unwrap_or(name).to_owned(),
                ..Default::default()
            }
        };
        let rows: Vec<AttributeRow> = names.iter().map(row).collect();
        stated.extend(self.attribute_facts("header", &rows));
        stated
    }

    /// The statement of the request's media type, with this one in its place.
    ///
    /// `None` if no request body of the operation is in the contract.
    fn request_media(&self, word: &str) -> Option<Expectation> {
        let mut facts = self
            .statements
            .iter()
            .map(|statement| statement.expectation.clone());
        facts.find_map(|mut fact| match &mut fact {
            Expectation::Media {
                operation,
                of,
                r#type,
                ..
            } if *operation == self.operation.id && of == "request" => {
                *r#type = spelling(std::slice::from_ref(r#type), word);
                Some(fact)
            }
            _ => None,
        })
    }

    /// The response codes that tables list.
    ///
    /// A range such as `4xx` is left out: it does not say which codes there are.
    pub(super) fn read_codes(&mut self) -> Vec<Stated> {
        let code = |(line, cell): (usize, &str)| {
            let code = words::regex(r"^[1-5][0-9]{2}\b").find(cell.trim())?;
            let fact = Expectation::Answer {
                operation: self.operation.id.clone(),
                status: code.as_str().to_owned(),
            };
            Some((line, fact))
        };
        let codes: Vec<Stated> = self.cells(Column::Code).filter_map(code).collect();
        if codes.is_empty() {
            self.remark(None, "no table lists the response codes".to_owned(), "");
        }
        codes
    }

    /// The cells of all columns of a kind, with their lines.
    fn cells(&self, column: Column) -> impl Iterator<Item = (usize, &str)> {
        self.tables.iter().flat_map(move |table| {
            let rows = table.rows.iter();
            rows.filter_map(move |row| Some((row.line, table.cell(row, column)?)))
        })
    }
}

/// A word as the contract spells all of them, if it is one of them in any case.
///
/// `bearer` and `Bearer` are the same scheme, so that only the spelling would be a difference.
fn spelling(known: &[String], word: &str) -> String {
    match known.iter().any(|known| known.eq_ignore_ascii_case(word)) {
        true => known.join(", "),
        false => word.to_owned(),
    }
}
