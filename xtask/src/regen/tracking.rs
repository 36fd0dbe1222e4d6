//! Writes the module `tracking`: the object that a link of the contract leads to and whose
//! status ends with one of `x-terminal`, under names that do not change with the contract.
//!
//! A contract without such an object gets types that stand in for it, so that what is built on
//! the module compiles.
//!
//! `bvnk` has waiters and webhook updates that are written by hand. They use these names, such as
//! `tracking::Status`, instead of those of one API.

use bvnk_contract::{Contract, Flow, Schema, Shape};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use super::lower::{Field, Lowered, Success, is_text};

/// The module, for prettyplease.
///
/// The first link of the contract that leads to such an object is used.
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
/// required reference and a required status that ends, at any depth.
///
/// A reference is a text or an integer, also where it is a newtype of the contract.
fn tracked(lowered: &Lowered, flow: &Flow<'_>) -> Option<TokenStream> {
    let mut calls = lowered.calls.iter();
    let call = calls.find(|call| call.operation.id == flow.follow.id)?;
    let mut parameters = call.parameters.iter();
    let (setter, parameter) = parameters.find(|(_, it)| it.name == flow.parameter)?;
    let own = Some(&parameter.schema).filter(|own| !own.nullable)?;
    let object = match &call.success {
        Success::One(returned, none) if none.is_empty() && !returned.nullable => {
            returned.reference()?
        }
        _ => return None,
    };
    let steps: Vec<&str> = flow.source.pointer.split('/').skip(1).collect();
    let path = at(lowered, object, &steps)?;
    let reference = *path.last()?;
    let field = access(&path);
    let path = ending(lowered, object, MOST_LEVELS)?;
    let status = *path.last()?;
    let status_field = access(&path);
    let status_type = format_ident!("{}", status.schema.reference()?);
    // A newtype of the contract is the reference. A plain value is wrapped as a text.
    let newtype = own.reference().filter(|name| {
        let is_text = lowered.schemas.get(*name).is_some_and(is_text);
        is_text && reference.schema.reference() == Some(*name)
    });
    let wrapped = quote!(Reference(object.#field.to_string()));
    let refused = quote! {
        |_| T::Error::from(bvnk_gen::Error::from(bvnk_gen::ValidationError::from("the reference must be an integer")))
    };
    let (definition, convert, given) = match newtype.map(|name| format_ident!("{name}")) {
        Some(name) => (
            quote! {
                /// The parameter of the linked operation.
                pub type Reference = super::types::#name;
            },
            quote!(object.#field.clone()),
            quote!(reference),
        ),
        None if is_text(own) && is_text(&reference.schema) => {
            (reference_type(), wrapped, quote!(reference.as_str()))
        }
        None if is_integer(own) && is_integer(&reference.schema) => {
            let given = quote!(reference.as_str().parse::<i64>().map_err(#refused)?);
            (reference_type(), wrapped, given)
        }
        None => return None,
    };
    let names = [object, &call.name, setter];
    let [object, method, setter]: [Ident; 3] = names.map(|it| format_ident!("{it}"));
    let (reference_wire, status_wire) = (&reference.wire, &status.wire);
    Some(quote! {
        /// The object, as the linked operation returns it.
        pub type Object = super::types::#object;
        #definition
        /// The status of the object.
        pub type Status = super::types::#status_type;
        /// Whether the contract has such an object.
        pub const IS_TRACKED: bool = true;
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
        pub async fn get<T: bvnk_gen::Transport>(
            client: super::Client<T>,
            reference: Reference,
            options: T::Options,
        ) -> Result<bvnk_gen::ResponseValue<Object>, T::Error> {
            client.#method().#setter(#given).options(options).send().await
        }
    })
}

/// How deep in an object a reference or a status is searched.
///
/// Recursive types would otherwise be searched without end.
const MOST_LEVELS: usize = 8;

/// The fields that lead to a value which an object always has.
///
/// For example, `data` and `status` for `object.data.status`.
type Path<'a> = Vec<&'a Field>;

/// The members of an object that are always there.
///
/// Only those can be read without an `Option`.
fn required<'a>(lowered: &'a Lowered, object: &str) -> impl Iterator<Item = &'a Field> {
    let members = lowered.fields.get(object).into_iter().flatten();
    members.filter(|it| it.required && !it.schema.nullable)
}

/// The path of these names on the wire.
///
/// `None` if one of them may be missing or is no object.
fn at<'a>(lowered: &'a Lowered, object: &str, names: &[&str]) -> Option<Path<'a>> {
    let (first, rest) = names.split_first()?;
    let field = required(lowered, object).find(|it| it.wire == *first)?;
    let mut path = vec![field];
    if !rest.is_empty() {
        path.extend(at(lowered, field.schema.reference()?, rest)?);
    }
    Some(path)
}

/// The path of the outermost status that ends.
///
/// The object's own members come before those of members, so that the status of an inner object
/// does not hide its own.
fn ending<'a>(lowered: &'a Lowered, object: &str, levels: usize) -> Option<Path<'a>> {
    if let Some(own) = required(lowered, object).find(|it| is_terminal(lowered, &it.schema)) {
        return Some(vec![own]);
    }
    let levels = levels.checked_sub(1)?;
    required(lowered, object).find_map(|field| {
        let inner = ending(lowered, field.schema.reference()?, levels)?;
        Some(std::iter::once(field).chain(inner).collect())
    })
}

/// The expression of a path, after the object's.
fn access(path: &Path<'_>) -> TokenStream {
    let names = path.iter().map(|field| format_ident!("{}", field.name));
    quote!(#(#names).*)
}

/// Whether values are those of an enum that lists terminal values.
fn is_terminal(lowered: &Lowered, schema: &Schema) -> bool {
    let target = schema
        .reference()
        .and_then(|name| lowered.schemas.get(name));
    target.is_some_and(|target| !target.terminal.is_empty())
}

/// Such a reference is parsed before it is sent, with an error of the client if it is no number.
fn is_integer(schema: &Schema) -> bool {
    matches!(schema.shape, Shape::Integer(_))
}

/// What stands in where no link leads to an object with a status that ends.
///
/// `IS_TRACKED` is false there, so that callers and tests can leave waiting out.
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
        /// Whether the contract has such an object.
        pub const IS_TRACKED: bool = false;
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
            _: super::Client<T>,
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
