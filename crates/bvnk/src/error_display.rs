//! How an [`Error`] is shown: what is needed to act, and nothing of a person.

use std::fmt::{self, Display};

use crate::error::Cause;
use crate::{Error, Outcome, printable};

impl Error {
    /// Returns a text of the response, if it looks like an identifier and does not repeat a
    /// part of the request.
    fn printable<'a>(
        &self,
        text: Option<&'a str>,
        looks_right: fn(&str) -> bool,
    ) -> Option<&'a str> {
        let context = self.inner().context.as_ref();
        text.filter(|text| looks_right(text))
            .filter(|text| !context.is_some_and(|context| context.repeats_request(text)))
    }

    /// Writes what went wrong.
    fn fmt_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner().cause {
            Cause::Api(bvnk_gen::Error::InvalidRequest(error)) => {
                write!(f, "the request was not sent: {error}")
            }
            Cause::Api(bvnk_gen::Error::ErrorResponse(response)) => {
                write!(f, "the API responded {}", response.status())?;
                if self.is_blocked() {
                    f.write_str(" with a page of HTML: a firewall blocks this machine's address")?;
                }
                Ok(())
            }
            Cause::Api(error) => error.fmt(f),
            Cause::Layers(_) if self.is_connect() => {
                let context = self.inner().context.as_ref();
                let uri = context.and_then(|context| context.sent.as_ref());
                let host = uri.and_then(|sent| sent.uri.host()).unwrap_or("the server");
                write!(f, "no connection to {host}")?;
                if let Some(port) = uri.and_then(|sent| sent.uri.port_u16()) {
                    write!(f, ":{port}")?;
                }
                Ok(())
            }
            Cause::Layers(error) => error.reason().fmt(f),
            Cause::Foreign(_) => f.write_str("the transport failed"),
            Cause::Build(error) => error.fmt(f),
            Cause::Wait(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = self.inner().context.as_ref();
        if let Some(operation) = context.and_then(|context| context.operation) {
            write!(f, "{}: ", operation.id)?;
        }
        self.fmt_cause(f)?;
        let mut separator = " (";
        if let Some(code) = self.printable(self.code(), printable::is_code) {
            write!(f, "{separator}code {code}")?;
            separator = ", ";
        }
        if let Some(trace_id) = self.printable(self.trace_id(), printable::is_trace_id) {
            write!(f, "{separator}trace id {trace_id}")?;
            separator = ", ";
        }
        if let Some(info) = self.call_info() {
            let attempts = info.attempts();
            let plural = if attempts == 1 { "" } else { "s" };
            write!(f, "{separator}{attempts} attempt{plural}")?;
            separator = ", ";
        }
        if separator == ", " {
            f.write_str(")")?;
        }
        match &self.inner().outcome {
            Outcome::NotDone if self.is_connect() => {
                f.write_str("; help: check the network and the base URL")
            }
            Outcome::NotDone => Ok(()),
            Outcome::Unknown { key: Some(key) } => write!(
                f,
                "; it is unknown whether the call was carried out; help: repeat it with the \
                 idempotency key {key}"
            ),
            Outcome::Unknown { key: None } => f.write_str(
                "; it is unknown whether the call was carried out; help: look for its effect \
                 before you repeat it",
            ),
            Outcome::Done { .. } => f.write_str(
                "; the call was carried out; help: store the reference of `Error::outcome`",
            ),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = self.inner().context.as_ref();
        let operation = context.and_then(|context| context.operation);
        let outcome = match &self.inner().outcome {
            Outcome::NotDone => "NotDone",
            Outcome::Unknown { .. } => "Unknown",
            Outcome::Done { .. } => "Done",
        };
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("operation", &operation.map(|operation| operation.id))
            .field("status", &self.status())
            .field("attempts", &self.attempts())
            .field("idempotency_key", &self.idempotency_key())
            .field("outcome", &format_args!("{outcome}"))
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    /// Returns the error of a layer, of the connection, of a wait or of building the client.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner().cause {
            Cause::Api(error) => error.source(),
            Cause::Layers(error) => error.source(),
            Cause::Foreign(error) => Some(error.as_ref()),
            Cause::Build(error) => Some(error),
            Cause::Wait(error) => Some(error),
        }
    }
}
