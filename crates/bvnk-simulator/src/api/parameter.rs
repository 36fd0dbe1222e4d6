//! Parameters: the texts that a request has for them, and the values that these are.

use bvnk_contract::{Contract, Location, Parameter, Schema, Shape};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::message::Request;

/// The texts that a request has for a parameter; `path` has those of the path.
pub(crate) fn texts(
    parameter: &Parameter,
    request: &Request,
    path: &[(String, String)],
) -> Vec<String> {
    let own = |name: &str| name == parameter.name;
    match parameter.location {
        Location::Path => {
            let values = path.iter().filter(|(name, _)| own(name));
            values.map(|(_, value)| value.clone()).collect()
        }
        Location::Query => {
            let pairs = request.query().unwrap_or("").split('&');
            let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
            let values = pairs.filter(|(name, _)| own(&decode(name)));
            values
                .map(|(_, value)| decode(&value.replace('+', " ")))
                .collect()
        }
        Location::Header => {
            let values = request.headers.get_all(&parameter.name).iter();
            let values = values.map(|value| String::from_utf8_lossy(value.as_bytes()));
            values.map(|value| value.into_owned()).collect()
        }
    }
}

/// Whether a parameter may be given more than once.
pub(crate) fn is_repeatable(contract: &Contract, parameter: &Parameter) -> bool {
    let schema = contract.resolve(&parameter.schema);
    parameter.explode && matches!(schema.shape, Shape::Array(_))
}

/// The value of a parameter that has texts. A text of the wrong kind stays a text, and so
/// violates the schema.
pub(crate) fn value(contract: &Contract, parameter: &Parameter, texts: &[String]) -> Value {
    let schema = contract.resolve(&parameter.schema);
    match &schema.shape {
        Shape::Array(items) => {
            let items = contract.resolve(items);
            let parts = |text: &str| match parameter.explode {
                true => vec![single(items, text)],
                false => text.split(',').map(|part| single(items, part)).collect(),
            };
            texts.iter().flat_map(|text| parts(text)).collect()
        }
        _ => single(schema, texts.first().map_or("", String::as_str)),
    }
}

fn single(schema: &Schema, text: &str) -> Value {
    let literal = match schema.shape {
        Shape::Boolean | Shape::Integer | Shape::Number => serde_json::from_str(text).ok(),
        _ => None,
    };
    literal
        .filter(|value: &Value| !value.is_null())
        .unwrap_or_else(|| text.into())
}

/// Decodes the percent encoding of a part of a URL.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
