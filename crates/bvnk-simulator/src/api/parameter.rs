//! Parameters: the texts that a request has for them, and the values that these are.

use bvnk_contract::{Contract, Location, Parameter, Shape};
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

/// The value of a parameter that has texts.
pub(crate) fn value(contract: &Contract, parameter: &Parameter, texts: &[String]) -> Value {
    let schema = contract.resolve(&parameter.schema);
    match &schema.shape {
        Shape::Array(items) => {
            let item = |text: &str| contract.parse_text(items, text);
            let parts = |text: &str| match parameter.explode {
                true => vec![item(text)],
                false => text.split(',').map(item).collect(),
            };
            texts.iter().flat_map(|text| parts(text)).collect()
        }
        _ => contract.parse_text(schema, texts.first().map_or("", String::as_str)),
    }
}

/// Decodes the percent encoding of a part of a URL.
pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
