//! Onboards one individual from a JSON file, and waits for the outcome.
//!
//! `cargo run -p bvnk --example onboard -- FILE` (without a file: the sample `individual.json` next
//! to this one) uses the environment variables `BVNK_HAWK_ID`, `BVNK_HAWK_KEY` and `BVNK_BASE_URL`;
//! without the last it starts a simulator and uses that.

#![allow(clippy::print_stdout)]

use std::error::Error;

use bvnk::types::{CreateCustomerRequest, Customer};
use bvnk::{Client, ResponseExt};
use bvnk_simulator::{Config, Server};
use futures_util::StreamExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/individual.json");
    let file = std::env::args().nth(1).unwrap_or_else(|| sample.into());
    let json = std::fs::read(&file).map_err(|error| {
        format!("{file}: {error}\nhelp: name a JSON file with the body of a creation")
    })?;

    if std::env::var_os("BVNK_BASE_URL").is_some() {
        onboard(&Client::from_env()?, &json).await?;
    } else {
        let server = Server::start(Config::default()).await?;
        let client = Client::builder()
            .base_url(server.url().parse()?)
            .credentials(bvnk::Credentials::new(server.id(), server.key())?)
            .build()?;
        onboard(&client, &json).await?;
    }
    Ok(())
}

async fn onboard(client: &Client, json: &[u8]) -> Result<Customer, Box<dyn Error>> {
    // Errors name each field and the rule; they never quote a value.
    let request: CreateCustomerRequest = bvnk::from_json(json)?;

    let created = client.create_customer().body(request).send().await?;
    println!(
        "created {} in {} attempts",
        created.reference,
        created.attempts()
    );

    let wait = client.wait_for_verification(created.reference.clone());
    let mut changes = wait.changes();
    let mut customer = created.into_inner();
    while let Some(change) = changes.next().await {
        customer = change?;
        println!("  {}", customer.status);
    }
    Ok(customer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn the_sample_is_onboarded() {
        let config = Config {
            sequences: vec![bvnk_simulator::StatusSequence::starting("VERIFIED")],
            ..Config::default()
        };
        let server = Server::start(config).await.unwrap();
        let client = Client::builder()
            .base_url(server.url().parse().unwrap())
            .credentials(bvnk::Credentials::new(server.id(), server.key()).unwrap())
            .build()
            .unwrap();
        let sample = include_bytes!("individual.json");
        let customer = onboard(&client, sample).await.unwrap();
        assert!(customer.status.is_verified());
        let refused = onboard(&client, b"{\"individual\": {\"email\": 7}}").await;
        let refused = refused.unwrap_err().to_string();
        assert!(
            refused.contains("individual.email: must be a string"),
            "{refused}"
        );
    }
}
