//! Reads JSON into the API's types, and tells what does not fit without quoting it.
//!
//! serde_json's own errors repeat values of the document, which may be personal data.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use crate::InvalidValue;

const OTHER: &str = "is not what this field holds";

/// Reads a value of JSON text.
///
/// Use it for requests that are kept as JSON: its error names the field and the rule,
/// where serde_json's would quote the value.
///
/// # Errors
///
/// [`InvalidValue`] for the first place that does not fit.
///
/// ```
/// use bvnk_gen::types::Address;
///
/// let refused = bvnk_gen::from_json::<Address>(br#"{"addressLine1": 7}"#).unwrap_err();
/// assert_eq!(refused.to_string(), "addressLine1: must be a string");
/// ```
pub fn from_json<T: DeserializeOwned>(json: &[u8]) -> Result<T, InvalidValue> {
    // Keeping the path costs as much as reading: only what does not fit is read with it.
    serde_json::from_slice(json).or_else(|_| explained(json))
}

/// Reads once more, to tell where it does not fit.
fn explained<T: DeserializeOwned>(json: &[u8]) -> Result<T, InvalidValue> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let error = error.into_inner();
        // serde_json also calls it bad syntax when an enum's value is of another type. Read
        // whole, not skipped: skipping takes numbers and texts that are none.
        let is_json = || serde_json::from_slice::<Value>(json).is_ok();
        let refusal = match error.classify() {
            Category::Data => refusal(&error),
            _ if is_json() => InvalidValue::new(OTHER),
            // Here the path may be of the document's own names.
            _ => return refusal(&error),
        };
        if path == "." {
            refusal
        } else {
            refusal.at(&path)
        }
    })?;
    reader.end().map_err(|error| refusal(&error))?;
    Ok(value)
}

fn refusal(error: &serde_json::Error) -> InvalidValue {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let text = text.strip_suffix(&place).unwrap_or(&text);
    match error.classify() {
        Category::Data => data(text),
        Category::Eof => InvalidValue::new(format!("the JSON ends too early,{place}")),
        Category::Syntax | Category::Io => InvalidValue::new(format!("is not JSON,{place}")),
    }
}

/// Takes what types say out of serde's text, and leaves what the document says.
fn data(text: &str) -> InvalidValue {
    if let Some(field) = quoted(text, "missing field `") {
        return InvalidValue::new("is required").at(field);
    }
    if let Some(field) = quoted(text, "duplicate field `") {
        return InvalidValue::new("is there twice").at(field);
    }
    // Ours, see `format` and the generated newtypes: they show no value.
    if text.starts_with("must ") {
        return InvalidValue::new(text.to_owned());
    }
    // The value stands before the last `expected`, and only a type's words behind it.
    let quotes = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant `",
    ];
    match text.rsplit_once(", expected ") {
        Some((value, wanted)) if quotes.iter().any(|start| value.starts_with(start)) => {
            // The name of a Rust type says nothing to whoever wrote the document.
            let wanted = match wanted.starts_with("struct ") {
                true => "an object",
                false => wanted,
            };
            InvalidValue::new(format!("must be {wanted}"))
        }
        _ => InvalidValue::new(OTHER),
    }
}

fn quoted<'a>(text: &'a str, before: &str) -> Option<&'a str> {
    text.strip_prefix(before)?.strip_suffix('`')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::types::CreateCustomerRequest;

    #[test]
    fn the_first_misfit_is_told_by_path_and_rule() {
        for (json, told) in [
            ("", "the JSON ends too early, at line 1 column 0"),
            ("{", "the JSON ends too early, at line 1 column 1"),
            (r#"{"s3cret": s3cret}"#, "is not JSON, at line 1 column 12"),
            ("s3cret", "is not JSON, at line 1 column 1"),
            ("{} s3cret", "signed_agreement_id: is required"),
            (r#""s3cret""#, "must be an object"),
            (
                r#"{"type": "s3cret, expected s3cret"}"#,
                "type: must be `INDIVIDUAL`",
            ),
            (
                r#"{"individual": {"email": "s3cret"}}"#,
                "individual.email: must be an e-mail address",
            ),
            (
                r#"{"individual": {"address": {"countryCode": "s3cret"}}}"#,
                "individual.address.countryCode: must match ^[A-Z]{2}$",
            ),
            (
                r#"{"individual": {"edd": {"intermediary": "s3cret"}}}"#,
                "individual.edd.intermediary: must be a boolean",
            ),
            (
                r#"{"individual": {"address": {}}}"#,
                "individual.address.addressLine1: is required",
            ),
            (
                r#"{"signed_agreement_id": ""}"#,
                "signed_agreement_id: must have at least 1 character",
            ),
            (
                r#"{"signed_agreement_id": "a", "signed_agreement_id": "b"}"#,
                "signed_agreement_id: is there twice",
            ),
        ] {
            let refused = from_json::<CreateCustomerRequest>(json.as_bytes()).unwrap_err();
            let shown = format!("{refused} {refused:?}");
            assert!(!shown.contains("s3cret"), "{shown}");
            // Which required field is missed first is serde's business.
            if !told.ends_with("is required") {
                assert_eq!(refused.to_string(), told, "{json}");
            } else {
                assert!(shown.contains("is required"), "{shown}");
            }
        }
    }

    /// A text of serde's that begins in no known way may be anybody's, to its end.
    #[test]
    fn a_text_in_no_known_form_is_not_repeated() {
        for text in ["s3cret, expected s3cret", "s3cret", ""] {
            assert_eq!(data(text).to_string(), OTHER);
        }
        let known = data("invalid type: string \"s3cret\", expected u8");
        assert_eq!(known.to_string(), "must be u8");
    }
}
