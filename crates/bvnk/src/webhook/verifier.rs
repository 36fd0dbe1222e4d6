//! From the headers and the bytes of a delivery to an event, or to a refusal.
//!
//! It must not read a payload before its signature is found right.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bvnk_auth::{Runtime, SystemRuntime};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::{Event, Refusal, Scheme, WebhookSecret};

const SIGNATURE: HeaderName = HeaderName::from_static("x-signature");

/// How long the vendor may go on sending one event: 100 times, with at most 15 minutes in
/// between and 10 seconds for each answer.
const RETRIES: Duration = Duration::from_secs(100 * (15 * 60 + 10));

/// Tells deliveries of one webhook from forgeries. Clones are cheap.
#[derive(Clone)]
pub struct Verifier {
    accepted: Vec<(WebhookSecret, Scheme)>,
    max_age: Option<Duration>,
    runtime: Arc<dyn Runtime>,
}

impl Verifier {
    /// Accepts what is signed with this secret by this scheme.
    pub fn new(secret: WebhookSecret, scheme: Scheme) -> Self {
        Self {
            accepted: vec![(secret, scheme)],
            max_age: None,
            runtime: Arc::new(SystemRuntime::new()),
        }
    }

    /// Accepts what is signed with another secret or by another scheme too: while a
    /// secret is exchanged, or until it is known which scheme the webhook has.
    #[must_use]
    pub fn or(mut self, secret: WebhookSecret, scheme: Scheme) -> Self {
        self.accepted.push((secret, scheme));
        self
    }

    /// Refuses events that happened longer ago than `limit`, or do not tell when. There
    /// is no such limit unless told otherwise.
    ///
    /// The vendor sends an event again, unchanged, for about a day; that much is granted
    /// on top of `limit`, so that no limit loses an event. Against a delivery that
    /// somebody recorded and sends again, [`Seen`](super::Seen) helps at once; this makes
    /// sure that remembering ids for `limit` and a little more than a day is enough.
    #[must_use]
    pub fn max_age(mut self, limit: Duration) -> Self {
        self.max_age = Some(limit);
        self
    }

    /// Takes the time from `runtime`; for tests.
    #[must_use]
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.runtime = runtime;
        self
    }

    /// The event that a delivery tells. `payload` is the body as it came: what was parsed
    /// and written again is not what was signed.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says why it is not taken for one. An event that nobody knows is none
    /// of the reasons.
    pub fn event(&self, headers: &HeaderMap, payload: &[u8]) -> Result<Event, Refusal> {
        let signature = once(headers, &SIGNATURE, "x-signature")?.ok_or(Refusal::Unsigned)?;
        let mut refusal = Refusal::Encoding;
        for (secret, scheme) in &self.accepted {
            let Some(signature) = scheme.decode(signature.as_bytes()) else {
                continue;
            };
            let content_type = match scheme.covers_content_type() {
                true => once(headers, &CONTENT_TYPE, "content-type")?,
                false => None,
            };
            let content_type = content_type.map_or(&[][..], HeaderValue::as_bytes);
            // Nothing marks where the content type ends and the payload, an object,
            // begins: without this, bytes could move from the one to the other.
            let clear = !content_type.contains(&b'{');
            if clear && secret.verifies(&scheme.signed(content_type, payload), &signature) {
                let event = Event::read(payload, &signature).ok_or(Refusal::NoEvent)?;
                return self.young(event);
            }
            refusal = Refusal::Signature;
        }
        Err(refusal)
    }

    fn young(&self, event: Event) -> Result<Event, Refusal> {
        let Some(limit) = self.max_age else {
            return Ok(event);
        };
        let happened = event.timestamp().ok_or(Refusal::Old)?;
        // An event of the future has no age: whose clock is wrong is not known.
        let age = self
            .runtime
            .now()
            .duration_since(SystemTime::from(*happened))
            .unwrap_or_default();
        if age <= limit.saturating_add(RETRIES) {
            Ok(event)
        } else {
            Err(Refusal::Old)
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes: Vec<&Scheme> = self.accepted.iter().map(|(_, scheme)| scheme).collect();
        f.debug_struct("Verifier")
            .field("schemes", &schemes)
            .field("max_age", &self.max_age)
            .finish_non_exhaustive()
    }
}

/// The value of a header that may be there once.
fn once<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    told: &'static str,
) -> Result<Option<&'a HeaderValue>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    match values.next() {
        Some(_) => Err(Refusal::Repeated(told)),
        None => Ok(first),
    }
}
