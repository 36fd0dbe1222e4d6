//! The least that any client of this API does for a call: the request as JSON, a key, a
//! signature, the response as a type.
//!
//! It has no layers: it repeats nothing, limits nothing, corrects no clock, and cannot know
//! whether a failed call was carried out.

use bvnk::types::CreateCustomerRequest;
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::Url;

use crate::signer::Signer;
use crate::{Create, PATH, Result, json, key, read};

/// A creation with serde_json, ring and reqwest.
#[derive(Debug)]
pub struct ByHand {
    /// Configured like the client's, so that the difference is not one of settings.
    http: reqwest::Client,
    /// The complete URL of a creation, parsed once.
    url: Url,
    signer: Signer,
}

impl Create for ByHand {
    const NAME: &str = "by hand";

    fn new(url: &str) -> Result<Self> {
        Ok(Self {
            http: bvnk::http_client(&url.parse()?)?,
            url: format!("{url}{PATH}").parse()?,
            signer: Signer::default(),
        })
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        let signature = self.signer.sign("POST", &self.url)?;
        let response = self
            .http
            .post(self.url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("x-idempotency-key", key()?)
            .header(AUTHORIZATION, signature)
            .body(json(&request)?)
            .send()
            .await?;
        read(response).await
    }
}
