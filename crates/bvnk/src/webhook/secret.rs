//! The secret that a webhook's deliveries are signed with: checked when created, never
//! printed.

use ring::hmac;
use zeroize::Zeroizing;

/// The secret of one webhook.
///
/// Clones share one key. `Debug` shows the algorithm alone. The text that is passed to
/// [`WebhookSecret::new`] is wiped; the key that the cryptographic library derives from it
/// stays in memory while a clone is alive, and that library does not promise to wipe it.
#[derive(Clone, Debug)]
pub struct WebhookSecret(hmac::Key);

impl WebhookSecret {
    /// Checks a secret and prepares it for HMAC-SHA256.
    ///
    /// The secret is used as text: it is neither base64 nor hex decoded.
    ///
    /// # Errors
    ///
    /// When it is empty, which would let anyone sign, or starts or ends with white space,
    /// such as the line break of a secrets file.
    ///
    /// ```
    /// use bvnk::webhook::WebhookSecret;
    ///
    /// let secret = WebhookSecret::new("s3cret")?;
    /// assert!(!format!("{secret:?}").contains("s3cret"));
    /// assert!(WebhookSecret::new("s3cret\n").is_err());
    /// # Ok::<(), bvnk::webhook::InvalidSecret>(())
    /// ```
    pub fn new(secret: impl Into<String>) -> Result<Self, InvalidSecret> {
        // First, so that it is wiped on every path.
        let secret = Zeroizing::new(secret.into());
        if secret.is_empty() {
            return Err(InvalidSecret("the webhook's secret is empty"));
        }
        if secret.trim().len() != secret.len() {
            return Err(InvalidSecret(
                "the webhook's secret starts or ends with white space; help: look for a line break",
            ));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Ok(Self(key))
    }

    /// Whether `signature` is that of `signed`, compared in constant time.
    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.0, signed, signature).is_ok()
    }
}

/// Why a text is not a webhook's secret. It never shows the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSecret(&'static str);
