//! What no statement has because it is not on the wire: which component describes a schema, what
//! may be printed, and whether the client's type keeps unknown members.
//!
//! These changes are always compatible on the wire. They matter to those who use the client's
//! Rust, or to the protection of personal data.

use std::collections::BTreeMap;

use bvnk_contract::{Additional, Contract, Schema, Shape};

use super::{Change, Impact, Side};

/// The changes of schemas that both contracts have at the same place.
///
/// A schema that only one contract has is left out: its statements are new or gone already.
pub(super) fn changes(before: &Contract, after: &Contract) -> Vec<Change> {
    let old = before.all_schemas().into_iter();
    let old: BTreeMap<&str, &Schema> = old.map(|it| (it.location.as_str(), it)).collect();
    let mut changes = Vec::new();
    for new in after.all_schemas() {
        let place = new.location.as_str();
        let Some(old) = old.get(place) else {
            continue;
        };
        let mut add = |says: String, why, rust| {
            let mut change = Change::new(Impact::Compatible, Side::Api, says, why).rust(rust);
            change.at(place);
            changes.push(change);
        };
        if let (Some(was), Some(is)) = (old.reference(), new.reference())
            && was != is
        {
            let says = format!("{place} is now described by {is} (was {was})");
            let why = "the name of a schema is not on the wire";
            add(says, why, Some("its Rust type has another name"));
        }
        if old.public != new.public {
            let may = if new.public {
                "may now"
            } else {
                "may no longer"
            };
            let says = format!("the value of {place} {may} be printed");
            let why = "it is not on the wire; check whether it is personal data";
            add(says, why, None);
        }
        // Any other rule about unknown members is stated.
        if let (Some(kept), Some(keeps)) = (keeps_members(old), keeps_members(new))
            && kept != keeps
        {
            let keeps = if keeps {
                "now keeps"
            } else {
                "no longer keeps"
            };
            let says = format!("{place} {keeps} unknown members");
            let why = "clients tolerate such members";
            add(says, why, Some("its Rust type changes"));
        }
    }
    changes
}

/// Whether the type of an object keeps members that the contract does not list. `None` if the
/// contract has a rule for them.
///
/// The generated struct has a field `extra` for them, or it has none.
fn keeps_members(schema: &Schema) -> Option<bool> {
    match &schema.shape {
        Shape::Object(rules) => match rules.additional {
            Additional::Any => Some(true),
            Additional::Unspecified => Some(false),
            Additional::None | Additional::Of(_) => None,
        },
        _ => None,
    }
}
