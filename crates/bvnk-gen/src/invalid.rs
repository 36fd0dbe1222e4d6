//! Why a value cannot be sent: which field, and which rule it breaks.
//!
//! It must not know the value: what is refused may be a personal datum.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

/// A value that the contract does not allow. It names the field by its path on the wire
/// and the rule, never the value.
///
/// ```
/// use bvnk_gen::types::Address;
///
/// let refused = Address::builder()
///     .address_line1("1 High Street")
///     .city("London")
///     .post_code("N1 9GU")
///     .country_code("Britain")
///     .build()
///     .unwrap_err();
/// assert_eq!(refused.path(), "countryCode");
/// assert_eq!(refused.to_string(), "countryCode: must match ^[A-Z]{2}$");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidValue {
    path: Cow<'static, str>,
    rule: Cow<'static, str>,
}

impl InvalidValue {
    /// A value that breaks `rule`, which must not show it.
    pub(crate) fn new(rule: impl Into<Cow<'static, str>>) -> Self {
        Self {
            path: Cow::Borrowed(""),
            rule: rule.into(),
        }
    }

    /// Builders start with one for each field that is required, so it costs nothing.
    pub(crate) const fn missing(field: &'static str) -> Self {
        Self {
            path: Cow::Borrowed(field),
            rule: Cow::Borrowed("is required"),
        }
    }

    /// The same, seen from the object that has the value as `field`.
    pub(crate) fn at(mut self, field: &str) -> Self {
        self.path = match (field, &*self.path) {
            ("", _) => self.path,
            (field, "") => field.to_owned().into(),
            // An index stands behind its array without a dot.
            (field, path) if path.starts_with('[') => format!("{field}{path}").into(),
            (field, path) => format!("{field}.{path}").into(),
        };
        self
    }

    /// Where the value is, in the names of the wire: `individual.address.countryCode`.
    /// Empty for the value as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What the value would have to be.
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

/// Takes the value of `field`. A conversion's own error is kept when it is one of ours;
/// a stranger's text may quote the value, so it is not looked at.
pub(crate) fn convert<T, V>(field: &str, value: V) -> Result<T, InvalidValue>
where
    V: TryInto<T>,
    V::Error: 'static,
{
    value.try_into().map_err(|error| {
        let ours = (&error as &dyn Any).downcast_ref::<InvalidValue>();
        let rule = || InvalidValue::new("cannot be converted to the type of this field");
        ours.cloned().unwrap_or_else(rule).at(field)
    })
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.rule)
    }
}

impl std::error::Error for InvalidValue {}

/// What generated code refuses with.
impl From<&'static str> for InvalidValue {
    fn from(rule: &'static str) -> Self {
        Self::new(rule)
    }
}

/// For values that are of the field's type already.
impl From<std::convert::Infallible> for InvalidValue {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_grows_from_the_inside() {
        let refused = InvalidValue::new("must be so");
        assert_eq!((refused.path(), refused.rule()), ("", "must be so"));
        let refused = refused.at("[0]").at("list").at("").at("whole");
        assert_eq!(refused.path(), "whole.list[0]");
        assert_eq!(refused.to_string(), "whole.list[0]: must be so");
        let missing = InvalidValue::missing("city").at("address");
        assert_eq!(missing.to_string(), "address.city: is required");
    }
}
