//! What each clause says of an attribute of a request, tried on the client's type and on
//! the server: both require what is required, take what may be left out, and refuse what
//! breaks a rule. The clauses drive it, so that a slip in the contract is a difference.

use bvnk_contract::{Operation, Status};
use serde_json::Value;

use super::Recorder;
use super::body;
use super::documented::prerequisites;
use super::signatures::created;
use crate::cases::{About, Edit, edits, places, put, wire_edits};
use crate::collect::RawRequest;
use crate::context::Context;
use crate::specification::AttributeClause;
use crate::{dispatch, flow};

/// Of null where an attribute may be left out.
const NULL: &str = "request.null";
/// Of the length of free texts.
const LENGTH: &str = "request.length";

/// One request that is valid or wrong in one place.
struct Trial<'a> {
    context: &'a Context,
    operation: &'a Operation,
    clauses: Vec<String>,
    what: String,
    valid: bool,
}

pub(super) async fn attributes(context: &Context, recorder: &mut Recorder) {
    for operation in context.specification.contract().operations() {
        parameters(context, operation, recorder).await;
        if operation.body.is_some() {
            bodies(context, operation, recorder).await;
        }
    }
}

async fn bodies(context: &Context, operation: &Operation, recorder: &mut Recorder) {
    let specification = &context.specification;
    let ready = context.ready_request(operation).await;
    let Some(schema) = operation.body.as_ref().map(|body| &body.schema) else {
        return;
    };
    let mut tried: Vec<&str> = Vec::new();
    for (variant, everything) in context.plan.everything(&operation.id).iter().enumerate() {
        let trial = Trial {
            context,
            operation,
            clauses: vec![specification.about(&format!("media {} request", operation.id))],
            what: format!("a body of {} with everything", operation.id),
            valid: true,
        };
        trial.body(everything, true, &ready, recorder).await;
        let places = places(specification.contract(), schema, everything, variant);
        for attribute in specification.attributes(&operation.id, "request") {
            let path = attribute.rules.path.as_str();
            let place = places.iter().find(|place| place.path == path);
            let wanted = !tried.contains(&path) && context.tries(&attribute.clause);
            let Some(place) = place.filter(|_| wanted) else {
                continue;
            };
            tried.push(path);
            for edit in edits(&attribute.rules, everything.pointer(&place.pointer)) {
                let mut body = everything.clone();
                put(&mut body, &place.pointer, edit.value.clone());
                // A type may read null as left out, as long as it never sends it.
                let lax = edit.value == Some(Value::Null) && place.removable;
                let trial = Trial::new(context, operation, attribute, &edit);
                trial.body(&body, !lax, &ready, recorder).await;
            }
        }
    }
    for attribute in specification.attributes(&operation.id, "request") {
        let path = attribute.rules.path.as_str();
        if !path.is_empty() && !tried.contains(&path) && context.tries(&attribute.clause) {
            recorder.on(format!("`{path}` of {}", operation.id));
            recorder.fail(&attribute.clause, "an attribute of the contract", "none");
        }
    }
}

impl<'a> Trial<'a> {
    fn new(
        context: &'a Context,
        operation: &'a Operation,
        attribute: &AttributeClause,
        edit: &Edit,
    ) -> Self {
        let AttributeClause { clause, rules, .. } = attribute;
        let clauses = match edit.about {
            About::Null => vec![NULL.to_owned()],
            About::Length => vec![LENGTH.to_owned()],
            About::Rule => {
                let more = prerequisites(&context.specification, rules);
                std::iter::once(clause.clone()).chain(more).collect()
            }
        };
        Self {
            context,
            operation,
            clauses,
            what: format!("`{}` of {} {}", rules.path, operation.id, edit.what),
            valid: edit.valid,
        }
    }

    /// Holds a body against the contract, the client's type and the server.
    async fn body(&self, body: &Value, typed: bool, ready: &RawRequest, recorder: &mut Recorder) {
        let words = |valid: bool| {
            if valid {
                "it is accepted"
            } else {
                "it is refused"
            }
        };
        let validator = self
            .context
            .specification
            .validator(&self.operation.id, "request");
        let valid = validator.is_none_or(|validator| validator.is_valid(body));
        recorder.on(format!("{}, held against the contract", self.what));
        recorder.equal(&self.clauses[0], words(self.valid), words(valid));
        let text = body.to_string();
        if typed {
            let read = dispatch::read_request(&self.operation.id, text.as_bytes());
            let taken = matches!(read, Some(Ok(_)));
            recorder.on(format!("{}, given to the client's type", self.what));
            recorder.equal(&self.clauses[0], words(self.valid), words(taken));
        }
        let mut raw = ready.with_fresh_key();
        raw.body = Some(text.into());
        self.send(&raw, recorder).await;
    }

    async fn send(&self, raw: &RawRequest, recorder: &mut Recorder) {
        let specification = &self.context.specification;
        let before = self.context.connection.created();
        let sent = self.context.connection.send(raw).await;
        recorder.sent(&sent);
        recorder.on(format!("{}, sent to the server", self.what));
        let refusals = refusals(self.operation);
        let (right, expected) = match self.valid {
            true => (sent.is_success(), "success".to_owned()),
            false => {
                let listed: Vec<String> = refusals.iter().map(ToString::to_string).collect();
                let right =
                    refusals.contains(&sent.status()) || refusals.is_empty() && sent.is_refused();
                (right, format!("a refusal {}", listed.join(" or ")))
            }
        };
        for clause in &self.clauses {
            recorder.check(clause, right, &expected, sent.outcome());
        }
        if !self.valid && !right && sent.status() >= 400 {
            // It is refused, but not as the contract lists it.
            if let Some(status) = refusals.first() {
                let subject = format!("answer {} {status}", self.operation.id);
                let clause = specification.about(&subject);
                recorder.fail(&clause, &expected, sent.outcome());
            }
        }
        let creates = !flow::begun_by(specification.contract(), &self.operation.id).is_empty();
        if creates || !self.valid {
            let expected = usize::from(self.valid && creates);
            created(self.context, recorder, &self.clauses[0], before, expected);
        }
        let declared = self.operation.response(sent.status());
        if let (Some(response), Some(declared), true) =
            (sent.response(), declared, !self.valid && right)
        {
            let of = declared.status.to_string();
            let subject = format!("answer {} {of}", self.operation.id);
            recorder.observe(&specification.about(&subject));
            body::judge(
                specification,
                (&self.operation.id, &of),
                &response.json(),
                recorder,
            );
        }
    }
}

/// The statuses that an operation lists for requests that are refused.
pub(super) fn refusals(operation: &Operation) -> Vec<u16> {
    let listed = operation
        .responses
        .iter()
        .filter_map(|response| match response.status {
            Status::Code(code @ 400..=499) => Some(code),
            _ => None,
        });
    listed.collect()
}

/// The parameters of an operation, one edit at a time.
async fn parameters(context: &Context, operation: &Operation, recorder: &mut Recorder) {
    let specification = &context.specification;
    let key = operation.idempotency_key().map(|key| key.name.as_str());
    // What must exist has one right value.
    let names = flow::needed_by(specification.contract(), operation).is_some();
    for of in ["path", "query", "header"] {
        for attribute in specification.attributes(&operation.id, of) {
            let path = &attribute.rules.path;
            let judged_elsewhere = key == Some(path) || path.ends_with("[]");
            if judged_elsewhere || (of == "path" && names) {
                continue;
            }
            for edit in wire_edits(&attribute.rules) {
                let mut parameters = context.plan.parameters(&operation.id);
                match &edit.value {
                    Some(value) => parameters.insert(path.clone(), value.clone()),
                    None => parameters.remove(path),
                };
                let raw = context.request_with(operation, &parameters);
                let trial = Trial::new(context, operation, attribute, &edit);
                trial.send(&raw, recorder).await;
            }
        }
    }
}
