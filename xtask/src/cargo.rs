//! Runs cargo from within a program that cargo started.

use std::path::Path;
use std::process::Command;

/// A cargo command in a workspace. What the outer cargo told this program of its own
/// package stays behind: build scripts that watch it (ring's does) would take it for a
/// change, and half of the dependencies would be built again.
pub(crate) fn cargo(root: &Path) -> Command {
    const OURS: [&str; 4] = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ];
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if OURS.iter().any(|prefix| told.starts_with(prefix)) || told == "CARGO_PRIMARY_PACKAGE" {
            command.env_remove(&name);
        }
    }
    command.current_dir(root);
    command
}
