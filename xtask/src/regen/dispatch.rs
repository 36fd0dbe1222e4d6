//! Writes the table through which the suite calls the typed client by operation id.
//!
//! The suite has cases as JSON with operation ids, while the client has a method and a type for
//! each operation. The table connects them, so that the suite tests the typed client and needs no
//! edit for a new operation.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Type, parse_quote};

use super::print::{BANNER, item};
use super::transform::{Client, Operation, qualified};

/// The head of the file, after the banner.
const HEAD: &str = "
//! Calls the typed client, and names the types of its requests, by operation id.

use bvnk::types;

use crate::call::{Arguments, CallError, Called, RequestType};
";

/// The source of the table: a function for each operation, and two matches by operation id.
pub(super) fn source(client: &Client) -> String {
    let mut text = format!("{BANNER}{HEAD}");
    let functions = client.operations.iter().map(function);
    let tables = [calls(&client.operations), requests(&client.operations)];
    for function in tables.into_iter().chain(functions) {
        text.push('\n');
        text.push_str(&item(function));
    }
    text
}

/// The match by which an operation is called.
fn calls(operations: &[Operation]) -> syn::Item {
    let arms = operations.iter().map(|operation| {
        let (id, method) = (&operation.id, &operation.method);
        quote!(#id => #method(client, arguments).await)
    });
    parse_quote! {
        /// Calls an operation by its id; `None` if there is no such operation.
        pub(crate) async fn call(
            client: &bvnk::Client,
            operation: &str,
            arguments: Arguments,
        ) -> Option<Result<Called, CallError>> {
            Some(match operation {
                #(#arms,)*
                _ => return None,
            })
        }
    }
}

/// The match by which the type of a body is found. The body is the argument without a name
/// on the wire.
fn requests(operations: &[Operation]) -> syn::Item {
    let arms = operations.iter().filter_map(|operation| {
        let body = operation
            .arguments
            .iter()
            .find(|argument| argument.wire.is_none())?;
        let (id, ty) = (&operation.id, in_bvnk(&body.ty));
        Some(quote!(#id => RequestType::new::<#ty>()))
    });
    let arms: Vec<TokenStream> = arms.collect();
    if arms.is_empty() {
        return parse_quote! {
            /// The type of a request's body: no operation has one.
            pub(crate) fn request_type(_: &str) -> Option<RequestType> {
                None
            }
        };
    }
    parse_quote! {
        /// The type of a request's body; `None` if there is no operation of this id with a body.
        pub(crate) fn request_type(operation: &str) -> Option<RequestType> {
            Some(match operation {
                #(#arms,)*
                _ => return None,
            })
        }
    }
}

/// The function that calls one operation: it sets what the arguments have and leaves out the
/// rest. An explicit key goes after the parameter of the same header, and replaces it.
///
/// A value that the type refuses ends the function before anything is sent.
fn function(operation: &Operation) -> syn::Item {
    let method = &operation.method;
    let setters = operation.arguments.iter().map(|argument| -> TokenStream {
        let (name, ty) = (&argument.name, in_bvnk(&argument.ty));
        let Some(wire) = &argument.wire else {
            return quote! {
                if let Some(body) = arguments.body::<#ty>()? {
                    call = call.#name(body);
                }
            };
        };
        let key = argument.idempotency_key.then(|| {
            quote! {
                if let Some(key) = arguments.idempotency_key {
                    call = call.#name(key.to_string());
                }
            }
        });
        quote! {
            if let Some(value) = arguments.parameter::<#ty>(#wire)? {
                call = call.#name(value);
            }
            #key
        }
    });
    let call = match operation.arguments.is_empty() {
        true => quote!(call),
        false => quote!(mut call),
    };
    parse_quote! {
        async fn #method(client: &bvnk::Client, arguments: Arguments) -> Result<Called, CallError> {
            let #call = client.#method();
            #(#setters)*
            Called::from_result(call.options(arguments.options).send().await)
        }
    }
}

/// Names a type as it is seen from outside of `bvnk`.
///
/// The client's own module imports these names, the suite's does not.
fn in_bvnk(ty: &Type) -> Type {
    const OWN: [&str; 6] = ["Date", "DateTime", "Email", "Extra", "Nullable", "Uuid"];
    qualified(ty.clone(), &|first| match first.to_string().as_str() {
        "BTreeMap" => Some(parse_quote!(std::collections)),
        name if OWN.contains(&name) => Some(parse_quote!(bvnk)),
        _ => None,
    })
}
