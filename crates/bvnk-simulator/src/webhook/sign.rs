//! The signature of a webhook.
//!
//! It must not know events: it signs bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Signing;

/// The value of `x-signature`, for a test that makes a delivery of its own. `path` is the
/// path of the webhook's URL.
pub fn signature(
    signing: Signing,
    secret: &str,
    path: &str,
    content_type: &str,
    body: &[u8],
) -> String {
    let covered: &[&[u8]] = match signing {
        Signing::Url => &[path.as_bytes(), content_type.as_bytes(), body],
        Signing::Payload => &[body],
    };
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    covered.iter().for_each(|part| mac.update(part));
    let mac = mac.finalize().into_bytes();
    match signing {
        Signing::Url => mac.iter().map(|byte| format!("{byte:02x}")).collect(),
        Signing::Payload => STANDARD.encode(mac),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `openssl dgst -sha256 -hmac s3cret` computes them.
    #[test]
    fn another_program_signs_the_same() {
        for (signing, signature_of_it) in [
            (
                Signing::Url,
                "47e38c25ea6dcea96bf4254ee2f528a8d47a8b76dd0f585ec885943fc15d1c92",
            ),
            (
                Signing::Payload,
                "rb3hzkDInBQhVofV12Kkffbfrvz61h4uhnGP/ISYVxs=",
            ),
        ] {
            let made = signature(signing, "s3cret", "/hooks", "application/json", b"{}");
            assert_eq!(made, signature_of_it);
        }
    }
}
