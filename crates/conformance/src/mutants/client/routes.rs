//! Clients that call another method, path or query.

use bvnk::Body;
use bvnk_contract::Expectation;
use http::{Method, Request, Uri};

use super::{Edit, Rows};

/// Another path and query.
type TargetEdit = fn(&str) -> String;

const TARGETS: [(&str, TargetEdit); 7] = [
    ("adds a slash at the end of the path", |target| {
        format!("{target}/")
    }),
    ("adds a slash at the beginning of the path", |target| {
        format!("/{target}")
    }),
    ("leaves the first part of the path out", |target| {
        let rest = target.get(1..).and_then(|rest| rest.split_once('/'));
        rest.map_or_else(|| "/".to_owned(), |(_, rest)| format!("/{rest}"))
    }),
    ("leaves the last part of the path out", |target| {
        target
            .rsplit_once('/')
            .map_or_else(|| "/".to_owned(), |(start, _)| format!("{start}/"))
    }),
    ("writes the path in capitals", str::to_uppercase),
    ("adds a query", |target| format!("{target}?page=1")),
    ("moves the last part of the path into the query", |target| {
        target.rsplit_once('/').map_or_else(
            || "/".to_owned(),
            |(start, last)| format!("{start}?last={last}"),
        )
    }),
];

pub(super) fn rows(rows: &mut Rows<'_>) {
    let operations = rows.clauses(|expect| matches!(expect, Expectation::Operation { .. }));
    for (name, change) in TARGETS {
        rows.client(
            name,
            &operations,
            Edit::call(move |request| target(request, change)),
        );
    }
    rows.client(
        "adds a query after signing",
        &operations,
        Edit::attempt(|request| {
            target(request, |own| format!("{own}?page=1"));
        }),
    );
    for (name, own, other) in [
        ("creates with PUT", Method::POST, Method::PUT),
        ("creates with PATCH", Method::POST, Method::PATCH),
        ("fetches with HEAD", Method::GET, Method::HEAD),
        ("fetches with POST", Method::GET, Method::POST),
    ] {
        rows.client(
            name,
            &operations,
            Edit::call(move |request| {
                if *request.method() == own {
                    *request.method_mut() = other.clone();
                }
            }),
        );
    }
    // Each operation alone, by the method that it is called with.
    for operation in rows.specification.contract().operations() {
        let id = operation.id.clone();
        let own = rows.clauses(
            |expect| matches!(expect, Expectation::Operation { operation, .. } if *operation == id),
        );
        rows.client(
            format!("calls {id} with another method"),
            &own,
            Edit::call(move |request| {
                let called = request.extensions().get::<&'static bvnk::Operation>();
                if called.is_some_and(|called| called.id == id) {
                    *request.method_mut() = Method::DELETE;
                }
            }),
        );
    }
    let path = rows
        .clauses(|expect| matches!(expect, Expectation::Attribute(rules) if rules.of == "path"));
    rows.client(
        "fetches something else",
        &path,
        Edit::call(|request| {
            if request.method() == Method::GET {
                target(request, |own| format!("{own}x"));
            }
        }),
    );
}

fn target(request: &mut Request<Body>, change: TargetEdit) {
    let mut parts = request.uri().clone().into_parts();
    let own = parts
        .path_and_query
        .as_ref()
        .map_or("/", |target| target.as_str());
    parts.path_and_query = change(own).parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}
