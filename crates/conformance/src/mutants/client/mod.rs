//! Clients that are wrong in one place: the client of the run with a layer around or below
//! its own.

mod answers;
mod bodies;
mod documented;
mod headers;
mod keys;
mod receivers;
mod repeats;
mod routes;
mod service;
mod signatures;

use super::rows::Rows;

pub(super) use service::Edit;

/// All rows about clients.
pub(super) fn rows(rows: &mut Rows<'_>) {
    signatures::rows(rows);
    keys::rows(rows);
    routes::rows(rows);
    headers::rows(rows);
    bodies::rows(rows);
    repeats::rows(rows);
    answers::rows(rows);
    receivers::rows(rows);
    documented::rows(rows);
}
