//! reqwest alone: what no client that uses it can save.

use std::hint::black_box;

use bvnk::types::CreateCustomerRequest;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use reqwest::Url;

use crate::signer::Signer;
use crate::{Create, PATH, Result, example, http_client};

/// A request that was made beforehand, sent again and again; the response is not decoded.
#[derive(Debug)]
pub struct Reqwest {
    http: reqwest::Client,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
}

impl Create for Reqwest {
    const NAME: &str = "reqwest";

    fn new(url: &str) -> Result<Self> {
        let url: Url = format!("{url}{PATH}").parse()?;
        let json = HeaderValue::from_static("application/json");
        let key = HeaderValue::from_static("5f0c1f1e-6f3a-4a0e-9a53-0a1b2c3d4e5f");
        let mut headers = HeaderMap::from_iter([(ACCEPT, json.clone()), (CONTENT_TYPE, json)]);
        headers.insert("x-idempotency-key", key);
        headers.insert(AUTHORIZATION, Signer::default().sign("POST", &url)?);
        Ok(Self {
            http: http_client(url.as_str())?,
            url,
            headers,
            body: serde_json::to_vec(&example()?)?.into(),
        })
    }

    async fn create(&self, _: CreateCustomerRequest) -> Result<()> {
        let request = self.http.post(self.url.clone());
        let request = request.headers(self.headers.clone());
        let response = request.body(self.body.clone()).send().await?;
        black_box(response.bytes().await?);
        Ok(())
    }
}
