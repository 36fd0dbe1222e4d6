//! The least that any client of this API does for a call: the request as JSON, a key, a
//! signature, the response as a type.
//!
//! It has no layers: it repeats nothing, limits nothing, corrects no clock, and cannot tell
//! whether a failed call was carried out.

use std::hint::black_box;

use bvnk::types::{CreateCustomerRequest, Customer};
use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::Url;
use uuid::Uuid;

use crate::signer::Signer;
use crate::{Create, PATH, Result, http_client, json};

/// A creation with serde_json, ring and reqwest.
#[derive(Debug)]
pub struct ByHand {
    http: reqwest::Client,
    url: Url,
    signer: Signer,
}

impl Create for ByHand {
    const NAME: &str = "by hand";

    fn new(url: &str) -> Result<Self> {
        Ok(Self {
            http: http_client(url)?,
            url: format!("{url}{PATH}").parse()?,
            signer: Signer::default(),
        })
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        let signature = self.signer.sign("POST", &self.url)?;
        let mut key = Uuid::encode_buffer();
        let key = Uuid::new_v4().hyphenated().encode_lower(&mut key);
        let response = self
            .http
            .post(self.url.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header("x-idempotency-key", HeaderValue::from_str(key)?)
            .header(AUTHORIZATION, signature)
            .body(json(&request)?)
            .send()
            .await?;
        let body = response.error_for_status()?.bytes().await?;
        black_box(serde_json::from_slice::<Customer>(&body)?);
        Ok(())
    }
}
