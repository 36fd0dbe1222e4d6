//! A saved page, whether it was saved as text, Markdown or HTML: numbered lines of plain
//! text, and the tables among them. A row of a table is a line with `|` between its cells.
//!
//! Nothing here knows the API: what a column means is decided by words that pages of any API use.

use std::collections::BTreeMap;

use super::html::html;
use super::words;

/// One line, with its number in the file; the first is 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// The number in the file, also for HTML, where a line is where an element begins.
    pub(super) number: usize,
    /// The text without tags, with one kind of space, of quote and of hyphen.
    pub(super) text: String,
}

/// The lines of a page.
///
/// The format is detected by its tags and not by the name of the file, because browsers save pages
/// under many names.
pub(super) fn lines(page: &str) -> Vec<Line> {
    let start = page.trim_start().to_ascii_lowercase();
    let marks = ["<table", "<pre", "<body", "<html"];
    let is_html = start.starts_with("<!doctype") || marks.iter().any(|mark| start.contains(mark));
    let mut lines = if is_html { html(page) } else { text(page) };
    for line in &mut lines {
        line.text = words::replace(&PLAIN, &line.text);
    }
    lines
}

/// The lines of a text or of Markdown. They need no reader of their own: a row of Markdown is
/// one already.
///
/// Every line is kept, so that line breaks in the joined text can be counted to find a line.
fn text(page: &str) -> Vec<Line> {
    let line = |(number, text): (usize, &str)| Line {
        number,
        // Cells that were copied from a browser are separated by tabs.
        text: match text.trim().contains('\t') && !text.contains('|') {
            true => text.trim().replace('\t', " | "),
            false => text.to_owned(),
        },
    };
    (1..).zip(page.lines()).map(line).collect()
}

/// One kind of space, of quote and of hyphen.
///
/// Pages use typographic quotes and no-break spaces for the same words, which would otherwise not
/// be found. The first row removes characters that have no width.
const PLAIN: [(&str, &str); 5] = [
    ("[\u{200b}-\u{200d}\u{feff}]", ""),
    ("[\u{a0}\u{202f}\t]", " "),
    ("[\u{2018}\u{2019}]", "'"),
    ("[\u{201c}\u{201d}]", "\""),
    ("[\u{2010}\u{2011}]", "-"),
];

/// What a column has.
///
/// The title of a column decides, for example `Presence` is [`Required`](Self::Required).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// Whether the attribute is required.
    Required,
    /// An HTTP status.
    ///
    /// A cell may have text after it, as in `404 Not Found`.
    Code,
    /// The JSON type.
    Type,
    /// Text; it may list values and name a format.
    Description,
    /// The name of a header.
    Header,
    /// The name or path of an attribute.
    Name,
    /// A value of an enum, such as a status.
    Value,
}

/// The words of titles, as documentation pages have them.
///
/// The order matters, since a title may match several rows: `Required fields` is about what is
/// required, and `Status code` is a code and not a value.
const TITLES: [(&str, Column); 7] = [
    (
        r"(?i)\b(required|mandatory|presence|req)\b",
        Column::Required,
    ),
    (r"(?i)\b(code|http)\b", Column::Code),
    (r"(?i)\b(data)?type\b", Column::Type),
    (
        r"(?i)\b(description|details|notes|meaning|explanation)\b",
        Column::Description,
    ),
    (r"(?i)\bheaders?\b", Column::Header),
    (
        r"(?i)\b(attributes?|fields?|parameters?|name|property|key|member)\b",
        Column::Name,
    ),
    (r"(?i)\b(status(es)?|values?|state)\b", Column::Value),
];

/// One row below the titles.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The line of the page.
    pub(super) line: usize,
    /// The texts, without Markdown's marks, by what their columns have.
    pub(super) cells: BTreeMap<Column, String>,
}

impl Row {
    /// A row that has nothing but a name.
    pub(super) fn new(line: usize, name: &str) -> Self {
        let cells = BTreeMap::from([(Column::Name, name.to_owned())]);
        Self { line, cells }
    }

    /// The cell in the first column of a kind.
    ///
    /// `None` if the table has no such column, or the row ends before it.
    pub(super) fn cell(&self, column: Column) -> Option<&str> {
        self.cells.get(&column).map(String::as_str)
    }

    /// The name of what the row is about; empty if it has none.
    pub(super) fn name(&self) -> &str {
        self.cell(Column::Name).unwrap_or_default()
    }
}

/// One table. The titles of its columns say what it is about.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The line of the titles.
    pub(super) line: usize,
    /// What each column has; `None` if its title is unknown.
    ///
    /// An unknown column is kept, so that the indexes of the cells stay right.
    columns: Vec<Option<Column>>,
    /// The rows below the titles.
    pub(super) rows: Vec<Row>,
}

impl Table {
    /// Whether the rows describe attributes of a body.
    ///
    /// A name alone is not enough: a table of values has a column for names too.
    pub(super) fn has_attributes(&self) -> bool {
        let has = |column: &Column| self.columns.contains(&Some(*column));
        has(&Column::Name) && (has(&Column::Type) || has(&Column::Required))
    }
}

/// The tables among the lines of a page.
///
/// A table begins with the first row after other text, and that row has the titles. Blank lines do
/// not end it, because text that is copied from a browser has them between rows.
pub(super) fn tables(lines: &[Line]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut is_open = false;
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        let Some(mut cells) = cells(&line.text) else {
            is_open = false;
            continue;
        };
        if cells.iter().all(|cell| words::is(r"^:?[-=]*:?$", cell)) {
            continue;
        }
        let columns = cells.iter().map(|cell| words::first(&TITLES, cell));
        let columns: Vec<Option<Column>> = columns.collect();
        let is_short = |cell: &String| cell.split(' ').count() <= 4;
        // A row of titles within a table starts another one.
        let is_title = columns.iter().flatten().count() >= 2
            && cells
                .iter()
                .all(|cell| is_short(cell) && words::json_type(cell).is_none());
        let line = line.number;
        match tables.last_mut() {
            Some(table) if is_open && !is_title => {
                // A `|` within the last column does not separate cells.
                if cells.len() > table.columns.len() && !table.columns.is_empty() {
                    let rest = cells.split_off(table.columns.len() - 1).join(" | ");
                    cells.push(rest.trim_end_matches([' ', '|']).to_owned());
                }
                let cells = table.columns.iter().zip(cells).rev();
                let cells = cells.filter_map(|(column, cell)| Some(((*column)?, cell)));
                let cells = cells.collect();
                table.rows.push(Row { line, cells });
            }
            _ => tables.push(Table {
                line,
                columns,
                rows: Vec::new(),
            }),
        }
        is_open = true;
    }
    tables
}

/// The cells of a row, without Markdown's marks. `None` if the line is not a row.
///
/// An escaped `\|` is part of a cell. A `>` at the beginning belongs to a quotation.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches('>').trim();
    let line = line.replace("\\|", "\u{1}");
    if !line.contains('|') {
        return None;
    }
    let inner = line.strip_prefix('|').unwrap_or(&line);
    let inner = inner.strip_suffix('|').unwrap_or(inner).split('|');
    let cells = inner.map(|cell| without_marks(&cell.replace('\u{1}', "|")));
    Some(cells.collect())
}

/// A text without Markdown's marks.
///
/// Emphasis, code marks, escapes and entities are removed, and several spaces become one. So ``
/// **`firstName`** `` is `firstName`.
pub(super) fn without_marks(text: &str) -> String {
    const MARKS: [(&str, &str); 7] = [
        (r"<br ?/?>", " "),
        (r"\*\*|__|`", ""),
        (r"\\([_*\[\]])", "$1"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        (r"\s+", " "),
    ];
    words::replace(&MARKS, text).trim().to_owned()
}
