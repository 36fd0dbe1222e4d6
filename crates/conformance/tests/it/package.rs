//! The package has every file that is embedded, so that `cargo install` works from it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else {
            found.push(path);
        }
    }
}

#[test]
fn every_embedded_file_is_in_the_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cargo = std::env::var("CARGO").unwrap();
    let output = Command::new(cargo)
        .args(["package", "--list", "--allow-dirty", "--offline"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let list = String::from_utf8(output.stdout).unwrap().replace('\\', "/");
    let packaged: Vec<&str> = list.lines().collect();
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut embedded = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().filter(|line| !line.starts_with("#[doc"));
        for place in lines.flat_map(|line| line.split("include_str!(\"").skip(1)) {
            let path = file
                .parent()
                .unwrap()
                .join(place.split('"').next().unwrap());
            let path = path.canonicalize().unwrap();
            let root = root.canonicalize().unwrap();
            let inside = path
                .strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            assert!(
                packaged.contains(&inside.as_str()),
                "{inside} is not in the package"
            );
            embedded += 1;
        }
    }
    assert!(embedded > 4, "{embedded} embedded files");
}
