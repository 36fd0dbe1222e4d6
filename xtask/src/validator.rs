//! Validates values against the contract's schemas. No message contains the value.

use boon::{CompileError, Compiler, ErrorKind, Schemas, ValidationError};
use bvnk_contract::{Contract, Schema};
use serde_json::Value;

/// The address of the compiled schema; nothing is loaded from there.
const ADDRESS: &str = "mem:///schema";

/// Returns where a value breaks its schema: JSON pointers, each with the broken rule.
///
/// # Errors
///
/// Why the schema cannot be compiled.
pub(crate) fn violations(
    contract: &Contract,
    schema: &Schema,
    value: &Value,
) -> Result<Vec<(String, String)>, String> {
    let mut document = contract.json_schema(schema);
    drop_look_around(&mut document);
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.enable_format_assertions();
    let failed = |error: CompileError| error.to_string();
    let added = compiler.add_resource(ADDRESS, document.clone());
    added.map_err(failed)?;
    let index = compiler.compile(ADDRESS, &mut schemas).map_err(failed)?;
    let mut found = Vec::new();
    if let Err(error) = schemas.validate(value, index) {
        collect(&error, &document, &mut found);
    }
    Ok(found)
}

fn collect(error: &ValidationError<'_, '_>, document: &Value, found: &mut Vec<(String, String)>) {
    let place = error.instance_location.to_string();
    match &error.kind {
        ErrorKind::Required { want } => {
            let missing = want.iter().map(|name| format!("{place}/{name}"));
            found.extend(missing.map(|place| (place, "is missing".to_owned())));
        }
        // Which of the alternatives is meant is not known.
        ErrorKind::AnyOf | ErrorKind::OneOf(_) => {
            found.push((place, "does not match one of the alternatives".to_owned()));
        }
        _ if !error.causes.is_empty() => {
            error
                .causes
                .iter()
                .for_each(|cause| collect(cause, document, found));
        }
        kind => {
            let keyword = kind.keyword_path().map_or("", |path| path.keyword);
            let (_, schema) = error.schema_url.split_once('#').unwrap_or_default();
            let rule = document.pointer(&format!("{schema}/{keyword}"));
            let rule = rule.map_or(String::new(), |rule| format!(": {rule}"));
            found.push((place, format!("does not satisfy `{keyword}{rule}`")));
        }
    }
}

/// Removes the patterns that boon's regular expressions cannot compile: those that look
/// around or back.
fn drop_look_around(schema: &mut Value) {
    const LACKING: [&str; 6] = ["(?=", "(?!", "(?<=", "(?<!", "\\1", "\\k<"];
    match schema {
        Value::Object(members) => {
            // A property may be called `pattern`; its value is then an object.
            members.retain(|name, value| {
                let pattern = value.as_str().filter(|_| name == "pattern").unwrap_or("");
                !LACKING.iter().any(|part| pattern.contains(part))
            });
            members.values_mut().for_each(drop_look_around);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_look_around),
        _ => {}
    }
}
