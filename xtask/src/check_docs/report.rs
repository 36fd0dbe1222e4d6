//! The differences of a page, with the edit of the contract and the clause that would follow.

use std::fmt;

use bvnk_contract::{Difference, Expectation, Statement, compare};
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

/// The name of an attribute or of a server.
pub(super) fn name(fact: &Expectation) -> &str {
    match fact {
        Expectation::Attribute(rules) if rules.of != "request" => &rules.path,
        Expectation::Attribute(rules) => split(&rules.path).1,
        Expectation::Server { url, .. } => url,
        _ => "",
    }
}

/// The edit of the contract that replaces one fact by another.
pub(super) fn edit(old: Option<&Expectation>, new: Option<&Expectation>) -> String {
    let in_body =
        |fact: &Expectation| matches!(fact, Expectation::Attribute(rules) if rules.of != "header");
    match (old, new) {
        (None, Some(Expectation::Attribute(new))) if new.of != "header" => {
            let name = split(&new.path).1;
            let required = if new.required {
                ", and its name to `required`"
            } else {
                ""
            };
            format!(
                "add `{name}: {{ type: {} }}` to `properties`{required}",
                new.r#type
            )
        }
        (None, Some(Expectation::Attribute(_))) => "add a parameter if requests need it".to_owned(),
        (None, _) => "add it".to_owned(),
        (Some(old), None) if in_body(old) => {
            "remove the property, also from `required` and from the example".to_owned()
        }
        (_, None) => "remove it if the API no longer has it".to_owned(),
        (Some(old), Some(new)) if old.subject() != new.subject() => {
            let also = if in_body(old) {
                ", also in `required` and in the example"
            } else {
                ""
            };
            format!("rename `{}` to `{}`{also}", name(old), name(new))
        }
        (Some(old), Some(new)) => aspects(old, new).join("; "),
    }
}

/// The edits that give a fact other rules.
fn aspects(old: &Expectation, new: &Expectation) -> Vec<String> {
    let new = [Statement {
        expectation: new.clone(),
        location: String::new(),
    }];
    let differences = compare([old], &new);
    let aspects = differences.iter().flat_map(|difference| match difference {
        Difference::Changed { aspects, .. } => aspects.as_slice(),
        _ => &[],
    });
    let edits = aspects.filter_map(|aspect| {
        let name = camel_case(&aspect.name);
        Some(match (aspect.name.as_str(), &aspect.after) {
            ("open", _) => return None,
            ("required", Some(Value::Bool(true))) => "add it to `required`".to_owned(),
            ("required", _) => "remove it from `required`".to_owned(),
            ("rank", Some(rank)) => format!("move it to place {rank} of `servers`"),
            ("known", Some(values)) => format!("set its `enum` to {values}"),
            (_, None) => format!("remove its `{name}`"),
            (_, Some(Value::String(value))) => format!("set its `{name}` to `{value}`"),
            (_, Some(value)) => format!("set its `{name}` to {value}"),
        })
    });
    edits.collect()
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
