//! What an operation returns: the kinds of its successes.
//!
//! Only successes are types that calls return. What a client does with an error status is the same
//! for all operations.

use bvnk_contract::{Schema, Status};

use super::Lowered;

/// What a call returns.
///
/// It decides the type that `send` returns.
pub(crate) enum Success {
    /// No success has a body.
    None,
    /// This body, or none with these statuses.
    ///
    /// With statuses, a call returns an `Option`.
    One(Box<Schema>, Vec<u16>),
    /// Different bodies by status; `None` stands for no body. A range has the status 0. The
    /// name is that of the type.
    Several(String, Vec<(u16, Option<Schema>)>),
}

impl Success {
    /// The schemas of the bodies, with their statuses if it depends on them.
    pub(super) fn schemas(&mut self) -> Vec<(Option<u16>, &mut Schema)> {
        match self {
            Self::None => Vec::new(),
            Self::One(schema, _) => vec![(None, schema.as_mut())],
            Self::Several(_, kinds) => {
                let kinds = kinds.iter_mut();
                kinds
                    .filter_map(|(status, schema)| Some((Some(*status), schema.as_mut()?)))
                    .collect()
            }
        }
    }
}

/// Finds what each call returns from the bodies of its successes.
///
/// Bodies are the same if their shapes are; examples and descriptions may differ.
pub(super) fn one_kind(lowered: &mut Lowered) {
    for call in &mut lowered.calls {
        let kinds: Vec<(u16, Option<Schema>)> = call
            .operation
            .successes()
            .map(|response| {
                let status = match response.status {
                    Status::Code(code) => code,
                    Status::Range(_) | Status::Default => 0,
                };
                (
                    status,
                    response.body.as_ref().map(|body| body.schema.clone()),
                )
            })
            .collect();
        let bodies: Vec<&Schema> = kinds.iter().filter_map(|(_, body)| body.as_ref()).collect();
        let same = bodies.windows(2).all(|pair| match pair {
            [one, other] => one.shape == other.shape && one.nullable == other.nullable,
            _ => true,
        });
        let empty: Vec<u16> = kinds
            .iter()
            .filter(|(_, body)| body.is_none())
            .map(|(status, _)| *status)
            .collect();
        call.success = match bodies.first() {
            None => Success::None,
            Some(body) if same => Success::One(Box::new((*body).clone()), empty),
            Some(_) => Success::Several(String::new(), kinds),
        };
    }
}

/// The types of error bodies are generated all the same, for callers that decode them.
///
/// The successes are removed from each operation's responses, since [`one_kind`] has read them.
pub(super) fn without_errors(lowered: &mut Lowered) {
    for call in &mut lowered.calls {
        call.operation
            .responses
            .retain(|response| !response.status.is_success());
    }
}
