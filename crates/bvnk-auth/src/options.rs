//! What travels beside a request and a response: the caller's wishes for one call on
//! the way down, what the layers know about it on the way up.
//!
//! It must not know what the layers do with either.

use std::sync::LazyLock;
use std::time::Duration;

use tower::{Layer, Service};
use url::Url;

use crate::{BoxError, BoxFuture, Error, IdempotencyKey};

/// Wishes for one call that differ from the client's policy.
///
/// They are carried in the request's `http` extensions, where
/// [`RetryLayer`](crate::RetryLayer) finds them, and the key in its header, where
/// [`IdempotencyLayer`](crate::IdempotencyLayer) does.
///
/// ```
/// use std::time::Duration;
/// use bvnk_auth::{CallOptions, IdempotencyKey};
///
/// let key = IdempotencyKey::random(); // store it before sending
/// let request = reqwest::Request::new(
///     reqwest::Method::POST,
///     "https://api.example.com/v1/customers".parse()?,
/// );
/// let request = CallOptions::new()
///     .idempotency_key(key)
///     .total_timeout(Duration::from_secs(5))
///     .attach(request)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct CallOptions {
    pub(crate) max_attempts: Option<u32>,
    pub(crate) total_timeout: Option<Duration>,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    pub(crate) after_doubt: bool,
}

impl CallOptions {
    /// No wishes: the policy holds.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many attempts, the first included; 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = Some(attempts.max(1));
        self
    }

    /// One attempt.
    pub fn no_retry(self) -> Self {
        self.max_attempts(1)
    }

    /// At most so much time for all attempts and the delays between them.
    pub fn total_timeout(mut self, limit: Duration) -> Self {
        self.total_timeout = Some(limit);
        self
    }

    /// At most so much time for each attempt.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = Some(limit);
        self
    }

    /// The call's key. It is sent whatever the method is; without a wish, only
    /// `POST` gets a key.
    pub fn idempotency_key(mut self, key: IdempotencyKey) -> Self {
        self.idempotency_key = Some(key);
        self
    }

    /// The call repeats one, with its key, whose outcome is unknown: so is this one's,
    /// until it succeeds. A refusal proves nothing then, as the server may refuse the key
    /// because it was used.
    pub fn after_doubt(mut self) -> Self {
        self.after_doubt = true;
        self
    }

    /// Puts these options into `request`, instead of any that it has. The key goes beside
    /// one that the request has already: two that differ are refused when it is sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) when reqwest
    /// refuses to convert the request.
    pub fn attach(self, mut request: reqwest::Request) -> Result<reqwest::Request, Error> {
        if let Some(key) = self.idempotency_key {
            key.put(&mut request)?;
        }
        let (request, _) = with_extensions(request, |extensions| extensions.insert(self))?;
        Ok(request)
    }

    /// These wishes, and `others` where there is none.
    fn or(self, others: &Self) -> Self {
        Self {
            max_attempts: self.max_attempts.or(others.max_attempts),
            total_timeout: self.total_timeout.or(others.total_timeout),
            attempt_timeout: self.attempt_timeout.or(others.attempt_timeout),
            idempotency_key: self.idempotency_key.or(others.idempotency_key),
            after_doubt: self.after_doubt || others.after_doubt,
        }
    }
}

/// Gives the same [`CallOptions`] to every request that passes; what a request has
/// already wins, option by option. It belongs outside all other layers.
///
/// An idempotency key among the options is left out: shared by many calls, it would
/// make the server take them for one.
#[derive(Clone, Debug, Default)]
pub struct CallOptionsLayer(CallOptions);

impl CallOptionsLayer {
    /// A layer that adds `options`.
    #[must_use]
    pub fn new(options: CallOptions) -> Self {
        Self(CallOptions {
            idempotency_key: None,
            ..options
        })
    }
}

impl<S> Layer<S> for CallOptionsLayer {
    type Service = CallOptionsService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        CallOptionsService {
            inner,
            options: self.0.clone(),
        }
    }
}

/// The service that [`CallOptionsLayer`] makes.
#[derive(Clone, Debug)]
pub struct CallOptionsService<S> {
    inner: S,
    options: CallOptions,
}

impl<S> Service<reqwest::Request> for CallOptionsService<S>
where
    S: Service<reqwest::Request, Response = reqwest::Response> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = BoxFuture;

    fn poll_ready(
        &mut self,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: reqwest::Request) -> BoxFuture {
        let options = self.options.clone();
        let merged = with_extensions(request, |extensions| {
            let own: CallOptions = extensions.remove().unwrap_or_default();
            extensions.insert(own.or(&options));
        });
        match merged {
            Ok((request, ())) => {
                let answer = self.inner.call(request);
                Box::pin(async move { answer.await.map_err(Into::into) })
            }
            Err(error) => Box::pin(async move { Err(error.into()) }),
        }
    }
}

/// What the layers know about a call that ended with an answer; it is in the
/// response's extensions.
///
/// ```
/// # fn read(response: &reqwest::Response) {
/// if let Some(info) = response.extensions().get::<bvnk_auth::CallInfo>() {
///     println!("{} after {} attempts", response.status(), info.attempts());
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallInfo {
    pub(crate) key: Option<IdempotencyKey>,
    pub(crate) attempts: u32,
    pub(crate) outcome_unknown: bool,
}

impl CallInfo {
    /// The key that all attempts were made with.
    #[must_use]
    pub fn idempotency_key(&self) -> Option<IdempotencyKey> {
        self.key
    }

    /// How many times the request was sent, the last included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether an attempt may have been carried out although this answer is no
    /// success. It stays true when a later attempt is rejected ("already exists"):
    /// repeat the call with the same key, or look the object up.
    #[must_use]
    pub fn outcome_unknown(&self) -> bool {
        self.outcome_unknown
    }
}

/// Goes through a conversion in a URL's place: a conversion parses it each time.
static STAND_IN: LazyLock<Option<Url>> = LazyLock::new(|| Url::parse("http://a").ok());

/// reqwest keeps a request's extensions to itself, but carries them through its
/// conversions from and to `http::Request`.
pub(crate) fn with_extensions<T>(
    mut request: reqwest::Request,
    access: impl FnOnce(&mut http::Extensions) -> T,
) -> Result<(reqwest::Request, T), Error> {
    let url = match &*STAND_IN {
        Some(stand_in) => std::mem::replace(request.url_mut(), stand_in.clone()),
        None => request.url().clone(),
    };
    let has_body = request.body().is_some();
    let mut request: http::Request<reqwest::Body> =
        request.try_into().map_err(Error::from_reqwest)?;
    let found = access(request.extensions_mut());
    if !request.extensions().is_empty() {
        let mut request: reqwest::Request = request.try_into().map_err(Error::from_reqwest)?;
        *request.url_mut() = url;
        return Ok((request, found));
    }
    // Nothing to carry, as nearly always: the way back without a conversion.
    let (parts, body) = request.into_parts();
    let mut request = reqwest::Request::new(parts.method, url);
    *request.headers_mut() = parts.headers;
    *request.version_mut() = parts.version;
    *request.body_mut() = has_body.then_some(body);
    Ok((request, found))
}
