//! What a service would build otherwise: the work by hand, with reqwest-retry around a
//! signature for every attempt.

use std::hint::black_box;

use bvnk::types::{CreateCustomerRequest, Customer};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{Extensions, HeaderValue};
use reqwest::{Request, Response, Url};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, Next};
use reqwest_retry::RetryTransientMiddleware;
use reqwest_retry::policies::ExponentialBackoff;
use uuid::Uuid;

use crate::signer::Signer;
use crate::{Create, PATH, Result, http_client};

/// A creation with reqwest-middleware and reqwest-retry.
#[derive(Debug)]
pub struct Middleware {
    http: ClientWithMiddleware,
    url: Url,
}

impl Create for Middleware {
    const NAME: &str = "middleware";

    fn new(url: &str) -> Result<Self> {
        let policy = ExponentialBackoff::builder().build_with_max_retries(2);
        let http = ClientBuilder::new(http_client()?)
            .with(RetryTransientMiddleware::new_with_policy(policy))
            .with(Sign(Signer::default()))
            .build();
        let url = format!("{url}{PATH}").parse()?;
        Ok(Self { http, url })
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        let mut body = Vec::with_capacity(1024);
        serde_json::to_writer(&mut body, &request)?;
        let mut key = Uuid::encode_buffer();
        let key = Uuid::new_v4().hyphenated().encode_lower(&mut key);
        let response = self
            .http
            .post(self.url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("x-idempotency-key", HeaderValue::from_str(key)?)
            .body(body)
            .send()
            .await?;
        let body = response.error_for_status()?.bytes().await?;
        black_box(serde_json::from_slice::<Customer>(&body)?);
        Ok(())
    }
}

/// Signs each attempt, below the retries.
struct Sign(Signer);

#[async_trait::async_trait]
impl reqwest_middleware::Middleware for Sign {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> reqwest_middleware::Result<Response> {
        let signature = self.0.sign(request.method().as_str(), request.url());
        let signature =
            signature.map_err(|error| Error::middleware(std::io::Error::other(error)))?;
        request.headers_mut().insert(AUTHORIZATION, signature);
        next.run(request, extensions).await
    }
}
