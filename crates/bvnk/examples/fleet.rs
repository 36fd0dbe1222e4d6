//! A worker that creates customers from a queue, and may be stopped at any time: between
//! sending and receiving, between receiving and storing.
//!
//! The key is derived from the user's id, so that every worker that repeats the job sends the
//! same key, with nothing stored; the API carries out one key once. If your ids can be used
//! again for another person, store a random key with the job instead, *before* sending.

#![allow(clippy::print_stdout)]

use bvnk::types::{CreateCustomerRequest, CustomerReference};
use bvnk::{CallOptions, Client, Error, ErrorKind, IdempotencyKey, Outcome};

/// What the queue holds.
struct Job {
    user_id: String,
    /// Whether the queue delivered the job before: a worker may have sent the request then.
    delivered_before: bool,
    request: CreateCustomerRequest,
}

/// What becomes of a job.
#[derive(Debug, PartialEq)]
enum Next {
    /// Store the reference with the user.
    Store(CustomerReference),
    /// Put the job back: nothing was done, or it is unknown, and the key makes it safe.
    Repeat,
    /// A person must look at the request: the same will be rejected again.
    Correct,
    /// A person must look for the customer: the request is rejected now, perhaps because the
    /// customer was created before.
    Investigate,
}

async fn work(client: &Client, job: &Job) -> Result<Next, Error> {
    let mut options = CallOptions::new();
    if job.delivered_before {
        options = options.retry_of_ambiguous();
    }
    let call = client
        .create_customer()
        .idempotency_key(IdempotencyKey::derive_from("create-customer", &job.user_id))
        .body(job.request.clone())
        .options(options);
    let error = match call.send().await {
        Ok(created) => return Ok(Next::Store(created.reference.clone())),
        Err(error) => error,
    };
    let needs_operator = error.kind() == ErrorKind::Unauthorized
        || error.kind() == ErrorKind::Blocked
        || matches!(
            error.kind(),
            ErrorKind::Clock {
                corrected: false,
                ..
            }
        );
    match error.outcome() {
        Outcome::Done { reference } => Ok(Next::Store(reference.clone())),
        // No job of this worker will succeed: stop, and alert the operator. This one stays in
        // the queue.
        _ if needs_operator => Err(error),
        _ if error.kind() == ErrorKind::AlreadyExists => Ok(Next::Investigate),
        Outcome::Unknown { .. } => match error.kind() {
            // The same job would be rejected again and again.
            ErrorKind::Rejected | ErrorKind::InvalidRequest => Ok(Next::Investigate),
            _ => Ok(Next::Repeat),
        },
        Outcome::NotDone if error.is_rejected() || error.kind() == ErrorKind::InvalidRequest => {
            Ok(Next::Correct)
        }
        Outcome::NotDone => Ok(Next::Repeat),
    }
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
            delivered_before: false,
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
    use bvnk_simulator::{Config, Fault, Response, Server};

    /// A worker is stopped after sending; another one repeats the job.
    #[tokio::test]
    async fn a_repeated_job_creates_one_customer() {
        let server = Server::start(Config::default()).await.unwrap();
        let worker = || {
            Client::builder()
                .base_url(server.url().parse().unwrap())
                .credentials(bvnk::Credentials::new(server.id(), server.key()).unwrap())
                .retry(bvnk::RetryPolicy::new().max_attempts(1))
                .build()
                .unwrap()
        };
        let mut job = Job {
            user_id: "user-1".to_owned(),
            delivered_before: false,
            request: bvnk::from_json(include_bytes!("individual.json")).unwrap(),
        };
        server.with(|simulator| simulator.push_fault(Fault::CommitThenReset));
        assert_eq!(work(&worker(), &job).await.unwrap(), Next::Repeat);
        let second = work(&worker(), &job).await.unwrap();
        let only = server.with(|simulator| simulator.customers().len());
        assert_eq!(only, 1);
        assert_eq!(work(&worker(), &job).await.unwrap(), second);

        for (fault, delivered_before, outcome) in [
            (Fault::GarbageBody, true, Next::Repeat),
            (Fault::TooManyRequests, true, Next::Repeat),
            (Fault::RejectValid, false, Next::Correct),
            (Fault::RejectValid, true, Next::Investigate),
        ] {
            server.with(|simulator| simulator.push_fault(fault));
            job.delivered_before = delivered_before;
            assert_eq!(work(&worker(), &job).await.unwrap(), outcome, "{fault}");
        }
        let body = r#"{"code": "ACCOUNTS-2000", "message": "already exists"}"#;
        for (status, delivered_before) in [(400, false), (400, true), (409, false), (409, true)] {
            let mut response = Response::new(status.try_into().unwrap());
            response.body = body.into();
            server.with(|simulator| simulator.push_response(response));
            job.delivered_before = delivered_before;
            assert_eq!(work(&worker(), &job).await.unwrap(), Next::Investigate);
        }
        server.with(|simulator| simulator.push_fault(Fault::RejectSigned));
        assert!(work(&worker(), &job).await.unwrap_err().kind() == ErrorKind::Unauthorized);
    }
}
