//! A run proves what was built in: files that were changed since are found.

use std::path::Path;

use conformance::specification::{CLAUSES_FILE, changed};

const CONTRACT_FILE: &str = "openapi/customers.yaml";

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
