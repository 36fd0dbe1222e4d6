//! Finds a contract and clauses of the workspace that are not those that were built in.

use std::ffi::OsString;
use std::path::PathBuf;

use bvnk_contract::fingerprint;

use super::{CLAUSES, CLAUSES_FILE};

/// The file of the contract, from the root of the repository.
const CONTRACT_FILE: &str = "openapi/customers.yaml";

/// The contract that the client was generated from.
const FINGERPRINT: &str = include_str!("../../contract.fingerprint");

/// The file of the workspace that is not the one that was built in, if cargo says where this crate
/// is. Elsewhere there is none to compare with.
pub fn changed(crate_folder: Option<OsString>) -> Option<&'static str> {
    let root = PathBuf::from(crate_folder?).join("../..");
    let read = |file| std::fs::read_to_string(root.join(file)).ok();
    let contract = |text: &String| fingerprint(text) != FINGERPRINT;
    let clauses = |text: &String| text.lines().ne(CLAUSES.lines());
    if read(CONTRACT_FILE).as_ref().is_some_and(contract) {
        return Some(CONTRACT_FILE);
    }
    read(CLAUSES_FILE)
        .as_ref()
        .filter(|it| clauses(it))
        .map(|_| CLAUSES_FILE)
}
