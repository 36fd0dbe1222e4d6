//! Settings from environment variables. It must not show a variable's value.

use bvnk_auth::Credentials;

use crate::{BuildError, ClientBuilder};

const ID: &str = "BVNK_HAWK_ID";
const KEY: &str = "BVNK_HAWK_KEY";
const BASE_URL: &str = "BVNK_BASE_URL";

impl ClientBuilder {
    /// Takes credentials, and the base URL if set, from the environment variables
    /// `BVNK_HAWK_ID`, `BVNK_HAWK_KEY` and `BVNK_BASE_URL`.
    ///
    /// # Errors
    ///
    /// [`BuildError`] names the variable that is missing or wrong, never its value.
    pub fn env(self) -> Result<Self, BuildError> {
        self.variables(|name| std::env::var(name).ok())
    }

    fn variables(self, get: impl Fn(&str) -> Option<String>) -> Result<Self, BuildError> {
        let needed = |name: &'static str| get(name).ok_or(BuildError::MissingVariable(name));
        let credentials = Credentials::new(needed(ID)?, needed(KEY)?).map_err(|error| {
            BuildError::InvalidVariable("BVNK_HAWK_ID or BVNK_HAWK_KEY", error.into())
        })?;
        let this = self.credentials(credentials);
        match get(BASE_URL) {
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

    fn from(variables: &[(&str, &str)]) -> Result<Client, BuildError> {
        Client::builder()
            .variables(|name| {
                variables
                    .iter()
                    .find(|(given, _)| *given == name)
                    .map(|(_, value)| (*value).to_owned())
            })?
            .build()
    }

    #[test]
    fn variables_make_a_client_of_the_sandbox_unless_they_name_another_place() {
        let client = from(&[(ID, "id"), (KEY, "key")]).unwrap();
        assert_eq!(client.base_url(), Environment::Sandbox.url());
        let client = from(&[
            (ID, "id"),
            (KEY, "key"),
            (BASE_URL, "http://localhost:1/p/"),
        ])
        .unwrap();
        assert_eq!(client.base_url(), "http://localhost:1/p");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named_and_not_shown() {
        for (variables, told) in [
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
        ] {
            let error = from(variables).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(text.contains(told), "{text}");
            assert!(!text.contains("s3cret"), "{text}");
        }
        assert!(matches!(
            Client::builder().build(),
            Err(BuildError::MissingCredentials)
        ));
    }
}
