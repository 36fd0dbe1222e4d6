//! Runs cargo from within a program that cargo started.

use std::path::Path;
use std::process::Command;

/// A cargo command in a workspace, without the variables that the outer cargo has set for
/// this package: build scripts that watch them (ring's does) would take them for a change,
/// and half of the dependencies would be built again.
pub fn cargo(root: &Path) -> Command {
    const OURS: [&str; 4] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ];
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if OURS.iter().any(|prefix| text.starts_with(prefix)) || text == "CARGO_PRIMARY_PACKAGE" {
            command.env_remove(&name);
        }
    }
    command.current_dir(root);
    command
}
