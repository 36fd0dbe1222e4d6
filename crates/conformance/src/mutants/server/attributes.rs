//! Servers that are too lenient or too strict with one attribute of a request, or with one
//! kind of rule.

use bvnk_simulator::{ValidationError, Violation};
use serde_json::Value;

use super::Rows;
use crate::mutants::rows::ClauseAttribute;

pub(super) fn rows(rows: &mut Rows<'_>) {
    for attribute in rows.attributes("request") {
        if !attribute.rules.path.contains(['[', '{', '<']) {
            of_one(rows, &attribute);
        }
    }
    of_rules(rows);
}

fn of_one(rows: &mut Rows<'_>, attribute: &ClauseAttribute<'_>) {
    let ClauseAttribute { id, rules, pointer } = attribute;
    let name = format!("`{}` of {}", rules.path, rules.operation);
    let clauses = [id];
    let operation = rules.operation.clone();
    let at = pointer.clone();
    rows.validation(
        format!("any value of {name} is accepted"),
        &clauses,
        move |context, errors| {
            if context.operation.is_some_and(|own| own.id == operation) {
                forgive(errors, |violation| {
                    violation.place == at && violation.rule != "required"
                });
            }
        },
    );
    let (operation, at, required) = (rules.operation.clone(), pointer.clone(), rules.required);
    let name = match required {
        true => format!("a request without {name} is accepted"),
        false => format!("a request without {name} is refused"),
    };
    rows.validation(name, &clauses, move |context, errors| {
        if context.operation.is_none_or(|own| own.id != operation) {
            return;
        }
        if required {
            forgive(errors, |violation| {
                violation.place == at && violation.rule == "required"
            });
        } else if body(&context.request.body).pointer(&at).is_none() {
            errors.push(ValidationError::InvalidBody(vec![Violation::new(
                at.as_str(),
                "required",
                "is missing",
            )]));
        }
    });
    let (operation, at) = (rules.operation.clone(), pointer.clone());
    let known = rules.known.clone().unwrap_or_default();
    if rules.open == Some(true) {
        let name = format!(
            "an unlisted value of `{}` of {operation} is refused",
            rules.path
        );
        rows.validation(name, &clauses, move |context, errors| {
            let body = body(&context.request.body);
            let value = body.pointer(&at).and_then(Value::as_str);
            let own = context.operation.is_some_and(|own| own.id == operation);
            if own && value.is_some_and(|value| !known.iter().any(|known| known == value)) {
                errors.push(ValidationError::InvalidBody(vec![Violation::new(
                    at.as_str(),
                    "enum",
                    "is not listed",
                )]));
            }
        });
    }
}

/// Rules that are not enforced anywhere.
fn of_rules(rows: &mut Rows<'_>) {
    let ids = |rows: &Rows<'_>, wanted: fn(&ClauseAttribute<'_>) -> bool| -> Vec<String> {
        let attributes = rows.attributes("request").into_iter().filter(wanted);
        attributes.map(|attribute| attribute.id).collect()
    };
    let all = ids(rows, |_| true);
    let required = ids(rows, |attribute| attribute.rules.required);
    let lenient: [(&str, Vec<String>, &[&str]); 6] = [
        (
            "what is required may be missing",
            required.clone(),
            &["required"],
        ),
        (
            "a value of another type is accepted",
            all.clone(),
            &["type"],
        ),
        (
            "a text in another format is accepted",
            ids(rows, |a| a.rules.format.is_some()),
            &["format"],
        ),
        (
            "a text that does not match is accepted",
            ids(rows, |a| a.rules.pattern.is_some()),
            &["pattern"],
        ),
        (
            "an unlisted value is accepted",
            ids(rows, |a| a.rules.open == Some(false)),
            &["enum", "const"],
        ),
        (
            "a text of any length is accepted",
            ids(rows, |a| a.rules.min_length.is_some()),
            &["minLength", "maxLength"],
        ),
    ];
    for (name, clauses, keywords) in lenient {
        rows.validation(name, &clauses, move |_, errors| {
            forgive(errors, |violation| {
                keywords.contains(&violation.rule.as_str())
            });
        });
    }
    rows.validation("any body is accepted", &required, |_, errors| {
        errors.retain(|error| !matches!(error, ValidationError::InvalidBody(_)));
    });
    let demanded = rows
        .attributes("request")
        .into_iter()
        .filter(|attribute| attribute.rules.required);
    let demanded: Vec<String> = demanded.map(|attribute| attribute.pointer).collect();
    rows.validation(
        "null is accepted for what may be left out",
        &["request.null"],
        move |context, errors| {
            let body = body(&context.request.body);
            forgive(errors, |violation| {
                !demanded.contains(&violation.place)
                    && violation.rule != "json"
                    && body.pointer(&violation.place).is_some_and(Value::is_null)
            });
        },
    );
    rows.validation(
        "a long text is refused",
        &["request.length"],
        |context, errors| {
            if let Some(place) = find(&body(&context.request.body), "", &|value| {
                value
                    .as_str()
                    .is_some_and(|text| text.chars().count() > 100)
            }) {
                errors.push(ValidationError::InvalidBody(vec![Violation::new(
                    place,
                    "maxLength",
                    "is too long",
                )]));
            }
        },
    );
    rows.validation(
        "an undocumented member is refused",
        &["request.extra"],
        |context, errors| {
            let Some(schema) = context
                .operation
                .and_then(|operation| operation.body.as_ref())
            else {
                return;
            };
            let attributes = context.contract.attributes(&schema.schema);
            let body = body(&context.request.body);
            let unknown = body
                .as_object()
                .into_iter()
                .flatten()
                .find(|(name, _)| !attributes.iter().any(|attribute| attribute.path == **name));
            if let Some((name, _)) = unknown {
                errors.push(ValidationError::InvalidBody(vec![Violation::new(
                    format!("/{name}"),
                    "additionalProperties",
                    "is unknown",
                )]));
            }
        },
    );
}

fn body(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_default()
}

/// Removes violations, and errors that have none left.
fn forgive(errors: &mut Vec<ValidationError>, which: impl Fn(&Violation) -> bool) {
    errors.retain_mut(|error| match error {
        ValidationError::InvalidBody(violations) => {
            violations.retain(|violation| !which(violation));
            !violations.is_empty()
        }
        _ => true,
    });
}

/// The place of the first value that is wanted.
fn find(value: &Value, place: &str, wanted: &dyn Fn(&Value) -> bool) -> Option<String> {
    if wanted(value) {
        return Some(place.to_owned());
    }
    let members = value.as_object()?.iter();
    members
        .into_iter()
        .find_map(|(name, value)| find(value, &format!("{place}/{name}"), wanted))
}
