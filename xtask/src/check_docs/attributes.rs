//! The attribute tables of a page: which body each describes, and its attributes.

use std::collections::BTreeMap;

use bvnk_contract::{AttributeRules, Contract, Expectation, Operation, Statement};

use super::rows::{self, AttributeRow};
use super::tables::Table;
use super::{Page, body_name, is_listed, of_body};
use crate::diff::{attribute, attribute_fact};
use crate::similar::{moved, renames, split};

/// The operation whose request the tables describe: the one with most of their names.
pub(super) fn described<'a>(
    contract: &'a Contract,
    statements: &[Statement],
    tables: &[Table],
) -> Option<&'a Operation> {
    let score = |operation: &&Operation| -> usize {
        let attributes = of_body(statements, &operation.id, "request");
        let paths: Vec<&str> = attributes.map(|rules| rules.path.as_str()).collect();
        let tables = tables.iter().filter(|table| table.has_attributes());
        tables.map(|table| rows::score(table, &paths)).sum()
    };
    let operation = contract.operations().iter().max_by_key(score)?;
    (score(&operation) > 0).then_some(operation)
}

impl Page<'_> {
    pub(super) fn compare_attributes(&mut self) {
        let bodies = self.bodies(false);
        let mut described: BTreeMap<&String, Vec<AttributeRow>> = BTreeMap::new();
        let tables = self.tables.clone();
        for table in tables.iter().filter(|table| table.has_attributes()) {
            let scored = bodies.iter().map(|of| {
                let attributes = self.attributes(of);
                let paths: Vec<&str> = attributes.iter().map(|rules| rules.path.as_str()).collect();
                (rows::score(table, &paths), of, rows::read(table, &paths))
            });
            // The first of equals.
            match scored.rev().max_by_key(|(score, ..)| *score) {
                Some((1.., of, rows)) => described.entry(of).or_default().extend(rows),
                _ => {
                    let names = table.rows.iter().map(|row| rows::name(table, row).0);
                    let names = names.collect::<Vec<_>>().join(", ");
                    let says =
                        format!("a table of attributes that no body of the contract has: {names}");
                    let edit = "describe the body that it is about";
                    self.remark(Some(table.line), says, "", edit);
                }
            }
        }
        for of in &bodies {
            match described.get(of) {
                Some(rows) => self.compare_body(of, rows),
                None => {
                    let says =
                        format!("no table describes the attributes of the {}", body_name(of));
                    let edit = "compare what the page has in its place";
                    self.remark(None, says, of, edit);
                }
            }
        }
    }

    fn compare_body(&mut self, of: &str, rows: &[AttributeRow]) {
        let rules = |path: &str, row: &AttributeRow| {
            row.apply(&self.rules(of, path), &self.still_settled(of, path))
        };
        let known: Vec<AttributeRules> = self.attributes(of).into_iter().cloned().collect();
        let found: Vec<AttributeRules> = rows.iter().map(|row| rules(&row.path, row)).collect();
        let renames = renames(
            &known.iter().collect::<Vec<_>>(),
            &found.iter().collect::<Vec<_>>(),
        );
        // The names of the contract in place of those of the page.
        let back = renames
            .iter()
            .rev()
            .map(|(from, to)| (to.clone(), from.clone()));
        let back: Vec<(String, String)> = back.collect();
        let stated = rows
            .iter()
            .map(|row| (row.line, rules(&moved(&row.path, &back), row)));
        let stated: Vec<_> = stated
            .map(|(line, rules)| (line, attribute_fact(rules)))
            .collect();

        for (from, to) in &renames {
            let line = rows.iter().find(|row| row.path == *to).map(|row| row.line);
            let old = self.rules(of, from);
            let new = AttributeRules {
                path: to.clone(),
                ..old.clone()
            };
            self.report_rename(
                line.into_iter().collect(),
                &attribute_fact(old),
                attribute_fact(new),
            );
        }
        for row in rows {
            for cell in &row.unreadable {
                let says = format!("the cell `{cell}` of {} cannot be read", row.path);
                let edit = "compare the page with the contract";
                self.remark(Some(row.line), says, of, edit);
            }
        }
        let id = self.operation.id.clone();
        let listed = |fact: &Expectation| {
            attribute(fact).is_some_and(|rules| {
                rules.operation == id && rules.of == of && is_listed(&rules.path)
            })
        };
        // The row of what holds it, or the first of the table.
        let near = |fact: &Expectation| {
            let parent = moved(split(&attribute(fact)?.path).0, &renames);
            let row = rows.iter().find(|row| row.path == parent).or(rows.first());
            row.map(|row| row.line)
        };
        self.compare("", &stated, listed, near);
    }

    /// The values that the page still settles: those of [`Self::settled`], unless it shows
    /// the attribute in a sample and no longer has the value.
    fn still_settled(&self, of: &str, path: &str) -> Vec<String> {
        let pointer = format!("/{}", path.replace('.', "/"));
        let mut samples = self
            .samples
            .iter()
            .filter_map(|sample| sample.value.as_ref().ok());
        let is_sampled = samples.any(|value| value.pointer(&pointer).is_some());
        let has = |value: &String| self.lines.iter().any(|line| line.text.contains(value));
        let mut settled = self.settled(of, path);
        settled.retain(|value| !is_sampled || has(value));
        settled
    }

    /// The values of an attribute that clauses settled from a sample.
    pub(super) fn settled(&self, of: &str, path: &str) -> Vec<String> {
        let subject = (&*self.operation.id, of, path);
        let values = self
            .clauses
            .iter()
            .filter_map(|clause| match &clause.expect {
                Expectation::Sample {
                    operation,
                    of,
                    path,
                    value,
                } if (&**operation, &**of, &**path) == subject => value.as_str().map(str::to_owned),
                _ => None,
            });
        values.collect()
    }
}
