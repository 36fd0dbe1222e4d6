//! The rows of the tables, and selectors of the clauses that a row breaks.

use std::sync::Arc;

use bvnk_contract::{AttributeRules, Expectation, Status};
use bvnk_simulator::Hook;
use bvnk_simulator::webhook::WebhookFault;

use super::client::Edit;
use super::{Family, Mutant};
use crate::context::Mutation;
use crate::receiver::WebhookReceiver;
use crate::specification::Specification;

/// Collects rows.
pub(super) struct Rows<'a> {
    pub(super) specification: &'a Specification,
    mutants: Vec<Mutant>,
}

/// An attribute that a clause is about.
pub(super) struct ClauseAttribute<'a> {
    pub(super) id: String,
    pub(super) rules: &'a AttributeRules,
    /// The JSON pointer; that of the list for what is in one.
    pub(super) pointer: String,
}

impl<'a> Rows<'a> {
    pub(super) fn new(specification: &'a Specification) -> Self {
        Self {
            specification,
            mutants: Vec::new(),
        }
    }

    pub(super) fn into_mutants(self) -> Vec<Mutant> {
        self.mutants
    }

    /// A server that is broken by a hook. Each simulator gets a new one.
    pub(super) fn server<H: Hook + 'static>(
        &mut self,
        name: impl Into<String>,
        clauses: &[impl AsRef<str>],
        hook: impl Fn() -> H + Send + Sync + 'static,
    ) {
        let mutation = Mutation {
            hook: Some(Arc::new(move |simulator| simulator.set_hook(hook()))),
            ..Mutation::default()
        };
        self.push(Family::Server, name.into(), clauses, mutation);
    }

    /// A server whose webhooks have a fault.
    pub(super) fn webhooks(&mut self, name: &str, clauses: &[&str], fault: WebhookFault) {
        let mutation = Mutation {
            webhook_fault: Some(fault),
            ..Mutation::default()
        };
        self.push(Family::Server, name.to_owned(), clauses, mutation);
    }

    /// A client with an edit.
    pub(super) fn client(
        &mut self,
        name: impl Into<String>,
        clauses: &[impl AsRef<str>],
        edit: Edit,
    ) {
        let mutation = Mutation {
            client: edit.into_client(),
            ..Mutation::default()
        };
        self.push(Family::Client, name.into(), clauses, mutation);
    }

    /// A service that receives webhooks in a wrong way.
    pub(super) fn receiver(&mut self, name: &str, clauses: &[&str], receiver: WebhookReceiver) {
        let mutation = Mutation {
            receiver,
            ..Mutation::default()
        };
        self.push(Family::Client, name.to_owned(), clauses, mutation);
    }

    fn push(
        &mut self,
        family: Family,
        name: String,
        clauses: &[impl AsRef<str>],
        mutation: Mutation,
    ) {
        let clauses = clauses.iter().map(|id| id.as_ref().to_owned()).collect();
        self.mutants.push(Mutant {
            family,
            name,
            clauses,
            mutation,
        });
    }

    /// The clauses with such an expectation.
    pub(super) fn clauses(&self, wanted: impl Fn(&Expectation) -> bool) -> Vec<String> {
        let clauses = self.specification.clauses().iter();
        clauses
            .filter(|clause| wanted(&clause.expect))
            .map(|clause| clause.id.clone())
            .collect()
    }

    /// The clauses about successes.
    pub(super) fn successes(&self) -> Vec<String> {
        self.clauses(
            |expect| matches!(expect, Expectation::Answer { status, .. } if is_success(status)),
        )
    }

    /// The clauses about successes of operations that create something, or of the others.
    pub(super) fn successes_of(&self, creating: bool) -> Vec<String> {
        self.clauses(|expect| match expect {
            Expectation::Answer { operation, status } => {
                is_success(status) && self.creates(operation) == creating
            }
            _ => false,
        })
    }

    /// The clauses about refusals.
    pub(super) fn refusals(&self) -> Vec<String> {
        self.clauses(
            |expect| matches!(expect, Expectation::Answer { status, .. } if !is_success(status)),
        )
    }

    /// The clauses about media types of successes.
    pub(super) fn media(&self) -> Vec<String> {
        self.clauses(|expect| matches!(expect, Expectation::Media { of, .. } if is_success(of)))
    }

    /// The clauses about media types of requests.
    pub(super) fn request_media(&self) -> Vec<String> {
        self.clauses(|expect| matches!(expect, Expectation::Media { of, .. } if of == "request"))
    }

    /// The clauses about values of statuses.
    pub(super) fn values(&self) -> Vec<(String, String)> {
        let clauses = self.specification.clauses().iter();
        let values = clauses.filter_map(|clause| match &clause.expect {
            Expectation::Value { value, .. } => Some((clause.id.clone(), value.clone())),
            _ => None,
        });
        values.collect()
    }

    /// Whether an operation creates something that another one fetches.
    pub(super) fn creates(&self, operation: &str) -> bool {
        !crate::flow::begun_by(self.specification.contract(), operation).is_empty()
    }

    /// The clauses about attributes in one kind of place: `request`, `success` or a location.
    pub(super) fn attributes(&self, of: &str) -> Vec<ClauseAttribute<'a>> {
        let clauses = self.specification.clauses().iter();
        let attributes = clauses.filter_map(|clause| match &clause.expect {
            Expectation::Attribute(rules)
                if rules.of == of || (of == "success" && is_success(&rules.of)) =>
            {
                let above = rules.path.split(['[', '{', '<']).next().unwrap_or_default();
                Some(ClauseAttribute {
                    id: clause.id.clone(),
                    pointer: crate::flow::pointer(above),
                    rules,
                })
            }
            _ => None,
        });
        attributes.collect()
    }

    /// The same, as ids: those whose pointer is wanted.
    pub(super) fn successes_at(&self, pointer: impl Fn(&str, &str) -> bool) -> Vec<String> {
        let attributes = self.attributes("success").into_iter();
        let wanted =
            attributes.filter(|attribute| pointer(&attribute.rules.operation, &attribute.pointer));
        wanted.map(|attribute| attribute.id).collect()
    }

    /// The clauses about what names something in an answer.
    pub(super) fn identities(&self) -> Vec<String> {
        let flows = self.specification.contract().flows();
        self.successes_at(|operation, pointer| {
            flows.iter().any(|flow| {
                let own = [&flow.create.id, &flow.follow.id]
                    .iter()
                    .any(|id| *id == operation);
                own && flow.source.pointer == pointer
            })
        })
    }

    /// The clauses about the status in an answer.
    pub(super) fn statuses(&self) -> Vec<String> {
        let contract = self.specification.contract();
        self.successes_at(|operation, pointer| {
            let status = contract
                .operation(operation)
                .and_then(|own| crate::flow::StatusAttribute::of(contract, own));
            status.is_some_and(|status| status.pointer == pointer)
        })
    }
}

fn is_success(status: &str) -> bool {
    Status::parse(status).is_some_and(Status::is_success)
}
