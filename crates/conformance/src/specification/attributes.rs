//! What is expected of an attribute, and where a body has it.

use bvnk_contract::AttributeRules;
use serde_json::Value;

/// A step that stands for each item of a list or value of a map.
const ANY: &str = "*";

/// What is expected of one attribute, and the clause that says so.
#[derive(Clone, Debug)]
pub struct AttributeClause {
    /// The clause's id; the subject of the contract's statement where there is no clause.
    pub clause: String,
    /// What is expected: by the clause, else by the contract.
    pub rules: AttributeRules,
    /// The path as the steps of a JSON pointer, with [`ANY`] for items and values of maps.
    pub(super) pattern: Vec<String>,
}

impl AttributeClause {
    /// Whether it belongs to a body, or to the parameters in one place, of an operation.
    pub(super) fn is_of(&self, operation: &str, of: &str) -> bool {
        self.rules.operation == operation && self.rules.of == of
    }

    /// Whether a JSON pointer names this attribute.
    pub fn is_at(&self, pointer: &str) -> bool {
        let steps: Vec<&str> = pointer.split('/').skip(1).collect();
        steps.len() == self.pattern.len() && self.matches_start(&steps)
    }

    /// Whether it is a member of an object that may be left out.
    pub(crate) fn is_optional_member(&self) -> bool {
        !self.rules.required && self.pattern.last().is_some_and(|step| step != ANY)
    }

    /// Whether it may hold any text: a string without format, pattern, list of values or greatest
    /// length.
    pub(crate) fn is_free_text(&self) -> bool {
        let rules = &self.rules;
        let bounds = rules.format.is_some() || rules.pattern.is_some() || rules.known.is_some();
        rules.r#type == "string" && !bounds && rules.max_length.is_none()
    }

    /// Whether a body has the object or list that the attribute belongs to.
    pub fn applies_to(&self, body: &Value) -> bool {
        let above = self.pattern.split_last();
        reaches(body, above.map_or(&[], |(_, above)| above))
    }

    /// Whether the steps begin with the place of the attribute.
    pub(super) fn matches_start(&self, steps: &[&str]) -> bool {
        let mut pairs = self.pattern.iter().zip(steps);
        pairs.all(|(own, name)| own == ANY || own == name)
    }
}

/// Whether something is at a place of a value; a step may stand for any item.
fn reaches(value: &Value, steps: &[String]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| (step == ANY || step == name) && reaches(value, rest)),
        Value::Array(items) => step == ANY && items.iter().any(|value| reaches(value, rest)),
        _ => false,
    }
}

/// The steps of an attribute's path: names, with `[]` and `{}` for any item or value. The steps
/// of `people[].name` are `people`, `*` and `name`.
pub(super) fn pattern(path: &str) -> Vec<String> {
    let mut steps = Vec::new();
    for part in path.split('.').filter(|part| !part.is_empty()) {
        // A variant's name is no step of a JSON pointer.
        let part = part.split_once('<').map_or(part, |(name, _)| name);
        let name = part.split(['[', '{']).next().unwrap_or_default();
        if !name.is_empty() {
            steps.push(name.to_owned());
        }
        let items = part.matches("[]").count() + part.matches("{}").count();
        steps.extend(std::iter::repeat_n(ANY.to_owned(), items));
    }
    steps
}
