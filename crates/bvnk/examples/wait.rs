//! Waits for a verification with a deadline, and turns its changes into a stream: here a
//! channel, whose other end another task may read.
//!
//! `cargo run -p bvnk --example wait -- REFERENCE` asks the API that the environment
//! names; without `BVNK_BASE_URL` it creates a customer in a simulator first.

#![allow(clippy::print_stdout)]

use std::time::Duration;

use bvnk::types::{CreateCustomerRequest, CustomerStatus};
use bvnk::{Client, WaitError};
use tokio::sync::mpsc;

/// What a service does with the end of a wait.
#[derive(Debug, PartialEq)]
enum Next {
    /// Let the person in, or not.
    Decided { verified: bool },
    /// Ask again later: this is how far it has come.
    AskAgain(Option<CustomerStatus>),
}

async fn follow(
    client: &Client,
    reference: &str,
    changes: mpsc::UnboundedSender<CustomerStatus>,
) -> Result<Next, WaitError> {
    let wait = client
        .wait_for_verification(reference)
        .deadline(Duration::from_secs(60))
        .on_change(move |customer| {
            // A reader that has gone away is no reason to stop waiting.
            let _ = changes.send(customer.status.clone());
        });
    match wait.await {
        Ok(customer) => Ok(Next::Decided {
            verified: customer.status.is_verified(),
        }),
        Err(error) if error.is_timed_out() => {
            let last = error.last_seen().map(|customer| customer.status.clone());
            Ok(Next::AskAgain(last))
        }
        Err(error) => Err(error),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = bvnk_simulator::Server::start(Default::default()).await?;
    let (client, reference) = match (std::env::var_os("BVNK_BASE_URL"), std::env::args().nth(1)) {
        (Some(_), Some(reference)) => (Client::from_env()?, reference),
        (Some(_), None) => return Err("which customer? give a reference".into()),
        (None, _) => {
            let client = Client::builder()
                .base_url(server.url().parse()?)
                .credentials(bvnk::Credentials::new(server.id(), server.key())?)
                .build()?;
            let request: CreateCustomerRequest =
                bvnk::from_json(include_bytes!("individual.json"))?;
            let created = client.create_customer().body(request).send().await?;
            let reference = created.reference.to_string();
            (client, reference)
        }
    };
    let (changes, mut stream) = mpsc::unbounded_channel();
    let printer = tokio::spawn(async move {
        while let Some(status) = stream.recv().await {
            println!("{status}");
        }
    });
    println!("{:?}", follow(&client, &reference, changes).await?);
    printer.await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bvnk_simulator::{Config, Journey, Server};

    #[tokio::test]
    async fn an_end_is_decided_and_its_changes_are_streamed() {
        for (status, verified) in [("VERIFIED", true), ("UNSUCCESSFUL", false)] {
            let journey = Journey::starting("PENDING_AGREEMENTS").then(status);
            let server = Server::start(Config::default().journeys([journey]))
                .await
                .unwrap();
            let client = Client::builder()
                .base_url(server.url().parse().unwrap())
                .credentials(bvnk::Credentials::new(server.id(), server.key()).unwrap())
                .build()
                .unwrap();
            let request: CreateCustomerRequest =
                bvnk::from_json(include_bytes!("individual.json")).unwrap();
            let created = client.create_customer().body(request).send().await.unwrap();
            let (changes, mut stream) = mpsc::unbounded_channel();
            let end = follow(&client, &created.reference, changes).await.unwrap();
            assert_eq!(end, Next::Decided { verified });
            assert_eq!(stream.recv().await.unwrap().as_str(), status);
            assert_eq!(stream.recv().await, None);
        }
    }
}
