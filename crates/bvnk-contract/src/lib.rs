//! The contract and the clauses as typed values, read once and used by all tools.
//!
//! - [`Contract`]: an OpenAPI 3.0 document with its [`Operation`]s and [`Schema`]s.
//!   Reading it finds everything that the model does not cover, as [`Diagnostics`].
//! - [`Attribute`]: one place of a body, flattened to a path such as `individual.address.city`.
//! - [`Statement`]: one fact that a contract states. Clauses expect statements, a comparison
//!   of two contracts compares them, and a draft of a clause is a statement written down.
//! - [`Clauses`] (feature `clauses`): the documentation's facts, each with an expectation of
//!   its own.
//! - [`Contract::violations`]: what is wrong with a value of a schema, each a [`Violation`].
//!
//! The crate does no I/O beyond reading a text and knows no operation, field or status by
//! name.
//!
//! ```
//! use bvnk_contract::Contract;
//!
//! let contract = Contract::from_json("api.json", r#"{
//!     "openapi": "3.0.3",
//!     "info": { "title": "Pets", "version": "1.0.0" },
//!     "paths": { "/pets/{id}": { "get": {
//!         "operationId": "get_pet",
//!         "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
//!         "responses": { "200": { "description": "The pet", "content": { "application/json": {
//!             "schema": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } }
//!         } } } }
//!     } } }
//! }"#)?;
//! let operation = contract.operation("get_pet").expect("declared above");
//! let body = operation.responses[0].body.as_ref().expect("declared above");
//! let attributes = contract.attributes(&body.schema);
//! assert_eq!(attributes[0].path, "name");
//! assert!(attributes[0].required);
//! # Ok::<(), bvnk_contract::Diagnostics>(())
//! ```

mod attributes;
#[cfg(feature = "clauses")]
mod clauses;
mod compare;
mod contract;
mod diagnostic;
mod expectation;
mod flows;
mod format;
mod operation;
mod pattern;
mod read;
mod schema;
mod statement;
mod validate;

pub use attributes::{Attribute, AttributeRules};
#[cfg(feature = "clauses")]
pub use clauses::{Basis, Clause, Clauses, Weight};
pub use compare::{AspectChange, Difference, aspect_changes, compare};
pub use contract::{Contract, Server, fingerprint};
pub use diagnostic::{Diagnostic, Diagnostics};
pub use expectation::Expectation;
pub use flows::{Flow, Link, LinkSource, Named};
pub use format::CHECKED_FORMATS;
pub use operation::{Body, Location, Operation, Parameter, Response, Status, path_parameters};
pub use pattern::Pattern;
pub use read::child as child_pointer;
pub use schema::{Additional, Object, Property, Rules, Schema, Shape};
pub use statement::Statement;
pub use validate::Violation;
