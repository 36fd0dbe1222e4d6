//! Webhooks as the vendor sends them: at each change of a status, signed, and again until
//! they are answered 200.
//!
//! The [`Simulator`](crate::Simulator) returns which [`Delivery`]s are due at a time and
//! records how each was answered; the [`Server`](crate::Server) sends them. The customers page
//! states only that there are webhooks; the rest is from the vendor's other pages, or was
//! observed by integrations. No code is shared with the client's verifier.

mod dispatcher;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Uri};

pub use crate::fault::WebhookFault;
use crate::hawk::{digest, hex};
use crate::hidden::Hidden;
pub(crate) use dispatcher::Dispatcher;

/// How webhooks are signed: HMAC-SHA256 in `x-signature`, in one of two schemes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signing {
    /// Over the path of the webhook's URL, the content type and the payload; in hex.
    #[default]
    UrlPath,
    /// Over the payload alone; in base64.
    Payload,
}

/// The name of the event that reports a status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventName {
    /// `platform:accounts:customer:status-change`.
    #[default]
    Accounts,
    /// `bvnk:platform:customer:status-change`, an older name.
    Platform,
    /// `bvnk:customers:status-change`, the oldest name, with the customer as `customerId`.
    Customers,
}

/// Where webhooks are sent to, and in which form; for
/// [`Config::webhook`](crate::Config::webhook).
///
/// ```
/// use bvnk_simulator::Config;
/// use bvnk_simulator::webhook::{Signing, Webhook};
///
/// let webhook = Webhook::new("http://127.0.0.1:3000/hooks/bvnk", "a secret")?
///     .signing(Signing::Payload)
///     .advance_every(2);
/// let config = Config { webhook: Some(webhook), ..Config::default() };
/// # let _ = config;
/// # Ok::<(), bvnk_simulator::webhook::InvalidWebhook>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Webhook {
    uri: Hidden<Uri>,
    secret: Hidden<String>,
    signing: Signing,
    event: EventName,
    pub(crate) interval: Option<u64>,
}

impl Webhook {
    /// Sends events to `url`, signed with `secret`.
    ///
    /// # Errors
    ///
    /// When the URL is not an absolute `http` one, as the server has no TLS, or names a user.
    pub fn new(url: &str, secret: impl Into<String>) -> Result<Self, InvalidWebhook> {
        let uri = url.parse().ok();
        let is_usable = |uri: &Uri| {
            // Who may log in there is nothing to print, or to send as a host.
            let user = uri.authority().is_none_or(|it| it.as_str().contains('@'));
            uri.scheme_str() == Some("http") && !user
        };
        let uri = uri.filter(is_usable);
        Ok(Self {
            uri: Hidden(uri.ok_or(InvalidWebhook)?),
            secret: Hidden(secret.into()),
            signing: Signing::default(),
            event: EventName::default(),
            interval: None,
        })
    }

    /// Sets the scheme of the signature.
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// Sets the event that reports a status.
    pub fn event(mut self, event: EventName) -> Self {
        self.event = event;
        self
    }

    /// Moves each customer to its next status every so many seconds, in addition to the GETs
    /// that do so. Off by default.
    pub fn advance_every(mut self, seconds: u64) -> Self {
        self.interval = Some(seconds.max(1));
        self
    }

    /// Returns the value of `x-signature` for a body, for a test that makes a delivery by
    /// itself.
    pub fn signature(&self, body: &[u8]) -> String {
        self.signed_with(&self.secret.0, body)
    }

    fn signed_with(&self, secret: &str, body: &[u8]) -> String {
        let path = self.uri.0.path().as_bytes();
        let covered: &[&[u8]] = match self.signing {
            Signing::UrlPath => &[path, dispatcher::JSON.as_bytes(), body],
            Signing::Payload => &[body],
        };
        let mac = digest(secret.as_bytes(), covered);
        match self.signing {
            Signing::UrlPath => hex(&mac),
            Signing::Payload => STANDARD.encode(mac),
        }
    }
}

/// A change of a status that is about to be reported.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StatusChange {
    /// The customer.
    pub reference: String,
    /// The status before.
    pub before: String,
    /// The status after.
    pub status: String,
    /// When it changed, in Unix seconds.
    pub now: u64,
    /// Where it is reported.
    pub webhook: Webhook,
    /// The id of the operation that created the customer.
    pub(crate) operation: String,
}

/// One POST of an event.
#[derive(Clone)]
#[non_exhaustive]
pub struct Delivery {
    /// When it is due, in Unix seconds.
    pub due: u64,
    /// The headers, with the signature.
    pub headers: HeaderMap,
    /// The event.
    pub body: Bytes,
    /// Whether it is sent again if it is not answered 200.
    pub retry: bool,
    webhook: Webhook,
    /// Whether it goes before those that were queued earlier for the same time.
    reversed: bool,
    repeats: u32,
}

impl Delivery {
    /// Returns the webhook's URL.
    pub fn uri(&self) -> &Uri {
        &self.webhook.uri.0
    }

    /// Returns how often this event was sent before.
    pub fn repeats(&self) -> u32 {
        self.repeats
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("due", &self.due)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("retry", &self.retry)
            .field("repeats", &self.repeats)
            .finish_non_exhaustive()
    }
}

/// A URL that webhooks cannot be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the webhook's URL is not an absolute http URL, or names a user\nhelp: use one such as http://127.0.0.1:3000/hooks/bvnk"
)]
pub struct InvalidWebhook;
