//! Waits for a verification with a time limit, and prints each change.
//!
//! `cargo run -p bvnk --example wait -- REFERENCE` calls the API that the environment names;
//! without `BVNK_BASE_URL` it creates a customer in a simulator first.

#![allow(clippy::print_stdout)]

use std::time::Duration;

use bvnk::types::CreateCustomerRequest;
use bvnk::{Client, Error, ErrorKind};
use futures_util::StreamExt;

/// What a service does at the end of a wait.
#[derive(Debug, PartialEq)]
enum Next {
    /// Accept the person, or not.
    Decided { verified: bool },
    /// Ask the person to act: to accept an agreement, or to provide information.
    AskThePerson,
    /// Wait again later.
    WaitAgain,
}

async fn follow(client: &Client, reference: &str) -> Result<Next, Error> {
    let mut changes = client
        .wait_for_verification(reference)
        .timeout(Duration::from_secs(60))
        .until_action_required()
        .changes();
    let mut last = None;
    while let Some(change) = changes.next().await {
        match change {
            Ok(customer) => {
                println!("{}", customer.status);
                last = Some(customer);
            }
            Err(error) if error.kind() == ErrorKind::Timeout => return Ok(Next::WaitAgain),
            Err(error) => return Err(error),
        }
    }
    Ok(match last {
        Some(customer) if customer.status.is_terminal() => Next::Decided {
            verified: customer.status.is_verified(),
        },
        _ => Next::AskThePerson,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = bvnk_simulator::Server::start(Default::default()).await?;
    let (client, reference) = match (std::env::var_os("BVNK_BASE_URL"), std::env::args().nth(1)) {
        (Some(_), Some(reference)) => (Client::from_env()?, reference),
        (Some(_), None) => return Err("no customer; help: give a reference".into()),
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
    println!("{:?}", follow(&client, &reference).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use tower::service_fn;

    #[tokio::test(start_paused = true)]
    async fn each_end_is_distinguished() {
        for (status, next) in [
            ("VERIFIED", Next::Decided { verified: true }),
            ("UNSUCCESSFUL", Next::Decided { verified: false }),
            ("REJECTED", Next::Decided { verified: false }),
            ("INFO_REQUIRED", Next::AskThePerson),
            ("PENDING_VERIFICATION", Next::WaitAgain),
        ] {
            // A fake in place of the network; time is virtual.
            let fake = service_fn(move |_request| async move {
                let body = format!(r#"{{"reference": "r-1", "status": "{status}"}}"#);
                Ok::<_, bvnk::BoxError>(http::Response::new(bvnk::Body::from(body)))
            });
            let client = Client::builder()
                .credentials(bvnk::Credentials::new("id", "key").unwrap())
                .service(fake)
                .build()
                .unwrap();
            assert_eq!(follow(&client, "r-1").await.unwrap(), next, "{status}");
        }
    }
}
