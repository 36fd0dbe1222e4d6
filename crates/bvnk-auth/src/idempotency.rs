//! One idempotency key per logical call: chosen once, above the retries, so that no
//! attempt can have another.
//!
//! It must not know how often a request is sent.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use tower::{Layer, Service};
use uuid::Uuid;

use crate::options::with_extensions;
use crate::runtime::{Runtime, SystemRuntime};
use crate::{BoxError, BoxFuture, CallInfo, Error, classify};

/// The key that makes repeating a call safe: a UUID, sent as 36 characters.
///
/// ```
/// use bvnk_auth::IdempotencyKey;
///
/// let key: IdempotencyKey = "5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f".parse()?;
/// assert_eq!(key.to_string(), "5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f");
/// assert!("5f0c1f1e6f3a4a0e9a530a1b2c3d4e5f".parse::<IdempotencyKey>().is_err());
/// # Ok::<(), bvnk_auth::InvalidIdempotencyKey>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdempotencyKey(Uuid);

impl IdempotencyKey {
    /// A key that no other call has. Store it before sending if the call may have to
    /// be repeated after a restart.
    #[must_use]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The key that always belongs to `id` (UUID version 5): a call that is made again
    /// for the same thing has the same key with nothing stored. `namespace` is a UUID
    /// of your own for one kind of call.
    ///
    /// ```
    /// use bvnk_auth::IdempotencyKey;
    /// use uuid::{Uuid, uuid};
    ///
    /// const CREATE: Uuid = uuid!("0d3f6b1c-3f0e-4f57-8d0a-6f2f5d4c9b21");
    /// assert_eq!(IdempotencyKey::derive(CREATE, "user-1"), IdempotencyKey::derive(CREATE, "user-1"));
    /// assert_ne!(IdempotencyKey::derive(CREATE, "user-1"), IdempotencyKey::derive(CREATE, "user-2"));
    /// ```
    #[must_use]
    pub fn derive(namespace: Uuid, id: &str) -> Self {
        Self(Uuid::new_v5(&namespace, id.as_bytes()))
    }

    /// The key as a UUID.
    #[must_use]
    pub fn as_uuid(&self) -> Uuid {
        self.0
    }

    /// Adds the key to a request, where the layer looks for it.
    pub(crate) fn put(self, request: &mut reqwest::Request) -> Result<(), Error> {
        // Beside any other: the layer refuses a request that has two.
        request.headers_mut().append(HEADER, self.header_value()?);
        Ok(())
    }

    fn header_value(self) -> Result<HeaderValue, Error> {
        let mut text = Uuid::encode_buffer();
        HeaderValue::from_str(self.0.hyphenated().encode_lower(&mut text))
            .map_err(|_| Error::invalid("the idempotency key is no header value"))
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.as_hyphenated(), f)
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Of the forms that a UUID can have, only the hyphenated one is so long.
        if text.len() != 36 {
            return Err(InvalidIdempotencyKey);
        }
        let uuid = Uuid::try_parse(text).map_err(|_| InvalidIdempotencyKey)?;
        Ok(Self(uuid))
    }
}

impl From<Uuid> for IdempotencyKey {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<IdempotencyKey> for Uuid {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

/// A text that is no idempotency key. It does not show the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidIdempotencyKey;

impl fmt::Display for InvalidIdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an idempotency key is a UUID of 36 characters, with hyphens")
    }
}

impl std::error::Error for InvalidIdempotencyKey {}

/// The key that stands in a header of another name, for the layers below.
#[derive(Clone, Copy)]
pub(crate) struct Applied(pub(crate) IdempotencyKey);

/// Where keys stand unless told otherwise.
const HEADER: HeaderName = HeaderName::from_static("x-idempotency-key");

/// The key of a request that has been through the layer, or whose caller set one. With
/// the usual header it need not travel twice: a request's extensions are dear to reach.
pub(crate) fn key_of(headers: &HeaderMap, applied: Option<Applied>) -> Option<IdempotencyKey> {
    if let Some(Applied(key)) = applied {
        return Some(key);
    }
    let mut values = headers.get_all(HEADER).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok()?.parse().ok(),
        _ => None,
    }
}

/// Gives each `POST` one key, in the header `X-Idempotency-Key`.
///
/// A key that the caller chose, by a header on the request or by
/// [`CallOptions::idempotency_key`](crate::CallOptions::idempotency_key), wins and is kept on any method. Only `POST` gets
/// a key by itself: `GET`, `PUT` and `DELETE` need none, and on `PATCH` a key would
/// claim a protection that the server may not give; whoever knows that it does sets
/// one.
///
/// The key comes back in [`CallInfo`] or in the [`Error`].
#[derive(Clone, Debug)]
pub struct IdempotencyLayer {
    header: HeaderName,
    runtime: Arc<dyn Runtime>,
}

impl IdempotencyLayer {
    /// A layer with the default header and the system's randomness.
    #[must_use]
    pub fn new() -> Self {
        Self {
            header: HEADER,
            runtime: SystemRuntime::shared(),
        }
    }

    /// Uses another header. A key in `X-Idempotency-Key` moves there.
    #[must_use]
    pub fn header(mut self, name: HeaderName) -> Self {
        self.header = name;
        self
    }

    /// Takes randomness from `runtime`.
    #[must_use]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Puts at most one key into `request`, and says which.
    fn apply(
        &self,
        mut request: reqwest::Request,
    ) -> Result<(reqwest::Request, Option<IdempotencyKey>), Error> {
        let needs_one = request.method() == Method::POST;
        let key = match self.own_key(request.headers())? {
            None if needs_one => Some(self.runtime.uuid().into()),
            own => own,
        };
        let Some(key) = key else {
            return Ok((request, None));
        };
        if self.header != HEADER {
            request.headers_mut().remove(HEADER);
            (request, _) = with_extensions(request, |extensions| extensions.insert(Applied(key)))?;
        }
        // `insert`: whatever was there, one header leaves.
        request
            .headers_mut()
            .insert(self.header.clone(), key.header_value()?);
        Ok((request, Some(key)))
    }

    /// The key that the caller put on the request, if it is one.
    fn own_key(&self, headers: &HeaderMap) -> Result<Option<IdempotencyKey>, Error> {
        let mut own = None;
        let usual = (self.header != HEADER).then(|| headers.get_all(HEADER));
        let values = headers.get_all(&self.header).iter();
        for value in values.chain(usual.iter().flatten()) {
            let key = value
                .to_str()
                .ok()
                .and_then(|text| text.trim().parse().ok());
            let Some(key) = key else {
                return Err(Error::invalid(
                    "its idempotency key must be a UUID of 36 characters, with hyphens",
                ));
            };
            if own.is_some_and(|other| other != key) {
                return Err(Error::invalid("it has two different idempotency keys"));
            }
            own = Some(key);
        }
        Ok(own)
    }
}

impl Default for IdempotencyLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for IdempotencyLayer {
    type Service = IdempotencyService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        IdempotencyService {
            inner,
            layer: Arc::new(self.clone()),
        }
    }
}

/// The service that [`IdempotencyLayer`] makes.
#[derive(Clone, Debug)]
pub struct IdempotencyService<S> {
    inner: S,
    layer: Arc<IdempotencyLayer>,
}

impl<S> Service<reqwest::Request> for IdempotencyService<S>
where
    S: Service<reqwest::Request, Response = reqwest::Response> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Response = reqwest::Response;
    type Error = BoxError;
    type Future = BoxFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: reqwest::Request) -> BoxFuture {
        let method = request.method().clone();
        let (request, key) = match self.layer.apply(request) {
            Ok(applied) => applied,
            Err(error) => return Box::pin(async move { Err(error.into()) }),
        };
        let answer = self.inner.call(request);
        Box::pin(async move {
            match answer.await {
                Ok(mut response) => {
                    let doubt = classify::status(response.status()).doubt && !method.is_safe();
                    // The retries below have said more, if there are any.
                    match response.extensions_mut().get_mut::<CallInfo>() {
                        Some(info) => info.key = key,
                        None => {
                            response.extensions_mut().insert(CallInfo {
                                key,
                                attempts: 1,
                                outcome_unknown: doubt,
                            });
                        }
                    }
                    Ok(response)
                }
                Err(error) => Err(Error::from_below(error, &method).with_key(key).into()),
            }
        })
    }
}
