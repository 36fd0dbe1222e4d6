//! The two places where the vendor runs the API, as the documentation lists them.

use std::fmt;

use bvnk_gen::{BaseUrl, InvalidBaseUrl};

/// One of the vendor's environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// The test environment, for synthetic people.
    Sandbox,
    /// The real thing.
    Production,
}

impl Environment {
    /// The address of the environment.
    ///
    /// ```
    /// # use bvnk::Environment;
    /// assert_eq!(Environment::Sandbox.url(), "https://api.sandbox.bvnk.com");
    /// ```
    pub fn url(self) -> &'static str {
        match self {
            Self::Sandbox => "https://api.sandbox.bvnk.com",
            Self::Production => "https://api.bvnk.com",
        }
    }

    pub(crate) fn base_url(self) -> Result<BaseUrl, InvalidBaseUrl> {
        self.url().parse()
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        })
    }
}
