//! The secret that a webhook's deliveries are signed with: checked when made, never
//! printed.
//!
//! It must not know what is signed.

use std::fmt;

use ring::hmac;
use zeroize::Zeroizing;

/// The secret of one webhook.
///
/// Clones share one key. `Debug` shows nothing of it. The copy of the text that is handed
/// to [`WebhookSecret::new`] is wiped; the key that the cryptographic library derives
/// from it stays in memory for as long as a clone is alive, and that library does not
/// promise to wipe it.
#[derive(Clone)]
pub struct WebhookSecret(hmac::Key);

impl WebhookSecret {
    /// Checks a secret, and makes it ready for HMAC-SHA256.
    ///
    /// The secret is used as text: it is neither base64 nor hex decoded.
    ///
    /// # Errors
    ///
    /// When it is empty, which would let everybody sign, or starts or ends with white
    /// space, such as the line break of a secrets file.
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
        // First of all, so that it is wiped on every way out.
        let secret = Zeroizing::new(secret.into());
        if secret.is_empty() {
            return Err(InvalidSecret("the webhook's secret is empty"));
        }
        if secret.trim().len() != secret.len() {
            return Err(InvalidSecret(
                "the webhook's secret starts or ends with white space: look for a line break",
            ));
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        Ok(Self(key))
    }

    /// Whether `signature` is that of `signed`. It takes as long for a wrong signature
    /// as for a right one.
    pub(super) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.0, signed, signature).is_ok()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookSecret").finish_non_exhaustive()
    }
}

/// Why a text is no webhook's secret. It never shows the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidSecret(&'static str);

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for InvalidSecret {}
