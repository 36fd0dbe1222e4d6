//! A copy of the workspace, and cargo commands in it that use what is built already.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Copies the files that git knows to a folder of this name, for a workspace of another version.
///
/// cargo distinguishes packages of one name and version by their path from the root of the
/// workspace: with the same version, it would take what it builds in the copy for the
/// original's.
pub(crate) fn copy(name: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&to);
    let files = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let files = Command::new("git").args(files).current_dir(home).output();
    let files = String::from_utf8(files.unwrap().stdout).unwrap();
    for file in files.lines().filter(|file| home.join(file).is_file()) {
        fs::create_dir_all(to.join(file).parent().unwrap()).unwrap();
        fs::copy(home.join(file), to.join(file)).unwrap();
    }
    let version = env!("CARGO_PKG_VERSION");
    for file in ["Cargo.toml", "Cargo.lock"] {
        let text = fs::read_to_string(to.join(file)).unwrap();
        let parts = text
            .split("\n\n")
            .map(|part| match part.contains("source = ") {
                true => part.to_owned(),
                false => part.replace(
                    &format!("version = \"{version}\""),
                    &format!("version = \"{version}-{name}\""),
                ),
            });
        fs::write(to.join(file), parts.collect::<Vec<_>>().join("\n\n")).unwrap();
    }
    to
}

/// A cargo command in a copy, with the target folder of the original: what others publish is
/// built there already. What it builds of the copy is built once and has no debug info.
pub(crate) fn cargo(copy: &Path) -> Command {
    let mut command = xtask::cargo(copy);
    command.env("CARGO_TARGET_DIR", target());
    command.env("CARGO_INCREMENTAL", "0");
    command.env("CARGO_PROFILE_DEV_DEBUG", "false");
    command
}

/// The target folder of the original.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap()
}
