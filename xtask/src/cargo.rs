//! Runs cargo from within a program that cargo started.

use std::path::Path;
use std::process::Command;

/// A cargo command in a workspace, without the variables that `cargo run` and `cargo test` have
/// set for this package: build scripts that watch them (ring's does) would take them for a change,
/// and half of the dependencies would be built again.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command.current_dir(root);
    command
}
