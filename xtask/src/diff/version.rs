//! The step of a version that follows from a change, by Cargo's rules: below 1.0 the
//! minor number states that something breaks, and below 0.1 the patch number does.
//!
//! The same step is computed for the contract and for the crates, from different impacts. Builds
//! and prereleases are ignored.

use std::fmt;

use super::Impact;

/// The part of a version that must be raised.
///
/// Ordered, so that the greater of two steps is the one to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// None: nothing changed.
    None,
    /// The third number.
    Patch,
    /// The second number.
    Minor,
    /// The first number.
    Major,
}

impl Step {
    /// The step after a version for the greatest impact of all changes.
    ///
    /// Below 0.1 every change is a patch step, because Cargo takes each such version for
    /// incompatible.
    pub(super) fn after(version: &str, worst: Option<Impact>) -> Self {
        match (numbers(version), worst) {
            (_, None) => Self::None,
            ([0, 0, _], _) => Self::Patch,
            ([0, ..], Some(Impact::Breaking)) => Self::Minor,
            ([0, ..], _) => Self::Patch,
            (_, Some(Impact::Breaking)) => Self::Major,
            (_, Some(Impact::Compatible)) => Self::Minor,
            _ => Self::Patch,
        }
    }

    /// The least version after `version` that takes this step.
    ///
    /// For example, the minor step from `0.1.4` leads to `0.2.0`.
    pub fn from(self, version: &str) -> String {
        let [major, minor, patch] = next(version, self);
        format!("{major}.{minor}.{patch}")
    }
}

impl fmt::Display for Step {
    /// Writes the step in lower case.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// Whether a version takes at least a step from an old one.
///
/// Versions are compared as numbers: `0.10.0` is later than `0.9.0`.
pub(super) fn is_raised(old: &str, new: &str, step: Step) -> bool {
    numbers(new) >= next(old, step)
}

/// The version that takes exactly a step.
fn next(version: &str, step: Step) -> [u64; 3] {
    let [major, minor, patch] = numbers(version);
    match step {
        Step::None => [major, minor, patch],
        Step::Patch => [major, minor, patch + 1],
        Step::Minor => [major, minor + 1, 0],
        Step::Major => [major + 1, 0, 0],
    }
}

/// The three numbers of a version; what is not there is 0.
///
/// A `v` before them is ignored, as tags have it.
fn numbers(version: &str) -> [u64; 3] {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = release.trim_start_matches('v').split('.');
    std::array::from_fn(|_| parts.next().and_then(|part| part.parse().ok()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_follows_cargo_s_rules() {
        let rows = [
            // version, the greatest impact, the least version that follows
            ("0.1.0", Impact::Breaking, "0.2.0"),
            ("0.1.0", Impact::Compatible, "0.1.1"),
            ("0.1.9", Impact::Documentation, "0.1.10"),
            ("0.0.3", Impact::Breaking, "0.0.4"),
            ("1.2.3", Impact::Breaking, "2.0.0"),
            ("1.2.3", Impact::Compatible, "1.3.0"),
            ("1.2.3", Impact::Documentation, "1.2.4"),
            ("2", Impact::Breaking, "3.0.0"),
            ("0.3.0-beta.1", Impact::Breaking, "0.4.0"),
        ];
        for (version, worst, wanted) in rows {
            let step = Step::after(version, Some(worst));
            assert_eq!(step.from(version), wanted, "{version} {worst:?}");
            assert!(is_raised(version, wanted, step));
            assert!(!is_raised(version, version, step));
        }
        assert_eq!(Step::after("0.1.0", None), Step::None);
    }
}
