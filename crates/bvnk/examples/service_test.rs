//! How to test a service: against the simulator, in the process of the test. In `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! bvnk-simulator = "0.2"
//! ```

#![allow(clippy::print_stdout)]

use bvnk::types::CreateCustomerRequest;
use bvnk::{Client, Error};

/// The service under test: it signs users up.
struct SignUp {
    bvnk: Client,
}

impl SignUp {
    /// Gives the reference to store, or `None` if the person has to correct something.
    async fn sign_up(&self, request: CreateCustomerRequest) -> Result<Option<String>, Error> {
        match self.bvnk.create_customer().body(request).send().await {
            Ok(created) => Ok(Some(created.reference.to_string())),
            Err(error) if error.is_rejected() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The service at work; its tests are below.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = bvnk_simulator::Server::start(Default::default()).await?;
    let bvnk = match std::env::var_os("BVNK_BASE_URL") {
        Some(_) => Client::from_env()?,
        None => Client::builder()
            .base_url(server.url().parse()?)
            .credentials(bvnk::Credentials::new(server.id(), server.key())?)
            .build()?,
    };
    let request = bvnk::from_json(include_bytes!("individual.json"))?;
    println!("{:?}", SignUp { bvnk }.sign_up(request).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bvnk_simulator::{Config, Fault, Server};

    #[tokio::test]
    async fn people_are_signed_up() {
        // These three lines are all that it takes.
        let server = Server::start(Config::default()).await.unwrap();
        let credentials = bvnk::Credentials::new(server.id(), server.key()).unwrap();
        let bvnk = Client::builder()
            .base_url(server.url().parse().unwrap())
            .credentials(credentials)
            .build()
            .unwrap();

        let service = SignUp { bvnk };
        let request: CreateCustomerRequest =
            bvnk::from_json(include_bytes!("individual.json")).unwrap();
        let reference = service.sign_up(request.clone()).await.unwrap().unwrap();
        assert!(server.with(|simulator| simulator.customer(&reference).is_some()));

        // And so is what rarely happens.
        server.with(|simulator| simulator.push_fault(Fault::RejectValid));
        assert_eq!(service.sign_up(request.clone()).await.unwrap(), None);
        server.with(|simulator| simulator.push_fault(Fault::HtmlError));
        assert!(service.sign_up(request).await.unwrap_err().kind() == bvnk::ErrorKind::Blocked);
    }
}
