//! `weight`: what a service takes in with the client, for each way to speak TLS.
//!
//! The program that is built does one call and nothing else.

use std::path::Path;
use std::time::Instant;

use crate::table::Table;
use crate::{Outcome, process};

const PROGRAM: &str = r#"
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = bvnk::http_client()?;
    let client = bvnk::Client::builder()
        .credentials(bvnk::Credentials::new("id", "key")?)
        .http_client(http)
        .build()?;
    let customer = client.get_customer().reference("c-1").send().await?;
    println!("{}", customer.status);
    Ok(())
}
"#;

/// Crates, seconds of a cold build (debug), and the stripped size of a release build.
///
/// # Errors
///
/// When the workspace cannot be read.
pub fn run() -> Outcome<String> {
    let mut table = Table::new(["TLS", "crates", "cold build s", "size KiB"]);
    for (name, features) in [
        ("rustls (default)", "\"rustls\""),
        ("native-tls", "\"native-tls\""),
        ("none", ""),
    ] {
        let folder = tempfile::tempdir()?;
        prepare(folder.path(), features)?;
        let crates = crates(folder.path())?.to_string();
        let seconds = match built(folder.path(), &[]) {
            Ok(seconds) => format!("{seconds:.1}"),
            Err(_) => "does not build here".to_owned(),
        };
        let size = match built(folder.path(), &["--release"]) {
            Ok(_) => (size(folder.path())? / 1024).to_string(),
            Err(_) => "-".to_owned(),
        };
        table.row([name.to_owned(), crates, seconds, size]);
    }
    Ok(table.to_string())
}

fn prepare(folder: &Path, features: &str) -> Outcome<()> {
    let bvnk = process::root().join("crates/bvnk").canonicalize()?;
    let manifest = format!(
        "[package]\nname = \"minimal\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\n\
         bvnk = {{ path = {bvnk:?}, default-features = false, features = [{features}] }}\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"macros\", \"rt\"] }}\n\n\
         [profile.release]\nstrip = true\n\n[workspace]\n"
    );
    std::fs::write(folder.join("Cargo.toml"), manifest)?;
    std::fs::create_dir(folder.join("src"))?;
    std::fs::write(folder.join("src/main.rs"), PROGRAM)?;
    // The versions that this workspace is tested with, and no network.
    std::fs::copy(
        process::root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )?;
    Ok(())
}

/// How many crates are compiled, the client's own included and the program's not.
fn crates(folder: &Path) -> Outcome<usize> {
    let mut tree = process::cargo();
    tree.current_dir(folder)
        .args(["tree", "--offline", "--package", "bvnk"])
        .args(["--edges", "normal,build", "--prefix", "none"]);
    let printed = process::output(&mut tree)?;
    let names: std::collections::BTreeSet<&str> = printed
        .lines()
        .filter_map(|line| line.split(" (").next())
        .filter(|line| !line.is_empty())
        .collect();
    Ok(names.len())
}

/// Builds into an empty folder, and gives the seconds that it took.
fn built(folder: &Path, arguments: &[&str]) -> Outcome<f64> {
    let target = folder.join("target");
    if target.exists() {
        std::fs::remove_dir_all(&target)?;
    }
    let started = Instant::now();
    let mut build = process::cargo();
    build
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", &target)
        .args(["build", "--offline", "--quiet"])
        .args(arguments);
    process::output(&mut build)?;
    Ok(started.elapsed().as_secs_f64())
}

fn size(folder: &Path) -> Outcome<u64> {
    let name = format!("minimal{}", std::env::consts::EXE_SUFFIX);
    Ok(std::fs::metadata(folder.join("target/release").join(name))?.len())
}
