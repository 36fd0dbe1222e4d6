//! Statements: the facts that a contract states, one by one, in the form that clauses
//! expect them.
//!
//! Everything that changes what callers send or receive is a statement. Descriptions, examples,
//! names of components and the order of members are not: an edit of those needs no clause.

use crate::attributes::variant_name;
use crate::{Additional, AttributeRules, Body, Contract, Expectation, Operation, Schema, Shape};

/// One fact that a document states, with its place: a contract's, or what a clause expects.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The fact.
    pub expectation: Expectation,
    /// Its place in the document; in a contract, a JSON pointer.
    pub location: String,
}

impl Contract {
    /// Returns every fact that the contract states, operation by operation. Descriptions and
    /// examples are none.
    ///
    /// Each fact has another [subject](Expectation::subject): reading refuses a contract that
    /// states something twice.
    pub fn statements(&self) -> Vec<Statement> {
        let servers = self.servers.iter().zip(1..).map(|(server, rank)| {
            let url = server.url.clone();
            Statement {
                expectation: Expectation::Server { url, rank },
                location: format!("/servers/{}", rank - 1),
            }
        });
        let mut list = servers.collect();
        for operation in &self.operations {
            let mut statements = Statements {
                contract: self,
                operation,
                list,
            };
            statements.add();
            list = statements.list;
        }
        list
    }
}

/// The statements of the contract up to an operation.
struct Statements<'a> {
    contract: &'a Contract,
    operation: &'a Operation,
    list: Vec<Statement>,
}

impl Statements<'_> {
    /// Adds one fact with the JSON pointer of its place.
    fn push(&mut self, location: &str, expectation: Expectation) {
        self.list.push(Statement {
            expectation,
            location: location.to_owned(),
        });
    }

    /// The id of the operation, which each fact about it has.
    fn id(&self) -> String {
        self.operation.id.clone()
    }

    /// Adds the facts of the operation: itself, its security, the parameters, the request's
    /// body, and the responses with their bodies and links.
    fn add(&mut self) {
        let operation = self.operation;
        let location = &operation.location;
        let expectation = Expectation::Operation {
            operation: self.id(),
            method: operation.method.clone(),
            path: operation.path.clone(),
        };
        self.push(location, expectation);
        if !operation.security.is_empty() {
            let expectation = Expectation::Security {
                operation: self.id(),
                scheme: operation.security.join(", "),
            };
            self.push(location, expectation);
        }
        for parameter in &operation.parameters {
            let of = parameter.location.to_string();
            let items = match &self.contract.resolve(&parameter.schema).shape {
                Shape::Array(items) => Some(items),
                _ => None,
            };
            let mut rules = self.rules(&of, &parameter.name, &parameter.schema);
            rules.required = parameter.required;
            rules.joined = items.is_some() && !parameter.explode;
            self.push(&parameter.pointer, rules.into());
            if let Some(items) = items {
                let rules = self.rules(&of, &format!("{}[]", parameter.name), items);
                self.push(&items.location, rules.into());
            }
            if parameter.idempotency_key {
                let expectation = Expectation::IdempotencyKey {
                    operation: self.id(),
                    header: parameter.name.clone(),
                };
                self.push(&parameter.pointer, expectation);
            }
        }
        if let Some(body) = &operation.body {
            self.body("request", body, location);
        }
        for response in &operation.responses {
            let status = response.status.to_string();
            let expectation = Expectation::Answer {
                operation: self.id(),
                status: status.clone(),
            };
            self.push(&response.location, expectation);
            if let Some(body) = &response.body {
                self.body(&status, body, &response.location);
            }
            for link in &response.links {
                for (parameter, source) in &link.parameters {
                    let expectation = Expectation::Link {
                        operation: self.id(),
                        of: status.clone(),
                        target: link.operation.clone(),
                        parameter: parameter.clone(),
                        from: source.pointer.clone(),
                    };
                    self.push(&response.location, expectation);
                }
            }
        }
    }

    /// Adds the facts of a body: its media type, its attributes, and which values are
    /// terminal. `of` is `request` or a status.
    fn body(&mut self, of: &str, body: &Body, location: &str) {
        let schema = self.contract.resolve(&body.schema);
        let expectation = Expectation::Media {
            operation: self.id(),
            of: of.to_owned(),
            r#type: body.media_type.clone(),
            body: (schema.shape != Shape::Any).then(|| schema.shape.name().to_owned()),
            required: of != "request" || self.operation.body_required,
        };
        self.push(location, expectation);
        let root = self.rules(of, "", &body.schema);
        // A body without further rules is stated by its media type.
        if root != root.without_rules() {
            self.push(&body.schema.location, root.into());
        }
        self.terminal(of, "", schema);
        for attribute in self.contract.attributes(&body.schema) {
            let mut rules = self.rules(of, &attribute.path, attribute.schema);
            rules.required = attribute.required;
            rules.nullable = attribute.nullable;
            self.push(&attribute.location, rules.into());
            self.terminal(of, &attribute.path, attribute.schema);
        }
    }

    /// Adds which values of an attribute end a flow. Only responses state that: what a caller
    /// sends ends nothing.
    fn terminal(&mut self, of: &str, path: &str, schema: &Schema) {
        if !schema.terminal.is_empty() && of != "request" {
            let expectation = Expectation::Terminal {
                operation: self.id(),
                of: of.to_owned(),
                path: path.to_owned(),
                values: schema.terminal.clone(),
            };
            self.push(&schema.location, expectation);
        }
    }

    /// The rules of a schema at a place, in the form of clauses. Whether the place must be there
    /// is not in its schema but in what contains it, and is set by the caller.
    fn rules(&self, of: &str, path: &str, schema: &Schema) -> AttributeRules {
        let nullable = self.contract.is_nullable(schema);
        let Schema { shape, rules, .. } = self.contract.resolve(schema);
        let variants: &[Schema] = match shape {
            Shape::OneOf(variants) => variants,
            _ => &[],
        };
        let names = variants.iter().enumerate();
        AttributeRules {
            operation: self.id(),
            of: of.to_owned(),
            path: path.to_owned(),
            r#type: shape.name().to_owned(),
            nullable,
            closed: matches!(shape, Shape::Object(it) if it.additional == Additional::None),
            variants: names.map(|(index, it)| variant_name(index, it)).collect(),
            rules: rules.clone(),
            ..AttributeRules::default()
        }
    }
}
