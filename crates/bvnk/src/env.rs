//! Settings from environment variables. No variable's value is shown.

use std::ffi::OsString;

use bvnk_auth::Credentials;

use crate::{BuildError, ClientBuilder};

const ID: &str = "BVNK_HAWK_ID";
const KEY: &str = "BVNK_HAWK_KEY";
const BASE_URL: &str = "BVNK_BASE_URL";

impl ClientBuilder {
    /// Reads the credentials from the environment variables `BVNK_HAWK_ID` and
    /// `BVNK_HAWK_KEY`, and the base URL from `BVNK_BASE_URL` if it is set.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the variable that is missing or invalid, never its value. A
    /// variable that is set but is empty or not UTF-8 is invalid: a base URL that cannot be
    /// read never means the sandbox.
    pub fn env(self) -> Result<Self, BuildError> {
        self.variables(|name| std::env::var_os(name))
    }

    fn variables(self, get: impl Fn(&str) -> Option<OsString>) -> Result<Self, BuildError> {
        let read = |name: &'static str| match get(name).map(OsString::into_string) {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(BuildError::InvalidVariable(name, "it is not UTF-8".into())),
        };
        let required = |name| read(name)?.ok_or(BuildError::MissingVariable(name));
        let credentials = Credentials::new(required(ID)?, required(KEY)?).map_err(|error| {
            BuildError::InvalidVariable("BVNK_HAWK_ID or BVNK_HAWK_KEY", error.into())
        })?;
        let this = self.credentials(credentials);
        match read(BASE_URL)? {
            Some(url) => match url.parse() {
                Ok(url) => Ok(this.base_url(url)),
                Err(error) => Err(BuildError::InvalidVariable(BASE_URL, Box::new(error))),
            },
            None => Ok(this),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Client, Environment};

    fn from(variables: &[(&str, OsString)]) -> Result<Client, BuildError> {
        Client::builder()
            .variables(|name| {
                let found = variables.iter().find(|(given, _)| *given == name);
                found.map(|(_, value)| value.clone())
            })?
            .build()
    }

    fn texts(variables: &[(&'static str, &str)]) -> Vec<(&'static str, OsString)> {
        let owned = |(name, value): &(&'static str, &str)| (*name, OsString::from(value));
        variables.iter().map(owned).collect()
    }

    #[test]
    fn the_sandbox_is_called_if_no_base_url_is_set() {
        let client = from(&texts(&[(ID, "id"), (KEY, "key")])).unwrap();
        assert_eq!(client.base_url().as_str(), Environment::Sandbox.url());
        let other = [
            (ID, "id"),
            (KEY, "key"),
            (BASE_URL, "http://localhost:1/p/"),
        ];
        let client = from(&texts(&other)).unwrap();
        assert_eq!(client.base_url().as_str(), "http://localhost:1/p");
    }

    #[test]
    fn errors_name_the_variable_without_its_value() {
        for (variables, named) in [
            (&[(KEY, "s3cret")][..], ID),
            (&[(ID, "id")][..], KEY),
            (&[(ID, "id"), (KEY, "")][..], KEY),
            (&[(ID, "s3cret\"quoted"), (KEY, "key")][..], ID),
            (
                &[(ID, "id"), (KEY, "key"), (BASE_URL, "https://u:s3cret@h")][..],
                BASE_URL,
            ),
            (
                &[(ID, "id"), (KEY, "key"), (BASE_URL, "s3cret:rest@h")][..],
                BASE_URL,
            ),
            (&[(ID, "id"), (KEY, "key"), (BASE_URL, "")][..], BASE_URL),
        ] {
            let error = from(&texts(variables)).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(text.contains(named), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
        assert!(matches!(
            Client::builder().build(),
            Err(BuildError::MissingCredentials)
        ));
    }

    /// A base URL of other bytes was taken for none once, and the sandbox was called.
    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_not_utf_8_is_an_error() {
        use std::os::unix::ffi::OsStringExt;
        for name in [ID, KEY, BASE_URL] {
            let mut variables = texts(&[(ID, "id"), (KEY, "key"), (BASE_URL, "https://h")]);
            for (given, value) in &mut variables {
                if *given == name {
                    *value = OsString::from_vec(b"https://\xff".to_vec());
                }
            }
            let error = from(&variables).unwrap_err();
            assert!(
                matches!(error, BuildError::InvalidVariable(given, _) if given == name),
                "{name}: {error:?}"
            );
        }
    }
}
