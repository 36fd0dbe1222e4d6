//! The list of mutants while it is made, and selectors of the clauses that a row breaks.
//!
//! `server` and `client` add a method for each place that a row can change; all of them end
//! in [`Rows::add`].

use bvnk_contract::{AttributeRules, Clause, Expectation};
use serde_json::Value;

use super::{Family, Mutant};
use crate::checks::kind;
use crate::flow::pointer;
use crate::options::Mutation;
use crate::specification::Specification;

/// Collects mutants. Each row breaks the clauses that were named last, so that rows about the
/// same clauses stand together. Clauses that the specification does not have are ignored: the
/// rows work for any contract.
pub(super) struct Rows<'a> {
    pub(super) specification: &'a Specification,
    broken: Vec<String>,
    /// Names that no clause has, as of a row with a misspelt id.
    pub(super) unmatched: Vec<String>,
    pub(super) mutants: Vec<Mutant>,
}

/// An attribute that a clause is about, outside of lists and maps.
#[derive(Clone)]
pub(super) struct Attribute<'a> {
    /// The clause.
    pub(super) id: &'a str,
    /// What the clause expects.
    pub(super) rules: &'a AttributeRules,
    /// The place in the body, as a JSON pointer.
    pub(super) pointer: String,
}

impl<'a> Rows<'a> {
    pub(super) fn new(specification: &'a Specification) -> Self {
        Self {
            specification,
            broken: Vec::new(),
            unmatched: Vec::new(),
            mutants: Vec::new(),
        }
    }

    /// Names the clauses that the rows which follow break: by id, by [`kind`], or by the
    /// beginning of their subject, such as `answer OPERATION 2`.
    ///
    /// # Examples
    ///
    /// `["auth.fresh"]` names one clause, `["request"]` all about attributes of requests, and
    /// `["operation create_customer"]` those about one operation.
    pub(super) fn breaks(&mut self, names: impl IntoIterator<Item = impl AsRef<str>>) {
        self.broken.clear();
        for name in names {
            let name = name.as_ref();
            let is_named = |clause: &&Clause| {
                let subject = clause.expect.subject();
                let is_about = subject.is_some_and(|subject| subject.starts_with(name));
                is_about || name == clause.id || name == kind(&clause.expect)
            };
            let named = self.specification.clauses().iter().filter(is_named);
            let before = self.broken.len();
            self.broken.extend(named.map(|clause| clause.id.clone()));
            if self.broken.len() == before {
                self.unmatched.push(name.to_owned());
            }
        }
    }

    /// Adds a mutant, if the specification has a clause that it breaks.
    pub(super) fn add(&mut self, family: Family, name: impl Into<String>, mutation: Mutation) {
        if !self.broken.is_empty() {
            self.mutants.push(Mutant {
                family,
                name: name.into(),
                clauses: self.broken.clone(),
                mutation,
            });
        }
    }

    /// Returns the attributes that clauses of a [`kind`] are about.
    pub(super) fn attributes(&self, of: &str) -> Vec<Attribute<'a>> {
        let clauses = self.specification.clauses().iter();
        let clauses = clauses.filter(|clause| kind(&clause.expect) == of);
        let attributes = clauses.filter_map(|clause| match &clause.expect {
            // What a body is as a whole belongs to its media type.
            Expectation::Attribute(rules)
                if !rules.path.is_empty() && !rules.path.contains(['[', '{', '<']) =>
            {
                Some(Attribute {
                    id: &clause.id,
                    pointer: pointer(&rules.path),
                    rules,
                })
            }
            _ => None,
        });
        attributes.collect()
    }

    /// Returns the clauses about attributes of requests whose rules are wanted.
    pub(super) fn ruled(&self, wanted: impl Fn(&AttributeRules) -> bool) -> Vec<&'a str> {
        let attributes = self.attributes("request").into_iter();
        let wanted = attributes.filter(|attribute| wanted(attribute.rules));
        wanted.map(|attribute| attribute.id).collect()
    }

    /// Returns names of the clauses about the header that carries the key, and its value.
    pub(super) fn keys(&self) -> Vec<String> {
        let operations = self.specification.contract().operations.iter();
        let headers = operations.filter_map(|operation| {
            let key = operation.idempotency_key()?;
            Some(format!("{} header {}", operation.id, key.name))
        });
        headers.chain(["idempotency-key".to_owned()]).collect()
    }

    /// Returns the values of statuses that clauses are about, each with its clause.
    pub(super) fn values(&self) -> Vec<(&'a str, String)> {
        let values = self.specification.clauses().iter();
        let values = values.filter_map(|clause| match &clause.expect {
            Expectation::Value { value, .. } => Some((clause.id.as_str(), value.clone())),
            _ => None,
        });
        values.collect()
    }
}

/// What stands in place of a value; `None` for nothing.
pub(super) type Replacement = fn(Value) -> Option<Value>;

/// Adds a null at a JSON pointer, if the object that it is in has no such member: an optional one
/// may be left out.
pub(super) fn add(body: &mut Value, place: &str) {
    if let Some((parent, name)) = place.rsplit_once('/')
        && let Some(Value::Object(members)) = body.pointer_mut(parent)
    {
        members.entry(name).or_insert(Value::Null);
    }
}

/// Replaces the member at a JSON pointer, or removes it if `new` gives `None`. Without such a
/// member nothing changes.
///
/// # Examples
///
/// `/address/city` with `|_| None` removes the city of an address.
pub(super) fn replace(body: &mut Value, place: &str, new: impl FnOnce(Value) -> Option<Value>) {
    let parent = place.rsplit_once('/');
    if let Some((parent, name)) = parent
        && let Some(Value::Object(members)) = body.pointer_mut(parent)
        && let Some(value) = members.remove(name)
        && let Some(value) = new(value)
    {
        members.insert(name.to_owned(), value);
    }
}
