//! Where and how a page sends requests: methods, paths, servers, headers, the media type and
//! authentication; and the response codes that it lists.
//!
//! Endpoints appear in tables, in sentences and in curl commands, so that all three are searched
//! as text. Nothing is sent to any server.

use std::collections::BTreeSet;

use bvnk_contract::{Expectation, Operation};
use regex::Match;

use super::page::Column;
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
        let named = words::regex(ENDPOINT).captures_iter(&self.text);
        let named = named.filter_map(|found| {
            let start = found.get(0)?.start();
            let label = self.text[..start].rsplit('\n').next()?;
            Endpoint::new(self.line_at(start), &found[1], &found[2], label)
        });
        let called = words::regex(CURL).find_iter(&self.text);
        let called = called.filter_map(|command| {
            let line = self.line_at(command.start());
            let command = command.as_str();
            let given = words::regex(r#"(?:-X|--request)[ "']+(\w+)"#).captures(command);
            let method = match &given {
                Some(given) => &given[1],
                None if words::is(r"--data|-d\b", command) => "POST",
                None => "GET",
            };
            let url = words::regex(r#"https?://[^\s"'`]+"#).find(command)?;
            Endpoint::new(line, method, url.as_str(), "")
        });
        named.chain(called).collect()
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
            let likely = operations.iter().max_by_key(|operation| {
                let [known, new] = [&operation.path, &endpoint.path].map(|it| without_names(it));
                let is_lacking = !found.iter().any(|endpoint| endpoint.is(operation));
                let has_method = operation.method == endpoint.method;
                let percent = (100.0 * similarity(&known, &new)) as u8;
                (endpoint.is(operation), has_method, is_lacking, percent)
            });
            let Some(operation) = likely else { continue };
            // Pages do not have ids.
            let fact = Expectation::Operation {
                operation: operation.id.clone(),
                method: endpoint.method.clone(),
                path: endpoint.path.clone(),
            };
            let list = if endpoint.is(operation) {
                &mut stated
            } else {
                &mut guessed
            };
            list.push((endpoint.line, fact));
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
        let mut named = Vec::new();
        for endpoint in found {
            let Some(address) = endpoint.server.as_deref() else {
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
            named.push((endpoint.line, url, rank));
        }
        for (server, rank) in servers.iter().zip(1..) {
            let is_known = |url: &str| servers.iter().any(|server| server.url == url);
            let new = named.iter().map(|(_, url, _)| *url);
            let new = most_similar(&server.url, new.filter(|url| !is_known(url)), false);
            if let Some(new) = new
                && named.iter().all(|(_, url, _)| *url != server.url)
            {
                let renamed = named.extract_if(.., |(_, url, _)| *url == new);
                let lines = renamed.map(|(line, ..)| line).collect();
                self.report_rename(lines, [&*server.url, new], |url| {
                    let url = url.to_owned();
                    Expectation::Server { url, rank }
                });
            }
        }
        let stated = named.into_iter().map(|(line, url, rank)| {
            let url = url.to_owned();
            (line, Expectation::Server { url, rank })
        });
        stated.collect()
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
        let place = |name: Match<'_>| self.line_at(name.start());
        let named = words::regex(NAMED).captures_iter(&self.text);
        let named = named.filter_map(|named| named.get(1));
        let mut names: BTreeSet<(usize, &str)> = named.map(|it| (place(it), it.as_str())).collect();
        for given in words::regex(GIVEN).captures_iter(&self.text) {
            let Some(name) = given.get(1) else { continue };
            names.insert((place(name), name.as_str()));
            let fact = match name.as_str().to_lowercase().as_str() {
                "authorization" => Some(Expectation::Security {
                    operation: self.operation.id.clone(),
                    scheme: spelling(&self.operation.security, &given[2]),
                }),
                "content-type" => self.request_media(&given[2]),
                _ => None,
            };
            stated.extend(fact.map(|fact| (place(name), fact)));
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
        let subject = format!("media {} request", self.operation.id);
        let mut facts = self.statements.iter().map(|it| &it.expectation);
        let mut fact = facts
            .find(|it| it.subject().as_ref() == Some(&subject))?
            .clone();
        if let Expectation::Media { r#type, .. } = &mut fact {
            *r#type = spelling(std::slice::from_ref(r#type), word);
        }
        Some(fact)
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
        let rows = self.tables.iter().flat_map(|table| &table.rows);
        rows.filter_map(move |row| Some((row.line, row.cell(column)?)))
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
