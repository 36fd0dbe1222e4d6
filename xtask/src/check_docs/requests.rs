//! Where and how a page sends requests: methods, paths, servers, headers, the media type and
//! authentication; and the response codes that it lists.
//!
//! Endpoints appear in tables, in sentences and in curl commands, so that all three are searched
//! as text. Nothing is sent to any server.

use std::collections::BTreeSet;

use bvnk_contract::{Expectation, Operation};

use super::page::{Column, Row};
use super::report::Stated;
use super::{Page, words};
use crate::diff::without_names;
use crate::similar::{most_similar, similarity};

/// A command, with the lines that continue it, or a method before a URL or a path, as in
/// `POST https://api.bvnk.com/customers`.
///
/// A backslash at the end of a line continues the command, as a shell reads it. After a method may
/// be marks of Markdown or of a table.
const CALL: &str = r#"\bcurl (?:[^\n\\]|\\[ \t]*\n?)*|\b(?:GET|POST|PUT|PATCH|DELETE)[ `"'|*,()<>]+(?:https?:/)?/[^\s`"'|*,()<>]+"#;
/// The method of a call, which begins with it or is a command.
const METHOD: &str =
    r#"^(?s:curl .*?(?:-X|--request)[ "']+)?(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b"#;
/// The server, unless a path is after the method, and the path.
const URL: &str = r#"(?:(https?://[^\s/"'`]+)|^[A-Z]+[ `"'|*,()<>]+)(/[^\s`"'|*,()<>?#]+)"#;
/// A header that a command gives, with the first word of its value, or a word that only headers
/// have.
const HEADER: &str = r#"(?:--header|-H) +['"$]*([\w-]+) *: *([^\s;'"\\]*)|(?:^|[^\w-])((?i:x-[\w-]+|idempotency-key))"#;
/// Headers that every request has.
///
/// Contracts do not list these, so that a page that names one states nothing new.
const USUAL: &str = "(?i)^(accept|authorization|content-type|content-length|host|user-agent)$";

impl<'a> Page<'a> {
    /// Compares the operations and servers that a page names, in commands and after methods. A command
    /// without a method sends a POST if it has a body, as curl does.
    ///
    /// A call that is none of the contract is compared here with the most similar operation, rather
    /// with one that the page lacks. The method weighs more than the path: with the same method, a
    /// path may have changed a lot and still be taken for a rename.
    pub(super) fn compare_calls(&mut self) {
        let (mut calls, mut servers) = (Vec::new(), Vec::new());
        for call in words::regex(CALL).find_iter(self.text) {
            let (line, text) = (self.line_at(call.start()), call.as_str());
            let Some(url) = words::regex(URL).captures(text) else {
                continue;
            };
            let method = match words::regex(METHOD).captures(text) {
                Some(method) => method[1].to_lowercase(),
                None if words::is(r"--data|-d\b", text) => "post".to_owned(),
                None => "get".to_owned(),
            };
            let path = url[2].trim_end_matches(['.', ';', ':', '\\', '/']);
            let path = words::regex("/:([^/]+)").replace_all(path, "/{$1}");
            calls.push((line, method, path.into_owned()));
            if let Some(server) = url.get(1) {
                let label = self.text[..call.start()].rsplit('\n').next();
                let label = label.unwrap_or_default();
                servers.push((line, server.as_str().to_owned(), label));
            }
        }
        let is = |(_, method, path): &(usize, String, String), operation: &Operation| {
            operation.method == *method && without_names(&operation.path) == without_names(path)
        };
        let (mut stated, mut guessed) = (Vec::new(), Vec::new());
        for call in &calls {
            let (line, method, path) = call;
            let likely = self.contract.operations.iter().max_by_key(|operation| {
                let [known, new] = [&operation.path, path].map(|path| without_names(path));
                let is_lacking = !calls.iter().any(|call| is(call, operation));
                let has_method = operation.method == *method;
                let percent = (100.0 * similarity(&known, &new)) as u8;
                (is(call, operation), has_method, is_lacking, percent)
            });
            let Some(operation) = likely else { continue };
            // Pages do not have ids.
            let fact = Expectation::Operation {
                operation: operation.id.clone(),
                method: method.clone(),
                path: path.clone(),
            };
            match is(call, operation) {
                true => stated.push((*line, fact)),
                false => guessed.push((*line, fact)),
            }
        }
        self.compare("a guess: ", None, &guessed);
        self.compare("", Some("operation "), &stated);
        self.compare_servers(&servers);
    }

    /// Compares the servers of calls.
    ///
    /// A server has a rank, its position in the contract from 1. What stands before a call in its
    /// line, its label, decides the rank where it has the first word of a server's description. In
    /// a table of servers this is the name of the environment, such as `Sandbox |`.
    fn compare_servers(&mut self, found: &[(usize, String, &str)]) {
        let servers = &self.contract.servers;
        let mut named: Vec<(usize, &str, usize)> = Vec::new();
        for (line, address, label) in found {
            let mut known = servers.iter();
            let known = known.position(|server| server.url.trim_end_matches('/') == address);
            let labelled = servers.iter().position(|server| {
                let description = server.description.as_deref().unwrap_or_default();
                let word = description.split([',', ' ']).next().unwrap_or_default();
                let mut label = label.split(|c: char| !c.is_alphanumeric());
                !word.is_empty() && label.any(|part| part.eq_ignore_ascii_case(word))
            });
            let rank = labelled.or(known).unwrap_or(servers.len()) + 1;
            let url = known.map_or(address, |known| &servers[known].url);
            named.push((*line, url, rank));
        }
        let fact = |url: &str, rank| Expectation::Server {
            url: url.to_owned(),
            rank,
        };
        for (server, rank) in servers.iter().zip(1..) {
            if named.iter().any(|(_, url, _)| *url == server.url) {
                continue;
            }
            let is_known = |url: &&str| servers.iter().any(|server| server.url == *url);
            let new = named.iter().map(|(_, url, _)| *url);
            let new = most_similar(&server.url, new.filter(|url| !is_known(url)), false);
            if let Some(new) = new {
                let renamed = named.extract_if(.., |(_, url, _)| *url == new);
                let lines = renamed.map(|(line, ..)| line).collect();
                let facts = [&server.url, new].map(|url| fact(url, rank));
                self.report_rename(lines, [&server.url, new], facts);
            }
        }
        let stated = named.into_iter();
        let stated = stated.map(|(line, url, rank)| (line, fact(url, rank)));
        self.compare("", Some("server "), &stated.collect::<Vec<_>>());
    }

    /// Compares the headers that a page names or gives in a command, with what their values state.
    ///
    /// Headers are searched by their names, since pages mention them in tables, in sentences and
    /// in commands. An `Authorization` header states the scheme, and `Content-Type` the media
    /// type.
    pub(super) fn compare_headers(&mut self) {
        let mut stated = Vec::new();
        let cells = self.cells(Column::Header);
        let cells = cells.filter(|(_, cell)| !cell.is_empty() && !cell.contains(' '));
        let mut names: BTreeSet<(usize, &str)> = cells.collect();
        for header in words::regex(HEADER).captures_iter(self.text) {
            let Some(name) = header.get(1).or(header.get(3)) else {
                continue;
            };
            let line = self.line_at(name.start());
            names.insert((line, name.as_str()));
            if let Some(word) = header.get(2) {
                let fact = self.header_fact(name.as_str(), word.as_str());
                stated.extend(fact.map(|fact| (line, fact)));
            }
        }
        names.retain(|(_, name)| !words::is(USUAL, name));
        let known = self.attributes("header");
        let row = |(line, name): &(usize, &str)| {
            let mut known = known.iter().map(|rules| &*rules.path);
            let known = known.find(|known| known.eq_ignore_ascii_case(name));
            Row::new(*line, known.unwrap_or(name))
        };
        let rows: Vec<Row> = names.iter().map(row).collect();
        self.compare("", None, &stated);
        self.compare_rows("header", &rows);
    }

    /// What the first word of a header's value states. `bearer` and `Bearer` are the same: the
    /// contract's word is kept.
    fn header_fact(&self, name: &str, value: &str) -> Option<Expectation> {
        let operation = self.operation.id.clone();
        let mut fact = match &*name.to_lowercase() {
            "authorization" => Expectation::Security {
                scheme: self.operation.security.join(", "),
                operation,
            },
            "content-type" => {
                let media = self.known(&format!("media {operation} request"))?;
                media.expectation.clone()
            }
            _ => return None,
        };
        if let Expectation::Security { scheme: word, .. } | Expectation::Media { r#type: word, .. } =
            &mut fact
            && !word.split(", ").any(|it| it.eq_ignore_ascii_case(value))
        {
            *word = value.to_owned();
        }
        Some(fact)
    }

    /// Compares the response codes that tables list.
    ///
    /// A range such as `4xx` is left out: it does not say which codes there are.
    pub(super) fn compare_codes(&mut self) {
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
            let says = "no table lists the response codes".to_owned();
            return self.remark(None, says, "");
        }
        let list = format!("answer {} ", self.operation.id);
        self.compare("", Some(&list), &codes);
    }

    /// The cells of all columns of a kind, with their lines.
    fn cells(&self, column: Column) -> impl Iterator<Item = (usize, &'a str)> + use<'a> {
        let rows = self.tables.iter().flat_map(|table| &table.rows);
        rows.filter_map(move |row| Some((row.line, row.cell(column)?)))
    }
}
