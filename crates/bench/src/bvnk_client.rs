//! The client, with the defaults that a service has.

use std::hint::black_box;

use bvnk::types::CreateCustomerRequest;

use crate::{Create, ID, KEY, Result};

/// `bvnk::Client` through all of its layers.
#[derive(Debug)]
pub struct Bvnk(bvnk::Client);

impl Create for Bvnk {
    const NAME: &str = "bvnk";

    fn new(url: &str) -> Result<Self> {
        let client = bvnk::Client::builder()
            .base_url(url.parse()?)
            .credentials(bvnk::Credentials::new(ID, KEY)?)
            .build()?;
        Ok(Self(client))
    }

    async fn create(&self, request: CreateCustomerRequest) -> Result<()> {
        black_box(self.0.create_customer().body(request).send().await?);
        Ok(())
    }
}
