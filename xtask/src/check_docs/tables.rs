//! The tables of a page. The titles of its columns say what a table is about.

use super::lines::Line;
use super::words;

/// What a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Required,
    Optional,
    Code,
    Type,
    Description,
    Header,
    Name,
    Value,
    Other,
}

/// The words of titles, as documentation pages have them. The first column that has one
/// of the words counts.
const TITLES: [(Column, &str); 8] = [
    (Column::Required, "required mandatory presence req"),
    (Column::Optional, "optional"),
    (Column::Code, "code http"),
    (Column::Type, "type datatype"),
    (
        Column::Description,
        "description details notes meaning explanation",
    ),
    (Column::Header, "header headers"),
    (
        Column::Name,
        "attribute attributes field fields parameter parameters name property key member",
    ),
    (Column::Value, "status statuses value values state"),
];

impl Column {
    fn new(title: &str) -> Self {
        let title = title.to_lowercase();
        let words: Vec<&str> = title.split(|c: char| !c.is_alphanumeric()).collect();
        let has = |titles: &str| titles.split(' ').any(|title| words.contains(&title));
        let found = TITLES.iter().find(|(_, titles)| has(titles));
        found.map_or(Self::Other, |(column, _)| *column)
    }
}

/// One row below the titles.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: usize,
    cells: Vec<String>,
}

/// One table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) line: usize,
    columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

impl Table {
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    /// The cell of a row in the first column of a kind.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: Column) -> Option<&'a str> {
        let index = self.columns.iter().position(|other| *other == column)?;
        row.cells.get(index).map(String::as_str)
    }

    /// Whether the rows describe attributes of a body.
    pub(super) fn has_attributes(&self) -> bool {
        let about = [Column::Type, Column::Required, Column::Optional];
        self.has(Column::Name) && about.iter().any(|column| self.has(*column))
    }
}

pub(super) fn read(lines: &[Line]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut is_open = false;
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        let Some(cells) = cells(&line.text) else {
            is_open = false;
            continue;
        };
        if cells.iter().all(|cell| is_separator(cell)) {
            continue;
        }
        let columns: Vec<Column> = cells.iter().map(|cell| Column::new(cell)).collect();
        let titles = columns.iter().filter(|column| **column != Column::Other);
        // A row of titles within a table starts another one.
        let is_title = titles.count() >= 2
            && cells
                .iter()
                .all(|cell| cell.split(' ').count() <= 4 && words::json_type(cell).is_none());
        match tables.last_mut() {
            Some(table) if is_open && !is_title => table.rows.push(Row {
                line: line.number,
                cells: fit(cells, table.columns.len()),
            }),
            _ => tables.push(Table {
                line: line.number,
                columns,
                rows: Vec::new(),
            }),
        }
        is_open = true;
    }
    tables
}

/// The cells of a row, without Markdown's marks. `None` if the line is not a row.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches('>').trim();
    let line = line.replace("\\|", "\u{1}");
    if !line.contains('|') {
        return None;
    }
    let inner = line.strip_prefix('|').unwrap_or(&line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let cells = inner.split('|');
    Some(
        cells
            .map(|cell| without_marks(&cell.replace('\u{1}', "|")))
            .collect(),
    )
}

/// A text without Markdown's marks.
pub(super) fn without_marks(text: &str) -> String {
    let marks = [
        ("<br>", " "),
        ("<br/>", " "),
        ("<br />", " "),
        ("**", ""),
        ("__", ""),
        ("`", ""),
        ("\\_", "_"),
        ("\\*", "*"),
        ("\\[", "["),
        ("\\]", "]"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    let text = marks.iter().fold(text.to_owned(), |text, (mark, plain)| {
        text.replace(mark, plain)
    });
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_separator(cell: &str) -> bool {
    let dashes = cell.trim_matches(':');
    cell.is_empty() || (!dashes.is_empty() && dashes.chars().all(|c| c == '-' || c == '='))
}

/// A `|` within the last column does not separate cells.
fn fit(mut cells: Vec<String>, columns: usize) -> Vec<String> {
    if columns > 0 && cells.len() > columns {
        let rest = cells.split_off(columns - 1).join(" | ");
        cells.push(rest.trim_end_matches([' ', '|']).to_owned());
    }
    cells
}
