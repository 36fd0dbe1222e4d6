//! The idempotency key.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use uuid::{Uuid, uuid};

use crate::Error;
use crate::runtime::random_uuid;

/// The namespace of [`IdempotencyKey::derive_from`]. It must never change.
const OPERATIONS: Uuid = uuid!("969878d6-4232-4cab-afea-e1aa53a9d515");

/// The key that makes repeating a call safe: a UUID, sent as 36 characters.
///
/// ```
/// use bvnk_auth::IdempotencyKey;
///
/// let key: IdempotencyKey = "5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f".parse()?;
/// assert_eq!(key.to_string(), "5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f");
/// assert!("5f0c1f1e6f3a4a0e9a530a1b2c3d4e5f".parse::<IdempotencyKey>().is_err());
/// # Ok::<(), bvnk_auth::InvalidIdempotencyKey>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdempotencyKey(Uuid);

impl IdempotencyKey {
    /// Creates a key that no other call has. Store it before sending if the call may have to
    /// be repeated after a restart.
    pub fn random() -> Self {
        Self(random_uuid())
    }

    /// Derives the key that always belongs to `id` (UUID version 5), so that a call that is
    /// made again for the same thing has the same key with nothing stored. `namespace` is a
    /// UUID of your own for one kind of call.
    ///
    /// The result never changes between versions of this crate: a repetition across an
    /// upgrade must not create a second object.
    ///
    /// ```
    /// use bvnk_auth::IdempotencyKey;
    /// use uuid::{Uuid, uuid};
    ///
    /// const CREATE: Uuid = uuid!("0d3f6b1c-3f0e-4f57-8d0a-6f2f5d4c9b21");
    /// let key = IdempotencyKey::derive(CREATE, "user-1");
    /// assert_eq!(key.to_string(), "7499c837-68ca-5deb-b3a4-03e669ce394a");
    /// ```
    pub fn derive(namespace: Uuid, id: &str) -> Self {
        Self(Uuid::new_v5(&namespace, id.as_bytes()))
    }

    /// Derives the key of one operation for one business object, without a UUID of your own.
    ///
    /// The result depends on both texts to the byte and never changes between versions. It
    /// differs from every key of [`derive`](Self::derive) with a namespace of your own. Two
    /// services that share an account must not use the same pair for different objects: put
    /// the service's name into `operation`.
    ///
    /// ```
    /// use bvnk_auth::IdempotencyKey;
    ///
    /// let key = IdempotencyKey::derive_from("create-customer", "user-7");
    /// assert_eq!(key.to_string(), "d91f3cdc-fd4b-5e99-95e3-78e4fb8104be");
    /// ```
    pub fn derive_from(operation: &str, business_id: &str) -> Self {
        // Twice, so that the border between the texts counts.
        let operation = Uuid::new_v5(&OPERATIONS, operation.as_bytes());
        Self::derive(operation, business_id)
    }

    /// Returns the key as a header's value.
    pub(crate) fn value(self) -> Result<HeaderValue, Error> {
        let mut text = Uuid::encode_buffer();
        HeaderValue::from_str(self.0.hyphenated().encode_lower(&mut text))
            .map_err(|_| Error::invalid("the idempotency key is not a header value"))
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.as_hyphenated(), f)
    }
}

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Of the forms that a UUID can have, only the hyphenated one is so long.
        if text.len() != 36 {
            return Err(InvalidIdempotencyKey);
        }
        let uuid = Uuid::try_parse(text).map_err(|_| InvalidIdempotencyKey)?;
        Ok(Self(uuid))
    }
}

impl From<Uuid> for IdempotencyKey {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<IdempotencyKey> for Uuid {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

/// The error for a text that is not an idempotency key. It does not show the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an idempotency key is a UUID of 36 characters, with hyphens")]
#[non_exhaustive]
pub struct InvalidIdempotencyKey;
