//! The report as files. It knows their names; what is in them, each format knows.

use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use super::{Report, html, json, junit, markdown};

impl Report {
    /// Writes the report into a folder, which is made if it is not there, and gives back the
    /// files: `report.html` for people, `report.md` for the summary of a CI job, `report.xml`
    /// (JUnit) for test tools, `report.json` for programs and `report.schema.json`, which says
    /// what that holds.
    ///
    /// The same report gives the same bytes.
    ///
    /// # Errors
    ///
    /// When a file cannot be written; the message names it.
    pub fn write_to(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        fs::create_dir_all(dir).map_err(|error| at(dir, error.kind(), error))?;
        // The page last: whoever sees it finds the others there.
        let files = [
            ("report.xml", junit::render(self).map_err(whole)?),
            ("report.json", json::render(self).map_err(whole)?),
            (json::SCHEMA, json::schema().map_err(whole)?),
            ("report.md", markdown::render(self)),
            ("report.html", html::render(self).map_err(whole)?),
        ];
        let write = |(name, text)| {
            let path = dir.join(name);
            match fs::write(&path, text) {
                Ok(()) => Ok(path),
                Err(error) => Err(at(&path, error.kind(), error)),
            }
        };
        files.into_iter().map(write).collect()
    }
}

fn at(path: &Path, kind: io::ErrorKind, error: impl fmt::Display) -> io::Error {
    io::Error::new(kind, format!("{}: {error}", path.display()))
}

fn whole(error: impl fmt::Display) -> io::Error {
    io::Error::other(format!("the report cannot be rendered: {error}"))
}
