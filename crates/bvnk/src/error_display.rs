//! How an [`Error`] is shown: what is needed to act, and nothing of a person.

use std::fmt::{self, Display};

use bvnk_gen::tracking;
use http::uri::Authority;

use crate::error::Cause;
use crate::{Error, ErrorKind, Outcome, printable};

impl Error {
    /// Returns a text of the response, if it looks like an identifier and does not repeat a
    /// part of the request.
    fn printable<'a>(
        &self,
        text: Option<&'a str>,
        looks_right: fn(&str) -> bool,
    ) -> Option<&'a str> {
        let context = self.0.context.as_ref();
        text.filter(|text| looks_right(text))
            .filter(|text| !context.is_some_and(|context| context.repeats_request(text)))
    }

    /// Writes what went wrong.
    fn fmt_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.cause {
            Cause::Api(bvnk_gen::Error::InvalidRequest(error)) => {
                write!(f, "the request was not sent: {error}")
            }
            Cause::Api(bvnk_gen::Error::ErrorResponse(response)) => {
                write!(f, "the API responded {}", response.status())?;
                if self.kind() == ErrorKind::Blocked {
                    f.write_str(" with a page of HTML: a firewall blocks this machine's address")?;
                }
                Ok(())
            }
            Cause::Api(error) => error.fmt(f),
            Cause::Layers(error) if self.kind() == ErrorKind::Connect => {
                let context = self.0.context.as_ref();
                let sent = context.and_then(|context| context.sent.as_ref());
                let server = sent.and_then(|sent| sent.uri.authority());
                let server = server.map_or("the server", Authority::as_str);
                // Of this machine, a proxy or TLS: the request has not left.
                let reason = printable::root_cause(error);
                write!(f, "no connection to {server}: {reason}")
            }
            Cause::Layers(error) => error.reason().fmt(f),
            Cause::Build(error) => error.fmt(f),
            Cause::Wait(reason, _) => f.write_str(reason),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = self.0.context.as_ref();
        if let Some(context) = context {
            write!(f, "{}: ", context.operation.id)?;
        }
        self.fmt_cause(f)?;
        let mut facts = Vec::new();
        let code = self.printable(self.code(), printable::is_code);
        facts.extend(code.map(|code| format!("code {code}")));
        let trace_id = self.printable(self.trace_id(), printable::is_trace_id);
        facts.extend(trace_id.map(|id| format!("trace id {id}")));
        if let Some(info) = self.call_info() {
            let attempts = info.attempts;
            let plural = if attempts == 1 { "" } else { "s" };
            facts.push(format!("{attempts} attempt{plural}"));
        }
        if !facts.is_empty() {
            write!(f, " ({})", facts.join(", "))?;
        }
        match (self.last_seen(), &self.0.cause) {
            (Some(last), _) => match tracking::status(last).map(|it| it.as_str()) {
                Some(status) if printable::is_status(status) => {
                    write!(f, "; last seen as {status}")
                }
                Some(_) => f.write_str("; last seen with an unknown status"),
                None => f.write_str("; last seen without a status"),
            },
            (None, Cause::Wait(..)) => f.write_str("; the customer was never seen"),
            _ => Ok(()),
        }?;
        match &self.0.outcome {
            Outcome::NotDone if self.kind() == ErrorKind::Connect => {
                f.write_str("; help: check the network, the proxy and the base URL")
            }
            Outcome::NotDone => Ok(()),
            Outcome::Unknown { key: Some(key) } => write!(
                f,
                "; it is unknown whether the call was carried out; help: repeat it with the \
                 idempotency key {key}"
            ),
            Outcome::Unknown { key: None } if self.kind() == ErrorKind::InvalidRequest => {
                f.write_str("; it is unknown whether the call that it repeats was carried out")
            }
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
        let context = self.0.context.as_ref();
        let operation = context.map(|context| context.operation);
        // Without the reference: a server may have put anything there.
        let outcome = match &self.0.outcome {
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
            .field("error", &self.to_string())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    /// Returns the error of a layer, of the connection, of a wait or of building the client.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.cause {
            Cause::Api(error) => error.source(),
            Cause::Layers(error) => error.source(),
            Cause::Build(error) => Some(error),
            Cause::Wait(_, poll) => poll.as_ref().map(|error| error as _),
        }
    }
}
