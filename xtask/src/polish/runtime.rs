//! Points the generated code at `crate::runtime` instead of `progenitor_client`.
//!
//! What goes: the hooks (one `exec` is enough), the `api-version` header (nothing
//! documents it for this API), the constructors (they make a reqwest client that signs
//! nothing, or panic). What changes: one error type without a parameter, answers other
//! than success kept whole, path parameters that can be refused.

use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Item, Stmt, parse_quote};

use crate::problem::Problem;

pub(super) fn point_at_our_runtime(file: &mut syn::File) -> Result<(), Problem> {
    file.items
        .retain(|item| !is_progenitor_use(item) && !is_hook(item));
    for item in &mut file.items {
        if let Item::Impl(item) = item {
            item.items.retain(|item| {
                !matches!(item, syn::ImplItem::Fn(f) if f.sig.ident == "new" || f.sig.ident == "new_with_client")
            });
        }
    }
    file.items.retain(
        |item| !matches!(item, Item::Impl(item) if item.items.is_empty() && item.trait_.is_none()),
    );
    file.items
        .retain(|item| !matches!(item, Item::Mod(module) if module.ident == "prelude"));
    let mut calls = Calls { missing: None };
    calls.visit_file_mut(file);
    match calls.missing {
        Some(name) => Err(Problem::of_contract(
            "",
            format!("the contract needs `{name}` of the runtime, which does not have it"),
            "send and answer JSON only, or add what is missing to crates/bvnk-gen/src/runtime.rs",
        )),
        None => Ok(()),
    }
}

fn is_progenitor_use(item: &Item) -> bool {
    let Item::Use(item) = item else { return false };
    matches!(&item.tree, syn::UseTree::Path(path) if path.ident == "progenitor_client")
}

fn is_hook(item: &Item) -> bool {
    let Item::Impl(item) = item else { return false };
    item.trait_.as_ref().is_some_and(|(path, _)| {
        path.segments
            .last()
            .is_some_and(|last| last.ident == "ClientInfo" || last.ident == "ClientHooks")
    })
}

struct Calls {
    missing: Option<String>,
}

impl VisitMut for Calls {
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if module.ident == "builder"
            && let Some((_, items)) = &mut module.content
        {
            let imports_runtime = items.iter_mut().find(
                |item| matches!(item, Item::Use(item) if matches!(&item.tree, syn::UseTree::Path(p) if matches!(&*p.tree, syn::UseTree::Group(_)))),
            );
            if let Some(item) = imports_runtime {
                *item = parse_quote!(
                    #[allow(unused_imports)]
                    use crate::runtime::{Error, ResponseValue, convert, encode_path, text};
                );
            }
        }
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| !is_dropped(statement));
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        match expr {
            // A parameter that cannot be a path segment must fail the call, by its name.
            Expr::Call(call) if is_path(&call.func, "encode_path") => {
                if let Some(value) = printed(&call.args) {
                    let name = quote::quote!(#value).to_string();
                    *expr = parse_quote!(encode_path(#name, &text(#name, &#value)?)?);
                }
            }
            // `Err(Error::UnexpectedResponse(response))`: the body must be read first.
            Expr::Call(call) if is_path(&call.func, "UnexpectedResponse") => {
                let response = &call.args;
                *expr = parse_quote!(Error::refused(#response).await);
            }
            // `header_map.append("Name", value.to_string().try_into()?)`
            Expr::MethodCall(call) if call.method == "append" => {
                if let (Some(name), Some(value)) = (call.args.first().cloned(), printed(&call.args))
                {
                    call.args = parse_quote!(#name, text(#name, &#value)?.try_into()?);
                }
            }
            // `….json(&body)`: reqwest would let the text grow from nothing.
            Expr::MethodCall(call) if call.method == "json" => {
                let (request, body) = (&call.receiver, &call.args);
                *expr = parse_quote!(#request
                    .header(
                        ::reqwest::header::CONTENT_TYPE,
                        ::reqwest::header::HeaderValue::from_static("application/json"),
                    )
                    .body(crate::runtime::json(#body)?));
            }
            // Room for `api-version`, which is gone; most calls have no other.
            Expr::Call(call) if is_path(&call.func, "with_capacity") => {
                if matches!(&*call.func, Expr::Path(path) if path.path.segments.iter().any(|segment| segment.ident == "HeaderMap"))
                {
                    *expr = parse_quote!(::reqwest::header::HeaderMap::new());
                }
            }
            Expr::MethodCall(call) if call.method == "exec" => {
                call.args = call.args.iter().take(1).cloned().collect();
            }
            Expr::MethodCall(call) if call.method == "form_urlencoded" => {
                self.missing = Some(call.method.to_string());
            }
            _ => {}
        }
    }

    /// The URL is put together inside of a `format!`, whose arguments are mere tokens.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        let arguments = Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        if let Ok(mut arguments) = call.parse_body_with(arguments) {
            arguments
                .iter_mut()
                .for_each(|argument| self.visit_expr_mut(argument));
            call.tokens = quote::quote!(#arguments);
        }
    }

    /// `let url = format!("{}/path", client.baseurl, …)`: the base is parsed already.
    fn visit_local_mut(&mut self, local: &mut syn::Local) {
        visit_mut::visit_local_mut(self, local);
        if let Some(init) = &mut local.init
            && let Expr::Macro(call) = &*init.expr
            && let Some(path) = below_base(&call.mac)
        {
            *init.expr = parse_quote!(client.baseurl.below(#path));
        }
    }

    fn visit_field_mut(&mut self, field: &mut syn::Field) {
        if field.ident.as_ref().is_some_and(|name| name == "baseurl") {
            field.ty = parse_quote!(crate::BaseUrl);
        }
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if let Some(last) = path.segments.last_mut() {
            if last.ident == "Error"
                && matches!(last.arguments, syn::PathArguments::AngleBracketed(_))
            {
                last.arguments = syn::PathArguments::None;
            }
            if [
                "ByteStream",
                "RequestBuilderExt",
                "Upgraded",
                "ErrorResponse",
            ]
            .iter()
            .any(|name| last.ident == name)
            {
                self.missing = Some(last.ident.to_string());
            }
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// `header_map.append("api-version", …)`, `client.pre(…)`, `client.post(&result, …)` and
/// the `OperationInfo` that they are given.
fn is_dropped(statement: &Stmt) -> bool {
    match statement {
        Stmt::Local(local) => matches!(&local.pat, syn::Pat::Ident(name) if name.ident == "info"),
        Stmt::Expr(expr, _) => {
            let expr = match expr {
                Expr::Try(outer) => match &*outer.expr {
                    Expr::Await(inner) => &*inner.base,
                    other => other,
                },
                other => other,
            };
            let Expr::MethodCall(call) = expr else {
                return false;
            };
            let hook = (call.method == "pre" || call.method == "post")
                && matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("client"));
            let api_version = call.method == "append"
                && call.args.first().is_some_and(|name| {
                    quote::quote!(#name).to_string().contains("\"api-version\"")
                });
            hook || api_version
        }
        _ => false,
    }
}

/// The path that is put behind the base URL: a text, or a `format!` of one.
fn below_base(call: &syn::Macro) -> Option<Expr> {
    let arguments = Punctuated::<Expr, syn::Token![,]>::parse_terminated;
    let mut arguments = call.parse_body_with(arguments).ok()?.into_iter();
    let Some(Expr::Lit(syn::ExprLit {
        lit: syn::Lit::Str(template),
        ..
    })) = arguments.next()
    else {
        return None;
    };
    let base = arguments.next()?;
    if quote::quote!(#base).to_string() != "client . baseurl" {
        return None;
    }
    let template = template.value();
    let path = template.strip_prefix("{}")?;
    let arguments: Vec<Expr> = arguments.collect();
    Some(if arguments.is_empty() && !path.contains(['{', '}']) {
        parse_quote!(#path)
    } else {
        parse_quote!(&format!(#path, #(#arguments),*))
    })
}

/// What `….to_string()` is called on among these arguments.
fn printed(arguments: &Punctuated<Expr, syn::Token![,]>) -> Option<Expr> {
    struct Find(Option<Expr>);
    impl VisitMut for Find {
        fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
            if call.method == "to_string" {
                self.0 = Some((*call.receiver).clone());
            }
            visit_mut::visit_expr_method_call_mut(self, call);
        }
    }
    let mut find = Find(None);
    for argument in arguments {
        find.visit_expr_mut(&mut argument.clone());
    }
    find.0
}

fn is_path(expr: &Expr, last: &str) -> bool {
    matches!(expr, Expr::Path(path) if path.path.segments.last().is_some_and(|segment| segment.ident == last))
}
