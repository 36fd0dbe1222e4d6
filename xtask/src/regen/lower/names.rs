//! Makes names distinct in Rust: of types, methods, parameters.
//!
//! Names come from the contract, which may use any characters and any case. A name is changed as
//! little as possible, since users of the client read it.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};

use super::Lowered;

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
const CALL: &[&str] = &["body", "client", "call_options", "new", "options", "send"];
const CLIENT: &[&str] = &["base_url", "clone", "new", "transport", "with_transport"];

/// Names that the module of the builders uses itself.
///
/// A builder with such a name gets the suffix `Call`.
const BUILDERS: &[&str] = &[
    "Client", "Date", "DateTime", "Email", "Extra", "Nullable", "Uuid", "Value",
];

/// Gives methods, builders and parameters names that are distinct in Rust. Each builder is named
/// after its method, such as `CreateCustomer`. The parameter with the idempotency key is always called `idempotency_key`.
///
/// The first of two equal names keeps it.
pub(super) fn distinct(lowered: &mut Lowered) {
    let (mut methods, mut builders) = (Distinct::new(CLIENT), Distinct::new(BUILDERS));
    for call in &mut lowered.calls {
        call.name = methods.snake(&call.operation.id, "call");
        call.builder = builders.pascal(&call.name, "Call");
        let mut arguments = Distinct::new(CALL);
        for argument in &mut call.arguments {
            let wanted = match argument.is_key {
                true => "idempotency_key",
                false => &argument.name,
            };
            if argument.location.is_some() {
                argument.name = arguments.snake(wanted, "parameter");
            }
        }
    }
}

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
        let mut name = wanted.clone();
        let wanted = wanted.trim_end_matches('_');
        let mut number = 1;
        while !self.0.insert(name.clone()) {
            name = match number {
                1 => format!("{wanted}{suffix}"),
                _ => format!("{wanted}{suffix}{number}"),
            };
            number += 1;
        }
        name
    }
}

/// What Rust takes in a name; everything else separates words.
///
/// Letters outside of ASCII are legal in Rust, but hard to type.
fn identifier(text: &str) -> String {
    let separate = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    text.chars().map(separate).collect()
}
