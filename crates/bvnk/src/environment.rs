//! The two places where the vendor runs the API, as the documentation lists them.

use bvnk_gen::SERVERS;

/// One of the vendor's environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// The test environment, for synthetic people.
    Sandbox,
    /// The environment of real customers.
    Production,
}

impl Environment {
    /// Returns the address of the environment.
    ///
    /// ```
    /// # use bvnk::Environment;
    /// assert_eq!(Environment::Sandbox.url(), "https://api.sandbox.bvnk.com");
    /// ```
    pub fn url(self) -> &'static str {
        // In the order of the contract. One that lists a single server has that for both.
        let (sandbox, production) = match SERVERS {
            [] => ("", ""),
            [only] => (*only, *only),
            [sandbox, production, ..] => (*sandbox, *production),
        };
        match self {
            Self::Sandbox => sandbox,
            Self::Production => production,
        }
    }

    /// Returns the vendor's environment at a host, if there is one. Tools use it to refuse
    /// production: `bvnk.com`, `www.bvnk.com` and every other host below `bvnk.com` that is
    /// not the sandbox's count as production, with or without a trailing dot.
    ///
    /// ```
    /// # use bvnk::Environment;
    /// assert_eq!(Environment::from_host("WWW.bvnk.com."), Some(Environment::Production));
    /// assert_eq!(Environment::from_host("api.sandbox.bvnk.com"), Some(Environment::Sandbox));
    /// assert_eq!(Environment::from_host("bvnk.com.example"), None);
    /// ```
    pub fn from_host(host: &str) -> Option<Self> {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let below = |domain: &str| {
            host.strip_suffix(domain)
                .is_some_and(|name| name.is_empty() || name.ends_with('.'))
        };
        if below("sandbox.bvnk.com") {
            Some(Self::Sandbox)
        } else {
            below("bvnk.com").then_some(Self::Production)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_the_vendor_are_recognised() {
        use Environment::{Production, Sandbox};
        for (host, environment) in [
            ("api.bvnk.com", Some(Production)),
            ("bvnk.com", Some(Production)),
            ("www.bvnk.com", Some(Production)),
            ("API.BVNK.COM.", Some(Production)),
            ("eu.api.bvnk.com", Some(Production)),
            ("api.sandbox.bvnk.com", Some(Sandbox)),
            ("sandbox.bvnk.com", Some(Sandbox)),
            ("notsandbox.bvnk.com", Some(Production)),
            ("notbvnk.com", None),
            ("bvnk.com.example", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(Environment::from_host(host), environment, "{host}");
        }
    }
}
