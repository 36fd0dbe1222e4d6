//! Checks a request against the contract: everything that needs neither state nor the
//! caller's identity. Which of the errors is answered is decided later, since an unsigned
//! request must not learn what else is wrong with it.

use serde_json::Value;

use crate::api::{Api, Endpoint, Violation, decode};
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
pub(crate) struct Checked {
    /// The number of the operation.
    pub(crate) endpoint: Option<usize>,
    /// The values of the path's parameters.
    pub(crate) path: Vec<(String, String)>,
    /// The errors, in the order in which they are answered.
    pub(crate) errors: Vec<ValidationError>,
}

impl Api {
    /// Checks a request. With `any_method`, another method of a known path is taken for a
    /// declared one.
    pub(crate) fn check(&self, request: &Request, any_method: bool) -> Checked {
        let path = request.path();
        let contract = &self.contract;
        let methods = contract.methods(path);
        let found = contract.route(request.method.as_str(), path).or_else(|| {
            let method = methods.first().filter(|_| any_method)?;
            contract.route(method, path)
        });
        let Some((operation, values)) = found else {
            let error = match methods.as_slice() {
                [] => ValidationError::UnknownPath,
                methods => ValidationError::MethodNotAllowed {
                    allow: methods.join(", "),
                },
            };
            return Checked {
                endpoint: None,
                path: Vec::new(),
                errors: vec![error],
            };
        };
        let values = values.into_iter();
        let path = values
            .map(|(name, value)| (name.to_owned(), decode(value)))
            .collect();
        let index = self.index(operation);
        let mut checked = Checked {
            endpoint: index,
            path,
            errors: Vec::new(),
        };
        if let Some(endpoint) = index.and_then(|index| self.endpoints.get(index)) {
            self.check_body(operation, endpoint, request, &mut checked.errors);
            let violations = self.check_parameters(endpoint, request, &checked.path);
            if !violations.is_empty() {
                checked
                    .errors
                    .push(ValidationError::InvalidParameters(violations));
            }
        }
        checked
    }

    fn check_body(
        &self,
        operation: &bvnk_contract::Operation,
        endpoint: &Endpoint,
        request: &Request,
        errors: &mut Vec<ValidationError>,
    ) {
        let Some(body) = &operation.body else {
            return;
        };
        if request.body.is_empty() && !operation.body_required {
            return;
        }
        let essence = |text: &str| {
            text.split(';')
                .next()
                .unwrap_or("")
                .trim()
                .to_ascii_lowercase()
        };
        let accepted = essence(&body.media_type);
        if request.header("content-type").map(essence) != Some(accepted.clone()) {
            errors.push(ValidationError::UnsupportedMediaType { accepted });
        }
        // The body is read even with the wrong media type, which may be a rule that is off.
        let violations = match serde_json::from_slice::<Value>(&request.body) {
            Ok(value) => self.body_violations(endpoint, &value),
            // The parser's own message may quote the text.
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                let message = format!("is not JSON at line {line}, column {column}");
                vec![Violation::new("", "json", message)]
            }
        };
        if !violations.is_empty() {
            errors.push(ValidationError::InvalidBody(violations));
        }
    }

    fn check_parameters(
        &self,
        endpoint: &Endpoint,
        request: &Request,
        path: &[(String, String)],
    ) -> Vec<Violation> {
        let mut violations = Vec::new();
        for parameter in &endpoint.parameters {
            let texts = parameter.texts(request, path);
            let name = &parameter.name;
            match texts.as_slice() {
                [] if parameter.required => {
                    violations.push(Violation::new(name, "required", "is missing"));
                }
                [] => {}
                [_, _, ..] if !parameter.is_repeatable() => {
                    violations.push(Violation::new(name, "repeated", "is given more than once"));
                }
                texts => {
                    let found = self.parameter_violations(parameter, &parameter.value(texts));
                    violations.extend(found.into_iter().map(|it| Violation {
                        place: format!("{name}{}", it.place),
                        ..it
                    }));
                }
            }
        }
        violations
    }
}
