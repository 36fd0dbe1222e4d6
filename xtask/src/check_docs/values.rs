//! Samples, lists of values and response codes, and values that sentences name.

use std::collections::BTreeMap;

use bvnk_contract::{AttributeRules, Expectation};
use jsonschema::error::ValidationErrorKind;
use serde_json::Value;

use super::rows::list_values;
use super::samples::Sample;
use super::tables::{Column, cells, without_marks};
use super::{Page, Stated, body_name, words};
use crate::similar::split;

impl Page<'_> {
    pub(super) fn compare_samples(&mut self) {
        let mut shown = Vec::new();
        for sample in self.samples.clone() {
            match self.body_of(&sample) {
                Some(of) => {
                    self.compare_sample(&of, &sample);
                    shown.push(of);
                }
                None => self.remark(
                    vec![sample.line],
                    format!(
                        "a sample that no body of the contract has: {}",
                        sample.names.join(", ")
                    ),
                    self.operation.location.clone(),
                    "describe the body that it shows",
                ),
            }
        }
        for of in self.bodies(false) {
            if !shown.contains(&of) {
                let says = format!("no sample shows the {}", body_name(&of));
                let edit =
                    "compare what the page shows in its place; the contract keeps its example";
                self.remark(Vec::new(), says, self.body_place(&of), edit);
            }
        }
    }

    /// The body that a sample shows: the one with most of its names.
    fn body_of(&self, sample: &Sample) -> Option<String> {
        let scored = self.bodies(true).into_iter().map(|of| {
            let attributes = self.attributes(&of);
            let names: Vec<&str> = attributes
                .iter()
                .map(|rules| split(&rules.path).1)
                .collect();
            let known = sample
                .names
                .iter()
                .filter(|name| names.contains(&name.as_str()));
            (
                known.count() + usize::from(sample.is_sent && of == "request"),
                of,
            )
        });
        let scored: Vec<(usize, String)> = scored.collect();
        // The first of equals.
        let best = scored.into_iter().rev().max_by_key(|(score, _)| *score)?;
        (best.0 > 0).then_some(best.1)
    }

    fn compare_sample(&mut self, of: &str, sample: &Sample) {
        let Some(body) = self.body(of) else { return };
        let schema = self.contract.json_schema(&body.schema);
        let value = match &sample.value {
            Ok(value) => value,
            Err((line, reason)) => {
                let says = format!("the sample of the {} is not JSON: {reason}", body_name(of));
                let edit = "none: report the error to the authors of the page";
                return self.remark(vec![*line], says, self.body_place(of), edit);
            }
        };
        let mut stated = Vec::new();
        self.members(of, sample, value, "", &mut stated);
        // A table that describes an attribute otherwise is reported already.
        stated.retain(|stated| !self.is_reported(&stated.fact));
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&schema);
        let errors: Vec<(String, String)> = validator
            .iter()
            .flat_map(|validator| {
                validator.iter_errors(value).map(|error| {
                    let place = error
                        .instance_path()
                        .as_str()
                        .trim_start_matches('/')
                        .replace('/', ".");
                    let path = match error.kind() {
                        ValidationErrorKind::Required { property } => {
                            join(&place, property.as_str().unwrap_or_default())
                        }
                        _ => place,
                    };
                    // The value itself may be a person's.
                    (path, error.masked().to_string())
                })
            })
            .collect();
        for (path, reason) in errors {
            let rules = self.rules(of, &path);
            let fact = Expectation::Attribute(rules.into());
            if !self.is_reported(&fact) {
                let lines = vec![self.line_of(sample, &path)];
                let says = format!(
                    "the sample of the {} is not valid at {path}: {reason}",
                    body_name(of)
                );
                self.report(lines, says, Some(&fact), None);
                if let Some(drift) = self.drifts.last_mut() {
                    drift.edit = "change the schema to match the sample, or nothing: the sample or the table is wrong".to_owned();
                }
            }
        }
        self.compare("in the sample, ", &stated, |_| false, |_| None);
    }

    /// What a sample states: members that the contract does not list, and values of open
    /// enums.
    fn members(
        &self,
        of: &str,
        sample: &Sample,
        value: &Value,
        path: &str,
        stated: &mut Vec<Stated>,
    ) {
        for (name, member) in value.as_object().into_iter().flatten() {
            let path = join(path, name);
            let mut rules = self.rules(of, &path);
            let is_known = self.attributes(of).iter().any(|rules| rules.path == path);
            if is_known {
                self.members(of, sample, member, &path, stated);
            } else {
                rules.r#type = json_type(member).to_owned();
            }
            if let (Some(true), Some(value)) = (rules.open, member.as_str()) {
                let known = rules.known.clone().unwrap_or_default();
                list_values(&mut rules, &[value], &known);
            }
            stated.push(Stated {
                lines: vec![self.line_of(sample, &path)],
                fact: Expectation::Attribute(rules.into()),
            });
        }
    }

    /// The rules of an attribute as the contract states them, or none for a new one.
    fn rules(&self, of: &str, path: &str) -> AttributeRules {
        let known = self
            .attributes(of)
            .into_iter()
            .find(|rules| rules.path == path);
        known.cloned().unwrap_or_else(|| AttributeRules {
            operation: self.operation.id.clone(),
            of: of.to_owned(),
            path: path.to_owned(),
            ..AttributeRules::default()
        })
    }

    /// Whether a difference of an attribute, or of what holds it, is reported.
    fn is_reported(&self, fact: &Expectation) -> bool {
        let subject = fact.subject().unwrap_or_default();
        let mut reported = self.reported.iter();
        reported.any(|other| {
            let rest = subject.strip_prefix(other.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// The line of a sample that has a member.
    fn line_of(&self, sample: &Sample, path: &str) -> usize {
        path.split('.')
            .filter(|name| !name.is_empty())
            .fold(sample.line, |at, name| {
                let quoted = format!("\"{name}\"");
                let mut lines = self.lines.iter();
                let found = lines.find(|line| line.number >= at && line.text.contains(&quoted));
                found.map_or(at, |line| line.number)
            })
    }

    pub(super) fn compare_codes(&mut self) {
        let mut codes: BTreeMap<String, usize> = BTreeMap::new();
        for table in self.tables.iter().filter(|table| table.has(Column::Code)) {
            for row in &table.rows {
                let cell = table.cell(row, Column::Code).unwrap_or_default();
                codes.extend(code(cell).map(|code| (code, row.line)));
            }
        }
        if codes.is_empty() {
            // Perhaps a list instead of a table.
            for line in &self.lines {
                let item =
                    without_marks(line.text.trim_start_matches(|c: char| !c.is_alphanumeric()));
                if item
                    .get(3..)
                    .is_some_and(|rest| rest.starts_with([' ', '-', ':', '–', '—']))
                {
                    codes.extend(code(&item).map(|code| (code, line.number)));
                }
            }
        }
        let id = self.operation.id.clone();
        let first = codes.values().min().copied();
        let stated: Vec<Stated> = codes
            .into_iter()
            .map(|(status, line)| Stated {
                lines: vec![line],
                fact: Expectation::Answer {
                    operation: id.clone(),
                    status,
                },
            })
            .collect();
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
            self.compare_values("in the list of values, ", lines, stated);
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
                self.compare_values("in a sentence, ", lines, stated);
            }
        }
    }

    fn compare_values(&mut self, prefix: &str, lines: Vec<usize>, rules: AttributeRules) {
        let fact = Expectation::Attribute(rules.into());
        self.compare(prefix, &[Stated { lines, fact }], |_| false, |_| None);
    }
}

fn join(parent: &str, name: &str) -> String {
    format!("{parent}.{name}")
        .trim_start_matches('.')
        .to_owned()
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "any",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
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
