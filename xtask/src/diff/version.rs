//! The step of a version that follows from a change, by Cargo's rules: below 1.0 the
//! minor number states that something breaks, and below 0.1 the patch number does.

use std::fmt;

/// The part of a version that must be raised.
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
    pub(super) fn after(version: &str, breaking: bool, compatible: bool, any: bool) -> Self {
        let [major, minor, _] = numbers(version);
        match (major, minor) {
            _ if !any => Self::None,
            (0, 0) => Self::Patch,
            (0, _) if breaking => Self::Minor,
            (0, _) => Self::Patch,
            _ if breaking => Self::Major,
            _ if compatible => Self::Minor,
            _ => Self::Patch,
        }
    }

    /// The least version after `version` that takes this step.
    pub fn from(self, version: &str) -> String {
        let [major, minor, patch] = next(version, self);
        format!("{major}.{minor}.{patch}")
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

pub(super) fn is_raised(old: &str, new: &str, step: Step) -> bool {
    numbers(new) >= next(old, step)
}

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
            // version, breaking, compatible, the least version that follows
            ("0.1.0", true, true, "0.2.0"),
            ("0.1.0", false, true, "0.1.1"),
            ("0.1.9", false, false, "0.1.10"),
            ("0.0.3", true, false, "0.0.4"),
            ("1.2.3", true, false, "2.0.0"),
            ("1.2.3", false, true, "1.3.0"),
            ("1.2.3", false, false, "1.2.4"),
            ("2", true, false, "3.0.0"),
            ("0.3.0-beta.1", true, false, "0.4.0"),
        ];
        for (version, breaking, compatible, wanted) in rows {
            let step = Step::after(version, breaking, compatible, true);
            assert_eq!(
                step.from(version),
                wanted,
                "{version} {breaking} {compatible}"
            );
            assert!(is_raised(version, wanted, step));
            assert!(!is_raised(version, version, step));
        }
        assert_eq!(Step::after("0.1.0", false, false, false), Step::None);
    }
}
