//! The same page in other layouts: mechanical renderings of the text with its tables.

use std::fmt::Write as _;

/// One block of the page.
enum Block<'a> {
    Table(Vec<Vec<&'a str>>),
    Code(Vec<&'a str>),
    List(Vec<(&'a str, &'a str)>),
    Text(&'a str),
}

fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut in_code = false;
    for line in page.lines() {
        let starts_code = line.starts_with("curl ") || line == "{";
        if in_code || starts_code {
            match blocks.last_mut() {
                Some(Block::Code(lines)) if in_code => lines.push(line),
                _ => blocks.push(Block::Code(vec![line])),
            }
            // The command ends with its quote, the answer with its brace.
            let ends_command = line == "}'";
            let ends_answer =
                line == "}" && matches!(blocks.last(), Some(Block::Code(lines)) if lines[0] == "{");
            in_code = !(ends_command || ends_answer);
            continue;
        }
        if line.starts_with("---|") {
            continue;
        }
        if line.contains(" | ") {
            let cells = line.trim_end_matches([' ', '|']).split(" | ").collect();
            match blocks.last_mut() {
                Some(Block::Table(rows)) => rows.push(cells),
                _ => blocks.push(Block::Table(vec![cells])),
            }
            continue;
        }
        let item = line.split_once(": ").filter(|(value, _)| {
            value.len() > 3 && value.chars().all(|c| c.is_ascii_uppercase() || c == '_')
        });
        match (item, blocks.last_mut()) {
            (Some(item), Some(Block::List(items))) => items.push(item),
            (Some(item), _) => blocks.push(Block::List(vec![item])),
            (None, _) => blocks.push(Block::Text(line)),
        }
    }
    blocks
}

pub(crate) fn markdown(page: &str) -> String {
    let mut out = String::new();
    for block in blocks(page) {
        match block {
            Block::Table(rows) => {
                for (index, row) in rows.iter().enumerate() {
                    let cells = row.iter().enumerate().map(|(column, cell)| match column {
                        0 if index > 0 && !cell.contains(' ') => format!("`{}`", cell.trim()),
                        1 if index > 0 => format!("**{}**", cell.trim()),
                        _ => cell.replace('_', "\\_"),
                    });
                    let _ = writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "));
                    if index == 0 {
                        let _ = writeln!(out, "|{}", " :--- |".repeat(row.len()));
                    }
                }
                out.push('\n');
            }
            Block::Code(lines) => {
                let _ = writeln!(out, "```json\n{}\n```\n", lines.join("\n"));
            }
            Block::List(items) => {
                for (value, text) in items {
                    let _ = writeln!(out, "* **`{value}`**: {text}");
                }
                out.push('\n');
            }
            Block::Text(line) => {
                let _ = writeln!(out, "{line}\n");
            }
        }
    }
    out
}

pub(crate) fn html(page: &str) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
    };
    let mut out = String::from(
        "<!DOCTYPE html>\n<html><head><title>A page</title><style>td { color: red }</style>\n<script>var x = {\"type\": \"none\"};</script></head>\n<body><main>\n",
    );
    for block in blocks(page) {
        match block {
            Block::Table(rows) => {
                out.push_str("<div><table>\n");
                for (index, row) in rows.iter().enumerate() {
                    let (cell, group) = if index == 0 {
                        ("th", "thead")
                    } else {
                        ("td", "tbody")
                    };
                    let _ = write!(out, "<{group}><tr>");
                    for (column, text) in row.iter().enumerate() {
                        let text = escape(text.trim());
                        let text = if column == 0 && index > 0 {
                            format!("<code>{text}</code>")
                        } else {
                            text
                        };
                        let _ = write!(out, "\n  <{cell} align=left><p>{text}</p></{cell}>");
                    }
                    let _ = writeln!(out, "\n</tr></{group}>");
                }
                out.push_str("</table></div>\n");
            }
            Block::Code(lines) => {
                let lines: Vec<String> = lines
                    .iter()
                    .map(|line| format!("<span class=\"line\">{}</span>", escape(line)))
                    .collect();
                let _ = writeln!(
                    out,
                    "<pre><code class=\"language-json\">{}</code></pre>",
                    lines.join("\n")
                );
            }
            Block::List(items) => {
                out.push_str("<ul>");
                for (value, text) in items {
                    let _ = writeln!(
                        out,
                        "<li><strong><code>{value}</code></strong>: {}</li>",
                        escape(text)
                    );
                }
                out.push_str("</ul>\n");
            }
            Block::Text(line) => {
                let _ = writeln!(out, "<p>{}</p>", escape(line));
            }
        }
    }
    out.push_str("</main></body></html>\n");
    out
}

/// Cells separated by tabs, as a browser copies them.
pub(crate) fn tabs(page: &str) -> String {
    lines(page, |cells| cells.join("\t"))
}

/// Other titles, in another order.
pub(crate) fn reordered(page: &str) -> String {
    lines(page, |cells| match cells {
        ["Attribute", "Type", "Required", "Description"] => {
            "| Notes | Field | Mandatory? | Data type |".to_owned()
        }
        [name, kind, required, text] => format!(
            "| {text} | {name} | {} | {} |",
            if *required == "Yes" { "✓" } else { "" },
            kind.to_uppercase()
        ),
        cells => format!("| {} |", cells.join(" | ")),
    })
}

/// What is required stands after the type, and names leave out what holds them.
pub(crate) fn nested(page: &str) -> String {
    lines(page, |cells| match cells {
        ["Attribute", "Type", "Required", "Description"] => {
            "Parameter | Type | Details |".to_owned()
        }
        [name, kind, required, text] => {
            let depth = name.matches('.').count();
            let last = name.rsplit('.').next().unwrap_or(name);
            let need = if *required == "Yes" {
                "required"
            } else {
                "optional"
            };
            format!("{}{last} | {kind}, {need} | {text} |", "↳ ".repeat(depth))
        }
        cells => format!("{} |", cells.join(" | ")),
    })
}

fn lines(page: &str, row: impl Fn(&[&str]) -> String) -> String {
    let lines = page.lines().map(|line| {
        if line.starts_with("---|") {
            String::new()
        } else if line.contains(" | ") {
            let cells: Vec<&str> = line
                .trim_end_matches([' ', '|'])
                .split(" | ")
                .map(str::trim)
                .collect();
            row(&cells)
        } else {
            line.to_owned()
        }
    });
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
