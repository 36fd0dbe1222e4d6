//! Verifies the headers and bytes of a delivery. A payload is parsed only after its signature
//! was found right.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bvnk_auth::{Runtime, SystemRuntime};
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::{Event, Scheme, VerificationError, WebhookSecret};

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

/// How long the vendor may send one event: 100 times, with at most 15 minutes in between and
/// 10 seconds for each response.
const RETRIES: Duration = Duration::from_secs(100 * (15 * 60 + 10));

/// Verifies deliveries of one webhook. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Verifier {
    accepted: Vec<(WebhookSecret, Scheme)>,
    max_age: Option<Duration>,
    runtime: Arc<dyn Runtime>,
}

impl Verifier {
    /// Creates a verifier that accepts deliveries signed with this secret and scheme.
    pub fn new(secret: WebhookSecret, scheme: Scheme) -> Self {
        Self {
            accepted: vec![(secret, scheme)],
            max_age: None,
            runtime: Arc::new(SystemRuntime),
        }
    }

    /// Also accepts deliveries signed with another secret or scheme: while a secret is
    /// replaced, or until it is known which scheme the webhook uses.
    #[must_use]
    pub fn accept_also(mut self, secret: WebhookSecret, scheme: Scheme) -> Self {
        self.accepted.push((secret, scheme));
        self
    }

    /// Rejects events that happened longer ago than `limit`, or have no time. By default
    /// there is no limit.
    ///
    /// The vendor sends an event again, unchanged, for about a day; that time is added to
    /// `limit`, so that no limit loses an event. A [`Deduplicator`](super::Deduplicator)
    /// rejects a delivery that was recorded and is sent again; with this limit, it needs to
    /// remember ids only for `limit` and a little more than a day.
    #[must_use]
    pub fn max_age(mut self, limit: Duration) -> Self {
        self.max_age = Some(limit);
        self
    }

    /// Sets the source of time, for tests.
    #[must_use]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// Verifies a delivery and returns its event. `payload` is the body as received: JSON
    /// that was parsed and serialized again is not what was signed.
    ///
    /// # Errors
    ///
    /// [`VerificationError`] says why the delivery is rejected. An unknown event is not an
    /// error.
    pub fn verify(&self, headers: &HeaderMap, payload: &[u8]) -> Result<Event, VerificationError> {
        let signature =
            once(headers, &SIGNATURE, "x-signature")?.ok_or(VerificationError::MissingSignature)?;
        let signature = decode(signature.as_bytes()).ok_or(VerificationError::InvalidEncoding)?;
        for (secret, scheme) in &self.accepted {
            let content_type = match scheme.covers_content_type() {
                true => once(headers, &CONTENT_TYPE, "content-type")?,
                false => None,
            };
            let content_type = content_type.map_or(&[][..], HeaderValue::as_bytes);
            // Nothing marks where the content type ends and the payload, an object,
            // begins: without this, bytes could move from the one to the other.
            let clear = !content_type.contains(&b'{');
            let is_right = |signed: &[u8]| secret.verifies(signed, &signature);
            if clear && scheme.any_signed(content_type, payload, is_right) {
                let event =
                    Event::read(payload, &signature).ok_or(VerificationError::NotAnEvent)?;
                return self.check_age(event);
            }
        }
        Err(VerificationError::WrongSignature)
    }

    fn check_age(&self, event: Event) -> Result<Event, VerificationError> {
        let Some(limit) = self.max_age else {
            return Ok(event);
        };
        let happened = event.timestamp().ok_or(VerificationError::TooOld)?;
        // An event in the future has no age: either clock may be wrong.
        let age = self
            .runtime
            .now()
            .duration_since(SystemTime::from(*happened))
            .unwrap_or_default();
        if age <= limit.saturating_add(RETRIES) {
            Ok(event)
        } else {
            Err(VerificationError::TooOld)
        }
    }
}

/// Decodes a signature: 64 hexadecimal digits are one of SHA-256, and no base64 of one.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() != 64 {
        return STANDARD.decode(text).ok();
    }
    let digit = |digit: &u8| char::from(*digit).to_digit(16);
    let pairs = text.chunks(2);
    pairs
        .map(|pair| u8::try_from(digit(&pair[0])? << 4 | digit(pair.get(1)?)?).ok())
        .collect()
}

/// Returns the value of a header that may occur once.
fn once<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    name_in_error: &'static str,
) -> Result<Option<&'a HeaderValue>, VerificationError> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    match values.next() {
        Some(_) => Err(VerificationError::RepeatedHeader(name_in_error)),
        None => Ok(first),
    }
}
