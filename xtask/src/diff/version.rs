//! The step of a version that follows from a change, by Cargo's rules: below 1.0 the
//! minor number states that something breaks, and below 0.1 the patch number does.
//!
//! The same step is computed for the contract and for the crates, from different impacts. Builds
//! and prereleases are ignored.

use super::Impact;

/// The part of a version that must be raised, and the least version that does it.
pub struct Step {
    /// `none`, `patch`, `minor` or `major`.
    pub name: &'static str,
    /// The three numbers of the least version.
    ///
    /// For example, the minor step from `0.1.4` leads to `[0, 2, 0]`.
    pub(super) numbers: [u64; 3],
}

impl Step {
    /// The step after a version for the greatest impact of all changes.
    ///
    /// Below 0.1 every change is a patch step, because Cargo takes each such version for
    /// incompatible.
    pub fn after(version: &str, worst: Option<Impact>) -> Self {
        let [major, minor, patch] = numbers(version);
        let (name, numbers) = match (major, minor, worst) {
            (.., None) => ("none", [major, minor, patch]),
            (1.., _, Some(Impact::Breaking)) => ("major", [major + 1, 0, 0]),
            (1.., _, Some(Impact::Compatible)) | (0, 1.., Some(Impact::Breaking)) => {
                ("minor", [major, minor + 1, 0])
            }
            _ => ("patch", [major, minor, patch + 1]),
        };
        Self { name, numbers }
    }

    /// The least version that takes this step.
    pub fn version(&self) -> String {
        self.numbers.map(|number| number.to_string()).join(".")
    }

    /// Whether a version takes at least this step.
    ///
    /// Versions are compared as numbers: `0.10.0` is later than `0.9.0`.
    pub fn is_taken_by(&self, version: &str) -> bool {
        numbers(version) >= self.numbers
    }
}

/// The three numbers of a version; what is not there is 0.
fn numbers(version: &str) -> [u64; 3] {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    let mut parts = release.split('.');
    std::array::from_fn(|_| parts.next().and_then(|part| part.parse().ok()).unwrap_or(0))
}
