//! What a webhook's signature covers, and how it is encoded.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::Url;

/// How the deliveries of a webhook are signed. The vendor uses two schemes side by side;
/// neither is on the documentation page of this API.
///
/// | | covers | encoding | source |
/// |---|---|---|---|
/// | [`Scheme::url`] | the webhook's URL, the content type and the payload | hex | vendor; the encoding from its integration |
/// | [`Scheme::payload`] | the payload alone | base64 | vendor, its page on validating webhooks |
///
/// [`hex`](Self::hex) and [`base64`](Self::base64) choose the other encoding.
///
/// ```
/// use bvnk::webhook::Scheme;
///
/// let path_only = Scheme::url("https://me.example/hooks/bvnk")?;
/// let whole_url = Scheme::url("https://me.example/hooks/bvnk")?.whole_url();
/// let payload = Scheme::payload();
/// # Ok::<(), bvnk::webhook::InvalidWebhookUrl>(())
/// ```
///
/// `Debug` does not show the URL, as some contain a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Scheme {
    /// The webhook's URL and the part of it that is signed, with the content type; `None` if
    /// the payload alone is signed.
    url: Option<(String, String)>,
    /// Whether the signature is in base64, and not in hex.
    base64: bool,
}

impl Scheme {
    /// Creates the scheme whose signature covers the webhook's URL, the content type and the
    /// payload.
    ///
    /// `url` is the one that the vendor was given. It is not taken from the request, which a
    /// proxy may have changed and a forger may choose. Only its path is signed, as in the
    /// vendor's own integration; see [`whole_url`](Self::whole_url).
    ///
    /// # Errors
    ///
    /// When it is not an `http` or `https` URL.
    pub fn url(url: impl Into<String>) -> Result<Self, InvalidWebhookUrl> {
        let text = url.into();
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or(InvalidWebhookUrl)?;
        let path = url.path().to_owned();
        Ok(Self {
            url: Some((text, path)),
            base64: false,
        })
    }

    /// Creates the scheme whose signature covers the payload alone.
    pub fn payload() -> Self {
        Self {
            url: None,
            base64: true,
        }
    }

    /// Expects the whole URL in the signature instead of its path. Has no effect on
    /// [`Scheme::payload`].
    #[must_use]
    pub fn whole_url(mut self) -> Self {
        if let Some((url, signed)) = &mut self.url {
            signed.clone_from(url);
        }
        self
    }

    /// Expects the signature in hexadecimal digits, of either case.
    #[must_use]
    pub fn hex(mut self) -> Self {
        self.base64 = false;
        self
    }

    /// Expects the signature in base64, with padding.
    #[must_use]
    pub fn base64(mut self) -> Self {
        self.base64 = true;
        self
    }

    /// Whether the content type is signed, so that there must not be two.
    pub(super) fn covers_content_type(&self) -> bool {
        self.url.is_some()
    }

    /// Returns the bytes that are signed.
    pub(super) fn signed<'a>(&self, content_type: &[u8], payload: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.url {
            Some((_, signed)) => [signed.as_bytes(), content_type, payload].concat().into(),
            None => payload.into(),
        }
    }

    /// Decodes a signature; `None` if it is encoded otherwise.
    pub(super) fn decode(&self, text: &[u8]) -> Option<Vec<u8>> {
        if self.base64 {
            return STANDARD.decode(text).ok();
        }
        let digits: Option<Vec<u8>> = text.iter().map(|digit| nibble(*digit)).collect();
        let (pairs, rest) = digits.as_deref()?.as_chunks();
        let byte = |[high, low]: &[u8; 2]| high << 4 | low;
        rest.is_empty().then(|| pairs.iter().map(byte).collect())
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheme")
            .field("covers_url", &self.url.is_some())
            .field("base64", &self.base64)
            .finish()
    }
}

fn nibble(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

/// The text is not an `http` or `https` URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the webhook's URL is not an absolute http or https URL; help: write it as in \
     https://me.example/hooks/bvnk"
)]
pub struct InvalidWebhookUrl;
