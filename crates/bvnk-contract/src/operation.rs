//! Operations: methods and paths, with what they take and what they answer.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use crate::{Link, Schema};

/// One operation of the contract.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The `operationId`.
    #[serde(rename = "operationId")]
    pub id: String,
    /// The HTTP method, in lower case as OpenAPI writes it.
    #[serde(skip)]
    pub method: String,
    /// The path template, such as `/platform/v1/customers/{reference}`.
    #[serde(skip)]
    pub path: String,
    /// The JSON pointer of the operation, in the document.
    #[serde(skip)]
    pub location: String,
    /// What the operation does, in a few words.
    pub summary: Option<String>,
    /// What the operation does.
    pub description: Option<String>,
    /// The parameters, those of the path item included.
    #[serde(skip)]
    pub parameters: Vec<Parameter>,
    /// The request's body.
    #[serde(skip)]
    pub body: Option<Body>,
    /// Whether a request must have the body.
    #[serde(skip)]
    pub body_required: bool,
    /// The responses, by status.
    #[serde(skip)]
    pub responses: Vec<Response>,
    /// The HTTP authentication schemes (`Hawk`), the contract's own if the operation has none.
    #[serde(skip)]
    pub security: Vec<String>,
}

impl Operation {
    /// Returns the method in upper case, as requests have it.
    pub fn http_method(&self) -> String {
        self.method.to_ascii_uppercase()
    }

    /// Returns the parameters in one place of the request.
    pub fn parameters_in(&self, location: Location) -> impl Iterator<Item = &Parameter> {
        self.parameters
            .iter()
            .filter(move |parameter| parameter.location == location)
    }

    /// Returns the header parameter that carries the idempotency key (`x-idempotency-key: true`).
    pub fn idempotency_key(&self) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.idempotency_key)
    }

    /// Returns the status of the response to a request that is not valid: 400 or 422 where the
    /// contract lists one, else the first 4xx that it lists and that has no meaning of its own.
    /// `None` if it lists none.
    pub fn refusal(&self) -> Option<u16> {
        let codes = self.responses.iter().filter_map(|it| match it.status {
            Status::Code(401 | 403..=406 | 409..=413 | 415 | 429) => None,
            Status::Code(code @ 400..=499) => Some(code),
            _ => None,
        });
        codes.min_by_key(|code| match code {
            400 => 0,
            422 => 1,
            _ => 2,
        })
    }

    /// Returns the body of the request (`request`), or of the response that is declared for a
    /// status (`202`, as OpenAPI writes it).
    pub fn body_of(&self, of: &str) -> Option<&Body> {
        let mut responses = self.responses.iter();
        match of {
            "request" => self.body.as_ref(),
            status => responses
                .find(|response| response.status.to_string() == status)?
                .body
                .as_ref(),
        }
    }

    /// Returns the bodies of the request and of the responses.
    pub fn bodies(&self) -> impl Iterator<Item = &Body> {
        let responses = self.responses.iter();
        let answered = responses.filter_map(|response| response.body.as_ref());
        self.body.iter().chain(answered)
    }

    /// The links, each with its response.
    pub(crate) fn links(&self) -> impl Iterator<Item = (&Response, &Link)> {
        let responses = self.responses.iter();
        responses.flat_map(|response| response.links.iter().map(move |link| (response, link)))
    }

    /// Returns the responses with a 2xx status.
    pub fn successes(&self) -> impl Iterator<Item = &Response> {
        self.responses
            .iter()
            .filter(|response| response.status.is_success())
    }

    /// Returns the response that the contract declares for a status: its own, its range's, or the
    /// default one. `None` means that a server that answers it deviates from the contract.
    pub fn response(&self, status: u16) -> Option<&Response> {
        let declared = |wanted: Status| {
            self.responses
                .iter()
                .find(move |response| response.status == wanted)
        };
        declared(Status::Code(status))
            .or_else(|| declared(Status::Range(status / 100)))
            .or_else(|| declared(Status::Default))
    }
}

/// Where a parameter stands in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        })
    }
}

/// One parameter of an operation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// The name on the wire.
    pub name: String,
    /// Where it stands.
    #[serde(rename = "in")]
    pub location: Location,
    /// The JSON pointer of the parameter, in the document.
    #[serde(skip)]
    pub pointer: String,
    /// Whether it must be there.
    #[serde(default)]
    pub required: bool,
    /// What its values look like.
    #[serde(skip)]
    pub schema: Schema,
    /// Whether the items of a list are parameters of their own (`a=1&a=2`), and not
    /// joined by commas (`a=1,2`).
    #[serde(default)]
    pub explode: bool,
    /// Whether it carries the idempotency key (`x-idempotency-key: true`).
    #[serde(default, rename = "x-idempotency-key")]
    pub idempotency_key: bool,
    /// What the parameter means.
    pub description: Option<String>,
    /// A value to show.
    pub example: Option<Value>,
}

/// A body of a request or of a response.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// The media type.
    #[serde(skip)]
    pub media_type: String,
    /// The form of the body.
    #[serde(skip)]
    pub schema: Schema,
    /// What the body means; that of a response is the response's.
    #[serde(skip)]
    pub description: Option<String>,
    /// A body to show.
    pub example: Option<Value>,
}

/// One response of an operation.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The status that it is declared for.
    #[serde(skip)]
    pub status: Status,
    /// The JSON pointer of the response, in the document.
    #[serde(skip)]
    pub location: String,
    /// What the response means.
    pub description: String,
    /// The body; `None` for a response without one.
    #[serde(skip)]
    pub body: Option<Body>,
    /// The operations that take values from the response.
    #[serde(skip)]
    pub links: Vec<Link>,
}

/// The status that a response is declared for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// One status, such as 202.
    Code(u16),
    /// All statuses with this first digit, such as `4XX`.
    Range(u16),
    /// Every status that is not declared.
    #[default]
    Default,
}

impl Status {
    /// Reads a status as OpenAPI writes it: `202`, `2XX` or `default`.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "default" {
            return Some(Self::Default);
        }
        if let Some(digit) = text.strip_suffix("XX") {
            let digit = digit.parse().ok().filter(|digit| (1..=5).contains(digit));
            return digit.map(Self::Range);
        }
        let code = text.parse().ok().filter(|code| (100..600).contains(code));
        code.map(Self::Code)
    }

    /// Returns whether it is a 2xx status.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Code(200..=299) | Self::Range(2))
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Range(digit) => write!(f, "{digit}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Returns the names of the parameters in a path template, in order.
///
/// ```
/// assert_eq!(bvnk_contract::path_parameters("/a/{b}/c/{d}"), ["b", "d"]);
/// ```
pub fn path_parameters(template: &str) -> Vec<&str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name)
        .collect()
}
