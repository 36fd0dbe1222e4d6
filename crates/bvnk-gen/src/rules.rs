//! The rules that a schema has for strings and numbers.

use std::fmt::Display;
use std::sync::OnceLock;

use regress::Regex;

use crate::ValidationError;

/// The rules of a text.
pub struct TextRules {
    min_length: Option<usize>,
    max_length: Option<usize>,
    pattern: Option<&'static str>,
    /// The pattern, compiled at its first use.
    regex: OnceLock<Option<Regex>>,
}

impl TextRules {
    /// Creates rules: at most one least and one greatest number of characters, and at most one
    /// ECMA 262 pattern that must match somewhere.
    ///
    /// A pattern that cannot be compiled matches nothing; the contract is refused if it has one.
    pub const fn new(
        min_length: &'static [usize],
        max_length: &'static [usize],
        pattern: &'static [&'static str],
    ) -> Self {
        Self {
            min_length: min_length.first().copied(),
            max_length: max_length.first().copied(),
            pattern: pattern.first().copied(),
            regex: OnceLock::new(),
        }
    }

    /// Holds a text against the rules.
    ///
    /// # Errors
    ///
    /// The rule that is broken.
    pub fn check(&self, text: &str) -> Result<(), ValidationError> {
        // A text has at most as many characters as bytes, and at least a quarter of that.
        let is_long = self.min_length.is_none_or(|min| min <= text.len() / 4);
        let is_short = self.max_length.is_none_or(|max| text.len() <= max);
        if !(is_long && is_short) {
            let length = text.chars().count();
            count(length, self.min_length, self.max_length, "character")?;
        }
        let Some(pattern) = self.pattern else {
            return Ok(());
        };
        // Unicode mode, as JSON Schema recommends: only there is `\p{L}` a letter. It refuses
        // some needless escapes.
        let compiled = || Regex::with_flags(pattern, "u").or_else(|_| Regex::new(pattern));
        let regex = self.regex.get_or_init(|| compiled().ok());
        match regex.as_ref().and_then(|regex| regex.find(text)) {
            Some(_) => Ok(()),
            None => Err(ValidationError::new(format!("must match {pattern}"))),
        }
    }
}

/// Holds a number of parts against its bounds.
fn count(
    number: usize,
    min: Option<usize>,
    max: Option<usize>,
    part: &str,
) -> Result<(), ValidationError> {
    let (word, bound) = match (min, max) {
        (Some(min), _) if number < min => ("least", min),
        (_, Some(max)) if number > max => ("most", max),
        _ => return Ok(()),
    };
    let plural = if bound == 1 { "" } else { "s" };
    let rule = format!("must have at {word} {bound} {part}{plural}");
    Err(ValidationError::new(rule))
}

/// Holds a number against its bounds: at least, greater than, at most, less than. A bound that
/// is `None` holds for every number; not-a-number is within no bound.
///
/// # Errors
///
/// The rule that is broken.
pub fn bounds<T: PartialOrd + Display>(
    number: T,
    [min, above, max, below]: [Option<T>; 4],
) -> Result<(), ValidationError> {
    for (bound, word, is_kept) in [
        (min, "at least", T::ge as fn(&T, &T) -> bool),
        (above, "greater than", T::gt),
        (max, "at most", T::le),
        (below, "less than", T::lt),
    ] {
        if let Some(bound) = bound.filter(|bound| !is_kept(&number, bound)) {
            return Err(ValidationError::new(format!("must be {word} {bound}")));
        }
    }
    Ok(())
}

/// Holds a number against what it must be a multiple of. The quotient may differ from a whole
/// number by as much as binary fractions are rounded.
///
/// # Errors
///
/// The rule that is broken.
pub fn multiple_of(number: f64, step: f64) -> Result<(), ValidationError> {
    let steps = number / step;
    // Decimal fractions are not exact: 0.3 is a multiple of 0.1 all the same.
    match (steps - steps.round()).abs() <= 4.0 * f64::EPSILON * steps.abs() {
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
    count(items.len(), min, max, "item")?;
    let repeats = || (1..items.len()).any(|end| items[..end].contains(&items[end]));
    match unique && repeats() {
        true => Err("must not repeat items".into()),
        false => Ok(()),
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
        let message = |number: f64, bounds_: [Option<f64>; 4]| match bounds(number, bounds_) {
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
            assert_eq!(message(number, closed), for_closed, "{number}");
            assert_eq!(message(number, open), for_open, "{number}");
        }
    }

    #[test]
    fn a_multiple_may_be_rounded() {
        for (number, step, is_multiple) in [
            (0.3, 0.1, true),
            (0.07, 0.01, true),
            (4.35, 0.01, true),
            (0.0, 0.01, true),
            (0.305, 0.01, false),
            (10_000_000.005, 0.01, false),
            (1_000_000_000.5, 1.0, false),
        ] {
            let kept = multiple_of(number, step).is_ok();
            assert_eq!(kept, is_multiple, "{number} of {step}");
        }
    }

    #[test]
    fn lengths_count_characters() {
        for (text, message) in [
            ("", "must have at least 1 character"),
            ("é", ""),
            ("éé", ""),
            ("ééé", "must have at most 2 characters"),
        ] {
            let rules = TextRules::new(&[1], &[2], &[]);
            let found = rules.check(text).err();
            assert_eq!(
                found.map_or(String::new(), |error| error.to_string()),
                message
            );
        }
    }
}
