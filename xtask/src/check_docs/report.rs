//! The differences of a page, with the edit of the contract and the clause that would follow.

use std::fmt;

use bvnk_contract::{AttributeRules, Expectation, Statement, compare};
use serde_json::Value;

use crate::CONTRACT;
use crate::similar::split;

/// One difference between the page and the contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift {
    /// The lines of the page; none if something is missing from it.
    pub lines: Vec<usize>,
    /// The difference.
    pub says: String,
    /// The place in the contract.
    pub place: String,
    /// The edit of the contract that follows if the page is right.
    pub edit: String,
    /// The ids of the clauses that would change.
    pub clauses: Vec<String>,
    /// What a clause would expect, as `clauses.toml` has it.
    pub expect: Option<String>,
}

/// All differences of a page.
#[derive(Clone, Debug)]
pub struct DocsReport {
    pub(super) page: String,
    /// In the order of the page.
    pub drifts: Vec<Drift>,
}

impl fmt::Display for DocsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for drift in &self.drifts {
            let numbers: Vec<String> = drift.lines.iter().map(usize::to_string).collect();
            let lines = match numbers.as_slice() {
                [] => "the page".to_owned(),
                [number] => format!("line {number}"),
                numbers => format!("lines {}", numbers.join(", ")),
            };
            writeln!(f, "{}, {lines}: {}", self.page, drift.says)?;
            writeln!(f, "  contract: {CONTRACT}, at {}", drift.place)?;
            writeln!(f, "  edit:     {}", drift.edit)?;
            if !drift.clauses.is_empty() {
                writeln!(f, "  clauses:  {}", drift.clauses.join(", "))?;
            }
            if let Some(expect) = &drift.expect {
                writeln!(f, "  expect:   {expect}")?;
            }
            writeln!(f)?;
        }
        match self.drifts.len() {
            0 => Ok(()),
            1 => writeln!(f, "1 difference"),
            count => writeln!(f, "{count} differences"),
        }
    }
}

/// The edit of the contract that replaces one fact by another.
pub(super) fn edit(old: Option<&Expectation>, new: Option<&Expectation>) -> String {
    use Expectation as E;
    match (old, new) {
        (Some(E::Attribute(old)), Some(E::Attribute(new))) if old.path != new.path => {
            let (from, to) = (split(&old.path).1, split(&new.path).1);
            match old.of.as_str() {
                "header" => format!("rename the parameter to `{to}`"),
                _ => format!(
                    "rename the property from `{from}` to `{to}`, also in `required` and in the example"
                ),
            }
        }
        (Some(E::Attribute(old)), Some(E::Attribute(new))) => rules(old, new).join("; "),
        (None, Some(E::Attribute(new))) if new.of == "header" => {
            "add a parameter `in: header` if requests need it".to_owned()
        }
        (None, Some(E::Attribute(new))) => {
            let name = split(&new.path).1;
            let required = match new.required {
                true => format!(", and `{name}` to `required`"),
                false => String::new(),
            };
            format!(
                "add `{name}: {{ type: {} }}` to `properties`{required}",
                new.r#type
            )
        }
        (Some(E::Attribute(old)), None) if old.of == "header" => {
            "remove the parameter if the API no longer has it".to_owned()
        }
        (Some(E::Attribute(_)), None) => {
            "remove the property, also from `required` and from the example".to_owned()
        }
        (Some(E::Operation { operation, .. }), Some(E::Operation { method, path, .. })) => {
            format!(
                "change the path of {operation} to `{path}` and its method to `{method}`, or add an operation"
            )
        }
        (Some(E::Operation { operation, .. }), None) => {
            format!("remove the operation {operation} if the API no longer has it")
        }
        (Some(E::Server { url, .. }), Some(E::Server { url: new, .. })) if url != new => {
            format!("change the URL to `{new}`, or add the server")
        }
        (Some(E::Server { .. }), Some(_)) => "exchange the URLs of the servers".to_owned(),
        (Some(E::Server { .. }), None) => "remove the server".to_owned(),
        (None, Some(E::Server { .. })) => "add the server".to_owned(),
        (None, Some(E::Answer { operation, status })) => {
            format!("add the response {status} to {operation}")
        }
        (Some(E::Answer { operation, status }), None) => {
            format!("remove the response {status} of {operation}")
        }
        (_, Some(E::Security { scheme, .. })) => {
            format!("change the security scheme to `{scheme}`")
        }
        (_, Some(E::Media { r#type, .. })) => format!("change the media type to `{}`", r#type),
        _ => "compare the page with the contract".to_owned(),
    }
}

/// The edits that give an attribute other rules.
fn rules(old: &AttributeRules, new: &AttributeRules) -> Vec<String> {
    let [before, after] = [old, new].map(|rules| Expectation::Attribute(rules.clone().into()));
    let after = [Statement {
        expectation: after,
        location: String::new(),
    }];
    let differences = compare([&before], &after);
    let aspects = differences.iter().flat_map(|difference| match difference {
        bvnk_contract::Difference::Changed { aspects, .. } => aspects.as_slice(),
        _ => &[],
    });
    let name = split(&new.path).1;
    let mut edits = Vec::new();
    for aspect in aspects {
        match (aspect.name.as_str(), &aspect.after) {
            ("required", Some(Value::Bool(true))) => {
                edits.push(format!("add `{name}` to `required`"))
            }
            ("required", _) => edits.push(format!("remove `{name}` from `required`")),
            ("known", _) => {
                let lists = [&old.known, &new.known].map(|list| list.clone().unwrap_or_default());
                let [before, after] = &lists;
                let add = after.iter().filter(|value| !before.contains(value));
                let remove = before.iter().filter(|value| !after.contains(value));
                edits.extend(add.map(|value| format!("add `{value}` to its `enum`")));
                edits.extend(remove.map(|value| {
                    format!("remove `{value}` from its `enum`, unless responses still have it")
                }));
            }
            ("open", _) => {}
            (aspect, None) => edits.push(format!("remove its `{}`", camel_case(aspect))),
            (aspect, Some(value)) => {
                let value = value.as_str().map_or(value.to_string(), str::to_owned);
                edits.push(format!("set its `{}` to `{value}`", camel_case(aspect)));
            }
        }
    }
    edits
}

/// OpenAPI's spelling of a rule.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(1);
        format!("{name}{}{tail}", head.to_uppercase())
    })
}
