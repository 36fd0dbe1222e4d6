//! Makes names distinct in Rust: of types, methods, parameters.
//!
//! Names come from the contract, which may use any characters and any case. A name is changed as
//! little as possible, since users of the client read it.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};

/// Names that generated code uses itself.
///
/// A schema with such a name gets the suffix `Schema`.
pub(super) const TYPES: &[&str] = &[
    "BTreeMap", "Box", "Client", "Date", "DateTime", "Default", "Email", "Err", "Extra", "From",
    "Into", "Iterator", "Members", "None", "Nullable", "Ok", "Option", "Result", "Self", "Some",
    "String", "TryFrom", "TryInto", "Uuid", "Value", "Vec",
];

/// Methods that the calls of operations and the client have themselves.
///
/// A parameter with such a name gets the suffix `_parameter`.
pub(super) const CALL: &[&str] = &["body", "client", "call_options", "new", "options", "send"];
pub(super) const CLIENT: &[&str] = &["base_url", "clone", "new", "transport", "with_transport"];

/// Names that the module of the builders uses itself.
///
/// A builder with such a name gets the suffix `Call`.
pub(super) const BUILDERS: &[&str] = &[
    "Client", "Date", "DateTime", "Email", "Extra", "Nullable", "Uuid", "Value",
];

/// Hands out names, each once.
pub(crate) struct Distinct(BTreeSet<String>);

/// Starts with names that are taken.
impl FromIterator<String> for Distinct {
    fn from_iter<I: IntoIterator<Item = String>>(taken: I) -> Self {
        Self(taken.into_iter().collect())
    }
}

impl Distinct {
    /// Starts with names that generated code uses itself.
    pub(crate) fn new(taken: &[&str]) -> Self {
        taken.iter().map(|name| (*name).to_owned()).collect()
    }

    /// A name in snake case, for fields and methods.
    ///
    /// `kind` is a word that is added where the name alone is not possible, as in
    /// `field_2nd_line`. Keywords get a `_`.
    pub(crate) fn snake(&mut self, wanted: &str, kind: &str) -> String {
        let mut name = identifier(wanted).to_snake_case();
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            name = format!("{kind}_{name}").trim_end_matches('_').to_owned();
        }
        // `gen` is a keyword of the edition, which syn takes for a name.
        if name == "gen" || syn::parse_str::<syn::Ident>(&name).is_err() {
            name.push('_');
        }
        self.free(name, &format!("_{kind}"))
    }

    /// A name in Pascal case, for types and variants.
    ///
    /// A digit at the beginning gets the kind before it, as in `Value2fa`.
    pub(crate) fn pascal(&mut self, wanted: &str, kind: &str) -> String {
        let mut name = identifier(wanted).to_pascal_case();
        // Names of one letter are those of type parameters.
        if name.len() < 2 && ["Schema", "Call"].contains(&kind) {
            name.push_str(kind);
        }
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            name = format!("{kind}{name}");
        }
        self.free(name, kind)
    }

    /// The name, or else with a suffix and a number.
    ///
    /// The number starts with 2: `address`, `address_field`, `address_field2`.
    /// No name has two underscores in a row: typify would write one.
    fn free(&mut self, wanted: String, suffix: &str) -> String {
        let other = format!("{}{suffix}", wanted.trim_end_matches('_'));
        let numbered = (2..).map(|number| format!("{other}{number}"));
        let mut names = [wanted.clone(), other.clone()].into_iter().chain(numbered);
        let free = names.find(|name| self.0.insert(name.clone()));
        free.unwrap_or(wanted)
    }
}

/// What Rust takes in a name; everything else separates words.
///
/// Letters outside of ASCII are legal in Rust, but hard to type.
fn identifier(text: &str) -> String {
    text.replace(|letter: char| !letter.is_ascii_alphanumeric(), "_")
}
