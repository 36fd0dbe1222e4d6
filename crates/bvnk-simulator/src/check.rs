//! Checks a request against the contract: everything that needs neither state nor the
//! caller's identity. Which of the errors is answered is decided later, since an unsigned
//! request must not learn what else is wrong with it.

use serde_json::Value;

use bvnk_contract::{Operation, Violation};

use crate::api::{Api, Endpoint, decode, is_repeatable, texts, value};
use crate::hawk::media_type;
use crate::message::Request;

/// Something that the contract does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValidationError {
    /// The contract has no such path.
    UnknownPath,
    /// The path has only other methods.
    MethodNotAllowed {
        /// The methods, as `Allow` lists them.
        allow: String,
    },
    /// The body has another media type.
    UnsupportedMediaType {
        /// The media type that the contract has.
        accepted: String,
    },
    /// The body is not what the contract demands.
    InvalidBody(Vec<Violation>),
    /// A parameter in the path, the query or a header is not what the contract demands.
    InvalidParameters(Vec<Violation>),
}

/// A request with what the contract states about it.
pub(crate) struct Checked<'a> {
    pub(crate) endpoint: Option<&'a Endpoint>,
    /// The values of the path's parameters.
    pub(crate) path: Vec<(String, String)>,
    /// The errors, in the order in which they are answered.
    pub(crate) errors: Vec<ValidationError>,
}

impl Api {
    /// Checks a request. With `any_method`, another method of a known path is taken for a
    /// declared one.
    pub(crate) fn check(&self, request: &Request, any_method: bool) -> Checked<'_> {
        let path = request.path();
        let methods = self.contract.methods(path);
        let mut found = self.contract.route(request.method.as_str(), path);
        if let (None, Some(method), true) = (&found, methods.first(), any_method) {
            found = self.contract.route(method, path);
        }
        let Some((operation, values)) = found else {
            let allow = methods.join(", ");
            let error = match methods.is_empty() {
                true => ValidationError::UnknownPath,
                false => ValidationError::MethodNotAllowed { allow },
            };
            return Checked {
                endpoint: None,
                path: Vec::new(),
                errors: vec![error],
            };
        };
        let values = values.into_iter();
        let path: Vec<_> = values
            .map(|(name, value)| (name.to_owned(), decode(value)))
            .collect();
        let mut errors = self.check_body(operation, request);
        let violations = self.check_parameters(operation, request, &path);
        if !violations.is_empty() {
            errors.push(ValidationError::InvalidParameters(violations));
        }
        Checked {
            endpoint: self.endpoint(&operation.id),
            path,
            errors,
        }
    }

    /// What is wrong with the media type and the body. An optional body may be empty.
    fn check_body(&self, operation: &Operation, request: &Request) -> Vec<ValidationError> {
        let mut errors = Vec::new();
        let is_given = operation.body_required || !request.body.is_empty();
        let Some(body) = operation.body.as_ref().filter(|_| is_given) else {
            return errors;
        };
        let accepted = media_type(&body.media_type);
        if request.header("content-type").map(media_type).as_ref() != Some(&accepted) {
            errors.push(ValidationError::UnsupportedMediaType { accepted });
        }
        // The body is read even with the wrong media type, which may be a rule that is off.
        let violations = match serde_json::from_slice::<Value>(&request.body) {
            Ok(value) => self.contract.violations(&body.schema, &value),
            // The parser's own message may quote the text.
            Err(error) => {
                let message = match &request.body[..] {
                    [] => "is empty".to_owned(),
                    [0xef, 0xbb, 0xbf, ..] => "begins with a byte order mark".to_owned(),
                    text if str::from_utf8(text).is_err() => "is not UTF-8".to_owned(),
                    _ => {
                        let (line, column) = (error.line(), error.column());
                        format!("is not JSON at line {line}, column {column}")
                    }
                };
                vec![Violation::new("", "json", message)]
            }
        };
        if !violations.is_empty() {
            errors.push(ValidationError::InvalidBody(violations));
        }
        errors
    }

    /// What is wrong with the parameters. Each place begins with the parameter's name.
    fn check_parameters(
        &self,
        operation: &Operation,
        request: &Request,
        path: &[(String, String)],
    ) -> Vec<Violation> {
        let mut violations = Vec::new();
        for parameter in &operation.parameters {
            let name = &parameter.name;
            let texts = texts(parameter, request, path);
            match texts.as_slice() {
                [] if parameter.required => {
                    violations.push(Violation::new(name, "required", "is required"));
                }
                [] => {}
                [_, _, ..] if !is_repeatable(&self.contract, parameter) => {
                    violations.push(Violation::new(name, "repeated", "is given more than once"));
                }
                texts => {
                    let value = value(&self.contract, parameter, texts);
                    let mut found = self.contract.violations(&parameter.schema, &value);
                    for violation in &mut found {
                        violation.place.insert_str(0, name);
                    }
                    violations.append(&mut found);
                }
            }
        }
        violations
    }
}
