//! Lowering: the contract as the generator can take it.
//!
//! The contract itself is never adapted to a generator. What progenitor and typify cannot
//! express is rewritten in memory, by one named step for each limit.
//!
//! The steps change [`Lowered`] one after the other. Their order matters: a step may rely on what
//! those before it have named or removed.

mod fields;
mod lenient;
mod named;
mod names;
mod success;

use std::collections::BTreeMap;

use bvnk_contract::{Contract, Operation, Schema, Shape};
use names::{BUILDERS, CALL, CLIENT};

pub(super) use fields::{Field, is_struct, kind, status_name};
pub(super) use named::is_checked_format;
pub(super) use names::Distinct;
pub(super) use success::Success;

/// The contract on its way to the generator, with what the transform must know of it.
pub(super) struct Lowered {
    /// The schemas that become types, by their names in Rust.
    ///
    /// Schemas within them are references as soon as they have a type of their own.
    pub(super) schemas: BTreeMap<String, Schema>,
    /// The fields of those that are objects, the variants of those that are alternatives, and what
    /// newtypes hold.
    ///
    /// Filled by [`fields::of_types`].
    pub(super) fields: BTreeMap<String, Vec<Field>>,
    /// The operations, in the order of the contract.
    pub(super) calls: Vec<Call>,
}

/// One operation.
pub(super) struct Call {
    /// The operation as the contract has it.
    pub(super) operation: Operation,
    /// The name of its method.
    ///
    /// In snake case, such as `create_customer`.
    pub(super) name: String,
    /// The name of the builder that the method returns.
    pub(super) builder: String,
    /// The summary and the description, as paragraphs.
    pub(super) summary: String,
    /// The parameters, and the body last.
    pub(super) arguments: Vec<Field>,
    /// The name of an object of its arguments and its result, which no type has.
    pub(super) owner: String,
    /// What the call returns.
    ///
    /// Errors are left out: the client returns them in one type.
    pub(super) success: Success,
}

/// Lowers a contract, step by step. Each step is necessary because of a limit of the generator.
pub(super) fn lower(contract: &Contract) -> Lowered {
    // Names of methods or parameters may be the same in Rust, or be those of the client itself: they
    // are made distinct from the start.
    let mut methods = [Distinct::new(CLIENT), Distinct::new(BUILDERS)];
    let calls = contract.operations.iter();
    let mut lowered = Lowered {
        schemas: contract.schemas.clone(),
        fields: BTreeMap::new(),
        calls: calls.map(|it| call(it, &mut methods)).collect(),
    };
    // A repeated creation may be answered 200 where a 202 is documented, and successes may have
    // several kinds of body, while a call returns one type: each operation gets one result, and no
    // other, as the client keeps status and bytes of an error in one type.
    success::one_kind(&mut lowered);
    // typify names some inline schemas by its own rules, others not, and writes two types of one
    // name when names are the same in Rust, or one that hides a type of the generated code: each
    // schema that becomes a type gets its name here, that of its place if it has none.
    named::components(&mut lowered, contract);
    // typify is as strict with what is read as with what is sent, while one odd timestamp must
    // not fail a whole response: what only responses have loses its rules.
    lenient::responses(&mut lowered);
    // typify makes `Option` of optional and of nullable alike, drops empty lists, fills in defaults,
    // ignores the bounds of numbers and lists, and expands enums, patterns and alternatives to long
    // code: its fields are required and have no rules, and the transform adds what they are.
    fields::of_types(&mut lowered);
    lowered
}

/// An operation before the first step: no success is known. The builder is named after the method,
/// such as `CreateCustomer`, and the parameter with the idempotency key is always `idempotency_key`.
fn call(operation: &Operation, [methods, builders]: &mut [Distinct; 2]) -> Call {
    let texts = [&operation.summary, &operation.description];
    let texts = texts.into_iter().flatten().map(String::as_str);
    let mut texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    let id = format!("The operation `{}`.", operation.id);
    if texts.is_empty() {
        texts.push(&id);
    }
    let described = |schema: &Schema, description: &Option<String>| Schema {
        description: description.clone().or(schema.description.clone()),
        ..schema.clone()
    };
    let mut names = Distinct::new(CALL);
    let parameters = operation.parameters.iter().map(|it| Field {
        name: match it.idempotency_key {
            true => names.snake("idempotency_key", "parameter"),
            false => names.snake(&it.name, "parameter"),
        },
        wire: it.name.clone(),
        schema: described(&it.schema, &it.description),
        required: it.required && !it.idempotency_key,
        parameter: Some(it.clone()),
        ..Field::default()
    });
    let body = operation.body.iter().map(|it| Field {
        name: "body".to_owned(),
        wire: it.media_type.clone(),
        schema: described(&it.schema, &it.description),
        required: operation.body_required,
        ..Field::default()
    });
    let name = methods.snake(&operation.id, "call");
    Call {
        builder: builders.pascal(&name, "Call"),
        name,
        summary: texts.join("\n\n"),
        arguments: parameters.chain(body).collect(),
        owner: String::new(),
        success: Success::default(),
        operation: operation.clone(),
    }
}

/// Whether values are texts that only their rules restrict, or UUIDs.
pub(super) fn is_text(schema: &Schema) -> bool {
    let format = schema.rules.checked_format();
    schema.shape == Shape::String
        && schema.rules.known.is_none()
        && format.is_none_or(|format| format == "uuid")
}

impl Lowered {
    /// The schema that another one names, or itself.
    pub(super) fn target<'a>(&'a self, schema: &'a Schema) -> &'a Schema {
        let named = schema.reference().and_then(|name| self.schemas.get(name));
        named.unwrap_or(schema)
    }

    /// The call that returns the type of this name, if that stands for several kinds of success.
    pub(super) fn responses(&self, name: &str) -> Option<&Call> {
        self.calls.iter().find(|call| {
            let body = call.success.body.as_ref();
            let reference = body.and_then(|body| body.schema.reference());
            !call.success.statuses.is_empty() && reference == Some(name)
        })
    }

    /// All fields: those of each type, and the arguments and the result of each call.
    pub(super) fn structs(&mut self) -> impl Iterator<Item = (&String, Vec<&mut Field>)> {
        let types = self.fields.iter_mut();
        let types = types.map(|(name, fields)| (name, fields.iter_mut().collect()));
        let calls = self.calls.iter_mut().map(|call| {
            let fields = call.arguments.iter_mut().chain(&mut call.success.body);
            (&call.owner, fields.collect())
        });
        types.chain(calls)
    }
}
