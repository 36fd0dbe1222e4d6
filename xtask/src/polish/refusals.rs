//! Refusals of the generated types: one type, `crate::InvalidValue`, and rules that say
//! what a value must be instead of what it is not.

use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Item, parse_quote};

use super::{types, wire_name};

pub(super) fn reword(file: &mut syn::File) {
    let Some(items) = types(file) else { return };
    items.retain(|item| !matches!(item, Item::Mod(module) if module.ident == "error"));
    // Which values a closed enum has is told where one is refused.
    let enums: Vec<(String, String)> = items
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) => {
                let values: Vec<String> = item
                    .variants
                    .iter()
                    .map(|variant| wire_name(&variant.ident, &variant.attrs))
                    .collect();
                Some((
                    item.ident.to_string(),
                    format!("must be {}", values.join(" or ")),
                ))
            }
            _ => None,
        })
        .collect();
    for item in items {
        let values = match &*item {
            Item::Impl(item) => enums
                .iter()
                .find(|(name, _)| matches!(&*item.self_ty, syn::Type::Path(path) if path.path.is_ident(name)))
                .map(|(_, values)| values.as_str()),
            _ => None,
        };
        Reword { values }.visit_item_mut(item);
    }
}

struct Reword<'a> {
    values: Option<&'a str>,
}

impl VisitMut for Reword<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path
            .segments
            .last()
            .is_some_and(|last| last.ident == "ConversionError")
        {
            *path = parse_quote!(crate::InvalidValue);
        }
        visit_mut::visit_path_mut(self, path);
    }

    /// `Err("…".into())`
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if call.method == "into"
            && let Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) = &mut *call.receiver
        {
            let rule = rule(&text.value(), self.values);
            *text = syn::LitStr::new(&rule, text.span());
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}

/// typify's words in ours.
fn rule(text: &str, values: Option<&str>) -> String {
    if let Some(pattern) = text.strip_prefix("doesn't match pattern \"") {
        return format!("must match {}", pattern.trim_end_matches('"'));
    }
    for (theirs, ours) in [("shorter than ", "at least"), ("longer than ", "at most")] {
        if let Some(count) = text
            .strip_prefix(theirs)
            .and_then(|rest| rest.strip_suffix(" characters"))
        {
            let plural = if count == "1" { "" } else { "s" };
            return format!("must have {ours} {count} character{plural}");
        }
    }
    match values {
        Some(values) if text == "invalid value" => values.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::rule;

    #[test]
    fn rules_say_what_a_value_must_be() {
        for (theirs, ours) in [
            (
                r#"doesn't match pattern "^[A-Z]{2}$""#,
                "must match ^[A-Z]{2}$",
            ),
            (
                "shorter than 1 characters",
                "must have at least 1 character",
            ),
            (
                "longer than 20 characters",
                "must have at most 20 characters",
            ),
            ("invalid value", "must be A or B"),
            ("something new", "something new"),
        ] {
            assert_eq!(rule(theirs, Some("must be A or B")), ours);
        }
    }
}
