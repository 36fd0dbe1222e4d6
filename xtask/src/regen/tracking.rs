//! Writes the module `tracking`: the object that a link of the contract leads to and whose
//! status ends with one of `x-terminal`, under names that do not change with the contract.
//!
//! A contract without such an object gets types that stand in for it, so that what is built on
//! the module compiles.

use bvnk_contract::{Contract, Flow, Schema, Shape};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::lower::{Lowered, Success, is_text};

/// The module, for prettyplease.
pub(super) fn module(lowered: &Lowered, contract: &Contract) -> Item {
    let flows = contract.flows();
    let content = flows.iter().find_map(|flow| tracked(lowered, flow));
    let content = content.unwrap_or_else(stand_in);
    parse_quote! {
        /// The object that a link of the contract leads to, and whose status ends, under names
        /// that do not change with the contract.
        pub mod tracking { #content }
    }
}

/// The content of the module for one link. `None` if the link leads to no object with a
/// required reference and a required status that ends.
fn tracked(lowered: &Lowered, flow: &Flow<'_>) -> Option<TokenStream> {
    let reference_wire = flow.source.pointer.strip_prefix('/')?;
    let mut calls = lowered.calls.iter();
    let call = calls.find(|call| call.operation.id == flow.follow.id)?;
    let mut parameters = call.parameters.iter();
    let (setter, parameter) = parameters.find(|(_, it)| it.name == flow.parameter)?;
    let object = match &call.success {
        Success::One(returned, none) if none.is_empty() && !returned.nullable => {
            returned.reference()?
        }
        _ => return None,
    };
    let members = lowered.fields.get(object)?.iter();
    let members: Vec<_> = members
        .filter(|it| it.required && !it.schema.nullable)
        .collect();
    let reference = members.iter().find(|it| it.wire == reference_wire)?;
    let status = members.iter().find(|it| is_terminal(lowered, &it.schema))?;
    let status_type = format_ident!("{}", status.schema.reference()?);
    // A newtype of the contract is the reference. A plain text is wrapped.
    let own = Some(&parameter.schema).filter(|own| !own.nullable)?;
    let field = format_ident!("{}", reference.name);
    let newtype = own.reference().filter(|name| {
        let is_text = lowered.schemas.get(*name).is_some_and(is_text);
        is_text && reference.schema.reference() == Some(*name)
    });
    let (reference, convert, given) = match newtype.map(|name| format_ident!("{name}")) {
        Some(name) => (
            quote! {
                /// The parameter of the linked operation.
                pub type Reference = super::types::#name;
            },
            quote!(object.#field.clone()),
            quote!(reference),
        ),
        None if is_text(own) && is_text(&reference.schema) => (
            reference_type(),
            quote!(Reference(object.#field.to_string())),
            quote!(reference.as_str()),
        ),
        None => return None,
    };
    let names = [object, &call.name, setter, &status.name];
    let [object, method, setter, status_field]: [Ident; 4] = names.map(|it| format_ident!("{it}"));
    let status_wire = &status.wire;
    Some(quote! {
        /// The object, as the linked operation returns it.
        pub type Object = super::types::#object;
        #reference
        /// The status of the object.
        pub type Status = super::types::#status_type;
        /// The member with the reference, on the wire.
        pub const REFERENCE: &str = #reference_wire;
        /// The member with the status, on the wire.
        pub const STATUS: &str = #status_wire;
        /// Returns the reference of an object.
        pub fn reference(object: &Object) -> Reference { #convert }
        /// Returns the status of an object.
        pub fn status(object: &Object) -> &Status { &object.#status_field }
        /// Fetches an object with the linked operation.
        ///
        /// # Errors
        ///
        /// Those of the operation.
        pub fn get<T: bvnk_gen::Transport>(
            client: &super::Client<T>,
            reference: Reference,
            options: T::Options,
        ) -> impl Future<Output = Result<bvnk_gen::ResponseValue<Object>, T::Error>> + Send + use<T> {
            client.#method().#setter(#given).options(options).send()
        }
    })
}

/// Whether values are those of an enum that lists terminal values.
fn is_terminal(lowered: &Lowered, schema: &Schema) -> bool {
    let target = schema
        .reference()
        .and_then(|name| lowered.schemas.get(name));
    target.is_some_and(|target| {
        let is_open = matches!(&target.shape, Shape::String(rules) if rules.open);
        is_open && !target.terminal.is_empty()
    })
}

/// What stands in where no link leads to an object with a status that ends.
fn stand_in() -> TokenStream {
    let reference = reference_type();
    quote! {
        #reference
        bvnk_gen::open_enum! {
            /// Stands in for a status.
            #[terminal()]
            #[action_required()]
            #[public(display)]
            pub enum Status {}
        }
        bvnk_gen::object! {
            /// Stands in for an object.
            #[builder(ObjectBuilder)]
            pub struct Object {
                /// Its reference.
                #[wire(required = "reference")]
                pub reference: Reference,
                /// Its status.
                #[wire(required = "status")]
                pub status: Status,
            }
        }
        /// The member with the reference, on the wire.
        pub const REFERENCE: &str = "reference";
        /// The member with the status, on the wire.
        pub const STATUS: &str = "status";
        /// Returns the reference of an object.
        pub fn reference(object: &Object) -> Reference { object.reference.clone() }
        /// Returns the status of an object.
        pub fn status(object: &Object) -> &Status { &object.status }
        /// Fails: the contract has no link.
        ///
        /// # Errors
        ///
        /// Always.
        pub async fn get<T: bvnk_gen::Transport>(
            _: &super::Client<T>,
            _: Reference,
            _: T::Options,
        ) -> Result<bvnk_gen::ResponseValue<Object>, T::Error> {
            let error = bvnk_gen::ValidationError::from("the contract has no link to an object whose status ends");
            Err(bvnk_gen::Error::from(error).into())
        }
    }
}

/// A separate reference.
fn reference_type() -> TokenStream {
    quote! {
        bvnk_gen::string! {
            /// The reference of an object.
            #[min_length(1)]
            #[public(display)]
            pub struct Reference(String);
        }
    }
}
