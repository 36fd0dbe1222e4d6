//! A worker of a fleet that creates customers from a queue, and may be killed at any
//! time: between sending and hearing, between hearing and storing.
//!
//! The key is derived from the user's id, so that every worker that takes the job up
//! again sends the same one, with nothing stored; and the API carries it out once. Where
//! your ids can come back for another person, store a random key with the job instead,
//! *before* sending.

#![allow(clippy::print_stdout)]

use bvnk::types::{CreateCustomerRequest, CustomerReference};
use bvnk::{CallOptions, Client, Error, IdempotencyKey};
use uuid::{Uuid, uuid};

/// A UUID of your own, for one kind of call. It must never change.
const CREATE_CUSTOMER: Uuid = uuid!("0d3f6b1c-3f0e-4f57-8d0a-6f2f5d4c9b21");

/// What the queue holds.
struct Job {
    user_id: String,
    /// Whether it was taken up before: queues count their deliveries. Whoever had it may
    /// have sent it.
    taken_before: bool,
    request: CreateCustomerRequest,
}

/// What becomes of a job.
#[derive(Debug, PartialEq)]
enum Outcome {
    /// Store the reference with the user.
    Created(CustomerReference),
    /// Put it back: nothing has happened, or nobody knows, and the key makes it safe.
    Later,
    /// A person must look at it: the same again would be rejected again.
    Rejected,
    /// A person must look at it, and for the customer: it is rejected now, perhaps because
    /// it was created before.
    Unclear,
}

async fn work(client: &Client, job: &Job) -> Result<Outcome, Error> {
    let key = IdempotencyKey::derive(CREATE_CUSTOMER, &job.user_id);
    let repeats;
    let client = if job.taken_before {
        repeats = client.with(CallOptions::new().after_doubt());
        &repeats
    } else {
        client
    };
    let call = client
        .create_customer()
        .x_idempotency_key(key)
        .body(job.request.clone());
    let error = match call.send().await {
        Ok(created) => return Ok(Outcome::Created(created.reference.clone())),
        Err(error) => Error::from(error),
    };
    // A success, however it is written down.
    if let Some(Ok(reference)) = error.reference().map(CustomerReference::try_from) {
        return Ok(Outcome::Created(reference));
    }
    if error.is_rejected() || error.is_invalid_request() || error.is_conflict() {
        return Ok(match error.outcome_unknown() {
            true => Outcome::Unclear,
            false => Outcome::Rejected,
        });
    }
    let wrong_clock = error.is_clock() && !error.clock_is_corrected();
    if error.is_unauthorized() || wrong_clock {
        // No job of this worker will fare better: stop, and tell somebody. This one stays
        // in the queue.
        return Err(error);
    }
    // In doubt or not: the key makes it safe.
    Ok(Outcome::Later)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use bvnk_simulator::{Config, Server};
    let server = Server::start(Config::default()).await?;
    let client = match std::env::var_os("BVNK_BASE_URL") {
        Some(_) => Client::from_env()?,
        None => Client::builder()
            .base_url(server.url().parse()?)
            .credentials(bvnk::Credentials::new(server.id(), server.key())?)
            .build()?,
    };
    for user_id in ["user-1", "user-2", "user-1"] {
        let job = Job {
            user_id: user_id.to_owned(),
            taken_before: false,
            request: bvnk::from_json(include_bytes!("individual.json"))?,
        };
        println!("{user_id}: {:?}", work(&client, &job).await?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bvnk_simulator::{Config, Fault, Server};

    /// A worker dies after sending; another one takes the job up.
    #[tokio::test]
    async fn a_job_that_is_done_twice_makes_one_customer() {
        let server = Server::start(Config::default()).await.unwrap();
        let worker = || {
            Client::builder()
                .base_url(server.url().parse().unwrap())
                .credentials(bvnk::Credentials::new(server.id(), server.key()).unwrap())
                .retry(bvnk::RetryPolicy::none())
                .build()
                .unwrap()
        };
        let mut job = Job {
            user_id: "user-1".to_owned(),
            taken_before: false,
            request: bvnk::from_json(include_bytes!("individual.json")).unwrap(),
        };
        server.with(|simulator| simulator.push_fault(Fault::CommitThenReset));
        assert_eq!(work(&worker(), &job).await.unwrap(), Outcome::Later);
        let second = work(&worker(), &job).await.unwrap();
        let only = server.with(|simulator| simulator.customers().len());
        assert_eq!(only, 1);
        assert_eq!(work(&worker(), &job).await.unwrap(), second);

        for (fault, taken_before, outcome) in [
            (Fault::DropStatusField, true, second),
            (Fault::TooManyRequests, true, Outcome::Later),
            (Fault::RejectValid, false, Outcome::Rejected),
            (Fault::RejectValid, true, Outcome::Unclear),
        ] {
            server.with(|simulator| simulator.push_fault(fault));
            job.taken_before = taken_before;
            assert_eq!(work(&worker(), &job).await.unwrap(), outcome, "{fault}");
        }
        server.with(|simulator| simulator.push_fault(Fault::RejectSigned));
        assert!(work(&worker(), &job).await.unwrap_err().is_unauthorized());
    }
}
