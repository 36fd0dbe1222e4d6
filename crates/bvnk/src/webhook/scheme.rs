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
    covers: Covers,
    encoding: Encoding,
}

#[derive(Clone, PartialEq, Eq)]
enum Covers {
    All { url: String, signed: String },
    Payload,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Hex,
    Base64,
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
        let url = url.into();
        match Url::parse(&url) {
            Ok(parsed) if matches!(parsed.scheme(), "http" | "https") => Ok(Self {
                covers: Covers::All {
                    signed: parsed.path().to_owned(),
                    url,
                },
                encoding: Encoding::Hex,
            }),
            _ => Err(InvalidWebhookUrl),
        }
    }

    /// Creates the scheme whose signature covers the payload alone.
    pub fn payload() -> Self {
        Self {
            covers: Covers::Payload,
            encoding: Encoding::Base64,
        }
    }

    /// Expects the whole URL in the signature instead of its path. Has no effect on
    /// [`Scheme::payload`].
    #[must_use]
    pub fn whole_url(mut self) -> Self {
        if let Covers::All { url, signed } = &mut self.covers {
            signed.clone_from(url);
        }
        self
    }

    /// Expects the signature in hexadecimal digits, of either case.
    #[must_use]
    pub fn hex(mut self) -> Self {
        self.encoding = Encoding::Hex;
        self
    }

    /// Expects the signature in base64, with padding.
    #[must_use]
    pub fn base64(mut self) -> Self {
        self.encoding = Encoding::Base64;
        self
    }

    /// Whether the content type is signed, so that there must not be two.
    pub(super) fn covers_content_type(&self) -> bool {
        matches!(self.covers, Covers::All { .. })
    }

    /// Returns the bytes that are signed.
    pub(super) fn signed<'a>(&self, content_type: &[u8], payload: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.covers {
            Covers::All { signed, .. } => {
                [signed.as_bytes(), content_type, payload].concat().into()
            }
            Covers::Payload => payload.into(),
        }
    }

    /// Decodes a signature; `None` if it is encoded otherwise.
    pub(super) fn decode(&self, text: &[u8]) -> Option<Vec<u8>> {
        match self.encoding {
            Encoding::Base64 => STANDARD.decode(text).ok(),
            Encoding::Hex => {
                let digits: Option<Vec<u8>> = text.iter().map(|digit| nibble(*digit)).collect();
                let (pairs, rest) = digits.as_deref()?.as_chunks();
                let byte = |[high, low]: &[u8; 2]| high << 4 | low;
                rest.is_empty().then(|| pairs.iter().map(byte).collect())
            }
        }
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let covers = match self.covers {
            Covers::All { .. } => "URL, content type and payload",
            Covers::Payload => "payload",
        };
        f.debug_struct("Scheme")
            .field("covers", &covers)
            .field("encoding", &self.encoding)
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
