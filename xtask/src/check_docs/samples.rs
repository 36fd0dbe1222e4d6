//! The JSON objects that a page shows, wherever they stand, compared with the schemas.

use bvnk_contract::Expectation;
use serde_json::{Deserializer, Value};

use super::lines::Line;
use super::rows::list_values;
use super::{Page, Stated, body_name};
use crate::diff::attribute_fact;
use crate::similar::{join, split};
use crate::validator::violations;

/// One object, or what begins like one and cannot be read.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    /// The line in which it begins.
    pub(super) line: usize,
    /// The value, or the line in which it cannot be read, and why.
    pub(super) value: Result<Value, (usize, String)>,
    /// The names of all members.
    pub(super) names: Vec<String>,
    /// Whether a sample command sends it.
    pub(super) is_sent: bool,
}

pub(super) fn read(lines: &[Line]) -> Vec<Sample> {
    let text: String = lines
        .iter()
        .map(|line| format!("{}\n", line.text))
        .collect();
    let number = |index: usize| {
        lines
            .get(index)
            .or(lines.last())
            .map_or(1, |line| line.number)
    };
    let mut samples = Vec::new();
    let mut from = 0;
    while let Some(offset) = text[from..].find('{') {
        let start = from + offset;
        // `{reference}` is a parameter of a path, `{ "…` begins an object.
        if !text[start + 1..].trim_start().starts_with('"') {
            from = start + 1;
            continue;
        }
        let index = text[..start].matches('\n').count();
        let mut values = Deserializer::from_str(&text[start..]).into_iter();
        let (value, end) = match values.next() {
            Some(Ok(value)) => (Ok(value), start + values.byte_offset()),
            Some(Err(error)) => {
                let reason = error.to_string();
                let reason = reason.split(" at line ").next().unwrap_or_default();
                let line = number(index + error.line().saturating_sub(1));
                (Err((line, reason.to_owned())), end_of_block(&text, start))
            }
            None => break,
        };
        let before = text[..start].trim_end().trim_end_matches(['\'', '"', '$']);
        let flags = ["--data-raw", "--data", "-d", "--data-binary", "--json"];
        samples.push(Sample {
            line: number(index),
            value,
            names: names(&text[start..end]),
            is_sent: flags.iter().any(|flag| before.trim_end().ends_with(flag)),
        });
        from = end.max(start + 1);
    }
    samples
}

/// The end of the lines that look like JSON.
fn end_of_block(text: &str, start: usize) -> usize {
    let lines = text[start..].split_inclusive('\n');
    let json = lines.take_while(|line| {
        let line = line.trim();
        line.ends_with(['{', '}', '[', ']', ',', '"', '\'']) || line.contains("\":")
    });
    start + json.map(str::len).sum::<usize>()
}

/// The quoted words before a colon.
fn names(object: &str) -> Vec<String> {
    let parts: Vec<&str> = object.split('"').collect();
    let pairs = parts.windows(2);
    pairs
        .filter(|pair| pair[1].trim_start().starts_with(':'))
        .map(|pair| pair[0].to_owned())
        .collect()
}

impl Page<'_> {
    pub(super) fn compare_samples(&mut self) {
        let mut shown = Vec::new();
        for sample in self.samples.clone() {
            match self.body_of(&sample) {
                Some(of) => {
                    self.compare_sample(&of, &sample);
                    shown.push(of);
                }
                None => {
                    let names = sample.names.join(", ");
                    let says = format!("a sample that no body of the contract has: {names}");
                    self.remark(
                        Some(sample.line),
                        says,
                        "",
                        "describe the body that it shows",
                    );
                }
            }
        }
        for of in self.bodies(false) {
            if !shown.contains(&of) {
                let says = format!("no sample shows the {}", body_name(&of));
                let edit =
                    "compare what the page shows in its place; the contract keeps its example";
                self.remark(None, says, &of, edit);
            }
        }
    }

    /// The body that a sample shows: the one with most of its names.
    fn body_of(&self, sample: &Sample) -> Option<String> {
        let score = |of: &String| {
            let attributes = self.attributes(of);
            let is_known = |name: &&String| {
                let mut paths = attributes.iter().map(|rules| &rules.path);
                paths.any(|path| split(path).1 == **name)
            };
            let known = sample.names.iter().filter(is_known).count();
            known + usize::from(sample.is_sent && of == "request")
        };
        // The first of equals.
        let best = self.bodies(true).into_iter().rev().max_by_key(score);
        best.filter(|of| score(of) > 0)
    }

    fn compare_sample(&mut self, of: &str, sample: &Sample) {
        let Some(body) = self.body(of) else { return };
        let value = match &sample.value {
            Ok(value) => value,
            Err((line, reason)) => {
                let says = format!("the sample of the {} is not JSON: {reason}", body_name(of));
                let edit = "none: report the error to the authors of the page";
                return self.remark(Some(*line), says, of, edit);
            }
        };
        // The value itself may be a person's.
        let violations = violations(self.contract, &body.schema, value).unwrap_or_default();
        let mut stated = Vec::new();
        self.members(of, sample, value, "", &mut stated);
        // A table that describes an attribute otherwise is reported already.
        stated.retain(|(_, fact)| !self.is_reported(fact));
        for (pointer, reason) in violations {
            let path = pointer.trim_start_matches('/').replace('/', ".");
            let fact = attribute_fact(self.rules(of, &path));
            if !self.is_reported(&fact) {
                let body = body_name(of);
                let says = format!("the sample of the {body} is not valid at {path}: {reason}");
                self.report(vec![self.line_of(sample, &path)], says, Some(&fact), None);
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
            let line = self.line_of(sample, &path);
            stated.push((line, attribute_fact(rules)));
        }
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
