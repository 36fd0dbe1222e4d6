//! What a webhook's signature covers.

use std::fmt;

use url::Url;

/// How the deliveries of a webhook are signed. The vendor uses two schemes side by side;
/// neither is on the documentation page of this API.
///
/// | | covers | source |
/// |---|---|---|
/// | [`Scheme::url`] | the webhook's URL, the content type and the payload | vendor |
/// | [`Scheme::payload`] | the payload alone | vendor, its page on validating webhooks |
///
/// The signature may be in hex or in base64, which cannot be taken for each other.
///
/// ```
/// use bvnk::webhook::Scheme;
///
/// let url = Scheme::url("https://me.example/hooks/bvnk")?;
/// let payload = Scheme::payload();
/// # Ok::<(), bvnk::webhook::InvalidWebhookUrl>(())
/// ```
///
/// `Debug` does not show the URL, as some contain a token.
#[derive(Clone, PartialEq, Eq)]
pub struct Scheme {
    /// What is signed of the webhook's URL, with the content type: its path or all of it;
    /// `None` if the payload alone is signed.
    url: Option<[String; 2]>,
}

impl Scheme {
    /// Creates the scheme whose signature covers the webhook's URL, the content type and the
    /// payload.
    ///
    /// `url` is the one that the vendor was given. It is not taken from the request, which a
    /// proxy may have changed and a forger may choose. The vendor describes the whole URL, and
    /// signs only its path in its own integration: both are accepted.
    ///
    /// # Errors
    ///
    /// When it is not an `http` or `https` URL.
    pub fn url(url: impl Into<String>) -> Result<Self, InvalidWebhookUrl> {
        let text = url.into();
        let url = Url::parse(&text).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let path = url.ok_or(InvalidWebhookUrl)?.path().to_owned();
        Ok(Self {
            url: Some([path, text]),
        })
    }

    /// Creates the scheme whose signature covers the payload alone.
    pub fn payload() -> Self {
        Self { url: None }
    }

    /// Whether the content type is signed, so that there must not be two.
    pub(super) fn covers_content_type(&self) -> bool {
        self.url.is_some()
    }

    /// Returns whether `is_right` holds for bytes that may have been signed.
    pub(super) fn any_signed(
        &self,
        content_type: &[u8],
        payload: &[u8],
        is_right: impl Fn(&[u8]) -> bool,
    ) -> bool {
        match &self.url {
            Some(urls) => urls
                .iter()
                .any(|url| is_right(&[url.as_bytes(), content_type, payload].concat())),
            None => is_right(payload),
        }
    }
}

impl fmt::Debug for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheme")
            .field("covers_url", &self.url.is_some())
            .finish_non_exhaustive()
    }
}

/// The text is not an `http` or `https` URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the webhook's URL is not an absolute http or https URL; help: write it as in \
     https://me.example/hooks/bvnk"
)]
pub struct InvalidWebhookUrl;
