//! Reads the rules of schemas, and reports those that no value can fulfil.

use serde_json::{Map, Number, Value};

use super::{ANNOTATIONS, CORRECT, Reader, child, quoted};
use crate::Rules;

/// The rules of texts, of numbers, of lists and of objects.
const TEXT: &[&str] = &["format", "pattern", "minLength", "maxLength", "enum"];
pub(super) const NUMBER: &[&str] = &[
    "format",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
pub(super) const COUNTED: &[&str] = &["minItems", "maxItems", "uniqueItems"];
pub(super) const MEMBERS: &[&str] = &["minProperties", "maxProperties"];
/// Members that are not rules of any shape.
const COMMON: &[&str] = &[
    "type",
    "nullable",
    "description",
    "example",
    "summary",
    "title",
];

impl Reader<'_> {
    /// Decodes the rules of a shape, which have these names. Any other member is reported, but
    /// those that every schema may have and those that are read `apart`.
    pub(super) fn rules(
        &mut self,
        value: &Value,
        pointer: &str,
        names: &[&str],
        apart: &[&str],
    ) -> Rules {
        let apart = [COMMON, apart].concat();
        let members = value.as_object().cloned().unwrap_or_default();
        let (own, others): (Map<_, _>, Map<_, _>) = members
            .into_iter()
            .partition(|(name, _)| names.contains(&name.as_str()));
        let is_legal = |it: &str| apart.contains(&it) || ANNOTATIONS.contains(&it);
        for name in others.keys() {
            if !is_legal(name) && !name.starts_with("x-") {
                let expected = match names {
                    [] => String::new(),
                    names => format!(", expected one of {}", quoted(names)),
                };
                let legal = quoted(&apart);
                let message = format!("unknown field `{name}`{expected}; also legal: {legal}");
                let help = match name.as_str() {
                    "enum" => "only texts have one: list the values in a description",
                    _ => CORRECT,
                };
                self.error(&child(pointer, name), message, help);
            }
        }
        let rules: Rules = self.decode(&own.into(), pointer, &[]).unwrap_or_default();
        let bound = |bound: &Option<Number>| bound.as_ref().and_then(Number::as_f64);
        if bound(&rules.multiple_of).is_some_and(|step| step <= 0.0) {
            let place = child(pointer, "multipleOf");
            self.error(&place, "is not above 0", "write a number above 0");
        }
        let count = |count: Option<u64>| count.map(|count| count as f64);
        for (least, most) in [
            (bound(&rules.minimum), bound(&rules.maximum)),
            (count(rules.min_length), count(rules.max_length)),
            (count(rules.min_items), count(rules.max_items)),
        ] {
            if least.zip(most).is_some_and(|(least, most)| least > most) {
                let message = "allows no value: its lower bound is above the upper one";
                self.error(pointer, message, "correct the bounds");
            }
        }
        rules
    }

    /// The rules of an integer. What is no value of its type in Rust is reported.
    pub(super) fn integer(&mut self, value: &Value, pointer: &str) -> Rules {
        let rules = self.rules(value, pointer, NUMBER, &[]);
        let is_small = rules.format.as_deref() == Some("int32");
        let fits = |number: &Number| {
            let number = number.as_i64();
            number.is_some_and(|it| !is_small || i32::try_from(it).is_ok())
        };
        for (name, number) in [
            ("minimum", &rules.minimum),
            ("maximum", &rules.maximum),
            ("multipleOf", &rules.multiple_of),
        ] {
            if number.as_ref().is_some_and(|it| !fits(it)) {
                let message = "is no integer of 64 bits, or of the 32 bits of the format";
                let help = "write an integer of that size, or leave the rule out";
                self.error(&child(pointer, name), message, help);
            }
        }
        rules
    }

    /// The rules of a text. A format that is not checked is a warning only: the contract keeps
    /// what the documentation states.
    pub(super) fn text(&mut self, value: &Value, pointer: &str) -> Rules {
        let mut rules = self.rules(value, pointer, TEXT, &[]);
        if let (Some(format), None) = (&rules.format, rules.checked_format()) {
            let message = format!("the format `{format}` is not checked: any text is accepted");
            let help = "state a `pattern` if the form matters";
            self.warn(&child(pointer, "format"), message, help);
        }
        rules.open = rules.known.as_ref().map(|_| false);
        rules
    }
}
