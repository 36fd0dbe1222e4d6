//! One harmless call, to tell whether network, clock and credentials are right.

use std::process::ExitCode;

use super::cannot_run;

pub(crate) async fn doctor() -> ExitCode {
    let client = match bvnk::Client::from_env() {
        Ok(client) => client,
        Err(error) => return cannot_run(error),
    };
    let diagnosis = client.doctor().await;
    println!("{diagnosis}");
    if diagnosis.is_healthy() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
