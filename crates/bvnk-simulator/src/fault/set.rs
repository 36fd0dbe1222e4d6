//! Several faults at once.
//!
//! It must not know what any of them does.

use super::Fault;

/// A set of faults. Most requests meet an empty one, so that asking it is cheap.
///
/// ```
/// use bvnk_simulator::{Fault, Faults};
///
/// let faults: Faults = [Fault::StatusTypo, Fault::AcceptStale].into_iter().collect();
/// assert!(faults.has(Fault::StatusTypo) && !faults.has(Fault::Stall));
/// assert_eq!(faults.iter().count(), 2);
/// assert!(Faults::NONE.is_empty());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Faults([u64; WORDS]);

const WORDS: usize = 4;
const _: () = assert!(Fault::ALL.len() <= WORDS * 64, "the set needs another word");

impl Faults {
    /// The empty set.
    pub const NONE: Self = Self([0; WORDS]);

    /// Whether a fault is among them.
    pub fn has(&self, fault: Fault) -> bool {
        let (word, bit) = place(fault);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::NONE
    }

    /// Each of them, in the order of [`Fault::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = Fault> + use<> {
        let set = *self;
        let all = Fault::ALL.iter().copied();
        all.filter(move |fault| set.has(*fault))
    }

    /// Those that are in `others` too.
    pub(crate) fn among(&self, others: &[Fault]) -> Self {
        let both = others.iter().copied().filter(|fault| self.has(*fault));
        both.collect()
    }
}

fn place(fault: Fault) -> (usize, u64) {
    let number = fault as usize;
    (number / 64, 1 << (number % 64))
}

impl Extend<Fault> for Faults {
    fn extend<T: IntoIterator<Item = Fault>>(&mut self, faults: T) {
        for fault in faults {
            let (word, bit) = place(fault);
            if let Some(word) = self.0.get_mut(word) {
                *word |= bit;
            }
        }
    }
}

impl FromIterator<Fault> for Faults {
    fn from_iter<T: IntoIterator<Item = Fault>>(faults: T) -> Self {
        let mut set = Self::NONE;
        set.extend(faults);
        set
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self::from_iter([fault])
    }
}

impl std::fmt::Debug for Faults {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
