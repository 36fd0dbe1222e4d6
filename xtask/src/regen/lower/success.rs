//! What an operation returns: the kinds of its successes.
//!
//! Only successes are types that calls return. What a client does with an error status is the same
//! for all operations.

use bvnk_contract::{Schema, Shape, Status};

use super::{Field, Lowered};

/// What a call returns.
///
/// It decides the type that `send` returns.
#[derive(Default)]
pub(crate) struct Success {
    /// The body; `None` if no success has one. Several bodies are one schema: the type has a
    /// variant for each of them, and for each status without a body.
    pub(crate) body: Option<Field>,
    /// The statuses of the bodies, if they differ. A range has the status 0.
    pub(crate) statuses: Vec<u16>,
    /// The statuses without a body.
    pub(crate) empty: Vec<u16>,
}

/// Finds what each call returns from the bodies of its successes.
///
/// Bodies are the same if their shapes are; examples and descriptions may differ.
pub(super) fn one_kind(lowered: &mut Lowered) {
    for call in &mut lowered.calls {
        let (mut bodies, mut success) = (Vec::new(), Success::default());
        for response in call.operation.successes() {
            let status = match response.status {
                Status::Code(code) => code,
                Status::Range(_) | Status::Default => 0,
            };
            match &response.body {
                Some(body) => {
                    success.statuses.push(status);
                    bodies.push(body.schema.clone());
                }
                None => success.empty.push(status),
            }
        }
        let form = |it: &Schema| (it.shape.clone(), it.rules.clone(), it.nullable);
        let same = |one: &Schema| form(one) == form(&bodies[0]);
        let schema = if bodies.iter().all(same) {
            success.statuses.clear();
            bodies.into_iter().next()
        } else {
            Some(Schema {
                shape: Shape::OneOf(bodies),
                description: Some(format!("What `{}` returns, by status.", call.operation.id)),
                ..Schema::default()
            })
        };
        success.body = schema.map(|schema| Field {
            schema,
            ..Field::default()
        });
        call.success = success;
    }
}
