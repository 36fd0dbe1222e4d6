//! `sign`: the `Authorization` header of one request, so that a failed request can be repeated.

use std::convert::Infallible;

use bpaf::Bpaf;
use bvnk::BoxError;
use bvnk_auth::{Body, Credentials, HawkLayer};
use tower::{Layer, ServiceExt, service_fn};

use super::output::print;
use super::{KEY_ENV, Passed};

pub(super) const ABOUT: &str = "Print the Authorization header that signs one request";

pub(super) const MORE: &str = "Examples:

    $ curl -H \"authorization: $(cargo conformance sign GET URL)\" URL
    $ cargo conformance sign POST URL --id ID --key-env VAR --body '{}'

A signature is valid once and for about a minute.

Exit codes: 0 printed, 2 the request cannot be signed";

#[derive(Clone, Debug, Bpaf)]
#[bpaf(generate(parser))]
pub(crate) struct Arguments {
    /// The Hawk id; BVNK_HAWK_ID by default
    #[bpaf(argument("ID"))]
    id: Option<String>,
    /// The environment variable with the Hawk key; BVNK_HAWK_KEY by default
    #[bpaf(argument("VAR"), fallback(KEY_ENV.to_owned()))]
    key_env: String,
    /// Sign a hash of this body too
    #[bpaf(argument("TEXT"))]
    body: Option<String>,
    /// The media type of the body; application/json by default
    #[bpaf(argument("TYPE"), fallback("application/json".to_owned()))]
    content_type: String,
    /// GET, POST, …
    #[bpaf(positional("METHOD"))]
    method: String,
    /// The complete URL, with its query
    #[bpaf(positional("URL"))]
    url: String,
}

/// Prints the value of the header, without its name.
///
/// # Errors
///
/// Credentials that are missing, or a request that cannot be signed.
pub(crate) async fn sign(arguments: Arguments) -> Passed {
    print(&(header(&arguments).await? + "\n"))?;
    Ok(true)
}

/// Signs the request with the layer that the client uses, and returns the header.
///
/// # Errors
///
/// What is wrong with the credentials, the method or the URL.
async fn header(arguments: &Arguments) -> Result<String, BoxError> {
    let (id, key) = credentials(arguments.id.as_deref(), &arguments.key_env)?;
    let credentials = Credentials::new(id, key)?;
    let request = http::Request::builder()
        .method(arguments.method.to_uppercase().as_str())
        .uri(&arguments.url)
        .header(http::header::CONTENT_TYPE, &arguments.content_type)
        .body(Body::from(arguments.body.clone().unwrap_or_default()))
        .map_err(|error| format!("{error}\n  help: give a method and a complete URL"))?;
    // The request is sent nowhere: the response carries the header that it was signed with.
    let echo = service_fn(async |request: http::Request<Body>| {
        let mut response = http::Response::new(Body::default());
        *response.headers_mut() = request.headers().clone();
        Ok::<_, Infallible>(response)
    });
    let signer = HawkLayer::new(credentials).payload_hash(arguments.body.is_some());
    let signed = signer.layer(echo).oneshot(request).await;
    let signed = signed?;
    let header = signed.headers().get(http::header::AUTHORIZATION);
    let header = header.and_then(|value| value.to_str().ok());
    Ok(header.ok_or("the request was not signed")?.to_owned())
}

/// The id that was given or is in BVNK_HAWK_ID, and the key in an environment variable.
pub(super) fn credentials(id: Option<&str>, key_env: &str) -> Result<(String, String), String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let id = id.map(str::to_owned).or_else(|| variable("BVNK_HAWK_ID"));
    let id = id.ok_or("no Hawk id\n  help: pass --id, or set BVNK_HAWK_ID")?;
    let key = variable(key_env);
    // A key in the place of a name is not printed.
    let key = key.ok_or_else(|| match key_env {
        KEY_ENV => format!("no Hawk key in {KEY_ENV}\n  help: set it, or name another variable with --key-env"),
        _ => "no Hawk key in the environment variable that --key-env names\n  help: set it, and give its name".to_owned(),
    })?;
    Ok((id, key))
}
