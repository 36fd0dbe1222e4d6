//! Removes the rules of schemas that only responses have.
//!
//! A client that refuses an answer because of a new value or a longer text would fail where a call
//! has succeeded. The suite still compares answers with all rules of the contract.

use std::collections::BTreeSet;

use bvnk_contract::{Additional, Rules, Schema, Shape};

use super::Lowered;

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
    // Statuses distinguish the bodies of successes.
    let unions = lowered.schemas.iter().filter(|(name, schema)| {
        matches!(schema.shape, Shape::OneOf(_)) && lowered.responses(name).is_none()
    });
    let variants = unions.flat_map(|(_, schema)| schema.children());
    let members = variants.flat_map(|variant| lowered.target(variant).children());
    let discriminators = members.filter_map(|it| it.reference().map(str::to_owned));
    let discriminators: BTreeSet<String> = discriminators.collect();
    for (name, schema) in &mut lowered.schemas {
        if !sent.contains(name) {
            relax(schema, !discriminators.contains(name));
        }
    }
    for call in &mut lowered.calls {
        if let Some(body) = &mut call.success.body {
            relax(&mut body.schema, true);
        }
    }
}

/// Removes the rules of a schema and of those within it; `opens` says whether an enum of them becomes
/// open: a closed one may decide which of several alternatives a response has.
///
/// Formats are removed as well, so that a date in another form is read as a text.
fn relax(schema: &mut Schema, opens: bool) {
    let Rules { known, open, .. } = std::mem::take(&mut schema.rules);
    schema.rules.open = open.map(|open| open || opens);
    schema.rules.known = known;
    match &mut schema.shape {
        Shape::Array(items) => relax(items, opens),
        Shape::OneOf(variants) => variants.iter_mut().for_each(|it| relax(it, opens)),
        Shape::Object(object) => {
            let members = object.properties.values_mut();
            members.for_each(|member| relax(&mut member.schema, opens));
            if let Additional::Of(values) = &mut object.additional {
                relax(values, opens);
            }
        }
        _ => {}
    }
}
