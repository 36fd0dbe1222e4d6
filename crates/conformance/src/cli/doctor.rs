//! `doctor`: one harmless call that shows whether network, clock and credentials are right.

use super::Passed;
use super::output::print;

pub(super) const ABOUT: &str = "Check network, clock and credentials with one harmless call";

pub(super) const MORE: &str = "Example:

    $ BVNK_BASE_URL=URL BVNK_HAWK_ID=ID BVNK_HAWK_KEY=KEY cargo conformance doctor

Exit codes: 0 healthy, 1 not healthy, 2 it could not run";

/// Prints the diagnosis of the client that the environment configures.
///
/// # Errors
///
/// A variable that is missing or not valid.
pub(crate) async fn doctor() -> Passed {
    let client = bvnk::Client::from_env()?;
    let diagnosis = client.doctor().await;
    print(&format!("{diagnosis}\n"))?;
    Ok(diagnosis.is_healthy())
}
