//! The JSON objects that a page shows, wherever they stand, compared with the schemas.
//!
//! A sample is compared twice: its values with the schema, and its members with the listed
//! attributes. The first finds a wrong value, the second finds a member that an open object allows
//! but the contract does not list.

use bvnk_contract::Expectation;
use serde_json::{Deserializer, Value};

use super::report::Stated;
use super::tables::list_values;
use super::{Page, body_name, words};
use crate::similar::{below, join};

/// An object that a page shows, or where in the text it cannot be read, and why.
///
/// The reason is serde's message without its position, such as `trailing comma`.
type Sample = Result<Value, (usize, String)>;

/// Reads the samples of a page: where each begins in the text, the names of all its members, and
/// itself. Objects within it are not samples of their own.
///
/// A sample is found by its first characters, because pages show JSON in code blocks, in tables
/// and as plain text. One that cannot be read ends where lines stop looking like JSON, so that
/// the next sample is found. Names are found by text, so that it has them all the same.
fn samples(page: &str) -> Vec<(usize, Vec<String>, Sample)> {
    let mut samples = Vec::new();
    let mut from = 0;
    // `{reference}` is a parameter of a path, `{ "…` begins an object.
    while let Some(object) = words::regex(r#"\{\s*""#).find_at(page, from) {
        let at = object.start();
        let text = &page[at..];
        let mut values = Deserializer::from_str(text).into_iter();
        let (value, length) = match values.next() {
            Some(Err(error)) => {
                let reason = error.to_string();
                let reason = reason.split(" at line ").next().unwrap_or_default();
                let lines = || text.split_inclusive('\n');
                let before = lines().take(error.line().saturating_sub(1));
                let line = at + before.map(str::len).sum::<usize>();
                let json = lines().take_while(|line| words::is(r#"[{}\[\],"']\s*$|":"#, line));
                let length = json.map(str::len).sum::<usize>();
                (Err((line, reason.to_owned())), length.max(1))
            }
            Some(Ok(value)) => (Ok(value), values.byte_offset()),
            None => break,
        };
        from = at + length;
        let names = words::regex(r#""([^"]*)"\s*:"#).captures_iter(&page[at..from]);
        let names = names.map(|name| name[1].to_owned()).collect();
        samples.push((at, names, value));
    }
    samples
}

impl Page<'_> {
    /// Compares each sample with the body that it shows.
    pub(super) fn compare_samples(&mut self) {
        let samples = samples(self.text).into_iter();
        let samples = samples.map(|(at, names, value)| (self.line_at(at), names, (at, value)));
        let samples: Vec<_> = samples.collect();
        let words = ["sample", "no sample shows the"];
        for (of, samples) in self.assigned(samples, words) {
            for (at, value) in samples {
                self.compare_sample(of, at, &value);
            }
        }
    }

    /// Compares one sample with a body, first with its schema and then member by member. A
    /// difference that a table states too is reported once, with the table's line.
    ///
    /// Members come first: their differences keep the schema's violations at the same places from
    /// being reported again.
    fn compare_sample(&mut self, of: &str, at: usize, sample: &Sample) {
        let name = body_name(of);
        let value = match sample {
            Ok(value) => value,
            Err((at, reason)) => {
                let says = format!("the sample of the {name} is not JSON: {reason}");
                return self.remark(Some(self.line_at(*at)), says, of);
            }
        };
        let body = self.operation.body_of(of);
        let violations = body.map(|body| self.contract.violations(&body.schema, value));
        let begin = self.line_at(at);
        let mut stated = self.members(of, begin, value, "");
        // A table that describes an attribute otherwise is reported already.
        stated.retain(|(_, fact)| !self.is_reported(fact));
        for violation in violations.unwrap_or_default() {
            let path = violation.place.trim_start_matches('/').replace('/', ".");
            let fact = self.rules(of, &path).into();
            if !self.is_reported(&fact) {
                let message = violation.message;
                let says = format!("the sample of the {name} is not valid: {path} {message}");
                let line = path
                    .split('.')
                    .fold(begin, |line, name| self.line_of(line, name));
                self.report(vec![line], says, Some(&fact), None);
            }
        }
        self.compare("in the sample, ", None, &stated);
    }

    /// What a sample states: members that the contract does not list, and values of open enums.
    /// `line` is where the value begins, and `path` its path.
    ///
    /// Members are read at any depth, but not within lists. A value of an open enum that the
    /// contract does not list is legal, yet a person should know of it.
    fn members(&self, of: &str, line: usize, value: &Value, path: &str) -> Vec<Stated> {
        let mut stated = Vec::new();
        for (name, member) in value.as_object().into_iter().flatten() {
            let (line, path) = (self.line_of(line, name), join(path, name));
            let mut rules = self.rules(of, &path);
            if self.attributes(of).iter().any(|rules| rules.path == path) {
                stated.extend(self.members(of, line, member, &path));
            } else {
                rules.r#type = json_type(member).to_owned();
            }
            if let (Some(true), Some(value)) = (rules.open, member.as_str()) {
                let known = rules.known.clone().unwrap_or_default();
                list_values(&mut rules, &[value], &known);
            }
            stated.push((line, rules.into()));
        }
        stated
    }

    /// Whether a difference of an attribute, or of what holds it, is reported.
    ///
    /// What is within a renamed object has the same cause.
    fn is_reported(&self, fact: &Expectation) -> bool {
        let subject = fact.subject().unwrap_or_default();
        let mut reported = self.reported.iter();
        reported.any(|other| below(&subject, other).is_some())
    }

    /// The line, from this one on, that has a name in quotes; this one if none has it.
    fn line_of(&self, line: usize, name: &str) -> usize {
        let quoted = format!("\"{name}\"");
        let mut lines = self.lines.iter();
        let found = lines.find(|it| it.number >= line && it.text.contains(&quoted));
        found.map_or(line, |it| it.number)
    }
}

/// The type of a value as the contract names it.
///
/// Null is `any`: a sample with null does not show the type.
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
