//! Checks a request against the contract: everything that needs neither state nor the
//! caller's identity.
//!
//! It must not decide what is answered: an unsigned request must not learn what else is
//! wrong with it. So it lists the flaws in the order in which they count, and leaves.

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::contract::schema::Complaints;
use crate::contract::{Contract, Operation, Place, Route};
use crate::fault::{Fault, Faults};
use crate::message::Request;

/// A request with what the contract says of it.
pub(crate) struct Checked<'c> {
    pub(crate) operation: Option<&'c Operation>,
    /// The path's last segment, where it is a parameter.
    pub(crate) argument: String,
    pub(crate) flaws: Vec<Flaw>,
}

/// Something wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The contract has no such path.
    Path,
    /// The path has only these methods.
    Method { allow: String },
    /// The body is of none of these media types.
    MediaType { accepted: String },
    /// The body is not JSON.
    NoJson(Complaints),
    /// The body is not what the contract wants.
    Body(Complaints),
    /// A header or a query parameter is not what the contract wants.
    Parameters(Complaints),
}

impl Contract {
    pub(crate) fn check(&self, request: &Request) -> Checked<'_> {
        self.check_under(request, Faults::NONE)
    }

    /// The same by the rules that faults leave.
    pub(crate) fn check_under(&self, request: &Request, faults: Faults) -> Checked<'_> {
        let mut checked = Checked {
            operation: None,
            argument: String::new(),
            flaws: Vec::new(),
        };
        match self.route(request.method.as_str(), request.path(), faults) {
            Route::Unknown => checked.flaws.push(Flaw::Path),
            Route::OtherMethods(allow) => checked.flaws.push(Flaw::Method { allow }),
            Route::Found(operation, argument) => {
                checked.operation = Some(operation);
                checked.argument = decode(argument.unwrap_or(""));
                check_body(operation, request, faults, &mut checked);
                let complaints = check_parameters(operation, request, faults);
                if !complaints.is_empty() {
                    checked.flaws.push(Flaw::Parameters(complaints));
                }
            }
        }
        checked
    }
}

fn check_body(operation: &Operation, request: &Request, faults: Faults, checked: &mut Checked<'_>) {
    let Some(rule) = &operation.body else {
        return;
    };
    if request.body.is_empty() && !rule.required {
        return;
    }
    let content_type = request
        .header("content-type")
        .filter(|value| !(faults.has(Fault::RejectCharset) && value.contains(';')));
    let media_type = content_type
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase());
    let media = rule
        .content
        .iter()
        .find(|(known, _)| media_type.as_deref() == Some(known));
    if media.is_none() {
        let known: Vec<_> = rule
            .content
            .iter()
            .map(|(known, _)| known.as_str())
            .collect();
        let accepted = known.join(", ");
        checked.flaws.push(Flaw::MediaType { accepted });
    }
    // Even with the wrong media type the body is read: a fault may forgive the flaw.
    match serde_json::from_slice::<Value>(&request.body) {
        Ok(body) => {
            let complaints = media
                .or(rule.content.first())
                .and_then(|(_, schema)| schema.as_ref())
                .map(|schema| schema.complaints(&body, faults))
                .unwrap_or_default();
            if !complaints.is_empty() {
                checked.flaws.push(Flaw::Body(complaints));
            }
        }
        // The parser's own words may quote the text.
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            let message = format!("the body is not JSON (line {line}, column {column})");
            let complaints = Complaints::from([(String::new(), vec![message])]);
            checked.flaws.push(Flaw::NoJson(complaints));
        }
    }
}

fn check_parameters(operation: &Operation, request: &Request, faults: Faults) -> Complaints {
    let mut complaints = Complaints::new();
    for parameter in &operation.parameters {
        let name = parameter.name.as_str();
        let values = match parameter.place {
            Place::Header => header_values(request, name),
            Place::Query => query_values(request, name),
        };
        let is_key = operation
            .idempotency_header()
            .is_some_and(|header| header.eq_ignore_ascii_case(name));
        let required = parameter.required || (is_key && faults.has(Fault::RequireKey));
        let messages = match values.as_slice() {
            [] if required => vec!["required: the parameter is missing".to_owned()],
            [] => continue,
            // The fourteenth digit of a UUID is its version.
            [value]
                if is_key
                    && faults.has(Fault::RejectDerivedKeys)
                    && value.as_bytes().get(14) != Some(&b'4') =>
            {
                vec!["version: the key is not random".to_owned()]
            }
            [value] => parameter.complaints(value),
            [_, _, ..] if is_key && faults.has(Fault::AcceptRepeatedKey) => continue,
            [_, _, ..] => vec!["the parameter is given more than once".to_owned()],
        };
        if !messages.is_empty() {
            complaints.insert(name.to_owned(), messages);
        }
    }
    complaints
}

fn header_values(request: &Request, name: &str) -> Vec<String> {
    let values = request.headers.get_all(name).iter();
    values
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect()
}

fn query_values(request: &Request, name: &str) -> Vec<String> {
    let pairs = request.query().unwrap_or("").split('&');
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(key, _)| decode(key) == name)
        .map(|(_, value)| decode(&value.replace('+', " ")))
        .collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
