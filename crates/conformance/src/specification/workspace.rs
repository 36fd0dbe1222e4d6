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
pub(crate) fn changed(crate_folder: Option<OsString>) -> Option<&'static str> {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::*;

    #[test]
    fn files_that_were_changed_since_are_named() {
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let read = |file| std::fs::read_to_string(home.join("../..").join(file)).unwrap();
        let (contract, clauses) = (read(CONTRACT_FILE), read(CLAUSES_FILE));
        let changed_text = |text: &str| text.replacen("e", "x", 1);
        for (contract, clauses, expected) in [
            (contract.clone(), clauses.clone(), None),
            (
                contract.replace('\n', "\r\n"),
                clauses.replace('\n', "\r\n"),
                None,
            ),
            (
                changed_text(&contract),
                clauses.clone(),
                Some(CONTRACT_FILE),
            ),
            (contract.clone(), changed_text(&clauses), Some(CLAUSES_FILE)),
        ] {
            let root = tempfile::tempdir().unwrap();
            let crate_folder = root.path().join("crates/conformance");
            std::fs::create_dir_all(&crate_folder).unwrap();
            std::fs::create_dir(root.path().join("openapi")).unwrap();
            std::fs::write(root.path().join(CONTRACT_FILE), contract).unwrap();
            std::fs::write(root.path().join(CLAUSES_FILE), clauses).unwrap();
            assert_eq!(changed(Some(crate_folder.into())), expected);
        }
        assert_eq!(changed(None), None);
        assert_eq!(changed(Some("/nowhere/else".into())), None);
    }
}
