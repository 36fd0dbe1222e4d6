//! The links and paths in the Markdown pages lead somewhere.

use std::fs;
use std::path::{Path, PathBuf};

/// The pages in the root, in `docs` and next to each crate.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders = vec![root.to_owned(), root.join("docs")];
    let crates = fs::read_dir(root.join("crates")).unwrap();
    folders.extend(crates.map(|entry| entry.unwrap().path()));
    let files = folders.into_iter().flat_map(|folder| {
        let files = fs::read_dir(folder).unwrap();
        files.map(|entry| entry.unwrap().path())
    });
    let pages: Vec<PathBuf> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "md"))
        .collect();
    assert!(pages.len() > 10);
    pages
}

#[test]
fn relative_links_exist() {
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1) {
            let link = link.split([')', '#']).next().unwrap();
            if !link.is_empty() && !link.contains("://") {
                let target = page.parent().unwrap().join(link);
                assert!(target.exists(), "{}: {link}", page.display());
            }
        }
    }
}

/// What is written as code and begins with one of the project's folders is a path in it. The
/// changelog names what was there once.
#[test]
fn paths_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let own = ["crates/", "xtask/", "openapi/", "docs/", ".github/", ".ci/"];
    let mut found = 0;
    for page in pages() {
        if page.ends_with("CHANGELOG.md") {
            continue;
        }
        let text = fs::read_to_string(&page).unwrap();
        let paths = text.split('`').skip(1).step_by(2);
        for path in paths.filter(|path| own.iter().any(|folder| path.starts_with(folder))) {
            found += 1;
            assert!(root.join(path).exists(), "{}: {path}", page.display());
        }
    }
    assert!(found > 10);
}
