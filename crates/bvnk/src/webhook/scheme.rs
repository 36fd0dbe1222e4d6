//! What a webhook's signature covers, and how it is written.
//!
//! It must not know secrets.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

/// How the deliveries of a webhook are signed. Two schemes exist side by side; neither is
/// on the documentation's page of this API.
///
/// | | covers | written in |
/// |---|---|---|
/// | [`Scheme::url`] | the webhook's URL, the content type and the payload | hex |
/// | [`Scheme::payload`] | the payload alone | base64 |
///
/// The last column is what was seen; [`hex`](Self::hex) and [`base64`](Self::base64)
/// choose the other.
///
/// ```
/// use bvnk::webhook::Scheme;
///
/// let seen_in_the_vendor_s_own_integration = Scheme::url("https://me.example/hooks/bvnk")?;
/// let literal = Scheme::url("https://me.example/hooks/bvnk")?.whole_url();
/// let seen_in_other_integrations = Scheme::payload();
/// # Ok::<(), bvnk::webhook::InvalidWebhookUrl>(())
/// ```
///
/// `Debug` does not show the URL, in which some hide a token.
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
    /// The signature covers the webhook's URL, the content type and the payload.
    ///
    /// `url` is the one that the vendor was given. It is not taken from the request,
    /// which a proxy may have changed and a forger may choose. Only its path is signed,
    /// as the vendor's own integration does, unless [`whole_url`](Self::whole_url) is
    /// said.
    ///
    /// # Errors
    ///
    /// When it is no `http` or `https` URL.
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

    /// The signature covers the payload alone.
    pub fn payload() -> Self {
        Self {
            covers: Covers::Payload,
            encoding: Encoding::Base64,
        }
    }

    /// Takes the whole URL for signed, as it was given, and not its path alone. Without
    /// effect on [`Scheme::payload`].
    #[must_use]
    pub fn whole_url(mut self) -> Self {
        if let Covers::All { url, signed } = &mut self.covers {
            signed.clone_from(url);
        }
        self
    }

    /// The signature is written in hexadecimal digits, of either case.
    #[must_use]
    pub fn hex(mut self) -> Self {
        self.encoding = Encoding::Hex;
        self
    }

    /// The signature is written in base64, with padding.
    #[must_use]
    pub fn base64(mut self) -> Self {
        self.encoding = Encoding::Base64;
        self
    }

    /// Whether it covers the content type, so that there must not be two.
    pub(super) fn covers_content_type(&self) -> bool {
        matches!(self.covers, Covers::All { .. })
    }

    /// The bytes that are signed.
    pub(super) fn signed<'a>(&self, content_type: &[u8], payload: &'a [u8]) -> Cow<'a, [u8]> {
        match &self.covers {
            Covers::All { signed, .. } => {
                [signed.as_bytes(), content_type, payload].concat().into()
            }
            Covers::Payload => payload.into(),
        }
    }

    /// The bytes of a signature as it is written, if it is written so.
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

/// A text that is no `http` or `https` URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidWebhookUrl;

impl fmt::Display for InvalidWebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the webhook's URL must be absolute, such as https://me.example/hooks/bvnk")
    }
}

impl std::error::Error for InvalidWebhookUrl {}
