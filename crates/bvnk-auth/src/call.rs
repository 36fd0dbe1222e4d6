//! One logical call, and what the layers learn about it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use tracing::instrument::Instrumented;
use tracing::{Instrument, Span};

use crate::{CallOptions, Error, ErrorKind, IdempotencyKey, outcome, telemetry};

/// The header for requests without a [`Call`].
const HEADER: HeaderName = HeaderName::from_static("x-idempotency-key");

/// A handle to one logical call, shared by the caller and the layers.
///
/// Create it for one call, put a clone into the request's extensions and keep another. The
/// layers record in it which key the call has, how many attempts were sent and whether the
/// outcome is unknown. That stays readable when a layer in between fails or drops
/// the response, and when the future of the call is dropped.
///
/// A request without a `Call` gets one from the outermost layer of this crate, which also
/// puts it into the response's extensions.
///
/// ```
/// use bvnk_auth::{Body, Call, CallOptions};
/// use http::Method;
///
/// let call = Call::new("create_report", Method::POST, CallOptions::new().max_attempts(1), None);
/// let mut request = http::Request::post("https://api.example.com/v1/reports").body(Body::default())?;
/// request.extensions_mut().insert(call.clone());
/// // Send the request through the layers. Then:
/// assert!(!call.info().outcome_unknown);
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Call(pub(crate) Arc<Inner>);

/// What all handles of one call share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) options: CallOptions,
    pub(crate) idempotency_header: Option<HeaderName>,
    state: Mutex<State>,
    operation: &'static str,
    method: Method,
    /// Whether the contract wants no signature. Not behind the lock, as each attempt reads it.
    unsigned: AtomicBool,
}

/// What the layers record.
#[derive(Debug, Default)]
struct State {
    /// The key, and how it is sent.
    key: Option<(IdempotencyKey, HeaderValue)>,
    attempts: u32,
    /// Attempts that may change something and have no end yet. An attempt whose future was
    /// dropped stays among them.
    in_flight: u32,
    ambiguous: bool,
    /// How the last attempt ended.
    status: Option<StatusCode>,
    error: Option<ErrorKind>,
    span: Option<telemetry::OpenSpan>,
}

impl State {
    fn key(&self) -> Option<IdempotencyKey> {
        Some(self.key.as_ref()?.0)
    }

    fn info(&self) -> CallInfo {
        CallInfo {
            idempotency_key: self.key(),
            attempts: self.attempts,
            outcome_unknown: self.ambiguous || self.in_flight > 0,
        }
    }

    fn close_span(&mut self) {
        if let Some(span) = self.span.take() {
            telemetry::close(span, self.info(), self.status, self.error);
        }
    }
}

impl Call {
    /// Creates the handle for one call.
    ///
    /// `idempotency_header` is the header in which the contract declares an idempotency key
    /// for the operation: the call then has a key, for any method. With `None` it has
    /// none, and a `POST` is not repeated. `method` decides whether an attempt can change
    /// something. `operation` is a name for the span of the feature `tracing`; it may be empty.
    pub fn new(
        operation: &'static str,
        method: Method,
        options: CallOptions,
        idempotency_header: Option<HeaderName>,
    ) -> Self {
        let state = State {
            ambiguous: options.retry_of_ambiguous && !method.is_safe(),
            ..State::default()
        };
        Self(Arc::new(Inner {
            options,
            idempotency_header,
            state: Mutex::new(state),
            operation,
            method,
            unsigned: AtomicBool::new(false),
        }))
    }

    /// Sends the call without a signature, as the contract declares an operation that anyone may
    /// call (`security: []`).
    #[must_use]
    pub fn without_signature(self) -> Self {
        self.0.unsigned.store(true, Ordering::Relaxed);
        self
    }

    /// Returns the name of the operation, as it was given: a layer can tell calls apart by it.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// Returns the header of the idempotency key, if the operation has one.
    pub fn idempotency_header(&self) -> Option<&HeaderName> {
        self.0.idempotency_header.as_ref()
    }

    /// Returns what is known about the call so far.
    pub fn info(&self) -> CallInfo {
        self.state().info()
    }

    /// Records that the call was carried out: a success arrived, with the body that the
    /// contract declares. This ends all ambiguity of earlier attempts.
    ///
    /// No layer does that. A status alone proves nothing after a failed attempt: a proxy may
    /// answer with 200 and a maintenance page.
    pub fn confirm(&self) {
        let mut state = self.state();
        state.ambiguous = false;
        state.in_flight = 0;
    }

    /// Records that the call may have been carried out, for instance because its success has
    /// a body that the contract does not declare. A safe call stays without effect.
    pub fn mark_ambiguous(&self) {
        self.state().ambiguous = !self.is_safe();
    }

    /// Returns whether the call changes nothing, as a `GET`.
    pub fn is_safe(&self) -> bool {
        self.0.method.is_safe()
    }

    /// Ends the call's span (feature `tracing`), with what is known now. Without it the span
    /// ends with the last handle, which a caller may keep for long with a response.
    pub fn end(&self) {
        self.state().close_span();
    }

    /// Returns the call of a request, and whether it was made here: one without gets one.
    pub(crate) fn of(request: &mut Request<crate::Body>) -> (Self, bool) {
        if let Some(call) = request.extensions().get::<Self>() {
            return (call.clone(), false);
        }
        let has_key = request.method() == Method::POST || request.headers().contains_key(HEADER);
        let header = has_key.then_some(HEADER);
        let call = Self::new("", request.method().clone(), CallOptions::new(), header);
        request.extensions_mut().insert(call.clone());
        (call, true)
    }

    pub(crate) fn is_unsigned(&self) -> bool {
        self.0.unsigned.load(Ordering::Relaxed)
    }

    pub(crate) fn key(&self) -> Option<IdempotencyKey> {
        self.state().key()
    }

    pub(crate) fn set_key(&self, key: IdempotencyKey, value: HeaderValue) {
        self.state().key = Some((key, value));
    }

    /// Makes the key of the call the only value of its header; returns whether there is one.
    pub(crate) fn apply_key(&self, request: &mut Request<crate::Body>) -> bool {
        match (&self.0.idempotency_header, &self.state().key) {
            (Some(name), Some((_, value))) => {
                let mut own = request.headers().get_all(name).iter();
                if (own.next(), own.next()) != (Some(value), None) {
                    request.headers_mut().insert(name, value.clone());
                }
                true
            }
            _ => false,
        }
    }

    /// Opens the call's span around the future of the layers.
    pub(crate) fn instrument<F: Future>(&self, future: F) -> Instrumented<F> {
        if !telemetry::ENABLED {
            return future.instrument(Span::none());
        }
        let mut state = self.state();
        let key = state.key();
        let open = || telemetry::open(self.0.operation, &self.0.method, key);
        let span = state.span.get_or_insert_with(open).0.clone();
        future.instrument(span)
    }

    /// Records that an attempt is handed over for sending.
    pub(crate) fn attempt_started(&self) {
        let mut state = self.state();
        state.attempts += 1;
        state.in_flight += u32::from(!self.is_safe());
    }

    /// Records how an attempt ended.
    pub(crate) fn attempt_ended(&self, end: Result<StatusCode, &Error>) {
        let mut state = self.state();
        if !self.is_safe() {
            state.in_flight = state.in_flight.saturating_sub(1);
            state.ambiguous |= outcome::of(end).1;
        }
        match end {
            Ok(status) => (state.status, state.error) = (Some(status), None),
            Err(error) => {
                (state.status, state.error) = (error.status(), Some(error.kind()));
                // It was handed over and refused there: nothing was sent.
                state.attempts -= u32::from(error.kind().is_unsent() && state.attempts > 0);
            }
        }
    }

    /// Records how the call ended for the outermost layer, which knows of attempts that no layer
    /// below has counted, or that a layer in between has hidden.
    pub(crate) fn ended_above(&self, end: Result<StatusCode, &Error>) {
        let mut state = self.state();
        match end {
            Ok(_) if state.attempts > 0 => {}
            Ok(_) => {
                drop(state);
                self.attempt_started();
                self.attempt_ended(end);
            }
            Err(error) => {
                let info = error.info();
                // The error of a layer in between hides what the attempts below have done.
                let hidden = state.attempts > 0 && !error.knows_call();
                state.ambiguous |= !self.is_safe() && (info.outcome_unknown || hidden);
                // Another handle counted them, when a layer in between dropped this one.
                state.attempts = state.attempts.max(info.attempts);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        state.unwrap_or_else(PoisonError::into_inner).close_span();
    }
}

/// What is known about a call at one moment, from [`Call::info`] or an [`Error`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallInfo {
    /// The key that all attempts were made with.
    pub idempotency_key: Option<IdempotencyKey>,
    /// How many times the request was handed over for sending.
    pub attempts: u32,
    /// Whether an attempt may have been carried out without a proof of it.
    ///
    /// Neither a later rejection ("already exists") nor a later 2xx ends this; see
    /// [`Call::confirm`]. Repeat the call with the same key, or get the object. Never true
    /// for safe methods such as `GET`.
    pub outcome_unknown: bool,
}
