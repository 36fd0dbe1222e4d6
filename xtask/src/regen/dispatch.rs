//! The table through which the suite calls the typed client by operation id.
//!
//! The suite has cases as JSON with operation ids, while the client has a method and a type for
//! each operation. The table connects them, so that the suite tests the typed client and needs no
//! edit for a new operation.

use serde_json::json;

use super::lower::Lowered;
use super::transform;
use crate::template;

/// The source of the table: two matches by operation id, and a function for each operation.
pub(super) fn source(lowered: &Lowered) -> String {
    let values = json!({ "calls": transform::calls(lowered) });
    template::render(include_str!("../../templates/dispatch.txt"), &values)
}
