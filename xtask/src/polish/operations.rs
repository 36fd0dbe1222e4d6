//! Setters of the operations' builders: what they refuse is kept as `crate::InvalidValue`
//! with the parameter's name on the wire, instead of as a text with Rust's names.

use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ImplItem, Item, Type, parse_quote};

use crate::contract;
use crate::lower::Lowered;

pub(super) fn keep_refusals(file: &mut syn::File, lowered: &Lowered) {
    let wire = Wire(parameter_names(&lowered.document));
    for item in &mut file.items {
        let Item::Mod(module) = item else { continue };
        let Some((_, items)) = module
            .content
            .as_mut()
            .filter(|_| module.ident == "builder")
        else {
            continue;
        };
        for item in items {
            match item {
                Item::Struct(item) => item
                    .fields
                    .iter_mut()
                    .for_each(|field| stored(&mut field.ty)),
                Item::Impl(item) => {
                    for item in &mut item.items {
                        if let ImplItem::Fn(function) = item {
                            keep(function, &wire);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn keep(function: &mut syn::ImplItemFn, wire: &Wire) {
    match function.sig.ident.to_string().as_str() {
        "new" => Missing(wire).visit_impl_item_fn_mut(function),
        "send" => Texts.visit_impl_item_fn_mut(function),
        "body_map" => {}
        name => {
            let name = wire.name(name);
            let Some(bounds) = &mut function.sig.generics.where_clause else {
                return;
            };
            bounds.predicates = bounds.predicates.iter().take(1).cloned().collect();
            bounds.predicates.push(parse_quote!(V::Error: 'static));
            for statement in &mut function.block.stmts {
                if let syn::Stmt::Expr(Expr::Assign(assign), _) = statement {
                    let theirs = &assign.right;
                    let theirs = quote::quote!(#theirs).to_string();
                    assign.right = if theirs.contains("map (Some)") {
                        parse_quote!(convert(#name, value).map(Some))
                    } else if theirs.contains("map (From :: from)") {
                        parse_quote!(convert(#name, value).map(From::from))
                    } else {
                        parse_quote!(convert(#name, value))
                    };
                }
            }
        }
    }
}

/// `Result<T, String>` as `Result<T, crate::InvalidValue>`.
fn stored(ty: &mut Type) {
    if let Type::Path(path) = ty
        && let Some(last) = path.path.segments.last_mut()
        && last.ident == "Result"
        && let syn::PathArguments::AngleBracketed(arguments) = &mut last.arguments
        && let Some(error) = arguments.args.last_mut()
    {
        *error = parse_quote!(crate::InvalidValue);
    }
}

/// `reference: Err("reference was not initialized".to_string())`
struct Missing<'a>(&'a Wire);

impl VisitMut for Missing<'_> {
    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        if let (Expr::Call(call), syn::Member::Named(ident)) = (&mut field.expr, &field.member)
            && matches!(&*call.func, Expr::Path(path) if path.path.is_ident("Err"))
        {
            let name = self.0.name(&ident.to_string());
            *call = parse_quote!(Err(crate::InvalidValue::missing(#name)));
        }
    }
}

/// `….map_err(|e| e.to_string())`
struct Texts;

impl VisitMut for Texts {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::MethodCall(call) = expr
            && call.method == "map_err"
            && matches!(call.args.first(), Some(Expr::Closure(_)))
        {
            *expr = (*call.receiver).clone();
        }
    }
}

/// The names of parameters as the contract has them.
struct Wire(Vec<String>);

impl Wire {
    /// The body has no name: its fields' paths start at its top.
    fn name(&self, ident: &str) -> String {
        let plain = |text: &str| {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.collect::<String>().to_ascii_lowercase()
        };
        match ident {
            "body" => String::new(),
            ident => self
                .0
                .iter()
                .find(|name| plain(name) == plain(ident))
                .cloned()
                .unwrap_or_else(|| ident.to_owned()),
        }
    }
}

fn parameter_names(document: &Value) -> Vec<String> {
    let mut names = Vec::new();
    contract::walk(document, "", &mut |_, value| {
        if let (Some(name), Some(_)) = (value.get("name").and_then(Value::as_str), value.get("in"))
        {
            names.push(name.to_owned());
        }
    });
    names
}
