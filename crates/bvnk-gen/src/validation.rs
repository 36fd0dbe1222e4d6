//! Why a value cannot be sent or decoded: the fields and the rules that they break.
//!
//! The values themselves are never kept: they may be personal data.

use std::borrow::Cow;
use std::fmt;

/// Violations that are kept of one value; a document of any size must not make more.
const LIMIT: usize = 100;

/// A value that the contract does not allow, with everything that is wrong with it.
///
/// ```
/// use bvnk_gen::types::Address;
///
/// let error = Address::builder()
///     .address_line1("1 High Street")
///     .post_code("N1 9GU")
///     .country_code("Britain")
///     .build()
///     .unwrap_err();
/// let paths: Vec<&str> = error.violations().iter().map(|v| v.path()).collect();
/// assert_eq!(paths, ["city", "countryCode"]);
/// assert_eq!(error.violations()[1].rule(), "must match ^[A-Z]{2}$");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationError {
    violations: Vec<Violation>,
}

/// One field and the rule that it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    path: String,
    rule: Cow<'static, str>,
}

impl Violation {
    /// Returns the place of the value in the names of the wire, as in
    /// `individual.address.countryCode` or `tags[0]`. It is empty for the value as a whole,
    /// and has `{}` in place of a map's key.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns what the value must be, as in `must be a UUID` or `is required`. It never
    /// quotes the value. Only the name of an unknown field is quoted, escaped and cut.
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl ValidationError {
    /// A value that breaks `rule`, which must not show the value.
    pub(crate) fn new(rule: impl Into<Cow<'static, str>>) -> Self {
        let mut all = Self::none();
        all.push(String::new(), rule);
        all
    }

    /// Returns no violations, to add to.
    #[doc(hidden)]
    pub const fn none() -> Self {
        let violations = Vec::new();
        Self { violations }
    }

    /// Returns the violations, at least one.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Whether no further violation is kept.
    pub(crate) fn is_full(&self) -> bool {
        self.violations.len() >= LIMIT
    }

    pub(crate) fn push(&mut self, path: String, rule: impl Into<Cow<'static, str>>) {
        if self.violations.len() < LIMIT {
            let rule = rule.into();
            self.violations.push(Violation { path, rule });
        }
    }

    pub(crate) fn append(&mut self, other: Self) {
        let room = LIMIT.saturating_sub(self.violations.len());
        self.violations
            .extend(other.violations.into_iter().take(room));
    }

    /// The same, seen from the object that has the value as `field`.
    pub(crate) fn at(mut self, field: &str) -> Self {
        self.put_inside(0, field);
        self
    }

    /// Puts the violations after the first ones inside of `field`.
    pub(crate) fn put_inside(&mut self, first: usize, field: &str) {
        for violation in self.violations.iter_mut().skip(first) {
            violation.path = join(field, &violation.path);
        }
    }

    /// The error, if there is a violation.
    pub(crate) fn result(self) -> Result<(), Self> {
        match self.violations.is_empty() {
            true => Ok(()),
            false => Err(self),
        }
    }
}

/// The path of `inner` seen from outside of `field`.
fn join(field: &str, inner: &str) -> String {
    match (field, inner) {
        ("", path) | (path, "") => path.to_owned(),
        // An index stands behind its array without a dot.
        (field, path) if path.starts_with(['[', '{']) => format!("{field}{path}"),
        (field, path) => format!("{field}.{path}"),
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.rule)
    }
}

impl fmt::Display for ValidationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{violation}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationError {}

/// Rules are text of this crate or of the contract.
#[doc(hidden)]
impl From<&'static str> for ValidationError {
    fn from(rule: &'static str) -> Self {
        Self::new(rule)
    }
}

/// For values that are of the field's type already.
#[doc(hidden)]
impl From<std::convert::Infallible> for ValidationError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_grows_from_the_inside() {
        let error = ValidationError::new("must be so")
            .at("[0]")
            .at("list")
            .at("")
            .at("whole");
        assert_eq!(error.to_string(), "whole.list[0]: must be so");
        let error = ValidationError::new("must be so").at("{}").at("map");
        assert_eq!(error.to_string(), "map{}: must be so");
        assert_eq!(ValidationError::new("must be so").to_string(), "must be so");
    }

    #[test]
    fn violations_are_bounded() {
        let mut all = ValidationError::none();
        for _ in 0..LIMIT {
            all.push(String::new(), "must be so");
        }
        all.push(String::new(), "must be so");
        all.append(ValidationError::new("must be so"));
        assert_eq!(all.violations().len(), LIMIT);
    }
}
