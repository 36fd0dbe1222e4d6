//! Writes the module `tracking`: the object that a link of the contract leads to and whose
//! status ends with one of `x-terminal`, under names that do not change with the contract.
//!
//! A contract without such an object gets types that stand in for it, so that what is built on
//! the module compiles.

use bvnk_contract::{Contract, Flow};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Ident, Item, ItemStruct, Type, parse_quote};

use super::transform::{Call, Client, Operation};

/// The module, for prettyplease.
pub(super) fn module(client: &Client, contract: &Contract) -> Item {
    let flows = contract.flows();
    let content = flows.iter().find_map(|flow| tracked(client, flow));
    let content = content.unwrap_or_else(stand_in);
    parse_quote! {
        /// The object that a link of the contract leads to, and whose status ends, under names
        /// that do not change with the contract.
        pub mod tracking { #content }
    }
}

fn tracked(client: &Client, flow: &Flow<'_>) -> Option<TokenStream> {
    let pointer = flow.source.pointer.strip_prefix('/')?;
    let reference_wire = Some(pointer).filter(|name| !name.contains(['/', '~']))?;
    let mut operations = client.operations.iter();
    let follow = operations.find(|operation| operation.id == flow.follow.id)?;
    let mut arguments = follow.arguments.iter();
    let argument = arguments.find(|argument| argument.wire.as_deref() == Some(flow.parameter))?;
    let object = returned(follow)?;
    let fields = members(client, &object)?;
    let member = |wire: &str| fields.iter().find(|(name, ..)| name == wire);
    let (_, reference_field, reference_type) = member(reference_wire)?;
    let (status_wire, status_field, status_type) =
        fields.iter().find(|(.., ty)| is_terminal(client, ty))?;
    let (method, setter) = (&follow.method, &argument.name);
    let own = last(&argument.ty)?;
    // A newtype of the contract is the reference. A plain text is wrapped.
    let (reference, convert, given) = if is_string(client, own) && last(reference_type)? == own {
        (
            quote! {
                /// The parameter of the linked operation.
                pub type Reference = super::types::#own;
            },
            quote!(object.#reference_field.clone()),
            quote!(reference),
        )
    } else if [own, last(reference_type)?]
        .iter()
        .all(|ty| *ty == "String" || *ty == "Uuid")
    {
        (
            reference(),
            quote!(Reference(object.#reference_field.to_string())),
            quote!(reference.as_str()),
        )
    } else {
        return None;
    };
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

/// What stands in where no link leads to an object with a status that ends.
fn stand_in() -> TokenStream {
    let reference = reference();
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

/// A reference of its own.
fn reference() -> TokenStream {
    quote! {
        bvnk_gen::string! {
            /// The reference of an object.
            #[min_length(1)]
            #[public(display)]
            pub struct Reference(String);
        }
    }
}

/// The type in `#[returns(json(types::…))]`.
fn returned(operation: &Operation) -> Option<Ident> {
    let Item::Struct(item) = &operation.call.item else {
        return None;
    };
    let returns = item
        .attrs
        .iter()
        .find(|attr| attr.path().is_ident("returns"))?;
    let syn::ExprCall { func, args, .. } = returns.parse_args().ok()?;
    let syn::Expr::Path(func) = &*func else {
        return None;
    };
    let ty: Type = syn::parse2(quote!(#args)).ok()?;
    func.path.is_ident("json").then(|| last(&ty).cloned())?
}

/// The required members of an object: name on the wire, field, type.
fn members<'a>(client: &'a Client, object: &Ident) -> Option<Vec<(String, &'a Ident, &'a Type)>> {
    let item = client.types.iter().find_map(|call| match &call.item {
        Item::Struct(item) if call.name == "object" && item.ident == *object => Some(item),
        _ => None,
    })?;
    let ItemStruct {
        fields: Fields::Named(fields),
        ..
    } = item
    else {
        return None;
    };
    let member = |field: &'a syn::Field| {
        let wire = field
            .attrs
            .iter()
            .find(|attr| attr.path().is_ident("wire"))?;
        let named: syn::MetaNameValue = wire.parse_args().ok()?;
        let syn::Expr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(name),
            ..
        }) = &named.value
        else {
            return None;
        };
        let field_name = field.ident.as_ref()?;
        named
            .path
            .is_ident("required")
            .then(|| (name.value(), field_name, &field.ty))
    };
    Some(fields.named.iter().filter_map(member).collect())
}

/// Whether a type is an enum that lists terminal values.
fn is_terminal(client: &Client, ty: &Type) -> bool {
    client.types.iter().any(|call| match &call.item {
        Item::Enum(item) => {
            last(ty) == Some(&item.ident)
                && item
                    .attrs
                    .iter()
                    .any(|attr| attr.path().is_ident("terminal"))
        }
        _ => false,
    })
}

/// Whether a type is a newtype of a string.
fn is_string(client: &Client, name: &Ident) -> bool {
    let is_it = |call: &Call| match &call.item {
        Item::Struct(item) => call.name == "string" && item.ident == *name,
        _ => false,
    };
    client.types.iter().any(is_it)
}

/// The last segment of a type's path.
fn last(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}
