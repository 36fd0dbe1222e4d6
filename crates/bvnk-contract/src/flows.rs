//! Links, and the flows that follow from them: what operations create, and which requests name it.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::read::child;
use crate::{Contract, Diagnostic, Location, Operation, Parameter, Response};

/// An OpenAPI link: an operation that takes a parameter's value from a response.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The link's name.
    #[serde(skip)]
    pub name: String,
    /// The `operationId` of the operation that follows.
    #[serde(rename = "operationId")]
    pub operation: String,
    /// The parameters of that operation, with where their values come from.
    #[serde(default)]
    pub parameters: BTreeMap<String, LinkSource>,
    /// Whether the waits of the client follow this link (`x-tracked`).
    #[serde(default, rename = "x-tracked")]
    pub tracked: bool,
    /// What the link means.
    pub description: Option<String>,
}

/// Where a link takes a value from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LinkSource {
    /// A JSON pointer into the response's body.
    pub pointer: String,
}

impl TryFrom<String> for LinkSource {
    type Error = String;

    /// Reads a runtime expression such as `$response.body#/reference`.
    fn try_from(expression: String) -> Result<Self, String> {
        match expression.strip_prefix("$response.body#") {
            Some(pointer) => Ok(Self {
                pointer: pointer.to_owned(),
            }),
            None => Err(format!(
                "`{expression}` is neither a place in the response's body, `$response.body#/NAME`, \
                 nor the request's path parameter of the same name, `$request.path.NAME`"
            )),
        }
    }
}

/// Two operations that belong together: one creates, the other takes a value from its
/// response, most often to fetch what was created. Derived from an OpenAPI link.
#[derive(Clone, Debug)]
pub struct Flow<'a> {
    /// The operation whose response has the link.
    pub create: &'a Operation,
    /// The response that has the link.
    pub response: &'a Response,
    /// The operation that follows.
    pub follow: &'a Operation,
    /// The parameter that takes the value.
    pub parameter: &'a Parameter,
    /// Where the value stands in the response of the creation.
    pub source: &'a LinkSource,
    /// Whether the waits of the client follow the link (`x-tracked`).
    pub tracked: bool,
}

/// Something created that a request names.
#[derive(Clone, Debug)]
pub struct Named<'a> {
    /// How it is created.
    pub flow: Flow<'a>,
    /// The parameter of the request that names it.
    pub parameter: &'a Parameter,
    /// Whether the request is about the thing itself, and not about something below it.
    pub is_itself: bool,
}

impl Flow<'_> {
    /// Returns whether the operation that follows fetches what was created, and changes nothing.
    pub fn fetches(&self) -> bool {
        self.follow.method == "get"
    }

    /// The path's segments up to the parameter that takes the value; none for another parameter.
    fn segments(&self) -> Vec<&str> {
        let marker = format!("{{{}}}", self.parameter.name);
        let mut segments: Vec<&str> = self.follow.path.split('/').collect();
        let at = segments.iter().position(|segment| *segment == marker);
        segments.truncate(at.map_or(0, |at| at + 1));
        segments
    }

    /// The parameter of a path that stands where this flow's does, and whether the path ends there.
    fn below<'o>(&self, operation: &'o Operation) -> Option<(&'o Parameter, bool)> {
        let segments = self.segments();
        let all: Vec<&str> = operation.path.split('/').collect();
        let own = all.get(..segments.len())?;
        let is_parameter = |it: &str| it.starts_with('{');
        let mut pairs = segments.iter().zip(own);
        let is_same = pairs.all(|(it, own)| it == own || is_parameter(it) && is_parameter(own));
        let name = own.last()?.trim_matches(['{', '}']);
        let mut parameters = operation.parameters_in(Location::Path);
        let parameter = parameters.find(|it| it.name == name && is_same)?;
        Some((parameter, own.len() == all.len()))
    }
}

impl Contract {
    /// Returns creations with the operation that follows, from the contract's links. Of one creation
    /// the first is the flow that shows most of what was created: a fetch, of a status that ends, by
    /// a path.
    pub fn flows(&self) -> Vec<Flow<'_>> {
        let mut flows = Vec::new();
        for create in &self.operations {
            let start = flows.len();
            for (response, link) in create.links() {
                for (name, source) in &link.parameters {
                    // Reading refuses links that lead nowhere.
                    let follow = self.operation(&link.operation);
                    flows.extend(follow.and_then(|follow| {
                        let mut parameters = follow.parameters.iter();
                        Some(Flow {
                            create,
                            response,
                            follow,
                            parameter: parameters.find(|it| it.name == *name)?,
                            source,
                            tracked: link.tracked,
                        })
                    }));
                }
            }
            flows[start..].sort_by_key(|it: &Flow<'_>| {
                (
                    !it.fetches(),
                    !self.has_status(it.follow),
                    it.segments().is_empty(),
                )
            });
        }
        flows
    }

    /// Returns the flows that a wait can follow, to a status that ends. The first is the one that the
    /// contract marks (`x-tracked`); without a mark it is that of the first path, and reading the
    /// contract warns if there are several.
    pub fn tracked_flows(&self) -> Vec<Flow<'_>> {
        let mut flows = self.flows();
        flows.retain(|it| self.is_trackable(it));
        flows.sort_by_key(|it| !it.tracked);
        flows
    }

    /// Whether a wait can follow a flow.
    fn is_trackable(&self, flow: &Flow<'_>) -> bool {
        flow.fetches() && self.has_status(flow.follow)
    }

    /// The warnings about links that are marked (`x-tracked`): a mark without effect, and several
    /// things with a status that ends of which not exactly one is marked.
    pub(crate) fn tracking_warnings(&self, file: &str) -> Vec<Diagnostic> {
        let flows = self.flows().into_iter();
        let in_vain = flows.filter(|it| it.tracked && !self.is_trackable(it));
        let in_vain = in_vain.map(|it| {
            let message = format!(
                "`x-tracked` has no effect: `{}` fetches no status that ends",
                it.follow.id
            );
            let place = child(&it.response.location, "links");
            Diagnostic::new(file, place, message)
                .help("mark the link that waits of the client follow")
        });
        in_vain.chain(self.ambiguous_flow(file)).collect()
    }

    fn ambiguous_flow(&self, file: &str) -> Option<Diagnostic> {
        let flows = self.tracked_flows();
        let first = flows.first()?;
        let others = flows.iter().filter(|it| it.create.id != first.create.id);
        let (marked, unmarked): (Vec<_>, Vec<_>) = others.partition(|it| it.tracked);
        if marked.is_empty() && (first.tracked || unmarked.is_empty()) {
            return None;
        }
        let message = format!(
            "waits follow what `{}` creates, and other things have a status that ends",
            first.create.id
        );
        let help =
            "set `x-tracked: true` on the link that waits of the client follow, and on no other";
        let place = child(&first.response.location, "links");
        Some(Diagnostic::new(file, place, message).help(help))
    }

    /// Returns whether a success of an operation has a status that ends (`x-terminal`).
    pub fn has_status(&self, operation: &Operation) -> bool {
        let mut bodies = operation.successes().filter_map(|it| it.body.as_ref());
        bodies.any(|body| !self.statuses(&body.schema).is_empty())
    }

    /// Returns what a request of an operation names, the outermost first: by the parameter of a
    /// link, or by one of the path that stands where that of a link does.
    pub fn named_by<'a>(&'a self, operation: &'a Operation) -> Vec<Named<'a>> {
        let flows = self.flows();
        let mut found = Vec::new();
        for same in flows.chunk_by(|one, other| one.create.id == other.create.id) {
            let linked = same.iter().find(|it| it.follow.id == operation.id);
            let linked = linked.map(|it| (it, it.parameter, true));
            let below = || {
                let mut below = same
                    .iter()
                    .filter_map(|it| Some((it, it.below(operation)?)));
                below.next().map(|(it, (own, at_end))| (it, own, at_end))
            };
            if let Some((flow, parameter, is_itself)) = linked.or_else(below) {
                let flow = flow.clone();
                found.push((
                    same[0].segments().len(),
                    Named {
                        flow,
                        parameter,
                        is_itself,
                    },
                ));
            }
        }
        found.sort_by_key(|(depth, _)| *depth);
        found.into_iter().map(|(_, named)| named).collect()
    }
}
