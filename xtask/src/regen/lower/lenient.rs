//! Takes the rules from what only responses have.
//!
//! A client that refuses an answer because of a new value or a longer text would fail where a call
//! has succeeded. The suite still compares answers with all rules of the contract.

use std::collections::BTreeSet;

use bvnk_contract::{Rules, Schema, Shape};

use super::{Lowered, within};

/// Removes the rules of schemas that no request reaches. Enums become open, except those that
/// may distinguish the alternatives of a `oneOf`.
///
/// A type that both sides use keeps its rules, because there is one type for both.
pub(super) fn responses(lowered: &mut Lowered) {
    // What requests have must stay strict, also where responses have it too.
    let mut sent = BTreeSet::new();
    let arguments = lowered.calls.iter().flat_map(|call| &call.arguments);
    let mut open: Vec<&Schema> = arguments.map(|argument| &argument.schema).collect();
    while let Some(schema) = open.pop() {
        open.extend(schema.children());
        if let Some(name) = schema.reference()
            && sent.insert(name.to_owned())
        {
            open.extend(lowered.schemas.get(name));
        }
    }
    let mut discriminators = BTreeSet::new();
    for (name, schema) in &lowered.schemas {
        let Shape::OneOf(variants) = &schema.shape else {
            continue;
        };
        // Statuses distinguish the bodies of successes.
        if lowered.responses(name).is_some() {
            continue;
        }
        for variant in variants.iter().filter_map(Schema::reference) {
            if let Some(Shape::Object(object)) = lowered.schemas.get(variant).map(|s| &s.shape) {
                let properties = object.properties.values();
                discriminators.extend(
                    properties
                        .filter_map(|property| property.schema.reference().map(str::to_owned)),
                );
            }
        }
    }
    for (name, schema) in &mut lowered.schemas {
        if !sent.contains(name) {
            let opens = !discriminators.contains(name);
            within(schema, &mut |schema| relax(schema, opens));
        }
    }
    for call in &mut lowered.calls {
        if let Some(body) = &mut call.success.body {
            within(&mut body.schema, &mut |schema| relax(schema, true));
        }
    }
}

/// Removes the rules of one schema; `opens` says whether an enum of it becomes open: a closed one
/// may decide which of several alternatives a response has.
///
/// Formats are removed as well, so that a date in another form is read as a text.
fn relax(schema: &mut Schema, opens: bool) {
    let Rules { known, open, .. } = std::mem::take(&mut schema.rules);
    schema.rules.open = open.map(|open| open || opens);
    schema.rules.known = known;
}
