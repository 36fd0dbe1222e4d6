//! One error for every operation, for building a client and for waiting.
//!
//! It joins what the generated code has (status, body) with what the layers recorded (key,
//! attempts, ambiguity). Nothing of the content of a request or a response is printed.

use std::time::{Duration, SystemTime};

use bvnk_auth::{BoxError, CallInfo, IdempotencyKey};
use bvnk_gen::tracking::{Object, Reference};
use bvnk_gen::{RawResponse, ValidationError, Violation};
use http::StatusCode;

use crate::call_context::CallContext;
use crate::details::{self, Details, FieldError};
use crate::headers::trace_id;
use crate::{BuildError, ErrorKind, Outcome};

/// Why a call returned no value.
///
/// [`outcome`](Self::outcome) says whether the call was carried out, [`kind`](Self::kind) what
/// went wrong. `Display` shows what is needed to act and to ask the vendor: operation, status,
/// code, trace id, attempts, the key of a call whose outcome is unknown, and why there is no
/// connection, from the system, a proxy or TLS. Neither it nor
/// `Debug` shows anything else of what was sent or received: a server's messages may quote a
/// person's data. Ask for them by name.
///
/// ```no_run
/// use bvnk::Outcome;
///
/// # async fn create(client: bvnk::Client, request: bvnk::types::CreateCustomerRequest) -> Result<(), bvnk::Error> {
/// match client.create_customer().body(request).send().await {
///     Ok(created) => println!("store {}", created.reference),
///     Err(error) => match error.outcome() {
///         Outcome::Done { reference } => println!("store {reference}"),
///         Outcome::Unknown { key } => println!("repeat with {key:?}"),
///         Outcome::NotDone if error.is_rejected() => println!("{:?}", error.code()),
///         Outcome::NotDone => return Err(error),
///     },
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(pub(crate) Box<Inner>);

pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) outcome: Outcome,
    pub(crate) details: Details,
    pub(crate) context: Option<CallContext>,
    pub(crate) cause: Cause,
    pub(crate) last_seen: Option<Object>,
}

/// Where an error comes from.
pub(crate) enum Cause {
    /// The generated code: a request or a response.
    Api(bvnk_gen::Error),
    /// The layers.
    Layers(bvnk_auth::Error),
    /// Building the client.
    Build(BuildError),
    /// A wait: the reason, and the error of the last poll, if that failed.
    Wait(&'static str, Option<Error>),
}

impl Error {
    /// Returns what went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns whether the call was carried out.
    pub fn outcome(&self) -> &Outcome {
        &self.0.outcome
    }

    /// Whether the call may have been carried out: see [`Outcome::Unknown`].
    pub fn outcome_unknown(&self) -> bool {
        matches!(self.0.outcome, Outcome::Unknown { .. })
    }

    /// Whether the API rejects the request: the same request will be rejected again. `false`
    /// if an earlier attempt of the call may have been carried out, as the rejection may be
    /// that of a repetition. `false` also for a request that the client refuses to send
    /// ([`ErrorKind::InvalidRequest`]), and for [`ErrorKind::AlreadyExists`].
    pub fn is_rejected(&self) -> bool {
        self.0.kind == ErrorKind::Rejected && self.0.outcome == Outcome::NotDone
    }

    /// Returns the status of the response, if there is one.
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.cause {
            Cause::Layers(error) => error.status(),
            _ => self.response().map(RawResponse::status),
        }
    }

    /// Returns everything in the request that the contract does not allow, each with its path
    /// and rule.
    pub fn violations(&self) -> &[Violation] {
        match &self.0.cause {
            Cause::Api(bvnk_gen::Error::InvalidRequest(error)) => error.violations(),
            _ => &[],
        }
    }

    /// Returns the code in the error body, of any known shape.
    pub fn code(&self) -> Option<&str> {
        self.0.details.code.as_deref()
    }

    /// Returns the message in the error body. It may quote personal data.
    pub fn message(&self) -> Option<&str> {
        self.0.details.message.as_deref()
    }

    /// Returns the errors of single fields in the error body. They may quote personal data.
    /// Of a large body, only the first ones are kept.
    pub fn field_errors(&self) -> &[FieldError] {
        &self.0.details.fields
    }

    /// Returns the id by which the vendor finds the call, from the response's headers or
    /// body.
    pub fn trace_id(&self) -> Option<&str> {
        let headers = self.response().map(RawResponse::headers);
        headers
            .and_then(trace_id)
            .or(self.0.details.trace_id.as_deref())
    }

    /// Returns how long the response asks to wait. A date is compared with the response's
    /// own `Date`.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after_at(SystemTime::now())
    }

    pub(crate) fn retry_after_at(&self, now: SystemTime) -> Option<Duration> {
        bvnk_auth::retry_after(self.response()?.headers(), now)
    }

    /// Returns the response, if there is one. Its body may hold personal data.
    pub fn response(&self) -> Option<&RawResponse> {
        match &self.0.cause {
            Cause::Api(error) => error.response(),
            _ => None,
        }
    }

    /// Returns the response's body, empty if there is none. It may hold personal data.
    pub fn body(&self) -> &[u8] {
        self.response().map_or(&[], |response| response.body())
    }

    /// Returns how often the request was sent.
    pub fn attempts(&self) -> u32 {
        self.call_info().map_or(0, |info| info.attempts)
    }

    /// Returns the key that the call was made with. Repeating a call with its key is safe.
    pub fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.call_info()?.idempotency_key
    }

    /// Returns the customer as a wait saw it last, if the error ended one. The verification
    /// itself goes on.
    pub fn last_seen(&self) -> Option<&Object> {
        self.0.last_seen.as_ref()
    }

    pub(crate) fn call_info(&self) -> Option<CallInfo> {
        Some(self.0.context.as_ref()?.call.info())
    }

    /// Converts an error of the service that sends calls.
    pub(crate) fn from_service(error: BoxError, context: CallContext) -> Self {
        let error = bvnk_auth::Error::from_below(error);
        let mut this = Self::new(ErrorKind::of_layers(&error), Cause::Layers(error));
        this.0.outcome = outcome(&context);
        context.call.end();
        this.0.context = Some(context);
        this
    }

    /// The error of a wait that no poll ended.
    pub(crate) fn of_wait(kind: ErrorKind, reason: &'static str, poll: Option<Self>) -> Self {
        Self::new(kind, Cause::Wait(reason, poll))
    }

    fn new(kind: ErrorKind, cause: Cause) -> Self {
        Self(Box::new(Inner {
            kind,
            outcome: Outcome::NotDone,
            details: Details::default(),
            context: None,
            cause,
            last_seen: None,
        }))
    }
}

/// The outcome as far as the layers recorded it.
fn outcome(context: &CallContext) -> Outcome {
    let info = context.call.info();
    match info.outcome_unknown {
        true => Outcome::Unknown {
            key: info.idempotency_key,
        },
        false => Outcome::NotDone,
    }
}

/// The outcome of a call that was answered with a success, but not with the body that the
/// contract declares. That proves nothing, as a proxy may have answered, unless the
/// customer's reference is in it.
fn outcome_of_invalid(response: &RawResponse, context: Option<&CallContext>) -> Outcome {
    if context.is_some_and(|context| context.call.is_safe()) {
        return Outcome::NotDone;
    }
    let reference = details::reference(response.body());
    if let Some(Ok(reference)) = reference.map(Reference::try_from) {
        if let Some(context) = context {
            context.call.confirm();
        }
        return Outcome::Done { reference };
    }
    match context {
        Some(context) => {
            context.call.mark_ambiguous();
            outcome(context)
        }
        None => Outcome::Unknown { key: None },
    }
}

impl From<bvnk_gen::Error> for Error {
    fn from(error: bvnk_gen::Error) -> Self {
        let context = error
            .response()
            .and_then(|response| response.extensions().get::<CallContext>().cloned());
        let mut details = Details::default();
        let (kind, outcome) = match &error {
            bvnk_gen::Error::InvalidRequest(_) => (ErrorKind::InvalidRequest, Outcome::NotDone),
            bvnk_gen::Error::ErrorResponse(response) => {
                details = Details::read(response.body());
                let kind = ErrorKind::of_response(response, &details);
                (kind, context.as_ref().map_or(Outcome::NotDone, outcome))
            }
            bvnk_gen::Error::InvalidResponse { response, .. } => {
                let outcome = outcome_of_invalid(response, context.as_ref());
                (ErrorKind::InvalidResponse, outcome)
            }
            // Another transport's: what was sent is not known.
            _ => (ErrorKind::Other, Outcome::Unknown { key: None }),
        };
        let mut this = Self::new(kind, Cause::Api(error));
        if let Some(context) = &context {
            context.call.end();
        }
        (this.0.outcome, this.0.details, this.0.context) = (outcome, details, context);
        this
    }
}

impl From<ValidationError> for Error {
    fn from(error: ValidationError) -> Self {
        bvnk_gen::Error::InvalidRequest(error).into()
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::new(ErrorKind::Configuration, Cause::Build(error))
    }
}
