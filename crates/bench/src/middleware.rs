//! What a service would build otherwise: the work by hand, with reqwest-retry around a
//! signature for every attempt.
//!
//! Retries are configured but never needed: the server answers every request with a success.

use bvnk::types::CreateCustomerRequest;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Extensions, HeaderValue};
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Next};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;

use crate::{Create, ID, KEY, PATH, Result, json, key, read};

/// A creation with reqwest-middleware and reqwest-retry.
#[derive(Debug)]
pub struct Middleware {
    /// Retries outside, the signature inside, so that each attempt is signed anew.
    http: ClientWithMiddleware,
    /// The complete URL of a creation.
    url: String,
}

impl Create for Middleware {
    const NAME: &str = "middleware";

    fn new(url: &str) -> Result<Self> {
        let policy = ExponentialBackoff::builder().build_with_max_retries(2);
        let http = ClientBuilder::new(bvnk::http_client(&url.parse()?)?)
            .with(RetryTransientMiddleware::new_with_policy(policy))
            .with(Sign(hawk::Credentials {
                id: ID.into(),
                key: hawk::Key::new(KEY, hawk::SHA256)?,
            }))
            .build();
        let url = format!("{url}{PATH}");
        Ok(Self { http, url })
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        let response = self
            .http
            .post(&self.url)
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("x-idempotency-key", key()?)
            .body(json(&request)?)
            .send()
            .await?;
        read(response).await
    }
}

/// Signs each attempt, below the retries.
struct Sign(hawk::Credentials);

#[async_trait::async_trait]
impl reqwest_middleware::Middleware for Sign {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let header = hawk::RequestBuilder::from_url(request.method().as_str(), request.url())
            .and_then(|signed| signed.request().make_header(&self.0))
            .map_err(Error::middleware)?;
        let signature =
            HeaderValue::try_from(format!("Hawk {header}")).map_err(Error::middleware)?;
        request.headers_mut().insert(AUTHORIZATION, signature);
        next.run(request, extensions).await
    }
}
