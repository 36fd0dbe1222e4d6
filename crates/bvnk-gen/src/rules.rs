//! The rules that a schema has for strings and numbers.

use std::fmt::Display;

use regress::Regex;

use crate::ValidationError;

/// Holds the length of a text, in characters, against its bounds.
///
/// # Errors
///
/// The rule that is broken.
pub fn lengths(text: &str, min: Option<usize>, max: Option<usize>) -> Result<(), ValidationError> {
    let length = text.chars().count();
    let rule = |word: &str, bound: usize| {
        let plural = if bound == 1 { "" } else { "s" };
        ValidationError::new(format!("must have at {word} {bound} character{plural}"))
    };
    match (min, max) {
        (Some(min), _) if length < min => Err(rule("least", min)),
        (_, Some(max)) if length > max => Err(rule("most", max)),
        _ => Ok(()),
    }
}

/// Holds a text against a pattern. One that cannot be compiled takes nothing; the contract is
/// refused if it has one.
///
/// # Errors
///
/// The rule that is broken.
pub fn pattern(text: &str, compiled: Option<&Regex>, pattern: &str) -> Result<(), ValidationError> {
    match compiled.and_then(|regex| regex.find(text)) {
        Some(_) => Ok(()),
        None => Err(ValidationError::new(format!("must match {pattern}"))),
    }
}

/// Holds a number against its bounds.
///
/// # Errors
///
/// The rule that is broken.
pub fn bounds<T: PartialOrd + Display>(
    number: T,
    [min, above, max, below]: [Option<T>; 4],
) -> Result<(), ValidationError> {
    let rules = [
        (min, "at least", [false, true, true]),
        (above, "greater than", [false, false, true]),
        (max, "at most", [true, true, false]),
        (below, "less than", [true, false, false]),
    ];
    for (bound, word, [less, equal, greater]) in rules {
        let Some(bound) = bound else { continue };
        let allowed = match number.partial_cmp(&bound) {
            Some(std::cmp::Ordering::Less) => less,
            Some(std::cmp::Ordering::Equal) => equal,
            Some(std::cmp::Ordering::Greater) => greater,
            None => false,
        };
        if !allowed {
            return Err(ValidationError::new(format!("must be {word} {bound}")));
        }
    }
    Ok(())
}

/// Holds a number against what it must be a multiple of.
///
/// # Errors
///
/// The rule that is broken.
pub fn multiple_of(number: f64, step: f64) -> Result<(), ValidationError> {
    let steps = number / step;
    // Decimal fractions are not exact: 0.3 is a multiple of 0.1 all the same.
    match (steps - steps.round()).abs() <= 1e-9 * steps.abs().max(1.0) {
        true => Ok(()),
        false => Err(ValidationError::new(format!(
            "must be a multiple of {step}"
        ))),
    }
}

/// Holds the number of a list's items against its bounds, and the items against each other.
///
/// # Errors
///
/// The rule that is broken.
pub fn items<T: PartialEq>(
    items: &[T],
    min: Option<usize>,
    max: Option<usize>,
    unique: bool,
) -> Result<(), ValidationError> {
    let rule = |word: &str, bound: usize| {
        let plural = if bound == 1 { "" } else { "s" };
        Err(ValidationError::new(format!(
            "must have at {word} {bound} item{plural}"
        )))
    };
    let repeats = || (1..items.len()).any(|end| items[..end].contains(&items[end]));
    match (min, max) {
        (Some(min), _) if items.len() < min => rule("least", min),
        (_, Some(max)) if items.len() > max => rule("most", max),
        _ if unique && repeats() => Err("must not repeat items".into()),
        _ => Ok(()),
    }
}

/// Refuses a value that is none of the allowed ones.
pub fn must_be(values: &[&str]) -> ValidationError {
    ValidationError::new(match values {
        [one] => format!("must be {one}"),
        several => format!("must be one of {}", several.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_kept() {
        let told = |number: f64, bounds_: [Option<f64>; 4]| match bounds(number, bounds_) {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        let (closed, open) = (
            [Some(1.0), None, Some(2.0), None],
            [None, Some(1.0), None, Some(2.0)],
        );
        for (number, for_closed, for_open) in [
            (0.9, "must be at least 1", "must be greater than 1"),
            (1.0, "", "must be greater than 1"),
            (1.5, "", ""),
            (2.0, "", "must be less than 2"),
            (2.1, "must be at most 2", "must be less than 2"),
            (f64::NAN, "must be at least 1", "must be greater than 1"),
        ] {
            assert_eq!(told(number, closed), for_closed, "{number}");
            assert_eq!(told(number, open), for_open, "{number}");
        }
    }

    #[test]
    fn lengths_count_characters() {
        for (text, told) in [
            ("", "must have at least 1 character"),
            ("é", ""),
            ("éé", ""),
            ("ééé", "must have at most 2 characters"),
        ] {
            let found = lengths(text, Some(1), Some(2)).err();
            assert_eq!(found.map_or(String::new(), |error| error.to_string()), told);
        }
    }
}
