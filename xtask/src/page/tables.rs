//! The tables of a page, and what each is about, told by the words of its first row.

use super::lines::Line;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Header,
    Type,
    Required,
    Optional,
    Description,
    Code,
    Value,
    Other,
}

impl Column {
    /// By the words above it, in whatever documentation.
    fn of(title: &str) -> Self {
        let title = title.to_lowercase();
        let title = title.trim_matches(|c: char| !c.is_alphanumeric());
        let has = |words: &[&str]| {
            words.iter().any(|word| {
                title
                    .split(|c: char| !c.is_alphanumeric())
                    .any(|part| part == *word)
            })
        };
        match title {
            _ if has(&["required", "mandatory", "presence", "req"]) => Self::Required,
            _ if has(&["optional"]) => Self::Optional,
            _ if has(&["code", "http"]) => Self::Code,
            _ if has(&["type", "datatype"]) => Self::Type,
            _ if has(&["description", "details", "notes", "meaning", "explanation"]) => {
                Self::Description
            }
            _ if has(&["header", "headers"]) => Self::Header,
            _ if has(&[
                "attribute",
                "attributes",
                "field",
                "fields",
                "parameter",
                "parameters",
            ]) || has(&["name", "property", "key", "member"]) =>
            {
                Self::Name
            }
            _ if has(&["status", "statuses", "value", "values", "state"]) => Self::Value,
            _ => Self::Other,
        }
    }
}

/// One row below the first.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

/// One table.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) line: usize,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
}

impl Table {
    pub(super) fn has(&self, column: Column) -> bool {
        self.columns.contains(&column)
    }

    /// The cell of a row in a column; nothing, where there is no such column.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: Column) -> Option<&'a str> {
        let index = self.columns.iter().position(|other| *other == column)?;
        row.cells.get(index).map(String::as_str)
    }

    /// Whether it lists attributes of a body.
    pub(super) fn is_of_attributes(&self) -> bool {
        self.has(Column::Name)
            && (self.has(Column::Type) || self.has(Column::Required) || self.has(Column::Optional))
    }
}

pub(super) fn find(lines: &[Line]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut open = false;
    for line in lines {
        if line.text.trim().is_empty() {
            continue;
        }
        let Some(cells) = cells(&line.text) else {
            open = false;
            continue;
        };
        if cells.iter().all(|cell| is_rule(cell)) {
            continue;
        }
        let columns: Vec<Column> = cells.iter().map(|cell| Column::of(cell)).collect();
        let named = columns.iter().filter(|column| **column != Column::Other);
        // A row of titles within a table starts another one.
        let is_titles = named.count() >= 2
            && cells.iter().all(|cell| {
                cell.split(' ').count() <= 4 && super::words::json_type(cell).is_none()
            });
        match tables.last_mut() {
            Some(table) if open && !is_titles => table.rows.push(Row {
                line: line.number,
                cells: fitted(cells, table.columns.len()),
            }),
            _ => tables.push(Table {
                line: line.number,
                columns,
                rows: Vec::new(),
            }),
        }
        open = true;
    }
    tables
}

/// The cells of a row, without Markdown's decorations; nothing, if the line is no row.
pub(super) fn cells(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches('>').trim();
    let bare = line.replace("\\|", "\u{1}");
    if !bare.contains('|') {
        return None;
    }
    let inner = bare.strip_prefix('|').unwrap_or(&bare);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    let cells: Vec<String> = inner
        .split('|')
        .map(|cell| bare_text(&cell.replace('\u{1}', "|")))
        .collect();
    Some(cells)
}

/// A text without Markdown's decorations.
pub(super) fn bare_text(text: &str) -> String {
    let mut bare = text
        .replace("<br>", " ")
        .replace("<br/>", " ")
        .replace("<br />", " ");
    for mark in ["**", "__", "`"] {
        bare = bare.replace(mark, "");
    }
    for (escaped, plain) in [
        ("\\_", "_"),
        ("\\*", "*"),
        ("\\[", "["),
        ("\\]", "]"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ] {
        bare = bare.replace(escaped, plain);
    }
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_rule(cell: &str) -> bool {
    let dashes = cell.trim_matches(':');
    cell.is_empty() || (!dashes.is_empty() && dashes.chars().all(|c| c == '-' || c == '='))
}

/// A `|` within the last column parts no cells.
fn fitted(mut cells: Vec<String>, columns: usize) -> Vec<String> {
    if columns > 0 && cells.len() > columns {
        let rest = cells.split_off(columns - 1).join(" | ");
        cells.push(rest.trim_end_matches([' ', '|']).to_owned());
    }
    cells
}
