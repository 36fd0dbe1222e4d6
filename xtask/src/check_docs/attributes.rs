//! The attribute tables of a page: which body each describes, and its attributes.

use std::collections::BTreeMap;

use bvnk_contract::{AttributeRules, Contract, Expectation, Operation, Statement};

use super::rows::{self, AttributeRow};
use super::tables::Table;
use super::{Page, Stated, body_name, is_listed};
use crate::similar::{moved, renames, split};

/// The operation whose request the tables describe: the one with most of their names.
pub(super) fn described<'a>(
    contract: &'a Contract,
    statements: &[Statement],
    tables: &[Table],
) -> Option<&'a Operation> {
    let scored = contract.operations().iter().map(|operation| {
        let paths: Vec<&str> = statements
            .iter()
            .filter_map(|statement| match &statement.expectation {
                Expectation::Attribute(rules)
                    if rules.operation == operation.id && rules.of == "request" =>
                {
                    Some(rules.path.as_str())
                }
                _ => None,
            })
            .collect();
        let tables = tables.iter().filter(|table| table.has_attributes());
        let score: usize = tables.map(|table| rows::score(table, &paths)).sum();
        (score, operation)
    });
    let (score, operation) = scored.max_by_key(|(score, _)| *score)?;
    (score > 0).then_some(operation)
}

impl Page<'_> {
    pub(super) fn compare_attributes(&mut self) {
        let bodies = self.bodies(false);
        let mut described: BTreeMap<String, Vec<AttributeRow>> = BTreeMap::new();
        let tables: Vec<Table> = self.tables.clone();
        for table in tables.iter().filter(|table| table.has_attributes()) {
            let scored = bodies.iter().map(|of| {
                let attributes = self.attributes(of);
                let paths: Vec<&str> = attributes.iter().map(|rules| rules.path.as_str()).collect();
                (rows::score(table, &paths), of, rows::read(table, &paths))
            });
            // The first of equals.
            match scored.rev().max_by_key(|(score, ..)| *score) {
                Some((1.., of, rows)) => described.entry(of.clone()).or_default().extend(rows),
                _ => {
                    let names = table.rows.iter().map(|row| rows::name(table, row).0);
                    let names: Vec<String> = names.collect();
                    self.remark(
                        vec![table.line],
                        format!(
                            "a table of attributes that no body of the contract has: {}",
                            names.join(", ")
                        ),
                        self.operation.location.clone(),
                        "describe the body that it is about",
                    );
                }
            }
        }
        for of in bodies {
            match described.get(&of) {
                Some(rows) => self.compare_body(&of, rows),
                None => self.remark(
                    Vec::new(),
                    format!(
                        "no table describes the attributes of the {}",
                        body_name(&of)
                    ),
                    self.body_place(&of),
                    "compare what the page has in its place",
                ),
            }
        }
    }

    fn compare_body(&mut self, of: &str, rows: &[AttributeRow]) {
        let known: Vec<AttributeRules> = self.attributes(of).into_iter().cloned().collect();
        let row_rules = |path: &str, row: &AttributeRow| {
            let new = || AttributeRules {
                operation: self.operation.id.clone(),
                of: of.to_owned(),
                path: path.to_owned(),
                r#type: "string".to_owned(),
                ..AttributeRules::default()
            };
            let rules = known.iter().find(|rules| rules.path == path);
            row.apply(
                &rules.cloned().unwrap_or_else(new),
                &self.still_settled(of, path),
            )
        };
        let found: Vec<AttributeRules> = rows.iter().map(|row| row_rules(&row.path, row)).collect();
        let (old, new): (Vec<_>, Vec<_>) = (known.iter().collect(), found.iter().collect());
        let renames = renames(&old, &new);
        // The names of the contract in place of those of the page.
        let back: Vec<(String, String)> = renames
            .iter()
            .rev()
            .map(|(from, to)| (to.clone(), from.clone()))
            .collect();
        let fact = |row: &AttributeRow| {
            Expectation::Attribute(row_rules(&moved(&row.path, &back), row).into())
        };
        let stated: Vec<Stated> = rows.iter().map(|row| (row.line, fact(row))).collect();
        let unreadable: Vec<(usize, String)> = rows
            .iter()
            .flat_map(|row| row.unreadable().map(move |cell| (row, cell)))
            .map(|(row, cell)| {
                (
                    row.line,
                    format!("the cell `{cell}` of {} cannot be read", row.path),
                )
            })
            .collect();

        for (from, to) in &renames {
            let line = rows.iter().find(|row| row.path == *to).map(|row| row.line);
            let rules = |path: &str| known.iter().find(|rules| rules.path == path).cloned();
            let Some(old) = rules(from) else { continue };
            let new = AttributeRules {
                path: to.clone(),
                ..old.clone()
            };
            let [old, new] = [old, new].map(|rules| Expectation::Attribute(rules.into()));
            self.reported
                .extend([&old, &new].into_iter().filter_map(|fact| fact.subject()));
            self.report_rename(line.into_iter().collect(), &old, new);
        }
        for (line, says) in unreadable {
            let place = self.body_place(of);
            self.remark(
                vec![line],
                says,
                place,
                "compare the page with the contract",
            );
        }
        let id = self.operation.id.clone();
        let listed = |fact: &Expectation| {
            matches!(fact, Expectation::Attribute(rules)
                if rules.operation == id && rules.of == of && is_listed(&rules.path))
        };
        // The row of what holds it, or the first of the table.
        let near = |fact: &Expectation| {
            let Expectation::Attribute(rules) = fact else {
                return None;
            };
            let parent = moved(split(&rules.path).0, &renames);
            let row = rows.iter().find(|row| row.path == parent).or(rows.first());
            row.map(|row| row.line)
        };
        self.compare("", &stated, listed, near);
    }

    /// The values that the page still settles: those of [`Self::settled`], unless it shows
    /// the attribute in a sample and no longer has the value.
    fn still_settled(&self, of: &str, path: &str) -> Vec<String> {
        let pointer = format!("/{}", path.replace('.', "/"));
        let is_sampled = self.samples.iter().any(|sample| {
            let value = sample.value.as_ref().ok();
            value.is_some_and(|value| value.pointer(&pointer).is_some())
        });
        let has = |value: &String| self.lines.iter().any(|line| line.text.contains(value));
        let settled = self.settled(of, path).into_iter();
        settled.filter(|value| !is_sampled || has(value)).collect()
    }

    /// The values of an attribute that clauses settled from a sample.
    pub(super) fn settled(&self, of: &str, path: &str) -> Vec<String> {
        let settled = self
            .clauses
            .iter()
            .filter_map(|clause| match &clause.expect {
                Expectation::Sample {
                    operation,
                    of: body,
                    path: at,
                    value,
                } if *operation == self.operation.id && body == of && at == path => value.as_str(),
                _ => None,
            });
        settled.map(str::to_owned).collect()
    }
}
