//! Servers that are too lenient or too strict with one attribute of a request, or with one
//! kind of rule.
//!
//! The simulator validates a body against the contract and lists every violation with its place (a
//! JSON pointer) and its rule (a keyword of JSON Schema). A lenient server forgets some of them; a
//! strict one adds one.

use bvnk_contract::AttributeRules;
use bvnk_simulator::{HookContext, ValidationError, Violation};
use serde_json::Value;

use super::{Rows, is};

/// Keywords of rules that are not enforced anywhere, and the attributes that have them.
type Lenient = (&'static str, fn(&AttributeRules) -> bool);

/// The attributes decide which clauses the mutant breaks.
const LENIENT: [Lenient; 6] = [
    ("required", |rules| rules.required),
    ("type", |_| true),
    ("format", |rules| rules.checked_format().is_some()),
    ("pattern", |rules| rules.pattern.is_some()),
    ("enum", |rules| rules.open == Some(false)),
    // A short text breaks the pattern too, where there is one.
    ("minLength", |rules| {
        rules.min_length.is_some() && rules.pattern.is_none()
    }),
];

/// Adds all rows of this file. Each changes the list of what is wrong with a body: without an
/// entry the body is accepted.
pub(super) fn rows(rows: &mut Rows<'_>) {
    for attribute in rows.attributes("request") {
        if attribute.rules.r#type == "any" && !attribute.rules.required {
            continue;
        }
        rows.breaks([attribute.id]);
        let rules = attribute.rules.clone();
        let name = match rules.required {
            true => format!("`{}` of {} may be missing", rules.path, rules.operation),
            false => format!("`{}` of {} may be anything", rules.path, rules.operation),
        };
        rows.validation(name, move |context, errors| {
            if is(context.operation, &rules.operation) {
                let missing = |it: &Violation| it.rule == "required";
                forgive(errors, |it| {
                    it.place == attribute.pointer && missing(it) == rules.required
                });
            }
        });
    }
    // Those that a request can have wrong; a path leads elsewhere, and keys have rows of their own.
    let keys = rows.keys();
    let parameters = [rows.attributes("url"), rows.attributes("header")].concat();
    let checked = parameters.iter().filter(|attribute| {
        let rules = attribute.rules;
        let key = format!("{} header {}", rules.operation, rules.path);
        let narrow = rules.required || rules.open == Some(false) || rules.pattern.is_some();
        rules.of != "path" && !keys.contains(&key) && (narrow || rules.r#type != "string")
    });
    rows.breaks(checked.map(|attribute| attribute.id));
    rows.validation("parameters are not checked", |_, errors| {
        errors.retain(|it| !matches!(it, ValidationError::InvalidParameters(_)));
    });
    for (keyword, has) in LENIENT {
        rows.breaks(rows.ruled(has));
        rows.validation(format!("`{keyword}` is not enforced"), move |_, errors| {
            forgive(errors, |violation| violation.rule == keyword);
        });
    }
    let mut optional = rows.attributes("request");
    optional.retain(|attribute| !attribute.rules.required);
    rows.breaks(optional.iter().map(|attribute| attribute.id));
    let places: Vec<String> = optional.into_iter().map(|own| own.pointer).collect();
    let required = places.clone();
    rows.validation("optional members are required", move |context, errors| {
        let body = body(context);
        let mut missing = required
            .iter()
            .filter(|place| body.pointer(place).is_none());
        refuse(errors, missing.next().is_some());
    });
    rows.breaks(["request.null"]);
    rows.validation("null counts as left out", move |context, errors| {
        let body = body(context);
        let is_null = |place: &str| body.pointer(place).is_some_and(Value::is_null);
        forgive(errors, |it| {
            places.contains(&it.place) && is_null(&it.place)
        });
    });
    let mut open = rows.attributes("request");
    open.retain(|attribute| attribute.rules.open == Some(true));
    rows.breaks(open.iter().map(|attribute| attribute.id));
    let open: Vec<_> = open
        .into_iter()
        .map(|own| (own.pointer, own.rules.known.clone()))
        .collect();
    rows.validation("an unlisted value is refused", move |context, errors| {
        let body = body(context);
        let is_unlisted = |(place, known): &(String, Option<Vec<String>>)| {
            let value = body.pointer(place).and_then(Value::as_str);
            value.is_some_and(|value| !known.iter().flatten().any(|known| known == value))
        };
        refuse(errors, open.iter().any(is_unlisted));
    });
    rows.breaks(["request.length"]);
    rows.validation("a long text is refused", |context, errors| {
        let body = String::from_utf8_lossy(&context.request.body);
        refuse(
            errors,
            body.split('"').any(|text| text.chars().count() > 100),
        );
    });
    rows.breaks(["request.extra"]);
    rows.validation("an undocumented member is refused", |context, errors| {
        let declared = context
            .operation
            .and_then(|operation| operation.body.as_ref());
        let declared = declared.map(|body| context.contract.attributes(&body.schema));
        let is_known = |name: &String| declared.iter().flatten().any(|own| own.path == *name);
        let body = body(context);
        let mut names = body
            .as_object()
            .into_iter()
            .flat_map(|members| members.keys());
        refuse(errors, !names.all(is_known));
    });
}

/// The body of the request; null if it is not JSON.
fn body(context: &HookContext<'_>) -> Value {
    serde_json::from_slice(&context.request.body).unwrap_or_default()
}

/// Refuses the body, if `wrong`.
///
/// The violation has no place, as if a rule of the entire body were broken.
fn refuse(errors: &mut Vec<ValidationError>, wrong: bool) {
    let violation = wrong.then(|| Violation::new("", "rule", "is not accepted"));
    errors.extend(violation.map(|violation| ValidationError::InvalidBody(vec![violation])));
}

/// Removes violations, and errors that have none left.
///
/// `which` says of each violation whether it is overlooked. Errors about parameters or the media
/// type stay.
fn forgive(errors: &mut Vec<ValidationError>, which: impl Fn(&Violation) -> bool) {
    errors.retain_mut(|error| match error {
        ValidationError::InvalidBody(violations) => {
            violations.retain(|violation| !which(violation));
            !violations.is_empty()
        }
        _ => true,
    });
}
