//! What services take in with `bvnk`: few crates, and one crypto library.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::process::Command;

/// The names of all crates that a default build of `bvnk` compiles.
fn graph() -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "bvnk", "--edges", "normal,build"])
        .args(["--prefix", "none", "--locked", "--offline"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split(" (").next())
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_client_is_light_and_has_one_crypto_library() {
    let graph = graph();
    assert!(graph.len() <= 120, "{} crates: {graph:#?}", graph.len());
    let crypto = ["ring", "aws-lc-rs", "openssl", "native-tls", "sha2", "hmac"];
    let found: Vec<&str> = crypto
        .into_iter()
        .filter(|name| {
            graph
                .iter()
                .any(|line| line.split(' ').next() == Some(name))
        })
        .collect();
    assert_eq!(found, ["ring"]);
    for tool in ["progenitor-impl", "proptest", "jsonschema", "boon"] {
        assert!(
            !graph
                .iter()
                .any(|line| line.split(' ').next() == Some(tool)),
            "{tool}"
        );
    }
}
