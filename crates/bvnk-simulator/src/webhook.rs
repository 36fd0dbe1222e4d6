//! Webhooks as the vendor sends them: what is sent where, signed how, and again until it
//! is taken.
//!
//! This part is pure: the [`Simulator`](crate::Simulator) says which [`Attempt`]s are due
//! at a time and is told how each was answered; whoever owns it, such as the
//! [`Server`](crate::Server), carries them. The page says only that there are webhooks:
//! all of this is from the vendor's other pages, or was seen by integrations. It shares
//! no code with the client's verifier.

mod fault;
mod outbox;
mod sign;

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use http::uri::{Authority, Uri};
use http::{HeaderMap, HeaderValue};

pub use fault::{UnknownWebhookFault, WebhookFault};
pub(crate) use outbox::{Change, Outbox};
pub use sign::signature;

/// How webhooks are signed: HMAC-SHA256 in `x-signature`, in one of two schemes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signing {
    /// Over the path of the webhook's URL, the content type and the payload; in hex.
    #[default]
    Url,
    /// Over the payload alone; in base64.
    Payload,
}

/// Which of the two known events tells a customer's status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventForm {
    /// `bvnk:platform:customer:status-change`, with the customer as `reference`.
    #[default]
    Platform,
    /// `bvnk:customers:status-change`, with the customer as `customerId`.
    Customers,
}

/// Where webhooks go, and what they are like; for
/// [`Config::webhook`](crate::Config::webhook).
///
/// ```
/// use bvnk_simulator::Config;
/// use bvnk_simulator::webhook::{Signing, Webhook};
///
/// let webhook = Webhook::new("http://127.0.0.1:3000/hooks/bvnk", "a secret")?
///     .signing(Signing::Payload)
///     .pace(2);
/// let config = Config::default().webhook(webhook);
/// # let _ = config;
/// # Ok::<(), bvnk_simulator::webhook::InvalidWebhook>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct Webhook {
    authority: Authority,
    header: HeaderValue,
    target: String,
    path: String,
    secret: String,
    signing: Signing,
    form: EventForm,
    pace: Option<u64>,
}

impl Webhook {
    /// Sends events to `url`, signed with `secret`.
    ///
    /// # Errors
    ///
    /// When the URL is not an absolute `http` one: this server speaks no TLS.
    pub fn new(url: &str, secret: impl Into<String>) -> Result<Self, InvalidWebhook> {
        let uri: Uri = url.parse().map_err(|_| InvalidWebhook)?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http"));
        let authority = authority.ok_or(InvalidWebhook)?;
        Ok(Self {
            authority: authority.clone(),
            header: authority.as_str().parse().map_err(|_| InvalidWebhook)?,
            target: uri
                .path_and_query()
                .map_or("/", |it| it.as_str())
                .to_owned(),
            path: uri.path().to_owned(),
            secret: secret.into(),
            signing: Signing::default(),
            form: EventForm::default(),
            pace: None,
        })
    }

    /// By which scheme they are signed.
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// Which event tells a status.
    pub fn form(mut self, form: EventForm) -> Self {
        self.form = form;
        self
    }

    /// Moves each customer one step on every so many seconds, beside the looks that do so
    /// too: who listens does not ask. Not by default.
    pub fn pace(mut self, seconds: u64) -> Self {
        self.pace = Some(seconds.max(1));
        self
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("host", &self.authority.host())
            .field("path", &self.path)
            .field("signing", &self.signing)
            .field("form", &self.form)
            .field("pace", &self.pace)
            .finish_non_exhaustive()
    }
}

/// One sending of an event: a POST.
#[derive(Clone)]
#[non_exhaustive]
pub struct Attempt {
    /// The host to connect to.
    pub host: String,
    /// The port to connect to.
    pub port: u16,
    /// Path and query of the webhook's URL.
    pub target: String,
    /// The headers, the signature among them.
    pub headers: HeaderMap,
    /// The event.
    pub body: Bytes,
    letter: outbox::Letter,
}

impl Attempt {
    /// How often this event has been sent before.
    pub fn repeats(&self) -> u32 {
        self.letter.sent
    }
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body_bytes", &self.body.len())
            .field("repeats", &self.repeats())
            .finish_non_exhaustive()
    }
}

/// A URL that webhooks cannot be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidWebhook;

impl fmt::Display for InvalidWebhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a webhook needs an absolute http URL, such as http://127.0.0.1:3000/hooks/bvnk",
        )
    }
}

impl Error for InvalidWebhook {}
