//! The edits of one place: each has a name that says where and what, and can be applied.

use serde_json::{Map, Value, json};

use super::{About, escaped};

/// An edit of one place.
#[derive(Clone)]
pub(super) struct Edit {
    /// Where, as a JSON pointer.
    pub(super) pointer: String,
    what: String,
    change: Change,
}

#[derive(Clone)]
enum Change {
    /// A value in place of another, or of none.
    Set(Value),
    /// Nothing in place of a value.
    Remove,
    /// Another name for a member of the object at the pointer.
    Rename(String, String),
}

/// An edit, and what it is about.
pub(super) struct Found {
    pub(super) edit: Edit,
    pub(super) about: About,
}

impl Edit {
    pub(super) fn set(pointer: String, what: &str, value: Value) -> Self {
        Self {
            pointer,
            what: what.to_owned(),
            change: Change::Set(value),
        }
    }

    pub(super) fn remove(pointer: String, what: &str) -> Self {
        Self {
            pointer,
            what: what.to_owned(),
            change: Change::Remove,
        }
    }

    pub(super) fn rename(pointer: &str, name: &str, other: &str) -> Self {
        Self {
            pointer: pointer.to_owned(),
            what: format!("{name} renamed {other}"),
            change: Change::Rename(name.to_owned(), other.to_owned()),
        }
    }

    pub(super) fn about(self, about: &About) -> Found {
        Found {
            edit: self,
            about: about.clone(),
        }
    }

    /// Where and what, short enough to type.
    pub(super) fn name(&self) -> String {
        let place = self.pointer.trim_start_matches('/');
        let place = place
            .replace("components/schemas/", "")
            .replace("components/", "")
            .replace("~1", "|")
            .replace("/properties/", "/");
        format!("{place}: {}", self.what)
    }

    pub(super) fn apply(&self, document: &Value) -> Value {
        let mut document = document.clone();
        match &self.change {
            Change::Rename(name, other) => {
                if let Some(Value::Object(members)) = document.pointer_mut(&self.pointer) {
                    // In its old place, for the order of some members has a meaning.
                    *members = std::mem::take(members)
                        .into_iter()
                        .map(|(key, value)| (if key == *name { other.clone() } else { key }, value))
                        .collect();
                }
            }
            Change::Set(value) => {
                if let Some((parent, name)) = self.pointer.rsplit_once('/') {
                    match document.pointer_mut(parent) {
                        Some(Value::Object(members)) => {
                            members.insert(plain(name), value.clone());
                        }
                        Some(Value::Array(items)) => {
                            if let Some(item) =
                                name.parse().ok().and_then(|i: usize| items.get_mut(i))
                            {
                                *item = value.clone();
                            }
                        }
                        _ => {}
                    }
                }
            }
            Change::Remove => {
                if let Some((parent, name)) = self.pointer.rsplit_once('/') {
                    match document.pointer_mut(parent) {
                        Some(Value::Object(members)) => {
                            members.remove(&plain(name));
                        }
                        Some(Value::Array(items)) => {
                            if let Some(index) = name.parse().ok().filter(|i| *i < items.len()) {
                                items.remove(index);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        document
    }
}

fn plain(name: &str) -> String {
    name.replace("~1", "/").replace("~0", "~")
}

pub(super) fn paths(path: &str, about: &About) -> Vec<Found> {
    let others = [
        path.replace("/v1/", "/v2/"),
        path.replace("customers", "customer"),
        format!("{path}/"),
    ];
    others
        .iter()
        .map(|other| Edit::rename("/paths", path, other).about(about))
        .collect()
}

pub(super) fn methods(path: &str, method: &str, about: &About) -> Vec<Found> {
    let place = format!("/paths/{}", escaped(path));
    ["get", "put", "post"]
        .into_iter()
        .filter(|other| *other != method)
        .map(|other| Edit::rename(&place, method, other).about(about))
        .collect()
}

pub(super) fn status(place: &str, status: &str, about: &About) -> Vec<Found> {
    let Some((responses, _)) = place.rsplit_once('/') else {
        return Vec::new();
    };
    let other = if status.starts_with('2') {
        "201"
    } else {
        "422"
    };
    vec![
        Edit::rename(responses, status, other).about(about),
        Edit::remove(place.to_owned(), "gone").about(about),
    ]
}

pub(super) fn parameter(place: &str, parameter: &Value, about: &About) -> Vec<Found> {
    let name = parameter["name"].as_str().unwrap_or_default();
    let mut found = vec![
        Edit::set(
            format!("{place}/name"),
            "renamed",
            format!("{name}X").into(),
        )
        .about(about),
        Edit::set(format!("{place}/in"), "in the query", json!("query")).about(about),
    ];
    if parameter["in"] != "path" {
        let required = parameter["required"] == true;
        found.push(
            Edit::set(
                format!("{place}/required"),
                if required { "optional" } else { "required" },
                json!(!required),
            )
            .about(about),
        );
    }
    found
}

/// Edits of one member of an object.
pub(super) fn property(place: &str, object: &Value, name: &str, about: &About) -> Vec<Found> {
    let required: Vec<Value> = object["required"].as_array().cloned().unwrap_or_default();
    let is = required.iter().any(|other| other == name);
    let mut list = required;
    let what = if is {
        list.retain(|other| other != name);
        format!("{name} optional")
    } else {
        list.push(json!(name));
        format!("{name} required")
    };
    let properties = format!("{place}/properties");
    vec![
        Edit::set(format!("{place}/required"), &what, list.into()).about(about),
        Edit::rename(&properties, name, &format!("{name}X")).about(about),
        Edit::remove(format!("{properties}/{}", escaped(name)), "gone").about(about),
    ]
}

/// Edits of what a schema allows.
pub(super) fn schema(place: &str, schema: &Value, about: &About) -> Vec<Found> {
    let mut edits = Vec::new();
    if let Some(kind) = schema["type"].as_str() {
        for other in ["string", "integer", "boolean", "array"] {
            if other != kind {
                let change = json!({ "type": other, "items": {} });
                let mut changed = if other == "array" {
                    change
                } else {
                    json!({ "type": other })
                };
                // A public name stays public: that is not what is tried.
                if let Some(public) = schema.get("x-public") {
                    changed["x-public"] = public.clone();
                }
                edits.push(Edit::set(place.to_owned(), &format!("is {other}"), changed));
            }
        }
    }
    if schema["type"] == "string" {
        strings(place, schema, &mut edits);
    }
    if schema["type"] == "object" && schema["additionalProperties"] == true {
        // Closed answers would break with the first member that the API gains.
        edits.push(Edit::set(
            format!("{place}/additionalProperties"),
            "closed",
            json!(false),
        ));
    }
    let branches = schema["anyOf"].as_array();
    for (index, branch) in branches.into_iter().flatten().enumerate() {
        let branch_place = format!("{place}/anyOf/{index}");
        if let Some(values) = branch["enum"].as_array() {
            values_edits(&branch_place, values, &mut edits);
        } else {
            edits.push(Edit::remove(branch_place, "gone, the list is closed"));
        }
    }
    edits.into_iter().map(|edit| edit.about(about)).collect()
}

fn strings(place: &str, schema: &Value, edits: &mut Vec<Edit>) {
    let given: Map<String, Value> = schema.as_object().cloned().unwrap_or_default();
    for name in ["format", "pattern", "minLength"] {
        if given.contains_key(name) {
            edits.push(Edit::remove(format!("{place}/{name}"), "gone"));
        }
    }
    if given.contains_key("minLength") {
        edits.push(Edit::set(format!("{place}/minLength"), "is 5", json!(5)));
    }
    if given.contains_key("pattern") {
        edits.push(Edit::set(
            format!("{place}/pattern"),
            "is three letters",
            json!("^[A-Z]{3}$"),
        ));
    }
    match schema["enum"].as_array() {
        Some(values) => values_edits(place, values, edits),
        None => {
            let other = if given.get("format") == Some(&json!("date")) {
                "date-time"
            } else {
                "date"
            };
            edits.push(Edit::set(
                format!("{place}/format"),
                &format!("is {other}"),
                json!(other),
            ));
            if !given.contains_key("pattern") {
                edits.push(Edit::set(
                    format!("{place}/pattern"),
                    "is capitals",
                    json!("^[A-Z]*$"),
                ));
            }
            edits.push(Edit::set(format!("{place}/maxLength"), "is 3", json!(3)));
        }
    }
}

fn values_edits(place: &str, values: &[Value], edits: &mut Vec<Edit>) {
    for (index, value) in values.iter().enumerate() {
        let value = value.as_str().unwrap_or_default();
        let pointer = format!("{place}/enum/{index}");
        edits.push(Edit::set(
            pointer.clone(),
            &format!("{value} misspelt"),
            format!("{value}X").into(),
        ));
        if values.len() > 1 {
            edits.push(Edit::remove(pointer, &format!("{value} gone")));
        }
    }
    let mut more = values.to_vec();
    more.push(json!("ONE_MORE"));
    edits.push(Edit::set(format!("{place}/enum"), "one more", more.into()));
}
