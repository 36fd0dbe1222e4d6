//! What services compile with `bvnk`: few crates, no tools, and the crypto libraries they chose.

use std::collections::BTreeSet;
use std::process::Command;

/// The names of all crates that a build of `bvnk` compiles.
fn graph(features: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "bvnk", "--edges", "normal,build"])
        .args(["--prefix", "none", "--locked", "--offline"])
        .args(features)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let names = stdout.lines().filter_map(|line| line.split(' ').next());
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_client_is_light() {
    let ring = ["--no-default-features", "--features", "ring"];
    for (features, most, crypto) in [
        // reqwest's own crypto library next to the one that signs.
        (&[][..], 125, &["aws-lc-rs", "ring"][..]),
        (&ring[..], 115, &["ring"][..]),
    ] {
        let graph = graph(features);
        assert!(graph.len() <= most, "{} crates: {graph:#?}", graph.len());
        let libraries = ["aws-lc-rs", "hmac", "native-tls", "openssl", "ring", "sha2"];
        let found: Vec<&str> = libraries
            .into_iter()
            .filter(|name| graph.contains(*name))
            .collect();
        assert_eq!(found, crypto);
        for tool in ["bvnk-contract", "progenitor", "proptest", "boon"] {
            assert!(!graph.contains(tool), "{tool}");
        }
    }
}
