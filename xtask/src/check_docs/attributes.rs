//! The attribute tables of a page: which body each describes, what is renamed, and what the
//! rows state. Headers are read as rows that have nothing but a name.
//!
//! A table is assigned to a body by its names alone, since headings above tables differ from page
//! to page. Renames are found before the comparison, or else each would be reported as one
//! attribute that is gone and one that is new.

use bvnk_contract::{AttributeRules, Clause, Contract, Expectation, Operation, Statement};

use super::page::Table;
use super::rows::{self, AttributeRow};
use super::{Page, Stated, best, of_body};
use crate::similar::{moved, renames};

/// The operation whose request the tables describe: the one with most of their names.
///
/// `None` if no table has a single name of a request. Names of responses do not count: the bodies
/// of several operations share most of them.
pub(super) fn described<'a>(
    contract: &'a Contract,
    statements: &[Statement],
    tables: &[Table],
) -> Option<&'a Operation> {
    let tables = tables.iter().filter(|table| table.has_attributes());
    best(contract.operations(), |operation| {
        let attributes = of_body(statements, &operation.id, "request");
        let paths: Vec<&str> = attributes.map(|rules| rules.path.as_str()).collect();
        let names = tables.clone().map(rows::names);
        names.map(|names| rows::score(&names, &paths)).sum()
    })
}

impl Page<'_> {
    /// What the attribute tables state.
    ///
    /// Two tables about one body are read as one, as a page may split a long body.
    pub(super) fn read_attributes(&mut self) -> Vec<Stated> {
        let tables = self.tables.iter().filter(|table| table.has_attributes());
        let tables = tables.map(|table| (table.line, rows::names(table), table.clone()));
        let words = [
            "table of attributes",
            "no table describes the attributes of the",
        ];
        let described = self.assigned(tables.collect(), false, words).into_iter();
        let stated = described.flat_map(|(of, tables)| {
            let rows = tables
                .iter()
                .flat_map(|it| rows::read(it, &self.paths(&of)));
            let rows: Vec<AttributeRow> = rows.collect();
            self.attribute_facts(&of, &rows)
        });
        stated.collect()
    }

    /// What rows state of a body or of the headers, with the contract's names in place of new
    /// ones. The renames are reported here.
    ///
    /// Cells that cannot be read are reported too, and the contract's rule is kept for them: an
    /// unknown word in a type column must not become another type.
    pub(super) fn attribute_facts(&mut self, of: &str, rows: &[AttributeRow]) -> Vec<Stated> {
        let known: Vec<_> = self.attributes(of).collect();
        let found = rows.iter().map(|row| self.applied(of, &row.path, row));
        let found: Vec<AttributeRules> = found.collect();
        let renames = renames(&known, &found.iter().collect::<Vec<_>>());
        for (from, to) in &renames {
            let lines = rows.iter().filter(|row| row.path == *to);
            let lines = lines.map(|row| row.line).collect();
            let old = self.rules(of, from);
            self.report_rename(lines, [from, to], |path| {
                let path = path.to_owned();
                AttributeRules {
                    path,
                    ..old.clone()
                }
                .into()
            });
        }
        for row in rows {
            for cell in &row.unreadable {
                let says = format!("the cell `{cell}` of {} cannot be read", row.path);
                self.remark(Some(row.line), says, of);
            }
        }
        let back = renames.into_iter().rev().map(|(from, to)| (to, from));
        let back: Vec<(String, String)> = back.collect();
        let stated = rows.iter().map(|row| {
            let rules = self.applied(of, &moved(&row.path, &back), row);
            (row.line, rules.into())
        });
        stated.collect()
    }

    /// The attribute at `path` of the contract with what a row states in place of it.
    ///
    /// A clause may have added values that only a sample shows. They are kept as if the row listed
    /// them, unless the page no longer shows them anywhere.
    fn applied(&self, of: &str, path: &str, row: &AttributeRow) -> AttributeRules {
        let pointer = format!("/{}", path.replace('.', "/"));
        let mut values = self.samples.iter().flat_map(|sample| &sample.value);
        let is_sampled = values.any(|value| value.pointer(&pointer).is_some());
        let mut settled = self.settled(of, path);
        // A page that shows the attribute without the value no longer settles it.
        settled.retain(|value| !is_sampled || self.text.contains(value));
        row.apply(&self.rules(of, path), &settled)
    }

    /// The values of an attribute that clauses settled from a sample.
    ///
    /// These are the values of clauses whose expectation is a `sample`, in the order of
    /// `clauses.toml`.
    pub(super) fn settled(&self, of: &str, path: &str) -> Vec<String> {
        let about = self.clauses.all_about(&self.rules(of, path).into());
        let value = |clause: &Clause| match &clause.expect {
            Expectation::Sample { value, .. } => value.as_str().map(str::to_owned),
            _ => None,
        };
        about.into_iter().filter_map(value).collect()
    }
}
