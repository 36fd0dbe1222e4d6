//! Hawk credentials: checked when they are created, never printed, and replaceable while
//! clients are running.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use hawk::{Key, SHA256};
use zeroize::Zeroizing;

/// Longer ids could push the header over Hawk's 4096 characters.
const LONGEST_ID: usize = 1024;

/// A Hawk id and the key that belongs to it.
///
/// Clones share one key, and the corrections of the clock. Keep one to
/// [`rotate`](Self::rotate) the key while clients are running. `Debug` shows the id and never the
/// key. The copy of the key's text that is handed to [`Credentials::new`] is wiped; the signing
/// key that the cryptographic library derives from it stays in memory for as long as a clone is
/// alive, and that library does not promise to wipe it.
#[derive(Clone)]
pub struct Credentials(Arc<RwLock<Arc<Signer>>>);

/// What an attempt is signed with, and what was learned with it. An attempt keeps it, so that a
/// late response cannot correct its successor's clock.
pub(crate) struct Signer {
    pub(crate) id: String,
    pub(crate) key: Key,
    /// By host and port. Only a server that has the key adds to it.
    offsets: Mutex<HashMap<String, i64>>,
}

impl Credentials {
    /// Checks an id and a key, and makes them ready for signing with SHA-256.
    ///
    /// The key is used as text: it is neither base64 nor hex decoded.
    ///
    /// # Errors
    ///
    /// When either is empty, begins or ends with white space, or holds anything but the
    /// characters that Hawk allows in a header: printable ASCII without `"` and `\` (source:
    /// mozilla/hawk, API document, "Header attributes"). So a stray line break or blank from
    /// a secrets file is found here and not by the server.
    ///
    /// ```
    /// use bvnk_auth::Credentials;
    ///
    /// let credentials = Credentials::new("dh37fgj492je", "werxhqb98rpaxn39848x")?;
    /// assert_eq!(credentials.id(), "dh37fgj492je");
    /// assert!(!format!("{credentials:?}").contains("werxhqb98rpaxn39848x"));
    /// assert!(Credentials::new("dh37fgj492je", "werxhqb98rpaxn39848x\n").is_err());
    /// # Ok::<(), bvnk_auth::InvalidCredentials>(())
    /// ```
    pub fn new(id: impl Into<String>, key: impl Into<String>) -> Result<Self, InvalidCredentials> {
        // First of all, so that the key is wiped on every way out.
        let key = Zeroizing::new(key.into());
        let id = id.into();
        check("id", &id)?;
        check("key", &key)?;
        let unusable = |_| InvalidCredentials {
            what: "key",
            problem: "is refused by the cryptographic library",
        };
        Ok(Self(Arc::new(RwLock::new(Arc::new(Signer {
            key: Key::new(key.as_bytes(), SHA256).map_err(unusable)?,
            id,
            offsets: Mutex::default(),
        })))))
    }

    /// Returns the public half.
    pub fn id(&self) -> String {
        self.current().id.clone()
    }

    /// Replaces id and key by those of `credentials`, in all clones: attempts in flight end with
    /// the old ones, the next attempt of the same call has the new ones. Clock corrections
    /// learned with the old ones are forgotten.
    ///
    /// ```
    /// use bvnk_auth::{Credentials, HawkLayer};
    ///
    /// let credentials = Credentials::new("old", "secret")?;
    /// let layer = HawkLayer::new(credentials.clone());
    /// credentials.rotate(&Credentials::new("new", "other secret")?);
    /// assert_eq!(credentials.id(), "new");
    /// # drop(layer);
    /// # Ok::<(), bvnk_auth::InvalidCredentials>(())
    /// ```
    pub fn rotate(&self, credentials: &Self) {
        // Before the lock: the credentials may be these.
        let new = credentials.current();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = new;
    }

    /// Returns what attempts are signed with now.
    pub(crate) fn current(&self) -> Arc<Signer> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// Seconds to add to this machine's clock when signing for `server`, which is computed
    /// only if any clock was corrected.
    pub(crate) fn offset(&self, server: impl FnOnce() -> String) -> i64 {
        let offsets = self.offsets();
        if offsets.is_empty() {
            return 0;
        }
        offsets.get(&server()).copied().unwrap_or(0)
    }

    pub(crate) fn set_offset(&self, server: String, seconds: i64) {
        self.offsets().insert(server, seconds);
    }

    fn offsets(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.offsets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check(what: &'static str, value: &str) -> Result<(), InvalidCredentials> {
    let problem = if value.is_empty() {
        "is empty"
    } else if value.trim().len() != value.len() {
        "begins or ends with white space; help: look for a line break in its file or variable"
    } else if !value.chars().all(is_legal) {
        "has a character that is not allowed; help: look for line breaks, quotes, backslashes and non-ASCII letters"
    } else if what == "id" && value.len() > LONGEST_ID {
        "is too long"
    } else {
        return Ok(());
    };
    Err(InvalidCredentials { what, problem })
}

/// What a Hawk header may carry between quotes.
fn is_legal(c: char) -> bool {
    matches!(c, ' '..='~') && c != '"' && c != '\\'
}

/// The error for an id or a key that Hawk cannot use. It never shows either of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Hawk {what} {problem}")]
pub struct InvalidCredentials {
    what: &'static str,
    problem: &'static str,
}
