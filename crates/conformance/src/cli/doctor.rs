//! `doctor`: one harmless call that shows whether network, clock and credentials are right.

use std::process::ExitCode;

use super::output::{cannot_run, print, verdict};

pub(super) const ABOUT: &str = "Check network, clock and credentials with one harmless call";

pub(super) const MORE: &str = "Example:

    $ BVNK_BASE_URL=URL BVNK_HAWK_ID=ID BVNK_HAWK_KEY=KEY cargo conformance doctor

Exit codes: 0 healthy, 1 not healthy, 2 it could not run";

pub(crate) async fn doctor() -> ExitCode {
    let client = match bvnk::Client::from_env() {
        Ok(client) => client,
        Err(error) => return cannot_run(error),
    };
    let diagnosis = client.doctor().await;
    match print(&format!("{diagnosis}\n")) {
        Ok(_) => verdict(diagnosis.is_healthy()),
        Err(error) => cannot_run(error),
    }
}
