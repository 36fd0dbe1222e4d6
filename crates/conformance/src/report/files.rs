//! The formats of a report, and the files that it is written to.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fmt, fs, io};

use super::{json, templates};
use crate::results::Report;

/// A format that a report is printed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For a terminal, followed by annotations for GitHub Actions.
    Github,
    /// For programs.
    Json,
    /// For test tools.
    Junit,
    /// For the summary of a CI job.
    Markdown,
    /// For a browser.
    Html,
}

impl Format {
    /// Every format with its name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("text", Self::Text),
        ("github", Self::Github),
        ("json", Self::Json),
        ("junit", Self::Junit),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
    ];
}

impl FromStr for Format {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, format)| *format).ok_or_else(|| {
            let names = Self::ALL.map(|(known, _)| known);
            format!("unknown format; help: use one of {}", names.join(", "))
        })
    }
}

impl Report {
    /// Renders the report.
    ///
    /// # Errors
    ///
    /// A format that cannot be rendered, which is a defect of this crate.
    pub fn render(&self, format: Format) -> Result<String, String> {
        let rendered = match format {
            Format::Text => templates::text(self),
            Format::Github => templates::github(self),
            Format::Json => json::render(self).map_err(|error| error.to_string()),
            Format::Junit => templates::junit(self),
            Format::Markdown => templates::markdown(self),
            Format::Html => templates::html(self),
        };
        rendered.map_err(|error| format!("the report cannot be rendered: {error}"))
    }

    /// Writes the report into a folder, which is created if it does not exist, and returns
    /// the files: `report.html` for people, `report.md` for the summary of a CI job,
    /// `report.xml` (JUnit) for test tools, `report.json` for programs and
    /// `report.schema.json`, which describes that.
    ///
    /// Equal reports give equal bytes.
    ///
    /// # Errors
    ///
    /// A file that cannot be written; the message names it.
    pub fn write_to(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        fs::create_dir_all(dir).map_err(|error| at(dir, &error))?;
        // The page is written last: where it is, the others are.
        let files = [
            ("report.xml", self.render(Format::Junit)),
            ("report.json", self.render(Format::Json)),
            (json::SCHEMA, Ok(json::SCHEMA_TEXT.to_owned())),
            ("report.md", self.render(Format::Markdown)),
            ("report.html", self.render(Format::Html)),
        ];
        let write = |(name, text): (&str, Result<String, String>)| {
            let path = dir.join(name);
            let text = text.map_err(io::Error::other)?;
            replace(&path, &text).map_err(|error| at(&path, &error))?;
            Ok(path)
        };
        files.into_iter().map(write).collect()
    }
}

/// The report in a terminal.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Format::Text).map_err(|_| fmt::Error)?)
    }
}

/// Writes a file. A link in its place is replaced, so that nothing outside of the folder changes.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    if path.is_symlink() {
        fs::remove_file(path)?;
    }
    fs::write(path, text)
}

/// Returns the error with the path that it is about.
fn at(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
